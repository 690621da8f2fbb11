package report

import (
	"fmt"
	"io"
	"path/filepath"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"unetbench/bench"
	"unetbench/internal/probe"
)

const (
	dpi       = 200
	pngMargin = 16
	pngGap    = 22
)

// Figures writes every figure that r has data for to dir as PNG, named by what
// it shows: contrasts.png, pareto.png, border.png, ….
func Figures(dir string, r *bench.Results) error {
	return writeFigures(dir, newView(r).figures())
}

// ProbeFigures writes the figures of a probe to dir: seams.png, plans.png.
func ProbeFigures(dir string, r *probe.Result) error {
	p := probed{r}
	return writeFigures(dir, []figure{p.seamFigure(), p.planFigure()})
}

// writeFigures writes those that have panels.
func writeFigures(dir string, figs []figure) error {
	for _, f := range figs {
		if len(f.Panels) == 0 {
			continue
		}
		err := bench.WriteFile(filepath.Join(dir, f.ID+".png"), func(w io.Writer) error {
			_, err := vgimg.PngCanvas{Canvas: f.raster()}.WriteTo(w)
			return err
		})
		if err != nil {
			return fmt.Errorf("figure %s: %w", f.ID, err)
		}
	}
	return nil
}

// raster lays the figure out: title, legend, panels in rows, and how to read it.
func (f figure) raster() *vgimg.Canvas {
	cols := max(1, min(f.Cols, len(f.Panels)))
	var width vg.Length
	for i := 0; i < cols; i++ {
		width += f.Panels[i].W + pngGap
	}
	width -= pngGap
	title := wrap(f.Title, face(13, true), width)
	how := wrap(f.How, face(labelSize, false), width)
	legend := legendRows(f.Legend, width)

	height := vg.Length(2*pngMargin) + vg.Length(len(title))*17 + 4 + vg.Length(len(legend))*16 + 6 + vg.Length(len(how))*12 + 10
	for i := 0; i < len(f.Panels); i += cols {
		height += f.rowHeight(i, cols) + pngGap
	}
	img := vgimg.NewWith(vgimg.UseWH(width+2*pngMargin, height), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(paper.light))
	c := draw.New(img)

	x0, y := c.Min.X+pngMargin, c.Max.Y-pngMargin
	for _, line := range title {
		y -= 13
		c.FillText(writing(13, ink, true, draw.XLeft, draw.YBottom), vg.Point{X: x0, Y: y}, line)
		y -= 4
	}
	y -= 4
	for _, row := range legend {
		x := x0
		for _, it := range row {
			it.draw(c, x, y-8)
			x += it.width()
		}
		y -= 16
	}
	y -= 6
	for i := 0; i < len(f.Panels); i += cols {
		h := f.rowHeight(i, cols)
		x := x0
		for j := i; j < min(i+cols, len(f.Panels)); j++ {
			p := f.Panels[j]
			cell := c
			cell.Min, cell.Max = vg.Point{X: x, Y: y - p.H}, vg.Point{X: x + p.W, Y: y}
			p.draw(cell)
			x += p.W + pngGap
		}
		y -= h + pngGap
	}
	for _, line := range how {
		y -= 12
		c.FillText(writing(labelSize, muted, false, draw.XLeft, draw.YBottom), vg.Point{X: x0, Y: y + 3}, line)
	}
	return img
}

func (f figure) rowHeight(i, cols int) vg.Length {
	var h vg.Length
	for _, p := range f.Panels[i:min(i+cols, len(f.Panels))] {
		h = max(h, p.H)
	}
	return h
}
