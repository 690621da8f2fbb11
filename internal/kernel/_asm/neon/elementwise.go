package main

// elementwise writes the loops that treat every element alike, but for
// coefficients that depend on its channel.
func elementwise(w *writer) {
	s := &stream{writer: w, slices: []string{"dst", "src"}}
	s.write("add", "Set.Add for n elements.", func() {
		x := s.value("dst")
		s.do("FADD", x, x, s.value("src"))
		s.store("dst", x)
	})
	l := &stream{writer: w, slices: []string{"dst", "a", "b"}, scalars: []string{"wa", "wb"}}
	l.write("lerp", "Set.Lerp for n elements.", func() {
		x := l.value("b")
		l.do("FMUL", x, x, l.scalar["wb"])
		l.addProduct(x, l.value("a"), l.scalar["wa"])
		l.store("dst", x)
	})
	x := &stream{writer: w, slices: []string{"dst", "x"}, scalars: []string{"w"}}
	x.write("axpy", "Set.AXPY for n elements.", func() {
		d := x.value("dst")
		x.addProduct(d, x.value("x"), x.scalar["w"])
		x.store("dst", d)
	})
	m := &stream{writer: w, slices: []string{"dx", "dy", "y"}}
	m.write("maskPositive", "Set.MaskPositive for n elements.", func() {
		m.store("dx", m.where("dy", "y"))
	})
	c := &stream{writer: w,
		slices: []string{"dst", "src"}, coefficients: []string{"scale", "shift"},
		scalars: []string{"floor"},
	}
	c.write("scaleShift", "Set.ScaleShift for n elements; results are at least floor.", func() {
		v := c.coefficient("shift")
		c.addProduct(v, c.coefficient("scale"), c.value("src"))
		c.do("FMAX", v, v, c.scalar["floor"])
		c.store("dst", v)
	})
	b := &stream{writer: w, slices: []string{"dx", "dy", "x"}, coefficients: []string{"a", "b", "s"}}
	b.write("normBack", "Set.NormBack for n elements without y.", func() {
		b.normBack(b.value("dy"))
	})
	r := &stream{writer: w, slices: []string{"dx", "dy", "y", "x"}, coefficients: []string{"a", "b", "s"}}
	r.write("normBackReLU", "Set.NormBack for n elements.", func() {
		r.normBack(r.where("dy", "y"))
	})
}

func (s *stream) normBack(g vec) {
	v := s.coefficient("s")
	s.addProduct(v, s.coefficient("b"), s.value("x"))
	s.addProduct(v, s.coefficient("a"), g)
	s.store("dx", v)
}
