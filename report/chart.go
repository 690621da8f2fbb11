package report

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A series is one arm's course over positions on the horizontal axis.
type series struct {
	style armStyle
	x     []float64
	e     []estimate
}

// bounds is the range of all intervals with a twentieth to spare, within the
// values that the quantity can take: few seeds give intervals far beyond them,
// and those are cut off at the axes.
func bounds(all []series, can span) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, s := range all {
		for _, e := range s.e {
			lo, hi = min(lo, e.Low()), max(hi, e.High())
		}
	}
	if lo > hi {
		return 0, 1
	}
	room := (hi - lo) / 20
	if room == 0 {
		room = max(math.Abs(hi)/20, 1e-9)
	}
	return max(lo-room, can.lo), min(hi+room, can.hi)
}

// A span is the range of values that a quantity can take.
type span struct{ lo, hi float64 }

var (
	percents  = span{0, 100}
	points100 = span{-100, 100} // differences of percentages
	lengths   = span{0, math.Inf(1)}
	anything  = span{math.Inf(-1), math.Inf(1)}
)

// within keeps a place on the axes.
func within(at, lo, hi vg.Length) vg.Length { return min(max(at, lo), hi) }

// courses draws each series as a line with its interval as a band.
func courses(all []series) drawing {
	return func(c draw.Canvas, x, y func(float64) vg.Length) {
		for _, s := range all {
			var up, down, mid []vg.Point
			spread := false
			for i, e := range s.e {
				px := x(s.x[i])
				up = append(up, vg.Point{X: px, Y: within(y(e.High()), c.Min.Y, c.Max.Y)})
				down = append(down, vg.Point{X: px, Y: within(y(e.Low()), c.Min.Y, c.Max.Y)})
				mid = append(mid, vg.Point{X: px, Y: y(e.Mean)})
				spread = spread || e.Half > 0
			}
			if spread && len(mid) > 1 {
				for i := len(down) - 1; i >= 0; i-- {
					up = append(up, down[i])
				}
				c.FillPolygon(fade(s.style.hue.light, 0.13), up)
			} else if spread {
				c.StrokeLine2(draw.LineStyle{Color: s.style.hue.light, Width: 1}, up[0].X, down[0].Y, up[0].X, up[0].Y)
			}
			if len(mid) > 1 {
				c.StrokeLines(draw.LineStyle{Color: s.style.hue.light, Width: 1.7, Dashes: s.style.dashes}, mid)
			}
		}
		for _, s := range all { // markers last, above every line
			for i, e := range s.e {
				drawMarker(c, s.style, vg.Point{X: x(s.x[i]), Y: y(e.Mean)}, 2.9)
			}
		}
	}
}

// overBins draws courses over named positions: distances, levels, shifts.
func overBins(all []series, labels []string, xlabel string, can span) *plot.Plot {
	p := newPlot()
	p.X.Label.Text = xlabel
	p.X.Tick.Marker = named(labels)
	p.X.Min, p.X.Max = -0.35, float64(len(labels))-0.65
	p.Y.Min, p.Y.Max = bounds(all, can)
	p.Add(rules(p), courses(all))
	return p
}

// A bar is a stack of quantities at one position.
type bar struct {
	parts []float64 // of either sign
	total *estimate // drawn as a dot with its interval
}

// stacked draws bars over named positions; part i has the colour hues[i].
// Positive parts grow up from zero, negative ones down; a bar that is too high
// for the axes is broken off and says its height.
func stacked(bars []bar, labels []string, xlabel string, hues []hue, lo, hi float64, dot armStyle) *plot.Plot {
	p := newPlot()
	p.X.Label.Text = xlabel
	p.X.Tick.Marker = named(labels)
	p.X.LineStyle.Width, p.X.Tick.LineStyle.Width = 0, 0 // the line at zero does
	p.X.Min, p.X.Max = -0.6, float64(len(labels))-0.4
	p.Y.Min, p.Y.Max = lo, hi
	p.Add(rules(p), drawing(func(c draw.Canvas, x, y func(float64) vg.Length) {
		for i, b := range bars {
			up, down := 0.0, 0.0
			for j, v := range b.parts {
				from := &up
				if v < 0 {
					from = &down
				}
				a, z := within(y(*from), c.Min.Y, c.Max.Y), within(y(*from+v), c.Min.Y, c.Max.Y)
				*from += v
				c.SetColor(hues[j].light)
				c.Fill(vg.Rectangle{Min: vg.Point{X: x(float64(i) - .32), Y: min(a, z)}, Max: vg.Point{X: x(float64(i) + .32), Y: max(a, z)}}.Path())
			}
			px := x(float64(i))
			if up > hi*(1+1e-9) {
				breakOff(c, px, x(.32)-x(0), trimZeros(si(up)))
			}
			if b.total == nil {
				continue
			}
			if b.total.Half > 0 {
				c.StrokeLine2(draw.LineStyle{Color: ink.light, Width: 1}, px, within(y(b.total.Low()), c.Min.Y, c.Max.Y), px, within(y(b.total.High()), c.Min.Y, c.Max.Y))
			}
			drawMarker(c, dot, vg.Point{X: px, Y: y(b.total.Mean)}, 2.8)
		}
	}))
	return p
}

