package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// pointwise writes the functions of single values. A minimum or maximum of two
// returns the operand written first where one is a NaN.
func pointwise(v isa) {
	m := &stream{isa: v, slices: []string{"dst", "a", "b"}}
	m.write("max", "Set.Max for n elements.", func() {
		a, b, r := m.load("a"), m.load("b"), m.vec()
		VMAXPS(a, b, r)
		v.orNaN(a, b, r)
		m.store("dst", r)
	})
	p := &stream{isa: v, slices: []string{"dst", "src"}}
	p.write("multiply", "Set.Multiply for n elements.", func() {
		x := p.load("dst")
		VMULPS(p.load("src"), x, x)
		p.store("dst", x)
	})
	s := &stream{isa: v, slices: []string{"dst", "src"}, coefficients: []string{"slope"}}
	s.write("slope", "Set.Slope for n elements.", func() {
		x, zero, negative := s.load("src"), s.zero(), s.vec()
		VMINPS(x, zero, negative)
		VMAXPS(x, zero, x)
		VFMADD231PS(s.coefficient("slope"), negative, x)
		s.store("dst", x)
	})
	c := &stream{isa: v, slices: []string{"dst", "src"}, scalars: []string{"lo", "hi"}}
	c.write("clamp", "Set.Clamp for n elements.", func() {
		x := c.load("src")
		VMAXPS(x, c.scalar["lo"], x)
		VMINPS(x, c.scalar["hi"], x)
		c.store("dst", x)
	})
	e := &stream{isa: v, slices: []string{"dst", "src"}}
	e.write("exp", "Set.Exp for n elements.", func() {
		e.store("dst", e.exp(e.load("src")))
	})
	e.write("sigmoid", "Set.Sigmoid for n elements.", func() {
		x, r := e.load("src"), e.vec()
		e.negate(x)
		x = e.exp(x)
		VADDPS(number["one"], x, x)
		VMOVUPS(number["one"], r)
		VDIVPS(x, r, r)
		e.store("dst", r)
	})
	e.write("tanh", "Set.Tanh for n elements: m/(m+2) with m = e^2x − 1.", func() {
		x, m := e.load("src"), e.vec()
		VADDPS(x, x, x)
		n, r := e.power(x, "flat")
		s := e.twoTo(n)
		VSUBPS(number["one"], s, m)
		VFMADD231PS(r, s, m)
		VADDPS(number["two"], m, r)
		VDIVPS(r, m, m)
		e.store("dst", m)
	})
	e.write("erf", "Set.Erf for n elements.", func() {
		x, z := e.load("src"), e.vec()
		e.bound(x, "four")
		VMULPS(x, x, z)
		var sums []VecVirtual
		for _, r := range erf {
			sum := e.vec()
			VMOVUPS(number[r.name+"0"], sum)
			for i := range r.coefficients[1:] {
				VFMADD213PS(number[fmt.Sprint(r.name, i+1)], z, sum)
			}
			sums = append(sums, sum)
		}
		VMULPS(x, sums[0], x)
		VDIVPS(sums[1], x, x)
		e.store("dst", x)
	})
}

// erf is Eigen's odd rational function x·P(x²)/Q(x²) for |x| ≤ 4, beyond which it
// is 1 to float32.
var erf = []struct {
	name         string
	coefficients []float64 // of the highest power first
}{
	{"p", []float64{-2.72614225801306e-10, 2.77068142495902e-08, -2.10102402082508e-06, -5.69250639462346e-05,
		-7.34990630326855e-04, -2.95459980854025e-03, -1.60960333262415e-02}},
	{"q", []float64{-1.45660718464996e-05, -2.13374055278905e-04, -1.68282697438203e-03, -7.37332916720468e-03, -1.42647390514189e-02}},
}

// number holds constants in whole registers, by name.
var number = map[string]Mem{}

