package kernel

import (
	"fmt"
	"math"
)

// A loopCase is one call of one loop. The test, the guards and the benchmarks
// all read the table that cases returns.
type loopCase struct {
	op    string
	shape string // key=value/…, as benchstat wants it
	bytes int    // read and written, where the case is worth a benchmark
	call  func(m *memory) call
}

// A call runs a loop on prepared slices; got are the slices it writes and want
// what they should hold.
type call struct {
	run  func(s *Set)
	got  [][]float32
	want [][]value
}

// A value is a sum worked out in float64. A float32 loop of n roundings may be
// off by n·2⁻²⁴·size, size being the sum of the terms' magnitudes.
type value struct{ sum, size, roundings float64 }

func (v *value) add(x float64) {
	v.sum += x
	v.size += math.Abs(x)
	v.roundings += 2
}

func (v value) slack() float64 { return (v.roundings + 2) * v.size / (1 << 24) }

func sumOf(terms ...float64) (v value) {
	for _, x := range terms {
		v.add(x)
	}
	return v
}

func f(x float32) float64 { return float64(x) }

// cases is the table of all loops but Mul, whose table is products.
func cases() (all []loopCase) {
	flat := func(op string, n, words int, c func(m *memory, n int) call) {
		bytes := 0
		if n >= 1<<15 {
			bytes = 4 * words * n
		}
		all = append(all, loopCase{op, fmt.Sprintf("n=%d", n), bytes,
			func(m *memory) call { return c(m, n) }})
	}
	for _, n := range []int{1, 2, 15, 16, 17, 63, 64, 65, 130, 323, 1 << 15} {
		flat("Add", n, 3, addCase)
		flat("Lerp", n, 3, lerpCase)
		flat("AXPY", n, 3, axpyCase)
		flat("MaskPositive", n, 3, maskPositiveCase)
		flat("Max", n, 3, maxCase)
		flat("Multiply", n, 3, multiplyCase)
		flat("Clamp", n, 2, clampCase)
		for _, f := range functions {
			flat(f.name, n, 2, func(m *memory, n int) call {
				dst, x := m.output(n), m.input(n)
				return call{func(s *Set) { f.loop(s)(dst, x) }, [][]float32{dst},
					[][]value{want(dst, func(i int) value {
						y := f.of(float64(x[i]))
						return value{sum: y, size: math.Abs(y), roundings: 14}
					})}}
			})
		}
		flat("Adam", n, 9, adamCase)
	}
	for _, p := range []struct{ c, pixels int }{
		{1, 1}, {1, 100}, {2, 61}, {3, 50}, {8, 1}, {8, 7}, {8, 202}, {10, 21}, {16, 33}, {24, 19},
		{32, 10}, {48, 9}, {64, 5}, {65, 3}, {100, 3}, {128, 5}, {1024, 2},
		{8, 4096}, {16, 2048}, {64, 512},
	} {
		add := func(op string, words int, c func(m *memory, p, n int) call) {
			bytes := 0
			if p.c*p.pixels >= 1<<15 {
				bytes = 4 * words * p.c * p.pixels
			}
			all = append(all, loopCase{op, fmt.Sprintf("c=%d/pixels=%d", p.c, p.pixels), bytes,
				func(m *memory) call { return c(m, p.c, p.pixels) }})
		}
		add("ScaleShift", 2, scaleShiftCase(false))
		add("ScaleShiftReLU", 2, scaleShiftCase(true))
		add("Slope", 2, slopeCase)
		add("Moments", 1, momentsCase)
		add("NormMoments", 2, normMomentsCase(false))
		add("NormMomentsReLU", 3, normMomentsCase(true))
		add("NormBack", 3, normBackCase(false))
		add("NormBackReLU", 4, normBackCase(true))
		add("MaxPool2", 5, maxPool2Case)
		add("MaxPool2Back", 13, maxPool2BackCase)
	}
	return all
}

func want(got []float32, of func(i int) value) []value {
	w := make([]value, len(got))
	for i := range w {
		w[i] = of(i)
	}
	return w
}

func addCase(m *memory, n int) call {
	dst, src := m.output(n), m.input(n)
	return call{func(s *Set) { s.Add(dst, src) }, [][]float32{dst},
		[][]value{want(dst, func(i int) value { return sumOf(f(dst[i]), f(src[i])) })}}
}

