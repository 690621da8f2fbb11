package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A spot is one arm on the cost–accuracy plane.
type spot struct {
	arm  string
	cost float64
	dice estimate
	side vg.Length // moved aside by so much, from arms of equal cost
}

// setApart moves arms of equal cost aside, so that their intervals do not
// hide each other.
func setApart(spots []spot) {
	for i := range spots {
		n, before := 0, 0
		for j, s := range spots {
			if math.Abs(math.Log(s.cost/spots[i].cost)) < 0.02 {
				n++
				if j < i {
					before++
				}
			}
		}
		spots[i].side = 8 * (vg.Length(before) - vg.Length(n-1)/2)
	}
}

// paretoFigure sets accuracy against cost, per pixel of training window.
func (v *view) paretoFigure() figure {
	f := figure{ID: "pareto", Title: "Accuracy against cost", Cols: 1,
		How: "Up is more accurate, left is cheaper; nothing measured is both cheaper and more accurate than the arms on the dotted line, and bars are 95 % intervals over seeds. Arms of equal cost stand side by side; hollow markers are controls."}
	var spots []spot
	for _, a := range v.Arms {
		if e, ok := v.shown("dice", a.Name, ""); ok && a.MACsPerPx > 0 {
			spots = append(spots, spot{arm: a.Name, cost: a.MACsPerPx, dice: e})
		}
	}
	if len(spots) == 0 {
		return f
	}
	setApart(spots)
	p := newPlot()
	lo, hi := math.Inf(1), math.Inf(-1)
	x0, x1 := math.Inf(1), math.Inf(-1)
	var said []string
	for _, s := range spots {
		lo, hi = min(lo, s.dice.Low()), max(hi, s.dice.High())
		x0, x1 = min(x0, s.cost), max(x1, s.cost)
		said = append(said, fmt.Sprintf("%s %s %% at %s MAC/px", s.arm, pm("%", s.dice), si(s.cost)))
	}
	room := max((hi-lo)/10, 0.05)
	p.Y.Min, p.Y.Max = max(lo-room, 0), min(hi+room, 100)
	p.X.Min, p.X.Max = x0/1.25, x1*1.25
	p.X.Scale = plot.LogScale{}
	p.X.Tick.Marker = ticker{want: 4, log: true, name: func(x float64) string { return trimZeros(si(x)) }}
	p.X.Label.Text = "MAC per supervised px of the training window, log scale"
	p.Add(rules(p), drawing(func(c draw.Canvas, x, y func(float64) vg.Length) {
		stairs := staircase(c, front(spots), x, y)
		c.StrokeLines(draw.LineStyle{Color: muted.light, Width: 1, Dashes: []vg.Length{1, 2.5}}, stairs)
		for _, s := range spots {
			st := v.style(s.arm)
			px := x(s.cost) + s.side
			if s.dice.Half > 0 {
				c.StrokeLine2(draw.LineStyle{Color: st.hue.light, Width: 1.4}, px, within(y(s.dice.Low()), c.Min.Y, c.Max.Y), px, within(y(s.dice.High()), c.Min.Y, c.Max.Y))
			}
			drawMarker(c, st, vg.Point{X: px, Y: y(s.dice.Mean)}, 4.4)
		}
		labelSpots(c, spots, stairs, x, y)
	}))
	f.Panels = []panel{{Unit: "Dice, %", W: 360, H: 258, plot: p,
		Alt: "Dice against arithmetic per pixel: " + strings.Join(said, "; ")}}
	return f
}

// trimZeros turns "2.00 k" into "2 k".
func trimZeros(s string) string {
	num, unit, _ := strings.Cut(s, " ")
	if strings.Contains(num, ".") {
		num = strings.TrimRight(strings.TrimRight(num, "0"), ".")
	}
	if unit != "" {
		return num + " " + unit
	}
	return num
}

