package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Loops of 8 columns would leave half of a 512-bit register idle, or do one load
// for every multiply-add. Those of this file take two numbers of A at once: the
// even lanes of a register go with the first, the odd ones with the second, and
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

// twins writes the loop for rows of C whose numbers of A lie side by side (LDA 1):
// the two numbers are those of rows 2i and 2i+1. Of an odd number of rows, at least
// 3, the last but one is computed twice. It is for AVX-512.
func twins(height int) {
	v := avx512
	f := &productFrame{isa: v}
	f.text("twins", height, 8, true)
	f.last = avx512half.head(Load(Param("columns"), GP64()))
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

// permutation is a vector of lane numbers.
func permutation(name string, of func(lane int) int) Mem {
	m := GLOBL(name, RODATA|NOPTR)
	for i := range 16 {
		DATA(4*i, U32(of(i)))
	}
	return m
}

var twice, interleaved, apart Mem

// permutations of the lanes of two rows: from (every column twice), to and back.
func permutations() {
	twice = permutation("twice", func(i int) int { return i / 2 })
	interleaved = permutation("interleaved", func(i int) int { return i/2 + i%2*8 })
	apart = permutation("apart", func(i int) int { return i%8*2 + i/8 })
}

func (f *productFrame) twins(n int) {
	label := func(s string) string { return fmt.Sprint(s, n) }
	half := avx512half
	// back leads from where a full last pair would begin to where it does.
	back := func(stride Register) Register {
		x := GP64()
		MOVQ(address("size"), x)
		ANDQ(U8(1), x)
		IMULQ(stride, x)
		return x
	}
	Label(label("block"))
	init, ldi := GP64(), Load(Param("ldi"), GP64())
	MOVQ(f.local["init"], init)
	order := f.load(interleaved, nil)
	sums := make([]VecVirtual, n)
	for i := range sums {
		if i == n-1 {
			SUBQ(back(ldi), init)
		}
		x := asZ(half.load(Mem{Base: init}, f.last))
		sums[i] = x
		y := half.load(Mem{Base: init, Index: ldi, Scale: 1}, f.last)
		VINSERTF64X4(U8(1), y, x, x)
		VPERMPS(x, order, x)
		LEAQ(Mem{Base: init, Index: ldi, Scale: 2}, init)
	}
	MOVQ(init, f.local["init"])

	a, end, b := GP64(), GP64(), GP64()
	MOVQ(f.local["a"], a)
	MOVQ(address("size"), end)
	LEAQ(Mem{Base: a, Index: end, Scale: 4, Disp: -8}, end)
	MOVQ(f.local["b"], b)
	rows := Load(Param("rows"), GP64())
	MOVQ(rows, f.local["rows"])
	order = f.load(twice, nil)
	Label(label("row"))
	depth := Load(Param("depth"), GP64())
	Label(label("depth"))
	y := half.load(Mem{Base: b}, f.last)
	w := ZMM()
	VPERMPS(asZ(y), order, w)
	for i, sum := range sums {
		from := Mem{Base: a, Disp: 8 * i}
		if i == n-1 {
			from = Mem{Base: end}
		}
		f.multiplyAddTwo(from, []VecVirtual{w}, []VecVirtual{sum})
	}
	ADDQ(f.astep, a)
	ADDQ(f.astep, end)
	ADDQ(f.bstep, b)
	DECQ(depth)
	JNZ(LabelRef(label("depth")))
	ADDQ(address("aturn"), a)
	ADDQ(address("aturn"), end)
	ADDQ(address("bturn"), b)
	DECQ(f.local["rows"])
	JNZ(LabelRef(label("row")))

	floor := f.vec()
	VBROADCASTSS(address("floor"), floor)
	order = f.load(apart, nil)
	c, ldc := GP64(), Load(Param("ldc"), GP64())
	MOVQ(f.local["c"], c)
	for i, x := range sums {
		if i == n-1 {
			SUBQ(back(ldc), c)
		}
		VMAXPS(x, floor, x)
		VPERMPS(x, order, x)
		half.store(asY(x), f.last, Mem{Base: c})
		high := YMM()
		VEXTRACTF64X4(U8(1), x, high)
		half.store(high, f.last, Mem{Base: c, Index: ldc, Scale: 1})
		LEAQ(Mem{Base: c, Index: ldc, Scale: 2}, c)
	}
	MOVQ(c, f.local["c"])

	size := Load(Param("size"), GP64())
	IMULQ(address("lda"), size)
	ADDQ(size, f.local["a"])
	f.turn(label("block"))
}

func asY(x VecVirtual) VecVirtual { return x.AsY().(VecVirtual) }
func asZ(x VecVirtual) VecVirtual { return x.AsZ().(VecVirtual) }