func lerpCase(m *memory, n int) call {
	dst, a, b := m.output(n), m.input(n), m.input(n)
	const wa, wb = float32(0.3), float32(0.7)
	return call{func(s *Set) { s.Lerp(dst, a, b, wa, wb) }, [][]float32{dst},
		[][]value{want(dst, func(i int) value { return sumOf(f(wa)*f(a[i]), f(wb)*f(b[i])) })}}
}

func axpyCase(m *memory, n int) call {
	dst, x := m.output(n), m.input(n)
	const w = float32(0.3)
	return call{func(s *Set) { s.AXPY(dst, x, w) }, [][]float32{dst},
		[][]value{want(dst, func(i int) value { return sumOf(f(dst[i]), f(w)*f(x[i])) })}}
}

func maskPositiveCase(m *memory, n int) call {
	dx, dy, y := m.output(n), m.input(n), m.input(n)
	return call{func(s *Set) { s.MaskPositive(dx, dy, y) }, [][]float32{dx},
		[][]value{want(dx, func(i int) value { return through(dy, y, i) })}}
}

// through is the gradient that a ReLU with output y lets pass.
func through(dy, y []float32, i int) (v value) {
	if y == nil || y[i] > 0 {
		v.add(f(dy[i]))
	}
	return v
}

func adamCase(m *memory, n int) call {
	w, m1, m2, average, g := m.output(n), m.output(n), m.output(n), m.output(n), m.input(n)
	for i := range m2 {
		m2[i] *= m2[i]
	}
	s := &AdamStep{Keep1: 0.9, Take1: 0.1, Keep2: 0.999, Take2: 0.001, Rate: 0.01, Scale: 5, Epsilon: 1e-8, Fresh: 0.2}
	first := want(m1, func(i int) value { return sumOf(f(s.Keep1)*f(m1[i]), f(s.Take1)*f(g[i])) })
	second := want(m2, func(i int) value { return sumOf(f(s.Keep2)*f(m2[i]), f(s.Take2)*f(g[i])*f(g[i])) })
	moved := want(w, func(i int) value {
		root := math.Sqrt(second[i].sum)*f(s.Scale) + f(s.Epsilon)
		step := f(s.Rate) * first[i].sum / root
		v := sumOf(f(w[i]), -step)
		v.size += f(s.Rate) * first[i].size / root
		v.roundings += 10
		return v
	})
	return call{func(set *Set) { set.Adam(w, m1, m2, average, g, s) }, [][]float32{m1, m2, w, average},
		[][]value{first, second, moved, want(average, func(i int) value {
			old, fresh := f(average[i]), f(s.Fresh)
			v := sumOf(old, fresh*moved[i].sum, -fresh*old)
			v.size += fresh * moved[i].size
			v.roundings += moved[i].roundings
			return v
		})}}
}

func scaleShiftCase(relu bool) func(m *memory, p, pixels int) call {
	return func(m *memory, p, pixels int) call {
		dst, src, scale, shift := m.output(p*pixels), m.input(p*pixels), m.input(p), m.input(p)
		return call{func(s *Set) { s.ScaleShift(dst, src, scale, shift, relu) }, [][]float32{dst},
			[][]value{want(dst, func(i int) value {
				v := sumOf(f(src[i])*f(scale[i%p]), f(shift[i%p]))
				if relu {
					v.sum = max(v.sum, 0)
				}
				return v
			})}}
	}
}

func maxCase(m *memory, n int) call {
	dst, a, b := m.output(n), m.input(n), m.input(n)
	return call{func(s *Set) { s.Max(dst, a, b) }, [][]float32{dst},
		[][]value{want(dst, func(i int) value { return value{sum: f(max(a[i], b[i]))} })}}
}

func multiplyCase(m *memory, n int) call {
	dst, src := m.output(n), m.input(n)
	return call{func(s *Set) { s.Multiply(dst, src) }, [][]float32{dst},
		[][]value{want(dst, func(i int) value { return sumOf(f(dst[i]) * f(src[i])) })}}
}

func clampCase(m *memory, n int) call {
	dst, src := m.output(n), m.input(n)
	const lo, hi = float32(-0.3), float32(0.6)
	return call{func(s *Set) { s.Clamp(dst, src, lo, hi) }, [][]float32{dst},
		[][]value{want(dst, func(i int) value { return value{sum: f(min(max(src[i], lo), hi))} })}}
}

