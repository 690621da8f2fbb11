package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/reg"
)

// What the one-dimensional transforms are made of. Each returns a new vector.

func (v isa) sum(a, b VecVirtual) VecVirtual {
	y := v.vec()
	VADDPS(b, a, y)
	return y
}

func (v isa) minus(a, b VecVirtual) VecVirtual {
	y := v.vec()
	VSUBPS(b, a, y)
	return y
}

func (v isa) times(a, k VecVirtual) VecVirtual {
	y := v.vec()
	VMULPS(a, k, y)
	return y
}

// plus is y + k·a, less is y − k·a; both use y's register.
func (v isa) plus(y, k, a VecVirtual) VecVirtual {
	VFMADD231PS(a, k, y)
	return y
}

func (v isa) less(y, k, a VecVirtual) VecVirtual {
	VFNMADD231PS(a, k, y)
	return y
}

func (v isa) copied(a VecVirtual) VecVirtual {
	y := v.vec()
	VMOVAPS(a, y)
	return y
}

var input2 = lift{"input2", 4, 4, nil, func(v isa, x, _ []VecVirtual, put func(int, VecVirtual)) {
	put(0, v.minus(x[0], x[2]))
	put(1, v.sum(x[1], x[2]))
	put(2, v.minus(x[2], x[1]))
	put(3, v.minus(x[1], x[3]))
}}

var output2 = lift{"output2", 4, 2, nil, func(v isa, x, _ []VecVirtual, put func(int, VecVirtual)) {
	put(0, v.sum(v.sum(x[0], x[1]), x[2]))
	put(1, v.minus(v.minus(x[1], x[2]), x[3]))
}}

var weight2 = lift{"weight2", 3, 4, []float64{.5}, func(v isa, x, c []VecVirtual, put func(int, VecVirtual)) {
	s, h := v.times(v.sum(x[0], x[2]), c[0]), v.times(x[1], c[0])
	put(0, x[0])
	put(1, v.sum(s, h))
	put(2, v.minus(s, h))
	put(3, x[2])
}}

var gradient2 = lift{"gradient2", 2, 4, nil, func(v isa, x, _ []VecVirtual, put func(int, VecVirtual)) {
	put(0, v.copied(x[0]))
	put(1, v.sum(x[0], x[1]))
	put(2, v.minus(x[0], x[1]))
	put(3, v.minus(v.zero(), x[1]))
}}

var back2 = lift{"back2", 4, 3, []float64{.5}, func(v isa, x, c []VecVirtual, put func(int, VecVirtual)) {
	s, d := v.times(v.sum(x[1], x[2]), c[0]), v.times(v.minus(x[1], x[2]), c[0])
	put(0, v.sum(x[0], s))
	put(1, d)
	put(2, v.sum(s, x[3]))
}}

var input4 = lift{"input4", 6, 6, []float64{4, 5, 2}, func(v isa, x, c []VecVirtual, put func(int, VecVirtual)) {
	four, five, two := c[0], c[1], c[2]
	put(0, v.less(v.plus(v.copied(x[4]), four, x[0]), five, x[2]))
	put(5, v.less(v.plus(v.copied(x[5]), four, x[1]), five, x[3]))
	p, q := v.less(v.copied(x[4]), four, x[2]), v.less(v.copied(x[3]), four, x[1])
	put(1, v.sum(p, q))
	put(2, v.minus(p, q))
	r, s := v.minus(x[4], x[2]), v.minus(x[3], x[1])
	put(3, v.plus(v.copied(r), two, s))
	put(4, v.less(r, two, s))
}}

var output4 = lift{"output4", 6, 4, []float64{2, 4, 8}, func(v isa, x, c []VecVirtual, put func(int, VecVirtual)) {
	a, b := v.sum(x[1], x[2]), v.minus(x[1], x[2])
	d, e := v.sum(x[3], x[4]), v.minus(x[3], x[4])
	put(0, v.sum(v.sum(x[0], a), d))
	put(2, v.plus(a, c[1], d))
	put(3, v.plus(v.sum(b, x[5]), c[2], e))
	put(1, v.plus(b, c[0], e))
}}

var weight4 = lift{"weight4", 3, 6, []float64{1. / 4, 1. / 6, 1. / 12, 1. / 24, 0}, func(v isa, x, c []VecVirtual, put func(int, VecVirtual)) {
	put(0, v.times(x[0], c[0]))
	s, m := v.times(v.sum(x[0], x[2]), c[1]), v.times(x[1], c[1])
	put(1, v.minus(v.minus(c[4], s), m))
	put(2, v.minus(m, s))
	e, f := v.plus(v.times(x[0], c[3]), c[1], x[2]), v.times(x[1], c[2])
	put(3, v.sum(e, f))
	put(4, v.minus(e, f))
	put(5, x[2])
}}

var gradient4 = lift{"gradient4", 4, 6, []float64{2, 4, 8}, func(v isa, x, c []VecVirtual, put func(int, VecVirtual)) {
	put(0, v.copied(x[0]))
	s, d := v.sum(x[0], x[2]), v.sum(x[1], x[3])
	put(1, v.sum(s, d))
	put(2, v.minus(s, d))
	e, f := v.plus(v.copied(x[0]), c[1], x[2]), v.plus(v.times(x[1], c[0]), c[2], x[3])
	put(3, v.sum(e, f))
	put(4, v.minus(e, f))
	put(5, v.copied(x[3]))
}}

var back4 = lift{"back4", 6, 3, []float64{1. / 4, 1. / 6, 1. / 12, 1. / 24}, func(v isa, x, c []VecVirtual, put func(int, VecVirtual)) {
	s, d := v.times(v.sum(x[1], x[2]), c[1]), v.times(v.minus(x[2], x[1]), c[1])
	e, f := v.sum(x[3], x[4]), v.minus(x[3], x[4])
	put(0, v.minus(v.plus(v.times(x[0], c[0]), c[3], e), s))
	put(1, v.plus(d, c[2], f))
	put(2, v.minus(v.plus(v.copied(x[5]), c[1], e), s))
}}
