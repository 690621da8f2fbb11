package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// A lift is a one-dimensional transform of Winograd's: it reads some vectors and
// puts others, each as soon as it is known, so that few registers are live. The
// matrices stand in winograd.go of the kernels.
type lift struct {
	name      string
	from, to  int
	constants []float64
	f         func(v isa, x, c []VecVirtual, put func(i int, y VecVirtual))
}

// transforms writes the transforms of F(2×2, 3×3) and F(4×4, 3×3).
func transforms(v isa) {
	for _, l := range []lift{input2, output2, weight2, gradient2, back2, input4, output4, weight4, gradient4, back4} {
		if !strings.HasPrefix(l.name, "output") {
			transform(v, l, "")
			continue
		}
		transform(v, l, "Bias")
		transform(v, l, "Add")
	}
}

// transform writes the two-dimensional transform of tiles: l down every column,
// then along every row. An end of "Bias" adds a bias per channel and cuts off
// below floor, "Add" adds what is there.
func transform(v isa, l lift, end string) {
	name := l.name + end + v.name
	sig := "func(src *float32, srow, scol, snext uintptr, dst *float32, drow, dcol, dnext uintptr, tiles, channels int"
	if end == "Bias" {
		sig += ", bias *float32, floor float32"
	}
	TEXT(name, 0, sig+")")
	Doc(name+fmt.Sprintf(" turns tiles of %d×%d elements into tiles of %d×%d, channels by channels, a", l.from, l.from, l.to, l.to),
		"multiple of 8. Strides are in bytes: next leads from tile to tile.")
	Pragma("noescape")
	t := &tileLoop{lift: l, end: end, src: AllocLocal(8), dst: AllocLocal(8), bias: AllocLocal(8), temp: GP64()}
	// Vectors that cross a cache line take twice as long.
	LEAQ(AllocLocal(l.to*l.from*v.bytes()+line), t.temp)
	ADDQ(U8(line-1), t.temp)
	ANDQ(I8(-line), t.temp)

	count, srcTile, dstTile := AllocLocal(8), AllocLocal(8), AllocLocal(8)
	copyWord(address("tiles"), count)
	copyWord(address("src"), srcTile)
	copyWord(address("dst"), dstTile)
	begin := func() {
		copyWord(srcTile, t.src)
		copyWord(dstTile, t.dst)
		if end == "Bias" {
			copyWord(address("bias"), t.bias)
		}
	}
	step := func(tiles int) {
		x := GP64()
		for range tiles {
			MOVQ(address("snext"), x)
			ADDQ(x, srcTile)
			MOVQ(address("dnext"), x)
			ADDQ(x, dstTile)
		}
		SUBQ(U8(tiles), count)
	}
	if v.lanes == 16 {
		CMPQ(address("channels"), U8(8))
		JNE(LabelRef("tile"))
		Label("two")
		CMPQ(count, U8(2))
		JLT(LabelRef("tile"))
		begin()
		t.group(v, 2)
		step(2)
		JNZ(LabelRef("two"))
		VZEROUPPER()
		RET()
	}
	Label("tile")
	begin()
	channels := Load(Param("channels"), GP64())
	Label("channels")
	if v.lanes == 16 {
		CMPQ(channels, U8(16))
		JLT(LabelRef("half"))
	}
	t.group(v, 1)
	SUBQ(U8(v.lanes), channels)
	JNZ(LabelRef("channels"))
	if v.lanes == 16 {
		JMP(LabelRef("next"))
		Label("half")
		t.group(avx512half, 1)
		Label("next")
	}
	step(1)
	JNZ(LabelRef("tile"))
	VZEROUPPER()
	RET()
}

func copyWord(from, to Mem) {
	x := GP64()
	MOVQ(from, x)
	MOVQ(x, to)
}

type tileLoop struct {
	lift
	end            string
	src, dst, bias Mem // places of the pointers to this group of channels
	temp           Register
}

const line = 64

