package report

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A figure is one or more panels that share a legend, with a sentence that
// says how to read them. The page lays its panels out responsively; the PNG
// sets them side by side.
type figure struct {
	ID     string // file name and anchor
	Title  string
	How    string // one sentence
	Legend []legendItem
	Panels []panel
	Cols   int // panels per row in the PNG and on a wide page
}

// A panel is one set of axes.
type panel struct {
	Title string // above the axes
	Unit  string // what the vertical axis measures, under the title
	Alt   string // the panel in words, for those who cannot see it
	W, H  vg.Length
	plot  *plot.Plot
}

const (
	panelW  = 330
	panelH  = 224
	narrowW = 232
	narrowH = 190
)

// draw puts the panel on c.
func (p panel) draw(c draw.Canvas) {
	top := c.Max.Y
	if p.Title != "" {
		top -= titleSize
		c.FillText(writing(titleSize, ink, true, draw.XLeft, draw.YBottom), vg.Point{X: c.Min.X, Y: top}, p.Title)
		top -= 4
	}
	if p.Unit != "" {
		for _, line := range wrap(p.Unit, face(labelSize, false), c.Max.X-c.Min.X) {
			top -= labelSize
			c.FillText(writing(labelSize, muted, false, draw.XLeft, draw.YBottom), vg.Point{X: c.Min.X, Y: top}, line)
			top -= 2.5
		}
	}
	c.Max.Y = top - 7
	c.Max.X -= 6 // the last label of the horizontal axis
	p.plot.Draw(c)
}

// A legendItem names a line style or, where Fill is set, a colour of a stack.
type legendItem struct {
	Label string
	style armStyle
	fill  bool
}

// legend lists the given arms.
func (v *view) legend(arms []string) []legendItem {
	var out []legendItem
	for _, a := range arms {
		out = append(out, legendItem{Label: a, style: v.style(a)})
	}
	return out
}

// draw puts the item's sample at (x, y) and returns the width it takes with
// its label.
func (l legendItem) draw(c draw.Canvas, x, y vg.Length) {
	if l.fill {
		c.SetColor(l.style.hue.light)
		c.Fill(vg.Rectangle{Min: vg.Point{X: x, Y: y - 4}, Max: vg.Point{X: x + 18, Y: y + 4}}.Path())
	} else {
		c.StrokeLine2(draw.LineStyle{Color: l.style.hue.light, Width: 1.6, Dashes: l.style.dashes}, x, y, x+18, y)
		drawMarker(c, l.style, vg.Point{X: x + 9, Y: y}, 3)
	}
	c.FillText(writing(labelSize, ink, false, draw.XLeft, draw.YCenter), vg.Point{X: x + 23, Y: y}, l.Label)
}

// width is what draw takes, with the gap to the next item.
func (l legendItem) width() vg.Length { return 23 + textWidth(l.Label, face(labelSize, false)) + 16 }

// legendRows breaks a legend into rows of that width.
func legendRows(items []legendItem, width vg.Length) [][]legendItem {
	var rows [][]legendItem
	x := vg.Length(0)
	for _, it := range items {
		if len(rows) == 0 || x+it.width() > width {
			rows, x = append(rows, nil), 0
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], it)
		x += it.width()
	}
	return rows
}
