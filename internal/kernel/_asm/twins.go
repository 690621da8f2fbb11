package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// twins writes the loop for rows of C whose numbers of A lie side by side (LDA 1):
// the two numbers are those of rows 2i and 2i+1. Of an odd number of rows, at least
// 3, the last but one is computed twice. So many batches are summed at once, of one
// block each if they are several: few sums would wait for each other. It is for
// AVX-512.
func twins(kind string, height, batches int) {
	f := &productFrame{isa: avx512, batches: batches}
	f.text(kind, height, 8, true)
	f.last = f.of(8).head(Load(Param("columns"), GP64()))
	f.astep, f.bstep = Load(Param("astep"), GP64()), Load(Param("bstep"), GP64())
	for _, n := range changing {
		f.spill(n)
	}
	size := Load(Param("size"), GP64())
	INCQ(size)
	SHRQ(U8(1), size)
	choose(size, height/2)
	for s := 1; s <= height/2; s++ {
		f.twins(s)
	}
}

// The orders of the lanes of two rows of 8 columns.
var (
	twice    Mem // every column of the first row twice
	inPairs  Mem // the two rows, column by column
	inRows   Mem // and back
	inHalves Mem // back from two columns of the one and two of the other
)

func permutations() {
	order := func(name string, of func(lane int) int) Mem {
		m := GLOBL(name, RODATA|NOPTR)
		for i := range 16 {
			DATA(4*i, U32(of(i)))
		}
		return m
	}
	twice = order("twice", func(i int) int { return i / 2 })
	inPairs = order("inPairs", func(i int) int { return i/2 + i%2*8 })
	inRows = order("inRows", func(i int) int { return i%8*2 + i/8 })
	inHalves = order("inHalves", func(i int) int { return i%8/2*4 + i/8*2 + i%2 })
}

// twins writes the loop for blocks of 2n or 2n−1 rows.
func (f *productFrame) twins(n int) {
	label := func(s string) string { return fmt.Sprint(s, n) }
	Label(label("block"))
	sums := make([][]VecVirtual, f.batches)
	w := ZMM()
	init, ldi := GP64(), Load(Param("ldi"), GP64())
	MOVQ(f.local["init"], init)
	for j := range sums {
		if j > 0 {
			ADDQ(address("inext"), init)
		}
		for range n {
			sums[j] = append(sums[j], ZMM())
		}
		f.begin(sums[j], init, ldi, w, fmt.Sprint(n, "of", j))
	}
	MOVQ(init, f.local["init"])

	// Pairs of A are reached from a, the last from end.
	a, end, b := make([]Register, f.batches), make([]Register, f.batches), make([]Register, f.batches)
	size := Load(Param("size"), GP64())
	for j := range sums {
		a[j], end[j], b[j] = GP64(), GP64(), GP64()
		if j == 0 {
			MOVQ(f.local["a"], a[j])
			MOVQ(f.local["b"], b[j])
		} else {
			LEAQ(Mem{Base: a[j-1], Index: size, Scale: 4}, a[j])
			ADDQ(address("anext"), a[j])
			MOVQ(b[j-1], b[j])
			ADDQ(address("bnext"), b[j])
		}
		LEAQ(Mem{Base: a[j], Index: size, Scale: 4, Disp: -8}, end[j])
	}
	LEAQ(Mem{Base: a[f.batches-1], Index: size, Scale: 4}, size)
	MOVQ(size, f.local["a"])
	MOVQ(b[f.batches-1], f.local["b"])
	rows := Load(Param("rows"), GP64())
	MOVQ(rows, f.local["rows"])
	order := f.load(twice, nil)
	Label(label("row"))
	depth := Load(Param("depth"), GP64())
	Label(label("depth"))
	for j := range sums {
		VMOVUPS_Z(Mem{Base: b[j]}, f.last, asY(w))
		VPERMPS(w, order, w)
		for i := range sums[j] {
			from := Mem{Base: a[j], Disp: 8 * i}
			if i == n-1 {
				from = Mem{Base: end[j]}
			}
			f.multiplyAddTwo(from, []VecVirtual{w}, sums[j][i:i+1])
		}
		ADDQ(f.astep, a[j])
		ADDQ(f.astep, end[j])
		ADDQ(f.bstep, b[j])
	}
	DECQ(depth)
	JNZ(LabelRef(label("depth")))
	for j := range sums {
		ADDQ(address("aturn"), a[j])
		ADDQ(address("aturn"), end[j])
		ADDQ(address("bturn"), b[j])
	}
	DECQ(f.local["rows"])
	JNZ(LabelRef(label("row")))

	floor := f.vec()
	VBROADCASTSS(address("floor"), floor)
	order = f.load(inRows, nil)
	c := GP64()
	MOVQ(f.local["c"], c)
	for j := range sums {
		if j > 0 {
			ADDQ(address("cnext"), c)
		}
		for _, x := range sums[j] {
			VMAXPS(x, floor, x)
			VPERMPS(x, order, x)
		}
		f.end(sums[j], c, fmt.Sprint(n, "of", j))
	}
	MOVQ(c, f.local["c"])
	f.turn(label("block"))
}

