package main

import (
	"fmt"
	"strings"
)

// A stream is a function over n elements of some slices at the same index: four
// vectors at a time, then one, the last few elements one by one.
type stream struct {
	*writer
	slices, coefficients, scalars []string

	pointer map[string]reg
	scalar  map[string]vec
	lanes   lanes // at a time
	disp    int   // bytes that the unrolled loop adds to the pointers
	turn    reg   // bytes from the start of the coefficients
	at      reg   // and where that is for one slice of them
	free    vec   // the next register for a value
}

// write writes the function name, which does body to every vector. It declares
// func(slices…, coefficients… *float32, n int, [period int,] scalars… float32);
// coefficients repeat every period bytes, whole vectors.
func (s *stream) write(name, doc string, body func()) {
	params := strings.Join(append(append([]string{}, s.slices...), s.coefficients...), ", ") + " *float32, n int"
	if s.coefficients != nil {
		params += ", period int"
	}
	if s.scalars != nil {
		params += ", " + strings.Join(s.scalars, ", ") + " float32"
	}
	s.text(name+"NEON", params, "is "+doc)

	register := reg(0)
	general := func() reg { register++; return register - 1 }
	s.pointer, s.scalar = map[string]reg{}, map[string]vec{}
	for _, p := range append(append([]string{}, s.slices...), s.coefficients...) {
		s.pointer[p] = general()
		s.load(p, s.pointer[p])
	}
	for i, p := range s.scalars {
		s.scalar[p] = vec(31 - i)
		s.broadcast(p, s.scalar[p])
	}
	n, period := general(), general()
	s.turn, s.at = general(), general()
	s.load("n", n)
	if s.coefficients != nil {
		s.load("period", period)
		s.op("MOVD", "$0", s.turn)
	}
	for _, by := range []struct {
		lanes  lanes
		unroll int
	}{{4, 4}, {4, 1}, {1, 1}} {
		s.lanes = by.lanes
		elements := int(by.lanes) * by.unroll
		label, after := fmt.Sprint("by", elements), fmt.Sprint("after", elements)
		s.label(label)
		s.op("CMP", fmt.Sprint("$", elements), n)
		s.op("BLT", after)
		for u := range by.unroll {
			s.disp, s.free = u*by.lanes.bytes(), 0
			body()
			if s.coefficients != nil {
				s.op("ADD", fmt.Sprint("$", by.lanes.bytes()), s.turn)
				s.op("CMP", period, s.turn)
				s.op("CSEL", "EQ", "ZR", s.turn, s.turn)
			}
		}
		for _, p := range s.slices {
			s.op("ADD", fmt.Sprint("$", 4*elements), s.pointer[p])
		}
		s.op("SUB", fmt.Sprint("$", elements), n)
		s.op("B", label)
		s.label(after)
	}
	s.op("RET")
}

func (s *stream) vec() vec { s.free++; return s.free - 1 }

// value loads the next elements of a slice.
func (s *stream) value(slice string) vec {
	v := s.vec()
	s.vectors(s.lanes, s.pointer[slice], s.disp, false, v)
	return v
}

func (s *stream) store(slice string, v vec) {
	s.vectors(s.lanes, s.pointer[slice], s.disp, true, v)
}

// where loads a slice where another is positive, else 0.
func (s *stream) where(slice, positive string) vec {
	y, x := s.value(positive), s.value(slice)
	s.positive(s.lanes, y)
	s.op("VAND", bits(y), bits(x), bits(x))
	return x
}

// coefficient loads the coefficients of these elements.
func (s *stream) coefficient(slice string) vec {
	v := s.vec()
	s.op("ADD", s.turn, s.pointer[slice], s.at)
	s.vectors(s.lanes, s.at, 0, false, v)
	return v
}

// do writes d = n op m for these elements.
func (s *stream) do(op string, d, n, m vec) { s.three(op, s.lanes, d, n, m) }

// addProduct adds n·m to d, rounding once.
func (s *stream) addProduct(d, n, m vec) {
	if s.lanes == 1 {
		s.multiplyAdd(1, d, n, m)
	} else {
		s.do("FMLA", d, n, m)
	}
}
