package kernel

import (
	"math"
	"testing"
)

// functions are the loops that approximate a function, each with its float64.
var functions = []struct {
	name string
	loop func(s *Set) func(dst, src []float32)
	of   func(x float64) float64
}{
	{"Exp", func(s *Set) func(dst, src []float32) { return s.Exp }, math.Exp},
	{"Sigmoid", func(s *Set) func(dst, src []float32) { return s.Sigmoid }, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }},
	{"Tanh", func(s *Set) func(dst, src []float32) { return s.Tanh }, math.Tanh},
	{"Erf", func(s *Set) func(dst, src []float32) { return s.Erf }, math.Erf},
}

// The functions are float64's to 1e-6 of their value from the smallest number to
// where they end, and pass on what is not finite.
func TestFunctions(t *testing.T) {
	inf := float32(math.Inf(1))
	x := []float32{0, inf, -inf, float32(math.NaN()), math.MaxFloat32, -math.MaxFloat32, 88.7, 88.8, -87.3, -104}
	for v := float32(110); v > 1e-38; v *= 0.9987 {
		x = append(x, v, -v)
	}
	eachSet(t, func(t *testing.T, s *Set) {
		for _, f := range functions {
			y, worst := make([]float32, len(x)), 0.0
			f.loop(s)(y, x)
			for i, v := range x {
				want := f.of(float64(v))
				w := float32(want)
				if y[i] == w || w != w && y[i] != y[i] {
					continue
				}
				// Below 1e-38 numbers are short of digits.
				off := math.Abs(float64(y[i])-want) / (math.Abs(want) + 1e-32)
				if worst = max(worst, off); !(off <= 1e-6) {
					t.Errorf("%s(%v) is %v, want %v", f.name, v, y[i], want)
				}
			}
			t.Logf("%s: off by %.1e at most", f.name, worst)
		}
	})
}

// A NaN passes through every loop of single values, and through a maximum
// wherever it stands.
func TestNaNPasses(t *testing.T) {
	nan := float32(math.NaN())
	eachSet(t, func(t *testing.T, s *Set) {
		for n := 1; n < 40; n++ {
			for at := range n {
				x, y, one := make([]float32, n), make([]float32, n), make([]float32, n)
				x[at] = nan
				for name, run := range map[string]func(dst []float32){
					"Max, first":  func(d []float32) { s.Max(d, x, one) },
					"Max, second": func(d []float32) { s.Max(d, one, x) },
					"Multiply":    func(d []float32) { copy(d, x); s.Multiply(d, one) },
					"Slope":       func(d []float32) { s.Slope(d, x, one[:1]) },
					"Clamp":       func(d []float32) { s.Clamp(d, x, -1, 1) },
				} {
					run(y)
					for i, v := range y {
						if (v != v) != (i == at) {
							t.Fatalf("%s: NaN at %d of %d: result %d is %v", name, at, n, i, v)
						}
					}
				}
			}
		}
		for c := 1; c < 40; c++ {
			for corner := range 4 {
				for _, other := range []float32{-1, 1} {
					rows := [2][]float32{make([]float32, 4*c), make([]float32, 4*c)}
					for i := range rows[0] {
						rows[0][i], rows[1][i] = other, other
					}
					at := c / 2
					rows[corner/2][corner%2*c+at] = nan
					y := make([]float32, 2*c)
					s.MaxPool2(y, rows[0], rows[1], c)
					for i, v := range y {
						if (v != v) != (i == at) {
							t.Fatalf("MaxPool2: NaN in corner %d of channel %d of %d: result %d is %v", corner, at, c, i, v)
						}
					}
				}
			}
		}
	})
}
