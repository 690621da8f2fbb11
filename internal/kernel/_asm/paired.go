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

// apart loads rows of sums, all the same where ldi is 0.
func (f *productFrame) apart(sums [][]VecVirtual, init, ldi Register, label string) {
	for i := range sums {
		for range f.vectors {
			sums[i] = append(sums[i], f.vec())
		}
	}
	at := GP64()
	MOVQ(init, at)
	f.row(sums[0], at)
	if len(sums) == 1 {
		return
	}
	for _, sum := range sums[1:] {
		for j, x := range sum {
			VMOVAPS(sums[0][j], x)
		}
	}
	TESTQ(ldi, ldi)
	JZ(LabelRef(label))
	for _, sum := range sums[1:] {
		ADDQ(ldi, at)
		f.row(sum, at)
	}
	Label(label)
}

// row loads a row of sums.
func (f *productFrame) row(sum []VecVirtual, at Register) {
	x := f.of(8).load(Mem{Base: at}, f.last)
	if f.lanes == 16 {
		VPMOVZXDQ(x, sum[0])
		return
	}
	VPMOVZXDQ(x.AsX(), sum[0])
	VEXTRACTF128(U8(1), x, x.AsX())
	VPMOVZXDQ(x.AsX(), sum[1])
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

// together adds the even and odd lanes of a row of sums, to at least floor.
func (f *productFrame) together(sum []VecVirtual, floor VecVirtual) []VecVirtual {
	x := sum[0]
	if f.lanes == 16 {
		odd := ZMM()
		VMOVSHDUP(x, odd)
		VADDPS(odd, x, x)
		VMAXPS(x, floor, x)
		VPMOVQD(x, asY(x))
		return []VecVirtual{asY(x)}
	}
	VHADDPS(sum[1], x, x) // columns 0 1 4 5 2 3 6 7
	VPERMPD(U8(0b11_01_10_00), x, x)
	VMAXPS(x, floor, x)
	return []VecVirtual{x}
}

// inRows does that for AVX-512, two rows at a time, as end stores them: the last
// but one of an odd number twice.
func (f *productFrame) inRows(sums [][]VecVirtual, floor VecVirtual) (rows []VecVirtual) {
	const even, odd = 0b10_00_10_00, 0b11_01_11_01
	order := f.load(inHalves, nil)
	for i := 0; i < len(sums); i += 2 {
		first := min(i, len(sums)-2)
		x, y, result := sums[first][0], sums[first+1][0], sums[i][0]
		other := ZMM()
		VSHUFPS(U8(odd), y, x, other)
		VSHUFPS(U8(even), y, x, result)
		VADDPS(other, result, result)
		VMAXPS(result, floor, result)
		VPERMPS(result, order, result)
		rows = append(rows, result)
	}
	return rows
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
