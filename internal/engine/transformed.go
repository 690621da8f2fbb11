package engine

import "unetbench/internal/kernel"

// transformed is the transformed input of a convolution: slabs of channels of
// the tiles of a tiling, a group of tiles at a time. For one slab it lies point by
// point, tile by tile.
type transformed struct {
	t *kernel.Winograd
	tiling
	in    []slab
	group int // tiles
}

// A slab is some channels of an operand, few enough for one product.
type slab struct {
	x      view
	dy, dx int // where the window of output pixel (0, 0) begins in x
	c0, c  int
	source int // which of the targets' weights
}

// maxSlab is the depth of a product: its panel stays in the first-level cache.
const maxSlab = 128

// slabs cuts the channels of an operand.
func slabs(to []slab, x view, dy, dx, source int) []slab {
	n := (x.c + maxSlab - 1) / maxSlab
	for k := range n {
		c0 := x.c * k / n / 8 * 8
		c1 := x.c * (k + 1) / n / 8 * 8
		to = append(to, slab{x, dy, dx, c0, c1 - c0, source})
	}
	return to
}

// channels is the number of input channels, and of those of the widest slab.
func (g *transformed) channels() (all, widest int) {
	for _, s := range g.in {
		all += s.c
		widest = max(widest, s.c)
	}
	return all, widest
}

// pad16 keeps the points of a group from falling on the same sets of the cache.
const pad16 = 16

// tileFloats is a group's transformed tiles of c channels, or what is summed
// from them for c channels.
func (g *transformed) tileFloats(c int) int { return g.t.Points() * (g.group*c + pad16) }

// inputFloats is a group's transformed input, all slabs.
func (g *transformed) inputFloats() int {
	n := 0
	for _, s := range g.in {
		n += g.tileFloats(s.c)
	}
	return n
}

// spareFloats is one output tile of a panel.
func (g *transformed) spareFloats() int { return g.m * g.m * kernel.PanelWidth }

// slabTiles is the part of a group's transformed input that belongs to slab k.
func (g *transformed) slabTiles(v []float32, k int) []float32 {
	for _, s := range g.in[:k] {
		v = v[g.tileFloats(s.c):]
	}
	return v
}

// transformTiles transforms tiles from … to of all slabs.
func (g *transformed) transformTiles(v []float32, from, to int) {
	for i := range g.in {
		g.transformSlab(v, &g.in[i], from, to)
		v = v[g.tileFloats(g.in[i].c):]
	}
}

// transformSlab transforms tiles from … to of one slab.
func (g *transformed) transformSlab(v []float32, s *slab, from, to int) {
	point := g.group*s.c + pad16
	for k := from; k < to; {
		r := g.next(k, to)
		g.t.Input(
			kernel.Tiles{Data: v[(k-from)*s.c:], Row: g.t.Side() * point, Col: point, Next: s.c},
			kernel.Tiles{Data: s.x.from(r.i, r.y+s.dy, r.x+s.dx)[s.c0:], Row: s.x.pitch, Col: s.x.c, Next: g.m * s.x.c},
			r.n, s.c)
		k += r.n
	}
}
