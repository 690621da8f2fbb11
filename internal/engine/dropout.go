package engine

import "unetbench/graph"

// dropout zeroes values with probability rate and scales the others by
// 1/(1−rate). Whether a value is dropped is a hash of seed, step, node and
// place, so it does not depend on threads and need not be stored.
type dropout struct {
	net     *Net
	in, out piece
	node    uint64
	rate    float64
	scale   float32
	dy      view
	sink    sink
}

func newDropout(net *Net, n *graph.Node, in, out piece) *dropout {
	return &dropout{net: net, in: in, out: out, node: uint64(n.ID), rate: n.Rate, scale: float32(1 / (1 - n.Rate))}
}

func (u *dropout) result() piece { return u.out }

func (u *dropout) claim(c *compiler, t int) {
	var ok bool
	if u.dy, ok = c.grad(u.out, t); ok {
		u.sink = c.sink(u.in, t, false)
	}
}

// mix is the finalizer of SplitMix64 (Steele et al. 2014).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// dropped says whether value number at of a batch, pixel-major, is zeroed.
func dropped(key uint64, at int, rate float64) bool {
	return float64(mix(key+uint64(at)*0x9e3779b97f4a7c15)>>11)*0x1p-53 < rate
}

func (u *dropout) key() uint64 { return mix(mix(u.net.seed+0x9e3779b97f4a7c15*u.net.step) + u.node) }

// mask writes the kept values of row r of map i, scaled, to dst.
func (u *dropout) mask(dst, src []float32, i, r int) {
	key, at := u.key(), (i*u.in.h+r)*u.in.w*u.in.c
	for j, v := range src {
		if dropped(key, at+j, u.rate) {
			dst[j] = 0
		} else {
			dst[j] = v * u.scale
		}
	}
}

func (u *dropout) forward() []phase {
	x, y := u.in.val(), u.out.val()
	return []phase{rowPhase(x.n, x.region.h, 16*x.region.w*x.c, func(i, r int, _ *worker) {
		u.mask(y.row(i, r), x.row(i, r), i, r)
	})}
}

func (u *dropout) backward() []phase {
	if u.dy.buffer == nil || u.sink.none {
		return nil
	}
	return append(u.sink.prepare(), rowPhase(u.dy.n, u.in.h, 16*u.in.w*u.in.c, func(i, r int, _ *worker) {
		d := u.dy.row(i, r)
		u.mask(d, d, i, r)
		u.sink.pass(u.net, u.dy, i, r)
	}))
}