// group transforms one vector of channels: of one tile, or 8 channels each of two
// tiles.
func (t *tileLoop) group(v isa, tiles int) {
	var c []VecVirtual
	for _, x := range t.constants {
		r := v.vec()
		VBROADCASTSS(constant(x), r)
		c = append(c, r)
	}
	src := tileRow{v, pointers(t.src, "snext", tiles), multiples(Load(Param("srow"), GP64()), t.from)}
	for j := range t.from {
		x := make([]VecVirtual, t.from)
		for i := range x {
			x[i] = src.load(i)
		}
		t.f(v, x, c, func(i int, y VecVirtual) { VMOVUPS(y, Mem{Base: t.temp, Disp: (i*t.from + j) * v.bytes()}) })
		if j < t.from-1 {
			src.advance("scol")
		}
	}
	var bias, floor VecVirtual
	if t.end == "Bias" {
		b := GP64()
		MOVQ(t.bias, b)
		bias, floor = v.vec(), v.vec()
		if tiles == 2 {
			VBROADCASTF64X4(Mem{Base: b}, bias)
		} else {
			VMOVUPS(Mem{Base: b}, bias)
		}
		VBROADCASTSS(address("floor"), floor)
		ADDQ(U32(v.bytes()), t.bias)
	}
	dst := tileRow{v, pointers(t.dst, "dnext", tiles), multiples(Load(Param("dcol"), GP64()), t.to)}
	for i := range t.to {
		x := make([]VecVirtual, t.from)
		for j := range x {
			x[j] = v.load(Mem{Base: t.temp, Disp: (i*t.from + j) * v.bytes()}, nil)
		}
		t.f(v, x, c, func(j int, y VecVirtual) {
			switch t.end {
			case "Bias":
				VADDPS(bias, y, y)
				VMAXPS(y, floor, y)
			case "Add":
				dst.add(j, y)
			}
			dst.store(y, j)
		})
		if i < t.to-1 {
			dst.advance("drow")
		}
	}
	ADDQ(U32(v.bytes()), t.src)
	ADDQ(U32(v.bytes()), t.dst)
}

// A tileRow is a row or a column of a tile, or of two that share vectors.
type tileRow struct {
	isa
	p  []Register // one for each tile
	at func(p Register, i int) Mem
}

// pointers are the pointers to so many tiles, which param leads from one to the
// next.
func pointers(first Mem, param string, tiles int) (p []Register) {
	for i := range tiles {
		p = append(p, GP64())
		MOVQ(first, p[i])
		if i > 0 {
			ADDQ(address(param), p[i])
		}
	}
	return p
}

func (r *tileRow) advance(param string) {
	for _, p := range r.p {
		ADDQ(address(param), p)
	}
}

func (r *tileRow) load(i int) VecVirtual {
	if len(r.p) == 1 {
		return r.isa.load(r.at(r.p[0], i), nil)
	}
	x := ZMM()
	VBROADCASTF64X4(r.at(r.p[0], i), x)
	VINSERTF64X4(U8(1), r.at(r.p[1], i), x, x)
	return x
}

// add adds element i to y.
func (r *tileRow) add(i int, y VecVirtual) {
	if len(r.p) == 1 {
		VADDPS(r.at(r.p[0], i), y, y)
	} else {
		VADDPS(r.load(i), y, y)
	}
}

func (r *tileRow) store(y VecVirtual, i int) {
	if len(r.p) == 1 {
		VMOVUPS(y, r.at(r.p[0], i))
		return
	}
	VMOVUPS(asY(y), r.at(r.p[0], i))
	VEXTRACTF64X4(U8(1), y, r.at(r.p[1], i))
}

// multiples says where element i < n lies, a stride s from the next.
func multiples(s Register, n int) func(p Register, i int) Mem {
	var s3, s5 Register
	if n > 3 {
		s3 = GP64()
		LEAQ(Mem{Base: s, Index: s, Scale: 2}, s3)
	}
	if n > 5 {
		s5 = GP64()
		LEAQ(Mem{Base: s, Index: s, Scale: 4}, s5)
	}
	return func(p Register, i int) Mem {
		switch i {
		case 0:
			return Mem{Base: p}
		case 3:
			return Mem{Base: p, Index: s3, Scale: 1}
		case 5:
			return Mem{Base: p, Index: s5, Scale: 1}
		}
		return Mem{Base: p, Index: s, Scale: uint8(i)}
	}
}

// constants are the numbers that transforms multiply by.
var constants = map[float64]Mem{}

func constant(x float64) Mem {
	m, ok := constants[x]
	if !ok {
		m = GLOBL(fmt.Sprint("number", len(constants)), RODATA|NOPTR)
		DATA(0, F32(x))
		constants[x] = m
	}
	return m
}
