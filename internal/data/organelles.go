package data

import (
	"math"
	"math/rand/v2"
)

// addOrganelles puts dark rings into cells, half of them with a striped body
// like a mitochondrion's. They never touch a membrane.
func (t *tissue) addOrganelles(r *rand.Rand) {
	want := t.side * t.side / (sitePitch * sitePitch)
	occupied := make([]bool, len(t.cell))
	extra := make([]float64, len(t.cell))
	for try, placed := 0, 0; try < 3*want && placed < want; try++ {
		cy, cx := uniform(r, 0, float64(t.side)), uniform(r, 0, float64(t.side))
		u := r.Float64()
		radius, aspect := 3.5+9.5*u*u, math.Sqrt(uniform(r, 1, 1.7))
		sin, cos := math.Sincos(uniform(r, 0, math.Pi))
		home := int(cy)*t.side + int(cx)
		if t.edge[home] < radius+3.5 || occupied[home] {
			continue
		}
		placed++
		width, dark, body := uniform(r, .8, 1.8), .75*uniform(r, .5, 1), r.Float64() < .5
		period, phase := uniform(r, 3.5, 5), uniform(r, 0, 6)
		t.window(cy, cx, int(radius*1.7+5), func(i int, dy, dx float64) {
			p, q := (cos*dx+sin*dy)/aspect, (-sin*dx+cos*dy)*aspect
			outline := math.Sqrt(p*p+q*q) - radius // about the px to the outline
			if outline < 3 {
				occupied[i] = true
			}
			if !t.within(i, home, 1) {
				return
			}
			d := dark * sigmoid((width-math.Abs(outline))/.4)
			if body {
				d = max(d, sigmoid(-outline/.5)*(.30+.18*math.Sin(2*math.Pi*q/period+phase)))
			}
			extra[i] = max(extra[i], d)
		})
	}
	t.darken(extra)
}

// addArcs draws open dark arcs, like endoplasmic reticulum: nearby they look
// like membrane, but they end inside the cell, which only context shows.
func (t *tissue) addArcs(r *rand.Rand) {
	extra := make([]float64, len(t.cell))
	for range t.side * t.side * 8 / 10000 {
		cy, cx := uniform(r, 0, float64(t.side)), uniform(r, 0, float64(t.side))
		angle, curvature := uniform(r, 0, 2*math.Pi), .04*r.NormFloat64()
		length, width, dark := uniform(r, 8, 28), uniform(r, .7, 1.5), .75*uniform(r, .35, .8)
		home := int(cy)*t.side + int(cx)
		if t.edge[home] < 5 {
			continue
		}
		path := make([]point, int(length))
		for k, at := 0, (point{}); k < len(path); k++ {
			path[k] = at
			sin, cos := math.Sincos(angle)
			at.u, at.v, angle = at.u+sin, at.v+cos, angle+curvature
		}
		t.window(cy, cx, int(length)+4, func(i int, dy, dx float64) {
			if !t.within(i, home, 2) {
				return
			}
			nearest := math.Inf(1)
			for _, p := range path {
				nearest = min(nearest, (dy-p.u)*(dy-p.u)+(dx-p.v)*(dx-p.v))
			}
			extra[i] = max(extra[i], dark*sigmoid((width-math.Sqrt(nearest))/.4))
		})
	}
	t.darken(extra)
}

// window visits the pixels around (cy, cx), with their offset from it.
func (t *tissue) window(cy, cx float64, radius int, visit func(i int, dy, dx float64)) {
	iy, ix := int(cy), int(cx)
	for y := max(0, iy-radius); y < min(t.side, iy+radius); y++ {
		for x := max(0, ix-radius); x < min(t.side, ix+radius); x++ {
			visit(y*t.side+x, float64(y)-cy, float64(x)-cx)
		}
	}
}

// within reports whether pixel i belongs to the cell of pixel home and keeps
// that many px from its membrane.
func (t *tissue) within(i, home int, gap float64) bool {
	return t.cell[i] == t.cell[home] && t.edge[i] > t.half[i]+gap
}

// darken takes the maximum: structures hide one another, they don't add.
func (t *tissue) darken(by []float64) {
	for i, d := range by {
		t.darkness[i] = max(t.darkness[i], d)
	}
}