// front returns the spots that no other spot beats in both directions,
// cheapest first.
func front(spots []spot) []spot {
	s := slices.Clone(spots)
	slices.SortStableFunc(s, func(a, b spot) int {
		switch {
		case a.cost < b.cost:
			return -1
		case a.cost > b.cost:
			return 1
		case a.dice.Mean > b.dice.Mean:
			return -1
		}
		return 1
	})
	var out []spot
	for _, x := range s {
		if len(out) == 0 || x.dice.Mean > out[len(out)-1].dice.Mean {
			out = append(out, x)
		}
	}
	return out
}

// staircase is the border of what the front dominates.
func staircase(c draw.Canvas, front []spot, x, y func(float64) vg.Length) []vg.Point {
	var pts []vg.Point
	for i, s := range front {
		p := vg.Point{X: x(s.cost) + s.side, Y: y(s.dice.Mean)}
		if i == 0 {
			pts = append(pts, vg.Point{X: p.X, Y: c.Min.Y})
		} else {
			pts = append(pts, vg.Point{X: p.X, Y: pts[len(pts)-1].Y})
		}
		pts = append(pts, p)
	}
	return append(pts, vg.Point{X: c.Max.X, Y: pts[len(pts)-1].Y})
}

// labelSpots writes each arm's name beside its marker, where it covers the
// least of what is already there.
func labelSpots(c draw.Canvas, spots []spot, stairs []vg.Point, x, y func(float64) vg.Length) {
	var taken []vg.Rectangle
	at := func(s spot) vg.Point { return vg.Point{X: x(s.cost) + s.side, Y: y(s.dice.Mean)} }
	for _, s := range spots {
		p := at(s)
		taken = append(taken, vg.Rectangle{Min: vg.Point{X: p.X - 5, Y: p.Y - 5}, Max: vg.Point{X: p.X + 5, Y: p.Y + 5}},
			vg.Rectangle{Min: vg.Point{X: p.X - 1, Y: within(y(s.dice.Low()), c.Min.Y, c.Max.Y)}, Max: vg.Point{X: p.X + 1, Y: within(y(s.dice.High()), c.Min.Y, c.Max.Y)}})
	}
	for i := 1; i < len(stairs); i++ {
		a, b := stairs[i-1], stairs[i]
		taken = append(taken, vg.Rectangle{Min: vg.Point{X: min(a.X, b.X) - 1, Y: min(a.Y, b.Y) - 1}, Max: vg.Point{X: max(a.X, b.X) + 1, Y: max(a.Y, b.Y) + 1}})
	}
	for _, s := range spots {
		p, w := at(s), textWidth(s.arm, face(labelSize, false))
		const h = labelSize
		var best vg.Rectangle
		least := math.Inf(1)
		for i, o := range []vg.Point{{X: 8, Y: -h / 2}, {X: -8 - w, Y: -h / 2}, {X: 8, Y: 4}, {X: 8, Y: -4 - h}, {X: -8 - w, Y: 4}, {X: -8 - w, Y: -4 - h},
			{X: -w / 2, Y: 8}, {X: -w / 2, Y: -8 - h}, {X: 8, Y: 14}, {X: 8, Y: -14 - h}, {X: -8 - w, Y: 14}, {X: -8 - w, Y: -14 - h}} {
			r := vg.Rectangle{Min: p.Add(o)}
			r.Max = r.Min.Add(vg.Point{X: w, Y: h})
			bad := float64(i) * 0.2
			for _, t := range taken {
				bad += overlap(r, t)
			}
			bad += 50 * float64(max(0, c.Min.X-r.Min.X)+max(0, r.Max.X-c.Max.X)+max(0, c.Min.Y-r.Min.Y)+max(0, r.Max.Y-c.Max.Y))
			if bad < least {
				least, best = bad, r
			}
		}
		taken = append(taken, best)
		c.FillText(writing(labelSize, ink, false, draw.XLeft, draw.YBottom), best.Min, s.arm)
	}
}

// overlap is the area that two rectangles share.
func overlap(a, b vg.Rectangle) float64 {
	w := min(a.Max.X, b.Max.X) - max(a.Min.X, b.Min.X)
	h := min(a.Max.Y, b.Max.Y) - max(a.Min.Y, b.Min.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return float64(w * h)
}
