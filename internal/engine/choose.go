package engine

import "unetbench/internal/kernel"

// The choice among direct convolution, F(2×2) and F(4×4), for every convolution
// and each of its three passes, is that of the least cost: the sum of arithmetic
// and memory traffic, in the time of one multiply-add on a vector. It depends on
// the shapes and the kernels alone, never on the number of threads, so bits do
// not either.

// Bytes that cost as much as a multiply-add, beside what the loops already wait
// for, as seen on AVX-512 and AVX2 cores: tiles between their transforms and the
// products, weights that every row of a direct convolution reads again, and tiles
// from behind the second-level cache.
const (
	nearBytes   = 64
	weightBytes = 16
	farBytes    = 64
)

// budget says how many bytes Winograd's convolutions may keep in the caches.
type budget struct {
	weights int // transformed, of a layer whose tasks have tiles of their own
	tiles   int // transformed, with products, of a group of such a task
	sums    int // of a weight gradient whose tasks have tiles of their own
	pairs   int // transformed tiles of a group of such a task
	shared  int // transformed tiles that tasks share
	group   int // tiles of a group of these; not bytes

	// For tests: F(only×only) wherever it can work (0 is by cost), or forward
	// passes that are direct.
	only          int
	directForward bool
}

var cache = budget{weights: 3 << 19, tiles: 600 << 10, sums: 5 << 20, pairs: 1200 << 10, shared: 12 << 20, group: 224}

// winogradable says that transforms can work on the convolution.
func (u *conv) winogradable() bool {
	if u.net.opts.Exact || u.kh != 3 || u.kw != 3 || !plainConv(u.node) || u.out.c%8 != 0 {
		return false
	}
	live := false
	for _, p := range u.in {
		if p.c%8 != 0 {
			return false
		}
		live = live || p.s != nil
	}
	return live
}

// slabs are the operand's, and its channels, without severed skips.
func (u *conv) slabs() (in []slab, channels int) {
	for j, p := range u.in {
		if p.s != nil {
			in, channels = slabs(in, p.val(), 0, 0, j), channels+p.c
		}
	}
	return in, channels
}

// vectors is the number of vectors that hold n channels; up to 8, in pairs, take
// no more room than they fill.
func vectors(k *kernel.Set, n int) float64 {
	if n <= kernel.PairedWidth && k.Lanes > kernel.PairedWidth {
		const slower = 1.4 // than the loops of whole vectors
		return slower * kernel.PairedWidth / float64(k.Lanes)
	}
	return float64(roundUp(n, k.Lanes) / k.Lanes)
}

// directCost is that of products row by row, from in channels to out. For every
// row the weights pass by, and further rows wait for them.
func directCost(k *kernel.Set, maps, h, w, in, out int) float64 {
	rows, depth := float64(maps*h), float64(9*in)
	return rows * depth * (float64(w)*vectors(k, out) + 4*float64(out)/weightBytes)
}

// fast chooses how the convolution is computed; nil is directly.
func (c *compiler) fast(u *conv) *winograd {
	if !u.winogradable() || cache.directForward {
		return nil
	}
	in, channels := u.slabs()
	k := u.net.kernel
	best := cheapest(directCost(k, u.net.batch, u.out.h, u.out.w, channels, u.out.c), u.out.h, u.out.w, k, func(t *kernel.Winograd) *winograd {
		g := &winograd{net: u.net, transformed: transformed{t: t, in: in, tiling: newTiling(t.Out, u.net.batch, u.out.h, u.out.w)}}
		g.out = []target{{y: u.out.val(), weights: u.packed, bias: u.bias, relu: u.relu}}
		return g
	})
	if best != nil {
		best.claim(c, c.now())
	}
	return best
}

// fastBack does so for the input gradient, at step t.
func (c *compiler) fastBack(u *conv, t int) *winograd {
	if !u.winogradable() {
		return nil
	}
	var out []target
	h, w, n := 0, 0, 0
	for j, k := range u.sinks {
		if !k.none {
			out = append(out, target{y: k.view, weights: u.back[j : j+1], add: k.add()})
			h, w, n = k.region.h, k.region.w, n+k.c
		}
	}
	if out == nil {
		return nil
	}
	k := u.net.kernel
	best := cheapest(directCost(k, u.net.batch, h, w, u.out.c, n), h, w, k, func(t *kernel.Winograd) *winograd {
		return &winograd{net: u.net, out: out, transformed: transformed{
			t: t, tiling: newTiling(t.Out, u.net.batch, h, w), in: slabs(nil, u.dy, -2, -2, 0),
		}}
	})
	if best != nil {
		best.claim(c, t)
	}
	return best
}

// fastGrad does so for the weight gradient, at step t.
func (c *compiler) fastGrad(u *conv, t int) *winogradGrad {
	if !u.winogradable() {
		return nil
	}
	in, channels := u.slabs()
	k := u.net.kernel
	best := cheapest(directCost(k, u.net.batch, u.out.h, u.out.w, channels, u.out.c), u.out.h, u.out.w, k, func(t *kernel.Winograd) *winogradGrad {
		return &winogradGrad{net: u.net, dy: u.dy, transformed: transformed{t: t, in: in, tiling: newTiling(t.Out, u.net.batch, u.out.h, u.out.w)}}
	})
	if best != nil {
		best.claim(c, t)
	}
	return best
}

// A plan is one way to compute something.
type plan interface {
	comparable
	prepare()      // chooses its groups
	cost() float64 // in multiply-adds of a vector
}

// cheapest is the cheapest of Winograd's plans for outputs of h×w px, or nothing
// if none costs less than direct.
func cheapest[P plan](direct float64, h, w int, k *kernel.Set, make func(t *kernel.Winograd) P) (best P) {
	least := direct
	for _, t := range []*kernel.Winograd{k.F4, k.F2} {
		if h < t.Out || w < t.Out || cache.only != 0 && cache.only != t.Out {
			continue
		}
		p := make(t)
		p.prepare()
		if c := p.cost(); c < least || cache.only != 0 {
			best, least = p, c
		}
	}
	return best
}
