package report

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// learningFigure shows every run's loss, one panel per arm.
func (v *view) learningFigure() figure {
	f := figure{ID: "learning", Title: "Learning curves", Cols: 4,
		How: "One thin line per seed, smoothed over a twenty-fifth of the run, their mean in bold: a verdict needs lines that have come down and gone flat by the right end, and a line that stays high never woke up."}
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, c := range v.Curves {
		l := smooth(c.Loss)
		for _, x := range l[len(l)/20:] { // the first steps would flatten the rest
			lo, hi = min(lo, x), max(hi, x)
		}
	}
	if lo > hi {
		return f
	}
	regimes := v.Setup.Regimes
	if len(regimes) == 0 {
		regimes = []string{v.regime()}
	}
	for _, r := range regimes {
		for _, a := range v.Arms {
			if p, ok := v.learningPanel(a.Name, r, lo, hi, len(regimes) > 1); ok {
				f.Panels = append(f.Panels, p)
			}
		}
	}
	return f
}

// smooth is the centred running mean over a twenty-fifth of the curve.
func smooth(x []float64) []float64 {
	half := len(x) / 50
	out := make([]float64, len(x))
	for i := range x {
		a, b := max(0, i-half), min(len(x), i+half+1)
		sum := 0.0
		for _, y := range x[a:b] {
			sum += y
		}
		out[i] = sum / float64(b-a)
	}
	return out
}

// learningPanel draws the runs of one arm under one regime.
func (v *view) learningPanel(arm, regime string, lo, hi float64, several bool) (panel, bool) {
	var steps []int
	var runs [][]float64
	var ends []float64
	for _, c := range v.Curves {
		if c.Arm != arm || c.Regime != regime || len(c.Loss) == 0 || len(c.Loss) != len(c.Steps) {
			continue
		}
		if len(c.Steps) > len(steps) {
			steps = c.Steps
		}
		runs = append(runs, smooth(c.Loss))
		ends = append(ends, runs[len(runs)-1][len(c.Loss)-1])
	}
	if len(runs) == 0 {
		return panel{}, false
	}
	mean := make([]float64, 0, len(steps))
	for i := range steps { // over the runs that got this far
		sum, n := 0.0, 0
		for _, r := range runs {
			if i < len(r) {
				sum, n = sum+r[i], n+1
			}
		}
		mean = append(mean, sum/float64(n))
	}
	st := v.style(arm)
	p := newPlot()
	p.X.Label.Text = "training step"
	p.X.Tick.Marker = ticker{want: 3}
	p.X.Min, p.X.Max = 0, float64(max(steps[len(steps)-1], 1))
	room := (hi - lo) / 20
	p.Y.Min, p.Y.Max = max(0, lo-room), hi+room+1e-9
	p.Add(rules(p), drawing(func(c draw.Canvas, x, y func(float64) vg.Length) {
		line := func(loss []float64, s draw.LineStyle) {
			pts := make([]vg.Point, len(loss))
			for i, l := range loss {
				pts[i] = vg.Point{X: x(float64(steps[i])), Y: y(l)}
			}
			c.StrokeLines(s, c.ClipLinesY(pts)...)
		}
		for _, r := range runs {
			line(r, draw.LineStyle{Color: fade(st.hue.light, .45), Width: .7})
		}
		line(mean, draw.LineStyle{Color: st.hue.light, Width: 2})
	}))
	title := arm
	if several {
		title += ", " + regime
	}
	return panel{Title: title, Unit: "training loss", W: narrowW, H: narrowH, plot: p,
		Alt: fmt.Sprintf("Training loss of %s: %s, ending between %s and %s after step %d", title, count(len(runs), "run"),
			significant(slices.Min(ends)), significant(slices.Max(ends)), steps[len(steps)-1])}, true
}
