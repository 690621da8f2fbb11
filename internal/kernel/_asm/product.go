package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// product writes the inner loop of Product for blocks of up to height rows of
// C, each row some vectors wide. A block keeps its part of C in registers. There
// is one loop for every even height; an odd block masks its last row. Every
// height sums in the same order.
func product(name string, height, vectors int, vec func() VecVirtual, prefetch bool) {
	TEXT(name, NOSPLIT, "func(size, blocks, rows, depth int, a *float32, aturn, astep, lda, lead, pace uintptr, b *float32, bturn, bstep uintptr, init *float32, ldi uintptr, c *float32, ldc uintptr, columns, last uint32, floor float32)")
	Doc(
		name+" computes blocks of size (even) rows of C. Strides are in bytes; aturn and",
		"bturn lead from the end of one row of A and B to the next. Step k of a row prefetches",
		"A at lead+k*pace (mul28x8 does not, since loads are its limit). Sums start with init,",
		"results are at least floor. columns masks C's columns, last each block's last row.")
	Pragma("noescape")
	f := &productFrame{vectors: vectors, vec: vec, prefetch: prefetch}

	columns, last := Load(Param("columns"), GP32()), Load(Param("last"), GP32())
	f.lastRow = K()
	KMOVW(last, f.lastRow)
	for j := range vectors {
		if j > 0 {
			SHRL(U8(16), columns)
		}
		f.column = append(f.column, K())
		f.corner = append(f.corner, K())
		KMOVW(columns, f.column[j])
		KANDW(f.column[j], f.lastRow, f.corner[j])
	}
	f.s, f.s3, f.s5 = Load(Param("lda"), GP64()), GP64(), GP64()
	LEAQ(Mem{Base: f.s, Index: f.s, Scale: 2}, f.s3)
	LEAQ(Mem{Base: f.s, Index: f.s, Scale: 4}, f.s5)
	f.astep, f.bstep = Load(Param("astep"), GP64()), Load(Param("bstep"), GP64())
	for _, n := range []string{"a", "init", "c", "blocks"} {
		f.spill(n)
	}
	size := Load(Param("size"), GP64())
	for s := height; s > 2; s -= 2 {
		CMPQ(size, U8(s))
		JEQ(LabelRef(fmt.Sprint("block", s)))
	}
	for s := 2; s <= height; s += 2 {
		f.block(s)
	}
}

type productFrame struct {
	vectors      int
	vec          func() VecVirtual
	prefetch     bool
	s, s3, s5    Register // 1, 3 and 5 times lda
	astep, bstep Register
	column       []Register // masks of C's columns, one for each vector
	corner       []Register // the same for the last row
	lastRow      Register
	local        map[string]Mem
}

// spill gives a parameter that changes a place in the frame.
func (f *productFrame) spill(param string) {
	if f.local == nil {
		f.local = map[string]Mem{}
	}
	f.local[param] = AllocLocal(8)
	MOVQ(Load(Param(param), GP64()), f.local[param])
}

// block writes the loop for blocks of size rows.
func (f *productFrame) block(size int) {
	label := func(s string) string { return fmt.Sprint(s, size) }
	mask := func(i, j int) Register {
		if i == size-1 {
			return f.corner[j]
		}
		return f.column[j]
	}
	Label(label("block"))

	acc := make([][]VecVirtual, size)
	init, ldi := GP64(), Load(Param("ldi"), GP64())
	MOVQ(f.local["init"], init)
	for i := range acc {
		for j := range f.vectors {
			acc[i] = append(acc[i], f.vec())
			VMOVUPS_Z(Mem{Base: init, Disp: 64 * j}, mask(i, j), acc[i][j])
		}
		ADDQ(ldi, init)
	}
	MOVQ(init, f.local["init"])

	// Rows 7q … 7q+6 of A are reached from the pointer p[q].
	p := []Register{GP64()}
	MOVQ(f.local["a"], p[0])
	for q := 1; q < (size+6)/7; q++ {
		p = append(p, GP64())
		LEAQ(Mem{Base: p[q-1], Index: f.s3, Scale: 2}, p[q])
		ADDQ(f.s, p[q])
	}
	row := func(i int) Mem {
		base := p[i/7]
		switch i % 7 {
		case 0:
			return Mem{Base: base}
		case 3:
			return Mem{Base: base, Index: f.s3, Scale: 1}
		case 5:
			return Mem{Base: base, Index: f.s5, Scale: 1}
		case 6:
			return Mem{Base: base, Index: f.s3, Scale: 2}
		}
		return Mem{Base: base, Index: f.s, Scale: uint8(i % 7)}
	}
	b := Load(Param("b"), GP64())
	rows := Load(Param("rows"), GP64())
	var ahead, pace Register
	if f.prefetch {
		ahead, pace = GP64(), Load(Param("pace"), GP64())
	}

	Label(label("row"))
	if f.prefetch {
		MOVQ(p[0], ahead)
		ADDQ(address("lead"), ahead)
	}
	depth := Load(Param("depth"), GP64())
	Label(label("depth"))
	var w []VecVirtual
	for j := range f.vectors {
		w = append(w, f.vec())
		VMOVUPS_Z(Mem{Base: b, Disp: 64 * j}, f.column[j], w[j])
	}
	for i := range acc {
		for j := range f.vectors {
			if i == size-1 {
				VFMADD231PS_BCST(row(i), w[j], f.lastRow, acc[i][j])
			} else {
				VFMADD231PS_BCST(row(i), w[j], acc[i][j])
			}
		}
	}
	if f.prefetch {
		PREFETCHT0(Mem{Base: ahead})
		ADDQ(pace, ahead)
	}
	for _, q := range p {
		ADDQ(f.astep, q)
	}
	ADDQ(f.bstep, b)
	DECQ(depth)
	JNZ(LabelRef(label("depth")))
	for _, q := range p {
		ADDQ(address("aturn"), q)
	}
	ADDQ(address("bturn"), b)
	DECQ(rows)
	JNZ(LabelRef(label("row")))

	floor := f.vec()
	VBROADCASTSS(address("floor"), floor)
	c, ldc := GP64(), Load(Param("ldc"), GP64())
	MOVQ(f.local["c"], c)
	for i := range acc {
		for j := range f.vectors {
			VMAXPS(acc[i][j], floor, acc[i][j])
			VMOVUPS(acc[i][j], mask(i, j), Mem{Base: c, Disp: 64 * j})
		}
		ADDQ(ldc, c)
	}
	MOVQ(c, f.local["c"])

	next := GP64()
	MOVQ(f.s, next)
	IMUL3Q(U32(size), next, next)
	ADDQ(next, f.local["a"])
	DECQ(f.local["blocks"])
	JNZ(LabelRef(label("block")))
	VZEROUPPER()
	RET()
}
