package main

import (
	"fmt"
	"strings"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// A stream is a function over n elements of some slices at the same index: four
// vectors at a time, then one, the last few elements under a mask.
type stream struct {
	isa
	slices, coefficients, scalars []string
	sum                           string // one vector, "" for none

	pointer map[string]Register
	scalar  map[string]VecVirtual
	total   VecVirtual // starts at 0 and is stored to sum
	index   Register   // bytes from the start of the slices
	disp    int        // and what the unrolled loop adds
	mask    Register   // nil in the loop over whole vectors
	turn    Register   // bytes from the start of the coefficients
}

// write writes the function name, which does body to every vector. It declares
// func(slices…, coefficients…, [sum] *float32, n int, [period int,] scalars… float32);
// coefficients repeat every period bytes, whole vectors.
func (s *stream) write(name, doc string, body func()) {
	name += s.name
	pointers := append(append([]string{}, s.slices...), s.coefficients...)
	sig := strings.Join(pointers, ", ")
	if s.sum != "" {
		sig += ", " + s.sum
	}
	sig += " *float32, n int"
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
	for _, p := range pointers {
		s.pointer[p] = Load(Param(p), GP64())
	}
	for _, p := range s.scalars {
		s.scalar[p] = s.vec()
		VBROADCASTSS(address(p), s.scalar[p])
	}
	if s.sum != "" {
		s.total = s.zero()
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
			LEAQ(Mem{Base: s.turn, Disp: s.bytes()}, next)
			CMPQ(next, address("period"))
			CMOVQEQ(zero, next)
			MOVQ(next, s.turn)
		}
	}

	s.mask = nil
	for _, unroll := range []int{4, 1} {
		label, after := fmt.Sprint("by", unroll), fmt.Sprint("after", unroll)
		Label(label)
		CMPQ(n, U8(s.lanes*unroll))
		JLT(LabelRef(after))
		for u := range unroll {
			s.disp = s.bytes() * u
			vector()
		}
		s.disp = 0
		ADDQ(U32(s.bytes()*unroll), s.index)
		SUBQ(U8(s.lanes*unroll), n)
		JMP(LabelRef(label))
		Label(after)
	}
	CMPQ(n, U8(0))
	JLE(LabelRef("done"))
	s.mask = s.head(n)
	body()
	Label("done")
	if s.sum != "" {
		VMOVUPS(s.total, Mem{Base: Load(Param(s.sum), GP64())})
	}
	VZEROUPPER()
	RET()
}

func (s *stream) at(slice string) Mem {
	return Mem{Base: s.pointer[slice], Index: s.index, Scale: 1, Disp: s.disp}
}

func (s *stream) load(slice string) VecVirtual { return s.isa.load(s.at(slice), s.mask) }

func (s *stream) store(slice string, x VecVirtual) { s.isa.store(x, s.mask, s.at(slice)) }

// where loads a slice where another is positive, else 0.
func (s *stream) where(slice, positive string) VecVirtual {
	return s.isa.load(s.at(slice), s.above(s.load(positive), s.zero()))
}

// coefficient loads the coefficients of this vector's elements.
func (s *stream) coefficient(slice string) VecVirtual {
	return s.isa.load(Mem{Base: s.pointer[slice], Index: s.turn, Scale: 1}, nil)
}

// address is where a parameter lies.
func address(param string) Mem {
	b, err := Param(param).Resolve()
	if err != nil {
		panic(fmt.Sprint(param, ": ", err))
	}
	return b.Addr
}