func slopeCase(m *memory, p, pixels int) call {
	dst, src, slope := m.output(p*pixels), m.input(p*pixels), m.input(p)
	return call{func(s *Set) { s.Slope(dst, src, slope) }, [][]float32{dst},
		[][]value{want(dst, func(i int) value {
			if src[i] > 0 {
				return value{sum: f(src[i])}
			}
			return sumOf(f(src[i]) * f(slope[i%p]))
		})}}
}

func momentsCase(m *memory, p, pixels int) call {
	sum, sq, x := m.output(p), m.output(p), m.input(p*pixels)
	total := func(old []float32, power float64) []value {
		return want(old, func(c int) value {
			v := sumOf(f(old[c]))
			for i := c; i < len(x); i += p {
				v.add(math.Pow(f(x[i]), power))
			}
			return v
		})
	}
	return call{func(s *Set) { s.Moments(sum, sq, x) }, [][]float32{sum, sq},
		[][]value{total(sum, 1), total(sq, 2)}}
}

func normMomentsCase(relu bool) func(m *memory, p, pixels int) call {
	return func(m *memory, p, pixels int) call {
		sum, dot, dy, x := m.output(p), m.output(p), m.input(p*pixels), m.input(p*pixels)
		var y []float32
		if relu {
			y = m.input(p * pixels)
		}
		return call{func(s *Set) { s.NormMoments(sum, dot, dy, y, x) }, [][]float32{sum, dot}, [][]value{
			want(sum, func(c int) value {
				v := sumOf(f(sum[c]))
				for i := c; i < len(x); i += p {
					v.add(through(dy, y, i).sum)
				}
				return v
			}),
			want(dot, func(c int) value {
				v := sumOf(f(dot[c]))
				for i := c; i < len(x); i += p {
					v.add(through(dy, y, i).sum * f(x[i]))
				}
				return v
			})}}
	}
}

func normBackCase(relu bool) func(m *memory, p, pixels int) call {
	return func(m *memory, p, pixels int) call {
		dx, dy, x := m.output(p*pixels), m.input(p*pixels), m.input(p*pixels)
		a, b, c := m.input(p), m.input(p), m.input(p)
		var y []float32
		if relu {
			y = m.input(p * pixels)
		}
		return call{func(s *Set) { s.NormBack(dx, dy, y, x, a, b, c) }, [][]float32{dx},
			[][]value{want(dx, func(i int) value {
				return sumOf(f(a[i%p])*through(dy, y, i).sum, f(b[i%p])*f(x[i]), f(c[i%p]))
			})}}
	}
}

// window returns the four places above out[i] in rows r0 and r1, in order.
func window(r0, r1 []float32, i, c int) [4]*float32 {
	j := i/c*2*c + i%c
	return [4]*float32{&r0[j], &r0[j+c], &r1[j], &r1[j+c]}
}

func maxPool2Case(m *memory, c, pixels int) call {
	dst, r0, r1 := m.output(c*pixels), m.input(2*c*pixels), m.input(2*c*pixels)
	return call{func(s *Set) { s.MaxPool2(dst, r0, r1, c) }, [][]float32{dst},
		[][]value{want(dst, func(i int) value {
			w := window(r0, r1, i, c)
			return value{sum: f(max(*w[0], *w[1], *w[2], *w[3]))}
		})}}
}

func maxPool2BackCase(m *memory, c, pixels int) call {
	n := c * pixels
	d0, d1, dy, r0, r1 := m.output(2*n), m.output(2*n), m.input(n), m.input(2*n), m.input(2*n)
	back := func(d []float32, row int) []value {
		w := want(d, func(i int) value { return sumOf(f(d[i])) })
		for i := range dy {
			at, first := window(r0, r1, i, c), 0
			for k := range at {
				if *at[k] > *at[first] {
					first = k
				}
			}
			if first/2 == row {
				w[i/c*2*c+i%c+first%2*c].add(f(dy[i]))
			}
		}
		return w
	}
	return call{func(s *Set) { s.MaxPool2Back(d0, d1, dy, r0, r1, c) }, [][]float32{d0, d1},
		[][]value{back(d0, 0), back(d1, 1)}}
}
