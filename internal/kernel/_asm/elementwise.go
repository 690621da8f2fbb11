package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/reg"
)

// elementwise writes the kernels that treat every element alike, but for
// coefficients that depend on its channel.
func elementwise(v isa) {
	s := &stream{isa: v, slices: []string{"dst", "src"}}
	s.write("add", "Set.Add for n elements.", func() {
		x := s.load("dst")
		VADDPS(s.load("src"), x, x)
		s.store("dst", x)
	})
	l := &stream{isa: v, slices: []string{"dst", "a", "b"}, scalars: []string{"wa", "wb"}}
	l.write("lerp", "Set.Lerp for n elements.", func() {
		x := l.load("b")
		VMULPS(x, l.scalar["wb"], x)
		VFMADD231PS(l.load("a"), l.scalar["wa"], x)
		l.store("dst", x)
	})
	x := &stream{isa: v, slices: []string{"dst", "x"}, scalars: []string{"w"}}
	x.write("axpy", "Set.AXPY for n elements.", func() {
		d := x.load("dst")
		VFMADD231PS(x.load("x"), x.scalar["w"], d)
		x.store("dst", d)
	})
	m := &stream{isa: v, slices: []string{"dx", "dy", "y"}}
	m.write("maskPositive", "Set.MaskPositive for n elements.", func() {
		m.store("dx", m.where("dy", "y"))
	})
	c := &stream{isa: v,
		slices: []string{"dst", "src"}, coefficients: []string{"scale", "shift"},
		scalars: []string{"floor"},
	}
	c.write("scaleShift", "Set.ScaleShift for n elements; results are at least floor.", func() {
		v := c.coefficient("shift")
		VFMADD231PS(c.coefficient("scale"), c.load("src"), v)
		VMAXPS(v, c.scalar["floor"], v)
		c.store("dst", v)
	})
	b := &stream{isa: v, slices: []string{"dx", "dy", "x"}, coefficients: []string{"a", "b", "s"}}
	b.write("normBack", "Set.NormBack for n elements without y.", func() {
		b.normBack(b.load("dy"))
	})
	r := &stream{isa: v, slices: []string{"dx", "dy", "y", "x"}, coefficients: []string{"a", "b", "s"}}
	r.write("normBackReLU", "Set.NormBack for n elements.", func() {
		r.normBack(r.where("dy", "y"))
	})
	adam(v)
}

func (s *stream) normBack(g VecVirtual) {
	v := s.coefficient("s")
	VFMADD231PS(s.coefficient("b"), s.load("x"), v)
	VFMADD231PS(s.coefficient("a"), g, v)
	s.store("dx", v)
}

func adam(v isa) {
	s := &stream{isa: v,
		slices: []string{"w", "m", "v", "average", "grad"}, sum: "check",
		scalars: []string{"keep1", "take1", "keep2", "take2", "rate", "scale", "epsilon", "fresh"},
	}
	s.write("adam", "Set.Adam for n elements; check is all zeros if v is finite.", func() {
		g, m := s.load("grad"), s.load("m")
		VMULPS(m, s.scalar["keep1"], m)
		VFMADD231PS(g, s.scalar["take1"], m)
		s.store("m", m)
		v := s.load("v")
		VMULPS(v, s.scalar["keep2"], v)
		VMULPS(g, g, g)
		VFMADD231PS(g, s.scalar["take2"], v)
		s.store("v", v)
		nothing := s.vec()
		VSUBPS(v, v, nothing) // or NaN
		VADDPS(nothing, s.total, s.total)
		VSQRTPS(v, v)
		VFMADD213PS(s.scalar["epsilon"], s.scalar["scale"], v)
		VMULPS(m, s.scalar["rate"], m)
		VDIVPS(v, m, m)
		w := s.load("w")
		VSUBPS(m, w, w)
		s.store("w", w)
		average := s.load("average")
		VSUBPS(average, w, w)
		VFMADD231PS(w, s.scalar["fresh"], average)
		s.store("average", average)
	})
}
