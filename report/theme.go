package report

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	plotfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// One theme for every figure: sans serif, no frame, light horizontal rules,
// the unit of the vertical axis above the axes and not beside them.
const (
	titleSize = 10.5
	labelSize = 9
	tickSize  = 8.5
)

// face is the figures' typeface in one size.
func face(size vg.Length, bold bool) plotfont.Font {
	f := plotfont.Font{Typeface: "Liberation", Variant: "Sans", Size: size}
	if bold {
		f.Weight = font.WeightBold
	}
	return f
}

// writing is the text style of that size and colour, aligned on a point.
func writing(size vg.Length, h hue, bold bool, x text.XAlignment, y text.YAlignment) text.Style {
	return text.Style{Color: h.light, Font: face(size, bold), XAlign: x, YAlign: y, Handler: plot.DefaultTextHandler}
}

// newPlot returns empty axes in the theme.
func newPlot() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Padding = 0
		a.LineStyle = draw.LineStyle{Color: muted.light, Width: 0.7}
		a.Tick.LineStyle = draw.LineStyle{Color: muted.light, Width: 0.7}
		a.Tick.Length = 3
		a.Tick.Label.Font = face(tickSize, false)
		a.Tick.Label.Color = muted.light
		a.Label.TextStyle.Font = face(labelSize, false)
		a.Label.TextStyle.Color = muted.light
		a.Label.Padding = 3
	}
	p.Y.LineStyle.Width = 0
	p.Y.Tick.LineStyle.Width = 0
	p.Y.Tick.Length = 2
	p.Y.Tick.Marker = ticker{want: 3}
	p.X.Tick.Marker = ticker{want: 4}
	return p
}

// A ticker puts at least about want ticks on round numbers, or at most twice as many.
type ticker struct {
	want int
	log  bool
	name func(float64) string
}

// Ticks implements plot.Ticker.
func (t ticker) Ticks(lo, hi float64) []plot.Tick {
	if t.log {
		return t.logTicks(lo, hi)
	}
	step := roundStep((hi - lo) / float64(t.want))
	digits := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	var out []plot.Tick
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+1e-9*step; i++ {
		x := i * step
		label := minus(strconv.FormatFloat(x, 'f', digits, 64))
		if i == 0 {
			label = "0"
		}
		if t.name != nil {
			label = t.name(x)
		}
		out = append(out, plot.Tick{Value: x, Label: label})
	}
	return out
}

// logTicks puts ticks on 1, 2 and 5 times powers of ten, or on round numbers
// where the axis spans less than a decade.
func (t ticker) logTicks(lo, hi float64) []plot.Tick {
	if hi < 10*lo {
		t.log = false
		return t.Ticks(lo, hi)
	}
	var out []plot.Tick
	for e := math.Floor(math.Log10(lo)); e <= math.Ceil(math.Log10(hi)); e++ {
		for _, m := range []float64{1, 2, 5} {
			if x := m * math.Pow(10, e); x >= lo*(1-1e-9) && x <= hi*(1+1e-9) {
				out = append(out, plot.Tick{Value: x, Label: t.name(x)})
			}
		}
	}
	return out
}

// roundStep rounds down to 1, 2 or 5 times a power of ten.
func roundStep(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 0) {
		return 1
	}
	p := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{5, 2} {
		if x >= m*p*(1-1e-9) {
			return m * p
		}
	}
	return p
}

// named puts ticks at 0, 1, 2, … with those labels.
func named(labels []string) plot.ConstantTicks {
	var t plot.ConstantTicks
	for i, l := range labels {
		t = append(t, plot.Tick{Value: float64(i), Label: l})
	}
	return t
}

// A drawing is a plot.Plotter made of a function.
type drawing func(c draw.Canvas, x, y func(float64) vg.Length)

// Plot implements plot.Plotter.
func (d drawing) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	d(c, x, y)
}

// rules draws the light lines of the vertical axis' ticks, and a darker one
// at zero where zero is inside the axes.
func rules(p *plot.Plot) drawing {
	return func(c draw.Canvas, _, y func(float64) vg.Length) {
		for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
			st := draw.LineStyle{Color: rule.light, Width: 0.7}
			if t.Value == 0 {
				st.Color = muted.light
			}
			if t.Value >= p.Y.Min-1e-12 && t.Value <= p.Y.Max+1e-12 {
				c.StrokeLine2(st, c.Min.X, y(t.Value), c.Max.X, y(t.Value))
			}
		}
	}
}

// wrap breaks s into lines no wider than width in that font.
func wrap(s string, f plotfont.Font, width vg.Length) []string {
	fc := plotfont.DefaultCache.Lookup(f, f.Size)
	var lines []string
	line := ""
	for _, w := range strings.Fields(s) {
		next := w
		if line != "" {
			next = line + " " + w
		}
		if line != "" && fc.Width(next) > width {
			lines = append(lines, line)
			next = w
		}
		line = next
	}
	return append(lines, line)
}

// textWidth is the width of s in that font.
func textWidth(s string, f plotfont.Font) vg.Length {
	fc := plotfont.DefaultCache.Lookup(f, f.Size)
	return fc.Width(s)
}
