package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// A stream is a function over n elements of some slices at the same index: 64
// at a time, then 16, the last few under a mask.
type stream struct {
	slices, coefficients, scalars []string

	pointer map[string]Register
	scalar  map[string]VecVirtual
	index   Register // bytes from the start of the slices
	disp    int      // and what the unrolled loop adds
	mask    Register // nil in the loop over whole vectors
	turn    Register // bytes from the start of the coefficients
}

// write writes the function name, which does body to every vector. It declares
// func(slices…, coefficients… *float32, n int, [period int,] scalars… float32);
// coefficients repeat every period bytes, a multiple of 64.
func (s *stream) write(name, doc string, body func()) {
	sig := strings.Join(append(append([]string{}, s.slices...), s.coefficients...), ", ") + " *float32, n int"
	if s.coefficients != nil {
		sig += ", period int"
	}
	if s.scalars != nil {
		sig += ", " + strings.Join(s.scalars, ", ") + " float32"
	}
	TEXT(name, NOSPLIT, "func("+sig+")")
	Doc(name + " is " + doc)
	Pragma("noescape")

	s.pointer, s.scalar = map[string]Register{}, map[string]VecVirtual{}
	for _, p := range append(append([]string{}, s.slices...), s.coefficients...) {
		s.pointer[p] = Load(Param(p), GP64())
	}
	for _, p := range s.scalars {
		s.scalar[p] = ZMM()
		VBROADCASTSS(address(p), s.scalar[p])
	}
	n := Load(Param("n"), GP64())
	s.index = GP64()
	XORQ(s.index, s.index)
	next, zero := GP64(), GP64()
	if s.coefficients != nil {
		s.turn = GP64()
		XORQ(s.turn, s.turn)
		XORQ(zero, zero)
	}
	vector := func() {
		body()
		if s.coefficients != nil {
			LEAQ(Mem{Base: s.turn, Disp: 64}, next)
			CMPQ(next, address("period"))
			CMOVQEQ(zero, next)
			MOVQ(next, s.turn)
		}
	}

	const unroll = 4
	Label("whole")
	CMPQ(n, U8(16*unroll))
	JLT(LabelRef("rest"))
	s.mask = nil
	for u := range unroll {
		s.disp = 64 * u
		vector()
	}
	s.disp = 0
	ADDQ(U32(64*unroll), s.index)
	SUBQ(U8(16*unroll), n)
	JMP(LabelRef("whole"))

	Label("rest")
	CMPQ(n, U8(0))
	JLE(LabelRef("done"))
	s.mask = head(n)
	vector()
	ADDQ(U8(64), s.index)
	SUBQ(U8(16), n)
	JMP(LabelRef("rest"))
	Label("done")
	VZEROUPPER()
	RET()
}

// head returns a mask of the first min(n, 16) lanes.
func head(n Register) Register {
	all, bits, k := GP32(), GP32(), K()
	MOVL(U32(0xffff), all)
	BZHIL(n.(GPVirtual).As32(), all, bits) // wrong from 256 on
	CMPQ(n, U8(16))
	CMOVLGE(all, bits)
	KMOVW(bits, k)
	return k
}

func (s *stream) at(slice string) Mem {
	return Mem{Base: s.pointer[slice], Index: s.index, Scale: 1, Disp: s.disp}
}

func (s *stream) load(slice string) VecVirtual {
	x := ZMM()
	if s.mask == nil {
		VMOVUPS(s.at(slice), x)
	} else {
		VMOVUPS_Z(s.at(slice), s.mask, x)
	}
	return x
}

func (s *stream) store(slice string, x VecVirtual) {
	if s.mask == nil {
		VMOVUPS(x, s.at(slice))
	} else {
		VMOVUPS(x, s.mask, s.at(slice))
	}
}

// where loads a slice where another is positive, else 0.
func (s *stream) where(slice, positive string) VecVirtual {
	x, zero, k := ZMM(), ZMM(), K()
	VPXORD(zero, zero, zero)
	y := s.load(positive)
	VCMPPS(U8(greater), zero, y, k)
	VMOVUPS_Z(s.at(slice), k, x)
	return x
}

// coefficient loads the coefficients of this vector's elements.
func (s *stream) coefficient(slice string) VecVirtual {
	x := ZMM()
	VMOVUPS(Mem{Base: s.pointer[slice], Index: s.turn, Scale: 1}, x)
	return x
}

// Predicates of VCMPPS; both are false where a NaN takes part.
const (
	equal   = 0x00
	greater = 0x1e
)

// address is where a parameter lies.
func address(param string) Mem {
	b, err := Param(param).Resolve()
	if err != nil {
		panic(fmt.Sprint(param, ": ", err))
	}
	return b.Addr
}
