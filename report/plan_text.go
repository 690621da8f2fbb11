package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"unetbench/internal/plan"
)

// PlanText writes a plan for the terminal, no line wider than width columns.
func PlanText(w io.Writer, r *plan.Result, width int, color bool) error {
	t := &terminal{Writer: bufio.NewWriter(w), width: min(max(width, narrowest), widest), color: color}
	t.para("", t.bold(fmt.Sprintf("%s on an image of %d×%d px", r.Network, r.Image[0], r.Image[1])))
	t.para("  network: ", fmt.Sprintf("%d channel(s) in, %d out, %d parameters", r.Inputs, r.Outputs, r.Params))
	both := func(lead string, f func(plan.Axis) string) {
		h, w := f(r.Axes.H), f(r.Axes.W)
		if h != w {
			h = "height " + h + "; width " + w
		}
		t.para("  "+lead+": ", h)
	}
	both("legal sides of the input", func(a plan.Axis) string {
		return fmt.Sprintf("%s (next to the image's: %s)", a.Legal, neighbours(a.Nearest))
	})
	both("tiles begin on multiples of", func(a plan.Axis) string { return fmt.Sprintf("%d px", a.Step) })
	both("output", func(a plan.Axis) string {
		if a.Shrink == 0 {
			return "as large as the input"
		}
		return fmt.Sprintf("%d px smaller than the input, %d px from its start", a.Shrink, a.Before)
	})
	both("reach", func(a plan.Axis) string {
		if a.ReachUp == nil || a.ReachDown == nil {
			return "the whole input, whatever its size"
		}
		return fmt.Sprintf("%d px before and %d px after", *a.ReachUp, *a.ReachDown)
	})
	both("halo to discard at inner edges", func(a plan.Axis) string {
		if a.HaloTop == nil || a.HaloBottom == nil {
			return "none is enough"
		}
		return fmt.Sprintf("%d px before and %d px after", *a.HaloTop, *a.HaloBottom)
	})
	for _, n := range r.Notes {
		t.para("  ! ", sentenceCase(n)+".")
	}
	for _, c := range r.Causes {
		t.para("  "+strings.ReplaceAll(c.Cause, "_", " ")+": ", shorten(c.Nodes))
	}
	if err := t.tables(planTable(r)); err != nil {
		return err
	}
	for i, k := range r.Programs {
		if !k.Refused || slices.ContainsFunc(r.Programs[:i], func(o plan.Row) bool { return o.Why == k.Why }) {
			continue
		}
		names := k.Name
		for _, o := range r.Programs[i+1:] {
			if o.Refused && o.Why == k.Why {
				names += ", " + o.Name
			}
		}
		t.para("  ", names+": "+k.Why)
	}
	t.gap()
	if r.Best == nil {
		t.para("", t.bold("What to do:")+" "+r.NoBest+".")
		return t.Flush()
	}
	b := r.Best
	what := fmt.Sprintf("tiles of %s px, overlapping by %s px, on multiples of the step", sideText(b.Tile), sideText(b.Overlap))
	if b.Tiles == 1 {
		what = "one piece"
	}
	t.para("", t.bold("What to do:")+fmt.Sprintf(" %s: no seam, %s MAC per px, %s of them repeated, %s.", what, si(b.MACPerPx), percent(b.Repeated), bytesText(b.Bytes)))
	return t.Flush()
}

func planTable(r *plan.Result) *table {
	x := &table{Title: "The same image as programs cut it", Head: []string{"program", "tiles", "of px", "overlap", "MAC/px", "repeated", "memory", "seams"},
		Note: "Of the network's wiring alone: nothing was run. Memory is one tile's; repeated is the share of the MACs that one piece does not need. Each program's rule: --json."}
	rows := append([]plan.Row{r.Whole}, r.Programs...)
	if r.Best != nil {
		rows = append(rows, *r.Best)
	}
	for _, k := range rows {
		cells := []string{k.Name, "—", "—", "—", "—", "—", "—", "cannot (below)"}
		if !k.Refused {
			seams := "none"
			if !k.Exact {
				seams = k.Why
			}
			cells = []string{k.Name, fmt.Sprint(k.Tiles), sideText(k.Tile), sideText(k.Overlap), si(k.MACPerPx), percent(k.Repeated), bytesText(k.Bytes), seams}
		}
		row := tableRow{}
		for _, c := range cells {
			row.Cells = append(row.Cells, tableCell{Text: c})
		}
		x.Rows = append(x.Rows, row)
	}
	return x
}

func sideText(s [2]int) string {
	if s[0] == s[1] {
		return fmt.Sprint(s[0])
	}
	return fmt.Sprintf("%d×%d", s[0], s[1])
}

func bytesText(n int64) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }

func neighbours(n [2]int) string {
	switch {
	case n[0] == n[1]:
		return fmt.Sprintf("%d, legal itself", n[0])
	case n[0] == 0:
		return fmt.Sprint(n[1])
	}
	return fmt.Sprintf("%d and %d", n[0], n[1])
}

// shorten names the first nodes.
func shorten(nodes []string) string {
	const most = 4
	if len(nodes) <= most {
		return strings.Join(nodes, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(nodes[:most], ", "), len(nodes)-most)
}
