package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// depthwise writes the loop of Set.Depthwise for blocks of height pixels: a
// vector of channels at a time, whose sums stay in registers while the window
// goes by. A weight is loaded once for all pixels of a block.
func depthwise(v isa, height int) {
	name := fmt.Sprintf("depthwise%d%s", height, v.name)
	TEXT(name, NOSPLIT, "func(columns, rows, depth int, a *float32, aturn, astep, lda uintptr, b *float32, bturn, bstep uintptr, bias, c *float32, ldc uintptr, floor float32)")
	Doc(
		name+fmt.Sprintf(" is Set.Depthwise for %d rows of C.", height),
		"Strides are in bytes; aturn and bturn lead from the end of one row of A and B to the",
		"next. Results are at least floor.")
	Pragma("noescape")
	f := &depthwiseFrame{isa: v, height: height, floor: v.vec()}
	f.a, f.b = Load(Param("a"), GP64()), Load(Param("b"), GP64())
	f.lda, f.lda3 = Load(Param("lda"), GP64()), GP64()
	LEAQ(Mem{Base: f.lda, Index: f.lda, Scale: 2}, f.lda3)
	f.astep, f.bstep = Load(Param("astep"), GP64()), Load(Param("bstep"), GP64())
	f.bias, f.c = Load(Param("bias"), GP64()), Load(Param("c"), GP64())
	VBROADCASTSS(address("floor"), f.floor)
	n := Load(Param("columns"), GP64())
	Label("vector")
	CMPQ(n, U8(v.lanes))
	JLT(LabelRef("part"))
	f.columns("whole", nil)
	for _, p := range []Register{f.a, f.b, f.bias, f.c} {
		ADDQ(U8(v.bytes()), p)
	}
	SUBQ(U8(v.lanes), n)
	JMP(LabelRef("vector"))
	Label("part")
	CMPQ(n, U8(0))
	JLE(LabelRef("done"))
	f.columns("last", v.head(n))
	Label("done")
	VZEROUPPER()
	RET()
}

type depthwiseFrame struct {
	isa
	height                                 int
	a, b, bias, c, lda, lda3, astep, bstep Register
	floor                                  VecVirtual
}

// pixel is where pixel i lies, for a pointer to every fourth and their distance.
func pixel(at []Register, i int, step, step3 Register) Mem {
	m := Mem{Base: at[i/4]}
	switch i % 4 {
	case 1:
		m.Index, m.Scale = step, 1
	case 2:
		m.Index, m.Scale = step, 2
	case 3:
		m.Index, m.Scale = step3, 1
	}
	return m
}

// fours are pointers to every fourth pixel from p on.
func (f *depthwiseFrame) fours(p, step Register) (at []Register) {
	for i := 0; i < f.height; i += 4 {
		q := GP64()
		MOVQ(p, q)
		if i > 0 {
			LEAQ(Mem{Base: at[len(at)-1], Index: step, Scale: 4}, q)
		}
		at = append(at, q)
	}
	return at
}

// columns computes the vector of channels at a, b, bias and c.
func (f *depthwiseFrame) columns(label string, mask Register) {
	sums := make([]VecVirtual, f.height)
	sums[0] = f.load(Mem{Base: f.bias}, mask)
	for i := range sums[1:] {
		sums[i+1] = f.vec()
		VMOVAPS(sums[0], sums[i+1])
	}
	at, b := f.fours(f.a, f.lda), GP64()
	MOVQ(f.b, b)
	rows := Load(Param("rows"), GP64())
	Label(label + "Row")
	depth := Load(Param("depth"), GP64())
	Label(label + "Tap")
	w := f.load(Mem{Base: b}, mask)
	for i, s := range sums {
		m := pixel(at, i, f.lda, f.lda3)
		switch {
		case mask == nil:
			VFMADD231PS(m, w, s)
		case f.bits:
			VFMADD231PS(m, w, mask, s)
		default:
			VFMADD231PS(f.load(m, mask), w, s)
		}
	}
	for _, p := range at {
		ADDQ(f.astep, p)
	}
	ADDQ(f.bstep, b)
	DECQ(depth)
	JNZ(LabelRef(label + "Tap"))
	for _, p := range at {
		ADDQ(address("aturn"), p)
	}
	ADDQ(address("bturn"), b)
	DECQ(rows)
	JNZ(LabelRef(label + "Row"))
	ldc, ldc3 := Load(Param("ldc"), GP64()), GP64()
	LEAQ(Mem{Base: ldc, Index: ldc, Scale: 2}, ldc3)
	to := f.fours(f.c, ldc)
	for i, s := range sums {
		VMAXPS(s, f.floor, s)
		f.store(s, mask, pixel(to, i, ldc, ldc3))
	}
}
