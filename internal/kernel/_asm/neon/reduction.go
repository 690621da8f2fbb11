package main

import "fmt"

// strip is the number of vectors that a reduction keeps in registers for each
// of its two sums.
const strip = 4

// reduction writes a loop down a strip of columns: rows rows pitch bytes apart,
// one or more. term adds a vector of the slices to the two sums.
func reduction(w *writer, name, doc string, slices []string, term func(s *stream, first, second vec)) {
	params := "first, second"
	for _, p := range slices {
		params += ", " + p
	}
	w.text(name+"NEON", params+" *float32, rows int, pitch uintptr",
		fmt.Sprintf("sets first and second, %d values each, to the column sums of %s", 4*strip, doc))
	s := &stream{writer: w, lanes: 4, pointer: map[string]reg{}}
	for i, p := range slices {
		s.pointer[p] = reg(i)
		w.load(p, reg(i))
	}
	rows, pitch, dst := reg(len(slices)), reg(len(slices)+1), reg(len(slices)+2)
	w.load("rows", rows)
	w.load("pitch", pitch)
	var sums [2][strip]vec
	for i := range sums {
		for j := range sums[i] {
			sums[i][j] = vec(32 - 2*strip + strip*i + j)
			w.zero(sums[i][j])
		}
	}
	w.label("rows")
	for j := range strip {
		s.disp, s.free = s.lanes.bytes()*j, vec(len(slices)*j)
		term(s, sums[0][j], sums[1][j])
	}
	for _, p := range slices {
		w.op("ADD", pitch, s.pointer[p])
	}
	w.op("SUBS", "$1", rows)
	w.op("BNE", "rows")
	for i, p := range []string{"first", "second"} {
		w.load(p, dst)
		w.vectors(s.lanes, dst, 0, true, sums[i][:]...)
	}
	w.op("RET")
}

func reductions(w *writer) {
	reduction(w, "moments", "x and x².", []string{"x"}, func(s *stream, first, second vec) {
		x := s.value("x")
		s.do("FADD", first, first, x)
		s.addProduct(second, x, x)
	})
	reduction(w, "normMoments", "dy and dy·x.", []string{"dy", "x"}, func(s *stream, first, second vec) {
		g := s.value("dy")
		s.do("FADD", first, first, g)
		s.addProduct(second, g, s.value("x"))
	})
	reduction(w, "normMomentsReLU", "g and g·x, g being dy where y is positive.", []string{"dy", "y", "x"},
		func(s *stream, first, second vec) {
			g := s.where("dy", "y")
			s.do("FADD", first, first, g)
			s.addProduct(second, g, s.value("x"))
		})
}
