package report

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"unetbench/bench"
	"unetbench/graph"
)

// displacementFigure maps the misregistration over the training window: what
// the top join puts together, and from where, worked out from the wiring.
func (v *view) displacementFigure() figure {
	f := figure{ID: "displacement", Title: "Where the joins are out of register", Cols: 4,
		How: "Over the training window, at the top join: each arrow leads from where the decoder's content lies to where the skip that it is joined with lies, in input px and to scale; a dot is a place where both agree."}
	for _, a := range v.Arms {
		if a.Control || noSkip(a) {
			continue
		}
		if p, ok := v.displacement(a); ok {
			f.Panels = append(f.Panels, p)
		}
	}
	return f
}

// displacement draws one arm's arrows.
func (v *view) displacement(a bench.Arm) (panel, bool) {
	g, err := v.build(a.Arch)
	if err != nil {
		return panel{}, false // an arm that this program does not know
	}
	in := graph.Square(a.In)
	shapes, err := g.Infer(in)
	if err != nil {
		return panel{}, false
	}
	at, err := g.Coordinates(in)
	if err != nil {
		return panel{}, false
	}
	var join *graph.Node
	for _, n := range g.Nodes {
		if n.Op == graph.Concat && n.Level == 0 && join == nil {
			join = n
		}
	}
	if join == nil {
		return panel{}, false
	}
	skip, dec := at[join.In[0].ID], at[join.In[len(join.In)-1].ID]
	side := shapes[join.ID].H
	most := 0.0
	for _, i := range []float64{0, float64(side - 1)} {
		most = max(most, math.Hypot(skip.H.At(i)-dec.H.At(i), skip.W.At(i)-dec.W.At(i)))
	}
	p := newPlot()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, float64(a.In), 0, float64(a.In)
	p.X.Tick.Marker, p.Y.Tick.Marker = ticker{want: 3}, ticker{want: 3}
	p.X.Label.Text = "input px"
	st := v.style(a.Name)
	p.Add(drawing(func(c draw.Canvas, x, y func(float64) vg.Length) {
		c.SetColor(band.light)
		c.Fill(c.Rectangle.Path())
		const n = 8
		for r := range n {
			for q := range n {
				i, j := (float64(r)+.5)/n*float64(side)-.5, (float64(q)+.5)/n*float64(side)-.5
				from := vg.Point{X: x(dec.W.At(j) + .5), Y: y(dec.H.At(i) + .5)}
				to := vg.Point{X: x(skip.W.At(j) + .5), Y: y(skip.H.At(i) + .5)}
				arrow(c, st.hue, from, to)
			}
		}
	}))
	return panel{Title: a.Name, Unit: fmt.Sprintf("at most %s px apart", number("px", most)), W: 178, H: 206, plot: p,
		Alt: fmt.Sprintf("Displacement of the top join of %s over its %d px window: at most %s input px, towards the corners", a.Name, a.In, number("px", most))}, true
}

// arrow draws a displacement, or a dot where there is none.
func arrow(c draw.Canvas, h hue, from, to vg.Point) {
	d := to.Sub(from)
	long := math.Hypot(float64(d.X), float64(d.Y))
	if long < 0.8 {
		c.SetColor(h.light)
		var path vg.Path
		path.Move(vg.Point{X: to.X + 1.3, Y: to.Y})
		path.Arc(to, 1.3, 0, 2*math.Pi)
		path.Close()
		c.Fill(path)
		return
	}
	c.StrokeLine2(draw.LineStyle{Color: h.light, Width: 1}, from.X, from.Y, to.X, to.Y)
	u := vg.Point{X: d.X / vg.Length(long), Y: d.Y / vg.Length(long)}
	r := vg.Length(min(4, long*.6))
	base := to.Sub(u.Scale(r))
	side := vg.Point{X: -u.Y, Y: u.X}.Scale(r * .45)
	c.FillPolygon(h.light, []vg.Point{to, base.Add(side), base.Sub(side)})
}
