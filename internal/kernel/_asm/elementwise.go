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
		slices:  []string{"w", "m", "v", "grad"},
		scalars: []string{"rate", "beta1", "rest1", "beta2", "rest2", "epsilon", "unbias2"},
	}
	s.write("adam", "Set.Adam for n elements; rest1 and rest2 are 1-beta1 and 1-beta2.", func() {
		g, m, v, w := s.load("grad"), s.load("m"), s.load("v"), s.load("w")
		VMULPS(m, s.scalar["beta1"], m)
		VFMADD231PS(g, s.scalar["rest1"], m)
		s.store("m", m)
		VMULPS(v, s.scalar["beta2"], v)
		VMULPS(g, g, g)
		VFMADD231PS(g, s.scalar["rest2"], v)
		s.store("v", v)
		VMULPS(v, s.scalar["unbias2"], v)
		VSQRTPS(v, v)
		VADDPS(v, s.scalar["epsilon"], v)
		VMULPS(m, s.scalar["rate"], m)
		VDIVPS(v, m, m)
		VSUBPS(m, w, w)
		s.store("w", w)
	})
}