// begin loads the sums of a block and leads init to the next. Most often they are
// all the same.
func (f *productFrame) begin(sums []VecVirtual, init, ldi Register, w VecVirtual, label string) {
	TESTQ(ldi, ldi)
	JNZ(LabelRef("rows" + label))
	VMOVUPS_Z(Mem{Base: init}, f.last, asY(w))
	VPERMPS(w, f.load(twice, nil), w)
	for _, x := range sums {
		VMOVAPS(w, x)
	}
	JMP(LabelRef("begun" + label))
	Label("rows" + label)
	order := f.load(inPairs, nil)
	for i, x := range sums {
		if i == len(sums)-1 {
			backIfOdd(ldi, init)
		}
		VMOVUPS_Z(Mem{Base: init}, f.last, asY(x))
		y := f.of(8).load(Mem{Base: init, Index: ldi, Scale: 1}, f.last)
		VINSERTF64X4(U8(1), y, x, x)
		VPERMPS(x, order, x)
		LEAQ(Mem{Base: init, Index: ldi, Scale: 2}, init)
	}
	Label("begun" + label)
}

// end stores a block and leads c to the next. Two whole rows of 8 that follow each
// other are one vector.
func (f *productFrame) end(rows []VecVirtual, c Register, label string) {
	ldc := Load(Param("ldc"), GP64())
	CMPQ(ldc, U8(f.bytes()/2))
	JNE(LabelRef("apart" + label))
	CMPQ(address("columns"), U8(8))
	JNE(LabelRef("apart" + label))
	for i, x := range rows {
		if i == len(rows)-1 {
			backIfOdd(ldc, c)
		}
		VMOVUPS(x, Mem{Base: c, Disp: f.bytes() * i})
	}
	ADDQ(U32(f.bytes()*len(rows)), c)
	JMP(LabelRef("ended" + label))
	Label("apart" + label)
	for i, x := range rows {
		if i == len(rows)-1 {
			backIfOdd(ldc, c)
		}
		high := YMM()
		VEXTRACTF64X4(U8(1), x, high)
		VMOVUPS(asY(x), f.last, Mem{Base: c})
		VMOVUPS(high, f.last, Mem{Base: c, Index: ldc, Scale: 1})
		LEAQ(Mem{Base: c, Index: ldc, Scale: 2}, c)
	}
	Label("ended" + label)
}

// backIfOdd leads p from where a last pair of rows would begin to where it does.
func backIfOdd(stride, p Register) {
	x := GP64()
	MOVQ(address("size"), x)
	ANDQ(U8(1), x)
	IMULQ(stride, x)
	SUBQ(x, p)
}

func asY(x VecVirtual) VecVirtual { return x.AsY().(VecVirtual) }
