package report

import (
	"bufio"
	"fmt"
	"io"

	"unetbench/internal/probe"
)

// ProbeText writes what a probe found for the terminal, no line wider than width
// columns.
func ProbeText(w io.Writer, r *probe.Result, width int, color bool) error {
	p := probed{r}
	t := &terminal{Writer: bufio.NewWriter(w), width: min(max(width, narrowest), widest), color: color}
	t.para("", t.bold(r.Model.Name))
	for _, f := range p.facts() {
		t.para("  "+f.Name+": ", f.Text)
	}
	t.gap()
	t.para("", t.paint(p.tone(), p.headline()))
	for _, s := range p.because() {
		t.para("  - ", s)
	}
	for _, n := range r.Notes {
		t.para("  ! ", sentenceCase(n)+".")
	}
	if err := t.tables(p.toleranceTable(), p.accuracyTable()); err != nil {
		return err
	}
	t.rows(p.causeTable(), func(c []tableCell) (string, string) {
		return c[1].Text + " " + c[0].Text, c[3].Text
	})
	t.rows(p.artifactTable(), func(c []tableCell) (string, string) {
		return c[0].Text + ": " + c[1].Text, c[2].Text
	})
	if err := t.tables(p.tilerTable()); err != nil {
		return err
	}
	if a := p.advice(); a != "" {
		t.gap()
		t.para("", t.bold("What to do:")+" "+a)
	}
	return t.Flush()
}

// tables writes those that have rows.
func (t *terminal) tables(all ...*table) error {
	for _, x := range all {
		if len(x.Rows) == 0 {
			continue
		}
		t.gap()
		if err := t.table(x); err != nil {
			return err
		}
	}
	return nil
}

// rows writes a table of words line by line, what is measured before what it means.
func (t *terminal) rows(x *table, line func([]tableCell) (what, means string)) {
	if len(x.Rows) == 0 {
		return
	}
	t.gap()
	t.line(t.bold(x.Title))
	for _, r := range x.Rows {
		what, means := line(r.Cells)
		t.para("  ", what+"; "+means)
	}
}

// advice is the plan to use.
func (p probed) advice() string {
	r := p.Recommended
	if r == nil {
		return ""
	}
	s := fmt.Sprintf("Use tiles of %s px, overlapping by %d px", sideOf(*r), r.Overlap)
	if r.Tiles == 1 {
		s = "Run the image in one piece"
	}
	if r.Blend != "" && r.Blend != "none" {
		s += ", blended (" + r.Blend + ")"
	}
	s += fmt.Sprintf(": %s MAC per px", si(r.MACPerPx))
	if p.Model.MACsPerPx > 0 {
		s += fmt.Sprintf(", %.2f times that of one piece", r.MACPerPx/p.Model.MACsPerPx)
	}
	if r.Error == 0 || r.Exact {
		return s + ", and no seam."
	}
	return s + fmt.Sprintf(", with an error of %s standard deviations (RMS).", relative(r.Error))
}
