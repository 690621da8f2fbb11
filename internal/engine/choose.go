package engine

import (
	"os"
	"strconv"
)

// budget says how many bytes Winograd's convolutions may keep in the caches.
type budget struct {
	weights int // transformed, of a layer whose tasks have tiles of their own
	tiles   int // transformed, of a group of such a task
	sums    int // of a weight gradient whose tasks have tiles of their own
	pairs   int // transformed tiles of a group of such a task
	shared  int // transformed tiles that tasks share
	group   int // tiles of a group of these; not bytes
}

var cache = budget{weights: env("BW", 1<<20+1<<19), tiles: env("BT", 600<<10), sums: env("BS", 5<<20), pairs: env("BP", 1200<<10), shared: env("BSH", 12<<20), group: env("BG", 224)}

func env(name string, d int) int {
	if v, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return v
	}
	return d
}

// winogradable says that transforms can work on the convolution.
func (u *conv) winogradable() bool {
	if u.net.opts.Exact || u.kh != 3 || u.kw != 3 || u.out.c%8 != 0 {
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

// fast chooses how the convolution is computed; nil is directly.
func (c *compiler) fast(u *conv) *winograd {
	t := u.net.kernel.F4
	if !u.winogradable() || u.out.h < t.Out || u.out.w < t.Out {
		return nil
	}
	g := &winograd{net: u.net, t: t, tiling: newTiling(t.Out, u.net.batch, u.out.h, u.out.w)}
	for j, p := range u.in {
		if p.s != nil {
			g.in = slabs(g.in, p.val(), 0, 0, j)
		}
	}
	g.out = []target{{y: u.out.val(), weights: u.packed, bias: u.bias, relu: u.relu}}
	g.plan(c, c.now())
	return g
}

// fastBack does so for the input gradient at step t.
func (c *compiler) fastBack(u *conv, t int) *winograd {
	if !u.winogradable() {
		return nil
	}
	f := u.net.kernel.F4
	var g *winograd
	for j, k := range u.sinks {
		if k.none {
			continue
		}
		if g == nil {
			g = &winograd{net: u.net, t: f, tiling: newTiling(f.Out, u.net.batch, k.region.h, k.region.w)}
			g.in = slabs(nil, u.dy, -2, -2, 0)
		}
		g.out = append(g.out, target{y: k.view, weights: u.back[j : j+1], add: k.add()})
	}
	if g != nil {
		g.plan(c, t)
	}
	return g
}

// fastGrad does so for the weight gradient at step t.
func (c *compiler) fastGrad(u *conv, t int) *winogradGrad {
	f := u.net.kernel.F4
	if !u.winogradable() || u.out.h < f.Out || u.out.w < f.Out {
		return nil
	}
	g := &winogradGrad{net: u.net, t: f, tiling: newTiling(f.Out, u.net.batch, u.out.h, u.out.w), dy: u.dy}
	for j, p := range u.in {
		if p.s != nil {
			g.in = slabs(g.in, p.val(), 0, 0, j)
		}
	}
	g.plan(c, t)
	return g
}
