package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// strip is the number of vectors that a reduction keeps in registers for each
// of its two sums.
const strip = 4

// reduction writes a loop down a strip of columns: rows whole rows pitch bytes
// apart and one of tail elements, no more than there are columns. term adds a
// vector of the slices to the two sums.
func reduction(v isa, name, doc string, slices []string, term func(s *stream, first, second VecVirtual)) {
	sig := ""
	for _, p := range slices {
		sig += ", " + p
	}
	name += v.name
	TEXT(name, NOSPLIT, "func(first, second"+sig+" *float32, rows int, pitch uintptr, tail int)")
	Doc(fmt.Sprintf("%s sets first and second, %d values each, to the column sums of %s", name, strip*v.lanes, doc))
	Pragma("noescape")
	s := &stream{isa: v, pointer: map[string]Register{}}
	for _, p := range slices {
		s.pointer[p] = Load(Param(p), GP64())
	}
	var sums [2][strip]VecVirtual
	for i := range sums {
		for j := range sums[i] {
			sums[i][j] = s.zero()
		}
	}
	s.index = GP64()
	XORQ(s.index, s.index)
	rows, pitch, tail := Load(Param("rows"), GP64()), Load(Param("pitch"), GP64()), Load(Param("tail"), GP64())
	Label("rows")
	CMPQ(rows, U8(0))
	JLE(LabelRef("tail"))
	for j := range strip {
		s.disp = s.bytes() * j
		term(s, sums[0][j], sums[1][j])
	}
	ADDQ(pitch, s.index)
	DECQ(rows)
	JMP(LabelRef("rows"))
	Label("tail")
	for j := range strip {
		CMPQ(tail, U8(0))
		JLE(LabelRef("done"))
		s.disp, s.mask = s.bytes()*j, s.head(tail)
		term(s, sums[0][j], sums[1][j])
		SUBQ(U8(s.lanes), tail)
	}
	Label("done")
	for i, p := range []string{"first", "second"} {
		dst := Load(Param(p), GP64())
		for j, x := range sums[i] {
			v.store(x, nil, Mem{Base: dst, Disp: s.bytes() * j})
		}
	}
	VZEROUPPER()
	RET()
}

func reductions(v isa) {
	reduction(v, "moments", "x and x².", []string{"x"}, func(s *stream, first, second VecVirtual) {
		x := s.load("x")
		VADDPS(x, first, first)
		VFMADD231PS(x, x, second)
	})
	reduction(v, "normMoments", "dy and dy·x.", []string{"dy", "x"}, func(s *stream, first, second VecVirtual) {
		g := s.load("dy")
		VADDPS(g, first, first)
		VFMADD231PS(s.load("x"), g, second)
	})
	reduction(v, "normMomentsReLU", "g and g·x, g being dy where y is positive.", []string{"dy", "y", "x"},
		func(s *stream, first, second VecVirtual) {
			g := s.where("dy", "y")
			VADDPS(g, first, first)
			VFMADD231PS(s.load("x"), g, second)
		})
}
