package report

import (
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A marker is the shape of a data point.
type marker int

const (
	disc marker = iota
	square
	triangle
	diamond
	cross
	markers
)

// corners gives the outline in units of the radius; areas are about equal.
func (m marker) corners() []vg.Point {
	switch m {
	case square:
		return []vg.Point{{X: -.88, Y: -.88}, {X: .88, Y: -.88}, {X: .88, Y: .88}, {X: -.88, Y: .88}}
	case triangle:
		return []vg.Point{{X: -1.1, Y: -.8}, {X: 1.1, Y: -.8}, {X: 0, Y: 1.2}}
	case diamond:
		return []vg.Point{{X: 0, Y: -1.25}, {X: 1.25, Y: 0}, {X: 0, Y: 1.25}, {X: -1.25, Y: 0}}
	}
	return nil
}

// drawMarker puts the marker of s at p, with a rim of paper so that it stays
// legible on lines and on other markers.
func drawMarker(c draw.Canvas, s armStyle, p vg.Point, radius vg.Length) {
	col := s.hue.light
	if s.marker == cross {
		st := draw.LineStyle{Color: col, Width: 1.6}
		r := radius * .9
		c.StrokeLine2(st, p.X-r, p.Y-r, p.X+r, p.Y+r)
		c.StrokeLine2(st, p.X-r, p.Y+r, p.X+r, p.Y-r)
		return
	}
	path := func(r vg.Length) vg.Path {
		var path vg.Path
		if s.marker == disc {
			path.Move(vg.Point{X: p.X + r, Y: p.Y})
			path.Arc(p, r, 0, 2*math.Pi)
		}
		for i, q := range s.marker.corners() {
			q = vg.Point{X: p.X + q.X*r, Y: p.Y + q.Y*r}
			if i == 0 {
				path.Move(q)
			} else {
				path.Line(q)
			}
		}
		path.Close()
		return path
	}
	c.SetColor(paper.light)
	c.Fill(path(radius + 1.1))
	c.SetColor(col)
	c.Fill(path(radius))
	if s.hollow {
		c.SetColor(paper.light)
		c.Fill(path(radius - 1.3))
	}
}
