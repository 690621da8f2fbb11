package report

import (
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

const (
	headerWidth = 12 // column headers are broken into lines of about this
	columnGap   = 2
)

// table writes x; where it is wider than the terminal, its columns go on in a
// second table under the first, so that nothing is cut off.
func (t *terminal) table(x *table) error {
	t.para("", t.bold(x.Title))
	heads := make([]string, len(x.Head))
	widths := make([]int, len(x.Head))
	cells := make([][]string, len(x.Rows))
	for i, h := range x.Head {
		heads[i], widths[i] = breakHeader(h, headerWidth)
	}
	for i, r := range x.Rows {
		for j, c := range r.Cells {
			s := c.Text
			if c.PM != "" {
				s += " " + c.PM
			}
			widths[j] = max(widths[j], columns(s))
			if c.Tone != "" {
				s = t.paint(c.Tone, s)
			}
			cells[i] = append(cells[i], s)
		}
	}
	for from := 1; from < len(heads); {
		to, used := from, widths[0]
		for to < len(heads) && (to == from || used+columnGap+widths[to] <= t.width) {
			used += columnGap + widths[to]
			to++
		}
		if from > 1 {
			t.gap()
		}
		if err := t.part(heads, cells, from, to); err != nil {
			return err
		}
		from = to
	}
	if x.Note != "" {
		t.para("", x.Note)
	}
	return nil
}

// part writes the first column and columns from … to−1.
func (t *terminal) part(heads []string, cells [][]string, from, to int) error {
	pick := func(s []string) []string { return append([]string{s[0]}, s[from:to]...) }
	align := []tw.Align{tw.AlignLeft}
	for range to - from {
		align = append(align, tw.AlignRight)
	}
	gap := tw.Padding{Right: strings.Repeat(" ", columnGap), Overwrite: true}
	var b strings.Builder
	w := tablewriter.NewTable(&b,
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Separators: tw.Separators{BetweenColumns: tw.Off, BetweenRows: tw.Off, ShowHeader: tw.On, ShowFooter: tw.Off},
				Lines:      tw.Lines{ShowHeaderLine: tw.On, ShowTop: tw.Off, ShowBottom: tw.Off, ShowFooterLine: tw.Off},
			},
		})),
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithHeaderAutoFormat(tw.Off),
		tablewriter.WithHeaderAutoWrap(tw.WrapNone),
		tablewriter.WithRowAutoWrap(tw.WrapNone),
		tablewriter.WithHeaderAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithRowAlignmentConfig(tw.CellAlignment{PerColumn: align}),
		tablewriter.WithPadding(gap),
		tablewriter.WithMaxWidth(t.width+columnGap),
	)
	w.Header(pick(heads))
	for _, r := range cells {
		if err := w.Append(pick(r)); err != nil {
			return err
		}
	}
	if err := w.Render(); err != nil {
		return err
	}
	for line := range strings.Lines(b.String()) {
		line = strings.TrimRight(line, "\n ")
		if rule, ok := strings.CutSuffix(line, strings.Repeat("─", columnGap)); ok { // under the last column's gap
			line = rule
		}
		t.line(line)
	}
	return nil
}

// breakHeader breaks a header at its plain spaces into lines of about width, and
// returns how wide it came out.
func breakHeader(s string, width int) (string, int) {
	var lines []string
	line, most := "", 0
	for _, w := range strings.Split(s, " ") {
		switch {
		case line == "":
			line = w
		case columns(line)+1+columns(w) > width:
			lines = append(lines, line)
			line = w
		default:
			line += " " + w
		}
	}
	lines = append(lines, line)
	for _, l := range lines {
		most = max(most, columns(l))
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "\u00a0", " "), most
}
