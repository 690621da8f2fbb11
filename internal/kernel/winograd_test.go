package kernel

import (
	"fmt"
	"testing"
	"unsafe"
)

// transformCase is one transform: l·x·lᵀ.
type transformCase struct {
	name string
	l    [][]float32
	run  func(w *Winograd, dst, src Tiles, tiles, channels int)
}

func transformCases(m matrices) []transformCase {
	bias := make([]float32, 256)
	return []transformCase{
		{"Input", m.b, func(w *Winograd, d, s Tiles, n, c int) { w.Input(d, s, n, c) }},
		{"Weight", m.g, func(w *Winograd, d, s Tiles, n, c int) { w.Weight(d, s, n, c) }},
		{"Gradient", transposed(m.a), func(w *Winograd, d, s Tiles, n, c int) { w.Gradient(d, s, n, c) }},
		{"WeightBack", transposed(m.g), func(w *Winograd, d, s Tiles, n, c int) { w.WeightBack(d, s, n, c) }},
		{"Output", m.a, func(w *Winograd, d, s Tiles, n, c int) { w.Output(d, s, n, c, bias, false) }},
	}
}

// value is element (i, j) of l·x·lᵀ for channel c of tile t.
func (x Tiles) value(l [][]float32, t, i, j, c int) (v value) {
	for a := range l[i] {
		for b := range l[j] {
			if w := f(l[i][a]) * f(l[j][b]); w != 0 {
				v.add(w * f(x.Data[t*x.Next+a*x.Row+b*x.Col+c]))
			}
		}
	}
	v.roundings += 8 // of the matrix and of the pass between
	return v
}

// place makes the slice that tiles of side×side elements need, and no more.
func place(m *memory, side, tiles, channels int, output bool) Tiles {
	x := Tiles{Col: channels + 3, Next: 5 + channels}
	x.Row = side*x.Col + 1
	x.Next += side * x.Row
	x.Data = m.slice((tiles-1)*x.Next+(side-1)*(x.Row+x.Col)+channels, output)
	return x
}

func TestTransforms(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for _, m := range []matrices{matrices2, matrices4} {
			w := s.F2
			if len(m.a) == 4 {
				w = s.F4
			}
			for _, c := range transformCases(m) {
				for _, channels := range []int{8, 16, 24, 64, 72} {
					t.Run(fmt.Sprintf("F%d/op=%s/c=%d", w.Out, c.name, channels), func(t *testing.T) {
						const tiles = 3
						mem := newMemory(t, uint64(channels))
						src, dst := place(mem, len(c.l[0]), tiles, channels, false), place(mem, len(c.l), tiles, channels, true)
						c.run(w, dst, src, tiles, channels)
						mem.check()
						each(len(c.l), tiles, channels, func(n, i, j, k int) {
							if got, v := dst.Data[n*dst.Next+i*dst.Row+j*dst.Col+k], src.value(c.l, n, i, j, k); !close(got, v) {
								t.Fatalf("tile %d (%d, %d) channel %d is %v, want %v ± %.2g", n, i, j, k, got, v.sum, v.slack())
							}
						})
					})
				}
			}
		}
	})
}

func each(side, tiles, channels int, f func(n, i, j, c int)) {
	for n := range tiles {
		for i := range side {
			for j := range side {
				for c := range channels {
					f(n, i, j, c)
				}
			}
		}
	}
}

// What Output does beside transforming: bias, ReLU, and adding to what is there.
func TestOutputEnds(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for _, w := range []*Winograd{s.F2, s.F4} {
			const tiles, channels = 2, 24
			mem := newMemory(t, 1)
			src := place(mem, w.Side(), tiles, channels, false)
			plain, ended, added := place(mem, w.Out, tiles, channels, true), place(mem, w.Out, tiles, channels, true), place(mem, w.Out, tiles, channels, true)
			bias := mem.input(channels)
			old := append([]float32(nil), added.Data...)
			w.Output(plain, src, tiles, channels, make([]float32, channels), false)
			w.Output(ended, src, tiles, channels, bias, true)
			w.OutputAdd(added, src, tiles, channels)
			mem.check()
			each(w.Out, tiles, channels, func(n, i, j, c int) {
				at := n*plain.Next + i*plain.Row + j*plain.Col + c
				if want := max(0, plain.Data[at]+bias[c]); ended.Data[at] != want {
					t.Fatalf("F%d: with bias and ReLU %v, want %v", w.Out, ended.Data[at], want)
				}
				if want := plain.Data[at] + old[at]; added.Data[at] != want {
					t.Fatalf("F%d: added %v, want %v", w.Out, added.Data[at], want)
				}
			})
		}
	})
}

// The matrices are those of a convolution: with them, m×m outputs of a 3×3
// kernel are exact on small whole numbers.
func TestWinogradIsConvolution(t *testing.T) {
	for _, m := range []matrices{matrices2, matrices4} {
		out := len(m.a)
		at := func(l [][]float32, x func(i, j int) float64, i, j int) (sum float64) {
			for a, p := range l[i] {
				for b, q := range l[j] {
					sum += f(p) * f(q) * x(a, b)
				}
			}
			return sum
		}
		x := func(i, j int) float64 { return float64((7*i+3*j)%11 - 5) }
		w := func(i, j int) float64 { return float64((5*i+2*j)%7 - 3) }
		product := func(i, j int) float64 { return at(m.b, x, i, j) * at(m.g, w, i, j) }
		for i := range out {
			for j := range out {
				want := 0.0
				for a := range 3 {
					for b := range 3 {
						want += w(a, b) * x(i+a, j+b)
					}
				}
				if got := at(m.a, product, i, j); got < want-1e-3 || got > want+1e-3 {
					t.Errorf("F(%d×%d): output (%d, %d) is %v, want %v", out, out, i, j, got, want)
				}
			}
		}
	}
}

// BenchmarkTransform is one call for 28 tiles.
func BenchmarkTransform(b *testing.B) {
	for _, s := range Sets {
		for _, m := range []matrices{matrices2, matrices4} {
			w := s.F2
			if len(m.a) == 4 {
				w = s.F4
			}
			for _, c := range transformCases(m) {
				for _, channels := range []int{8, 16, 64} {
					b.Run(fmt.Sprintf("kernel=%s/m=%d/op=%s/c=%d", s.Name, w.Out, c.name, channels), func(b *testing.B) {
						const tiles = 28
						mem := newMemory(b, 1)
						src, dst := aligned(mem, len(c.l[0]), tiles, channels), aligned(mem, len(c.l), tiles, channels)
						for b.Loop() {
							c.run(w, dst, src, tiles, channels)
						}
						b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/tiles, "ns/tile")
					})
				}
			}
		}
	}
}

// aligned is place with vectors that do not cross cache lines.
func aligned(m *memory, side, tiles, channels int) Tiles {
	x := Tiles{Col: tiles*channels + 16, Next: channels}
	x.Row = side * x.Col
	data := m.output(16 + side*x.Row)
	for uintptr(unsafe.Pointer(&data[0]))%64 != 0 {
		data = data[1:]
	}
	x.Data = data
	return x
}
