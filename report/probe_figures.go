package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"unetbench/internal/probe"
)

// seamFigure follows the error of tiles as more of their rim is discarded.
func (p probed) seamFigure() figure {
	worst, mean := armStyle{hue: orange, marker: square}, armStyle{hue: blue, marker: disc}
	f := figure{ID: "seams", Title: "How far tiles differ from the image in one piece", Cols: 2,
		How:    "The line falls to nothing where the halo ends; a plateau means that no overlap helps. Both are drawn on a logarithmic scale; what is equal bit for bit lies on the bottom. The dotted line is what another order of summation does: below it nothing can be told.",
		Legend: []legendItem{{Label: "largest", style: worst}, {Label: "root mean square", style: mean}}}
	low, high := p.errorRange()
	for i, a := range []*probe.Axis{p.Axes.H, p.Axes.W} {
		if a.Measured == nil || len(a.Measured.Curve) == 0 {
			continue
		}
		curve := a.Measured.Curve
		pl := newPlot()
		pl.X.Min, pl.X.Max = 0, float64(max(curve[len(curve)-1].Halo, 1))
		pl.X.Label.Text = "px discarded at each end of a tile"
		pl.Y.Min, pl.Y.Max = low, high
		pl.Y.Scale = plot.LogScale{}
		pl.Y.Tick.Marker = decades{}
		pl.Add(rules(pl), drawing(func(c draw.Canvas, x, y func(float64) vg.Length) {
			if p.Floor > low {
				c.StrokeLine2(draw.LineStyle{Color: muted.light, Width: 1, Dashes: []vg.Length{1, 2.5}}, c.Min.X, y(p.Floor), c.Max.X, y(p.Floor))
			}
			p.haloLine(c, x, a)
			for _, s := range []struct {
				style armStyle
				of    func(probe.CurvePoint) float64
			}{{worst, func(q probe.CurvePoint) float64 { return q.Max }}, {mean, func(q probe.CurvePoint) float64 { return q.RMS }}} {
				var line []vg.Point
				for _, q := range curve {
					line = append(line, vg.Point{X: x(float64(q.Halo)), Y: y(min(max(s.of(q), low), high))})
				}
				if len(line) > 1 {
					c.StrokeLines(draw.LineStyle{Color: s.style.hue.light, Width: 1.7}, line)
				}
			}
		}))
		name := []string{"tiles side by side in height", "tiles side by side in width"}[i]
		f.Panels = append(f.Panels, panel{Title: sentenceCase(name), Unit: "error, standard deviations of the output", W: panelW, H: panelH, plot: pl,
			Alt: fmt.Sprintf("Error by px discarded, %s: %s at 0 px, %s at %d px", name, relative(curve[0].Max), relative(curve[len(curve)-1].Max), curve[len(curve)-1].Halo)})
	}
	return f
}

// haloLine marks the halo of the wiring.
func (p probed) haloLine(c draw.Canvas, x func(float64) vg.Length, a *probe.Axis) {
	if a.HaloTop == nil || a.HaloBottom == nil {
		return
	}
	h := max(*a.HaloTop, *a.HaloBottom)
	at := x(float64(h))
	if at > c.Max.X {
		return
	}
	c.StrokeLine2(draw.LineStyle{Color: green.light, Width: 1.2, Dashes: []vg.Length{4, 3}}, at, c.Min.Y, at, c.Max.Y)
	c.FillText(writing(tickSize, green, false, draw.XLeft, draw.YTop), vg.Point{X: at + 3, Y: c.Max.Y}, fmt.Sprintf("halo %d px", h))
}

// errorRange is the decades that the curves need.
func (p probed) errorRange() (low, high float64) {
	low, high = 1, 1e-6
	for _, a := range []*probe.Axis{p.Axes.H, p.Axes.W} {
		if a.Measured == nil {
			continue
		}
		for _, q := range a.Measured.Curve {
			for _, e := range []float64{q.Max, q.RMS} {
				if e > 0 {
					low, high = min(low, e), max(high, e)
				}
			}
		}
	}
	low = math.Pow(10, math.Floor(math.Log10(min(low, high/10)))-0.5)
	return max(low, 1e-12), math.Pow(10, math.Ceil(math.Log10(high)))
}

// decades puts ticks on powers of ten.
type decades struct{}