func numbers() {
	all := GLOBL("numbers", RODATA|NOPTR)
	at := 0
	put := func(name string, bits uint32) {
		number[name] = all.Offset(4 * at)
		for range avx512.lanes {
			DATA(4*at, U32(bits))
			at++
		}
	}
	const ln2 = 0.693359375 // its high bits
	for _, c := range []struct {
		name  string
		value float64
	}{
		{"one", 1}, {"two", 2}, {"log2e", math.Log2E}, {"whole", 3 << 22}, // 2²³ and half of it: no room for a fraction
		{"ln2", ln2}, {"ln2rest", math.Ln2 - ln2},
		{"-most", -104}, {"most", 89}, {"-flat", -20}, {"flat", 20},
		{"-four", -4}, {"four", 4},
		// Cephes' expf: e^r = 1 + r + r²·(c2 + c3·r + …) for |r| ≤ (ln 2)/2.
		{"c2", 5.0000001201e-1}, {"c3", 1.6666665459e-1}, {"c4", 4.1665795894e-2},
		{"c5", 8.3334519073e-3}, {"c6", 1.3981999507e-3}, {"c7", 1.9875691500e-4},
	} {
		put(c.name, math.Float32bits(float32(c.value)))
	}
	put("sign", 1<<31)
	for _, e := range erf {
		for i, c := range e.coefficients {
			put(fmt.Sprint(e.name, i), math.Float32bits(float32(c)))
		}
	}
}

// power splits e^x into 2ⁿ·(1 + m), for x within the given bounds; x is lost.
func (v isa) power(x VecVirtual, bound string) (n, m VecVirtual) {
	v.bound(x, bound)
	n, m = v.vec(), v.vec()
	VMOVUPS(number["log2e"], n)
	VFMADD213PS(number["whole"], x, n)
	VSUBPS(number["whole"], n, n)
	VFNMADD231PS(number["ln2"], n, x)
	VFNMADD231PS(number["ln2rest"], n, x)
	VMOVUPS(number["c7"], m)
	for _, c := range []string{"c6", "c5", "c4", "c3", "c2"} {
		VFMADD213PS(number[c], x, m)
	}
	VMULPS(x, m, m)
	VFMADD213PS(x, x, m)
	return n, m
}

// bound brings x within bounds; a NaN stays one.
func (v isa) bound(x VecVirtual, name string) {
	limit := v.vec()
	VMOVUPS(number["-"+name], limit)
	VMAXPS(x, limit, x)
	VMOVUPS(number[name], limit)
	VMINPS(x, limit, x)
}

// twoTo is 2ⁿ for a whole |n| < 127; n is lost.
func (v isa) twoTo(n VecVirtual) VecVirtual {
	VCVTPS2DQ(n, n)
	v.exponent(n)
	return n
}

// exponent turns whole numbers n into 2ⁿ.
func (v isa) exponent(n VecVirtual) {
	VPSLLD(U8(23), n, n)
	VPADDD(number["one"], n, n)
}

// exp is e^x, 0 and ∞ included; x is lost.
func (v isa) exp(x VecVirtual) VecVirtual {
	n, m := v.power(x, "most")
	VADDPS(number["one"], m, m)
	if v.bits {
		VSCALEFPS(n, m, m)
		return m
	}
	half := v.vec()
	VCVTPS2DQ(n, n)
	VPSRAD(U8(1), n, half)
	VPSUBD(half, n, n)
	v.exponent(half)
	v.exponent(n)
	VMULPS(half, m, m)
	VMULPS(n, m, m)
	return m
}

// negate changes the sign of x.
func (v isa) negate(x VecVirtual) {
	if v.bits {
		VPXORD(number["sign"], x, x)
	} else {
		VXORPS(number["sign"], x, x)
	}
}

// orNaN makes NaN the lanes of sum where x or y is.
func (v isa) orNaN(x, y, sum VecVirtual) {
	const unordered = 3 // quiet
	k := v.mask()
	VCMPPS(U8(unordered), x, y, k)
	if v.bits {
		VADDPS(x, y, k, sum)
	} else {
		VORPS(k, sum, sum) // all ones are a NaN
	}
}