// breakOff marks the top of a bar that goes on beyond the axes and writes its
// height beside it.
func breakOff(c draw.Canvas, x, half vg.Length, height string) {
	st := draw.LineStyle{Color: paper.light, Width: 1.6}
	for _, d := range []vg.Length{9, 13} {
		c.StrokeLine2(st, x-half-1, c.Max.Y-d-2, x+half+1, c.Max.Y-d+2)
	}
	c.FillText(writing(tickSize, ink, false, draw.XLeft, draw.YTop), vg.Point{X: x + half + 3, Y: c.Max.Y}, height)
}

// stackBounds is the range that the bars and their totals need.
func stackBounds(groups ...[]bar) (lo, hi float64) {
	for _, bars := range groups {
		for _, b := range bars {
			up, down := 0.0, 0.0
			for _, v := range b.parts {
				up, down = up+max(v, 0), down+min(v, 0)
			}
			lo, hi = min(lo, down), max(hi, up)
			if b.total != nil {
				lo, hi = min(lo, b.total.Low()), max(hi, b.total.High())
			}
		}
	}
	if lo == hi {
		return 0, 1
	}
	room := (hi - lo) / 20
	if lo < 0 {
		lo -= room
	}
	return lo, hi + room
}

// A row is one line of a dot chart.
type row struct {
	label string
	style armStyle
	e     estimate
}

// dots draws one estimate per line, with its interval; between draws a shaded
// zone such as the margin of equivalence, and zero asks for a line there.
func dots(rows []row, xlabel string, between [2]float64, zero bool, can span) *plot.Plot {
	p := newPlot()
	all := series{}
	for _, r := range rows {
		all.e = append(all.e, r.e)
	}
	if zero || between != [2]float64{} {
		all.e = append(all.e, estimate{Mean: between[0]}, estimate{Mean: between[1]})
	}
	p.X.Min, p.X.Max = bounds([]series{all}, can)
	p.X.Label.Text = xlabel
	p.X.Tick.Marker = ticker{want: 3}
	var labels []string
	for i := range rows {
		labels = append(labels, rows[len(rows)-1-i].label)
	}
	p.Y.Tick.Marker = named(labels)
	p.Y.Tick.Label.Color = ink.light
	p.Y.Tick.Length = 4
	p.Y.Min, p.Y.Max = -0.6, float64(len(rows))-0.4
	p.Add(drawing(func(c draw.Canvas, x, y func(float64) vg.Length) {
		if between != [2]float64{} {
			c.SetColor(band.light)
			c.Fill(vg.Rectangle{Min: vg.Point{X: x(between[0]), Y: c.Min.Y}, Max: vg.Point{X: x(between[1]), Y: c.Max.Y}}.Path())
		}
		for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
			st := draw.LineStyle{Color: rule.light, Width: 0.7}
			if zero && t.Value == 0 {
				st.Color = muted.light
			}
			if t.Value >= p.X.Min && t.Value <= p.X.Max {
				c.StrokeLine2(st, x(t.Value), c.Min.Y, x(t.Value), c.Max.Y)
			}
		}
		for i, r := range rows {
			py := y(float64(len(rows) - 1 - i))
			if r.e.Half > 0 {
				c.StrokeLine2(draw.LineStyle{Color: r.style.hue.light, Width: 2}, within(x(r.e.Low()), c.Min.X, c.Max.X), py, within(x(r.e.High()), c.Min.X, c.Max.X), py)
			}
			drawMarker(c, r.style, vg.Point{X: x(r.e.Mean), Y: py}, 3.6)
		}
	}))
	return p
}

// dotsHeight is the height that a dot chart of n lines needs.
func dotsHeight(n int, header bool) vg.Length {
	h := vg.Length(n)*19 + 44
	if header {
		h += 32
	}
	return h
}