// Ticks implements plot.Ticker.
func (decades) Ticks(low, high float64) (out []plot.Tick) {
	first, last := math.Ceil(math.Log10(low)-1e-9), math.Floor(math.Log10(high)+1e-9)
	every := max(1, math.Ceil((last-first)/5))
	for e := last; e >= first; e -= every {
		out = append(out, plot.Tick{Value: math.Pow(10, e), Label: power(int(e))})
	}
	return out
}

// power writes a power of ten: 100, 0.01, 1e−6. Typefaces lack raised figures.
func power(e int) string {
	if e < -3 || e > 3 {
		return minus(fmt.Sprintf("1e%d", e))
	}
	return strconv.FormatFloat(math.Pow(10, float64(e)), 'f', max(-e, 0), 64)
}

// planFigure sets the error of ways to tile against their cost.
func (p probed) planFigure() figure {
	theirs, ours := armStyle{hue: grey, marker: disc}, armStyle{hue: blue, marker: diamond}
	f := figure{ID: "plans", Title: "What it costs to have no seams", Cols: 1, Legend: []legendItem{{Label: "tilers that people use", style: theirs}, {Label: "plans for this network", style: ours}},
		How: "Left is cheaper, down is closer to the image in one piece, on logarithmic scales; what has no error lies on the bottom."}
	low, high, x0, x1 := 1.0, 1e-6, math.Inf(1), 0.0
	var all []probe.Tiler
	for _, q := range append(append([]probe.Tiler{}, p.Tilers...), p.Pareto...) {
		if q.Refused != "" || q.MACPerPx <= 0 {
			continue
		}
		all = append(all, q)
		x0, x1 = min(x0, q.MACPerPx), max(x1, q.MACPerPx)
		if q.Error > 0 {
			low, high = min(low, q.Error), max(high, q.Error)
		}
	}
	if len(all) < 2 {
		return f
	}
	low = math.Pow(10, math.Floor(math.Log10(min(low, high/10)))-0.5)
	high = math.Pow(10, math.Ceil(math.Log10(high)))
	pl := newPlot()
	pl.X.Min, pl.X.Max = x0/1.2, x1*1.2
	pl.X.Scale = plot.LogScale{}
	pl.X.Tick.Marker = ticker{want: 4, log: true, name: func(x float64) string { return trimZeros(si(x)) }}
	pl.X.Label.Text = "MAC per px of the image"
	pl.Y.Min, pl.Y.Max = low, high
	pl.Y.Scale = plot.LogScale{}
	pl.Y.Tick.Marker = decades{}
	pl.Add(rules(pl), drawing(func(c draw.Canvas, x, y func(float64) vg.Length) {
		place := func(q probe.Tiler) vg.Point {
			return vg.Point{X: x(q.MACPerPx), Y: y(min(max(q.Error, low), high))}
		}
		var line []vg.Point
		for _, q := range p.Pareto {
			line = append(line, place(q))
		}
		if len(line) > 1 {
			c.StrokeLines(draw.LineStyle{Color: blue.light, Width: 1, Dashes: []vg.Length{1, 2.5}}, line)
		}
		theirsEnd := len(all) - len(p.Pareto)
		labelTilers(c, all[:theirsEnd], place)
		for i, q := range all {
			style := theirs
			if i >= theirsEnd {
				style = ours
			}
			drawMarker(c, style, place(q), 3.6)
		}
	}))
	f.Panels = []panel{{Unit: "error (RMS), standard deviations of the output", W: 420, H: 270, plot: pl, Alt: fmt.Sprintf("%d ways to tile, by cost and error", len(all))}}
	return f
}

// labelTilers names marks; those that lie together share a label, which stands
// where there is room.
func labelTilers(c draw.Canvas, all []probe.Tiler, place func(probe.Tiler) vg.Point) {
	done := make([]bool, len(all))
	for i, q := range all {
		if done[i] {
			continue
		}
		at, names := place(q), []string{q.Name}
		for j := i + 1; j < len(all); j++ {
			o := place(all[j])
			if math.Abs(float64(o.X-at.X)) < 3 && math.Abs(float64(o.Y-at.Y)) < 6 {
				names, done[j] = append(names, all[j].Name), true
			}
		}
		text, side, x := strings.Join(names, ", "), draw.XLeft, at.X+6
		if x+textWidth(text, face(tickSize, false)) > c.Max.X {
			side, x = draw.XRight, at.X-6
		}
		c.FillText(writing(tickSize, muted, false, side, draw.YCenter), vg.Point{X: x, Y: at.Y}, text)
	}
}
