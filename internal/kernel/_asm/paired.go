package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Loops of 8 columns would leave half of a 512-bit register idle, or do one load
// for every multiply-add. Those here and in twins.go take two numbers of A at once:
// the even lanes of a register go with the first, the odd ones with the second, and
// every column has a lane of each kind.

// paired writes the loop of Paired products, where the two numbers are steps k
// and k+1. The even lanes of a sum begin with init, the odd ones with 0; in the
// end they are added.
func paired(v isa, height int, part bool) {
	f := &productFrame{isa: v, vectors: 16 / v.lanes, paired: true}
	f.text("paired", height, 8, part)
	if part {
		f.last = v.of(8).head(Load(Param("columns"), GP64()))
	}
	f.function(height)
}

// apart loads a row of sums.
func (f *productFrame) apart(from Mem) []VecVirtual {
	x := f.of(8).load(from, f.last)
	if f.lanes == 16 {
		sum := ZMM()
		VPMOVZXDQ(x, sum)
		return []VecVirtual{sum}
	}
	low, high := YMM(), YMM()
	VPMOVZXDQ(x.AsX(), low)
	VEXTRACTF128(U8(1), x, x.AsX())
	VPMOVZXDQ(x.AsX(), high)
	return []VecVirtual{low, high}
}

// pairs does two steps.
func (f *productFrame) pairs(row func(i int) Mem, b Register, sums [][]VecVirtual) {
	w := f.vectorsAt(b, func(int) Register { return nil })
	for i, sum := range sums {
		f.multiplyAddTwo(row(i), w, sum)
	}
}

// single does the last step of an odd number; the odd lanes get 0.
func (f *productFrame) single(row func(i int) Mem, b Register, sums [][]VecVirtual) {
	w := f.vectorsAt(b, func(int) Register { return nil })
	for i, sum := range sums {
		all := f.vec()
		VMOVSS(row(i), all.AsX())
		VPBROADCASTQ(all.AsX(), all)
		for j := range w {
			VFMADD231PS(all, w[j], sum[j])
		}
	}
}

// together adds the even and odd lanes of a row of sums, and is at least floor.
func (f *productFrame) together(sum []VecVirtual, floor VecVirtual) []VecVirtual {
	x := sum[0]
	if f.lanes == 16 {
		odd := ZMM()
		VMOVSHDUP(x, odd)
		VADDPS(odd, x, x)
		VMAXPS(x, floor, x)
		VPMOVQD(x, x.AsY())
		return []VecVirtual{asY(x)}
	}
	VHADDPS(sum[1], x, x) // columns 0 1 4 5 2 3 6 7
	VPERMPD(U8(0b11_01_10_00), x, x)
	VMAXPS(x, floor, x)
	return []VecVirtual{x}
}

// multiplyAddTwo adds the two numbers at from times x to the even and the odd
// lanes of their sums.
func (v isa) multiplyAddTwo(from Mem, x, sum []VecVirtual) {
	both := v.vec()
	VBROADCASTSD(from, both)
	for j := range x {
		VFMADD231PS(both, x[j], sum[j])
	}
}
