package bench

import (
	"math"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/tile"
)

// A repetition is what k×k tiles repeat, in closed form. A node of pitch p px
// has side positions along each axis in every tile; tiles stride px apart find
// stride/p of them new, the first tile all.
type repetition struct {
	stride, out int
	side, pitch []float64
	each        []float64 // multiply-accumulates per position
}

func repetitionOf(t *testing.T, g *graph.Graph, in, stride int) (r repetition) {
	t.Helper()
	shapes, err := g.Infer(graph.Square(in))
	if err != nil {
		t.Fatal(err)
	}
	at, err := g.Coordinates(graph.Square(in))
	if err != nil {
		t.Fatal(err)
	}
	for id, c := range g.Costs(shapes) {
		s := float64(shapes[id].H)
		r.side, r.pitch, r.each = append(r.side, s), append(r.pitch, at[id].H.A), append(r.each, float64(c.MACs)/(s*s))
	}
	r.stride, r.out = stride, shapes[g.Output().ID].H
	return r
}

// share is the repeated share of the multiply-accumulates of k×k tiles.
func (r repetition) share(k float64) float64 {
	all, distinct := 0.0, 0.0
	for i, c := range r.each {
		n := r.side[i] + (k-1)*float64(r.stride)/r.pitch[i]
		all, distinct = all+c*k*k*r.side[i]*r.side[i], distinct+c*n*n
	}
	return 1 - distinct/all
}

// lost is, averaged over the multiply-accumulates of one image pixel, by how many
// px a node's tiles overlap: what costs twice that, over the stride, as tiles grow.
func (r repetition) lost() float64 {
	sum, px := 0.0, 0.0
	for i, c := range r.each {
		c /= r.pitch[i] * r.pitch[i]
		sum, px = sum+c, px+c*(r.side[i]*r.pitch[i]-float64(r.stride))
	}
	return px / sum
}

// The repeated share is the closed form for any number of tiles, tends to its
// limit as the image grows, and to twice the mean overlap of the maps over the
// stride as tiles do.
func TestRepeatedShareTendsToClosedForm(t *testing.T) {
	for _, a := range []arch.Arch{valid.Arch, padded.Arch} {
		for _, up := range arch.Ups() {
			for _, overlap := range []int{0, 32, 64} {
				c := narrow(3)
				c.Up = up
				g, geometry := wired(t, a, c)
				off := math.Inf(1)
				for _, side := range []int{204, 1020, 4092, 16380} {
					side = geometry.H.Above(side)
					out := side - geometry.H.Before - geometry.H.After
					stride := (out - overlap) / geometry.H.Step * geometry.H.Step
					r := repetitionOf(t, g, side, stride)
					limit := r.share(1e9)
					var last float64
					for _, k := range []int{1, 2, 9, 30} {
						size := graph.Square(stride*(k-1) + out)
						plan, err := tile.New(size, geometry, tile.Spec{Tile: side, Stride: stride})
						o := cost(t, g, plan, err)
						if len(plan.Tiles) != k*k {
							t.Fatalf("%d tiles, want %d²", len(plan.Tiles), k)
						}
						got := float64(o.MACs.Repeated) / float64(o.MACs.Total())
						if want := r.share(float64(k)); !near64(got, want, 1e-9) {
							t.Errorf("%s, up %v, tile %d, stride %d: %d² tiles repeat %v, closed form %v", g.Name, up, side, stride, k, got, want)
						}
						if k > 1 && limit > 1e-3 && !(got > last && got < limit) {
							t.Errorf("%s, up %v, tile %d, stride %d: %d² tiles repeat %v, fewer %v, limit %v", g.Name, up, side, stride, k, got, last, limit)
						}
						last = got
					}
					if r.lost() == 0 {
						if limit > 1e-9 {
							t.Errorf("%s: tiles that share nothing repeat %v", g.Name, limit)
						}
						off = 0
						continue
					}
					now := math.Abs(limit*float64(stride)/(2*r.lost()) - 1)
					if now >= off {
						t.Errorf("%s, up %v, tile %d: the share is %v off 2·%v/%d, smaller tiles' %v", g.Name, up, side, now, r.lost(), stride, off)
					}
					off = now
				}
				if off > 0.02 {
					t.Errorf("%s, up %v, overlap %d: even the largest tiles are %v off the limit", g.Name, up, overlap, off)
				}
			}
		}
	}
}
