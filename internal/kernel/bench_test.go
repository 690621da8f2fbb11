package kernel

import (
	"fmt"
	"testing"
	"time"
)

// The layers of the default network (width 8, 200 px), of wider ones, and the
// issue's yardstick, 64→64 at 128².
var layers = []struct{ c, o, size int }{
	{1, 8, 200}, {8, 8, 200}, {16, 8, 200}, {8, 16, 100}, {16, 16, 100}, {32, 16, 100}, {32, 32, 48},
	{64, 64, 20}, {64, 64, 128}, {256, 256, 56}, {1024, 1024, 28},
}

// BenchmarkConv is a 3×3 convolution of size×size outputs on one thread.
func BenchmarkConv(b *testing.B) {
	for _, s := range Sets {
		for _, l := range layers {
			for _, paired := range []bool{false, true} {
				if paired && l.o > PairedWidth {
					continue
				}
				b.Run(fmt.Sprintf("kernel=%s/c=%d/o=%d/size=%d/paired=%t", s.Name, l.c, l.o, l.size, paired), func(b *testing.B) {
					m := newMemory(b, 1)
					in := l.size + 2
					x, w, y := m.input(in*in*l.c), m.input(9*l.c*l.o), m.output(l.size*l.size*l.o)
					pairs := make([]float32, 3*PairedSize(3*l.c))
					if paired {
						Pair(pairs, w, 3, 3*l.c, l.o)
					}
					var p Product
					benchmark(b, s, 2*9*l.c*l.o*l.size*l.size, func() {
						for r := range l.size {
							for n := 0; n < l.o; n += PanelWidth {
								panel, width := Panel(w, 9*l.c, l.o, n)
								p = Product{
									A: x[r*in*l.c:], ARow: in * l.c, AStep: 1, LDA: l.c, Rows: 3, Depth: 3 * l.c,
									B: panel, BRow: 3 * l.c * width, BStep: width,
									C: y[r*l.size*l.o+n:], LDC: l.o, M: l.size, N: width,
								}
								if paired {
									p.Paired, p.B, p.BRow, p.BStep = true, pairs, PairedSize(p.Depth), PairedStep
								}
								s.Mul(&p)
							}
						}
					})
				})
			}
		}
	}
}

// BenchmarkWeightGradient is the gradient of that convolution's weights.
func BenchmarkWeightGradient(b *testing.B) {
	for _, s := range Sets {
		for _, l := range layers {
			b.Run(fmt.Sprintf("kernel=%s/c=%d/o=%d/size=%d", s.Name, l.c, l.o, l.size), func(b *testing.B) {
				m := newMemory(b, 1)
				in := l.size + 2
				x, dw, dy := m.input(in*in*l.c), m.output(9*l.c*l.o), m.input(l.size*l.size*l.o)
				var p Product
				benchmark(b, s, 2*9*l.c*l.o*l.size*l.size, func() {
					p = Product{ // a batch of kernel rows
						A: x, ARow: in * l.c, AStep: l.c, LDA: 1, Rows: l.size, Depth: l.size,
						B: dy, BRow: l.size * l.o, BStep: l.o,
						C: dw, LDC: l.o, M: 3 * l.c, N: l.o,
						Batch: 3, ABatch: in * l.c, CBatch: 3 * l.c * l.o,
					}
					s.Mul(&p)
				})
			})
		}
	}
}

// BenchmarkPoints are the 36 products of a row of Winograd's tiles, F(4×4, 3×3),
// and those of its weights' gradient.
func BenchmarkPoints(b *testing.B) {
	const tiles, points = 56, 36
	for _, s := range Sets {
		for _, l := range []struct{ c, o int }{{8, 8}, {16, 8}, {16, 16}, {64, 64}} {
			for _, op := range []string{"plain", "paired", "gradient"} {
				if op == "paired" && l.o > PairedWidth {
					continue
				}
				b.Run(fmt.Sprintf("kernel=%s/c=%d/o=%d/op=%s", s.Name, l.c, l.o, op), func(b *testing.B) {
					m := newMemory(b, 1)
					v, u, y := m.input(points*tiles*l.c), m.input(points*l.c*l.o), m.output(points*tiles*l.o)
					p := Product{
						A: v, AStep: 1, LDA: l.c, B: u, BStep: l.o, C: y, LDC: l.o, Rows: 1, Depth: l.c, M: tiles, N: l.o,
						Batch: points, ABatch: tiles * l.c, BBatch: l.c * l.o, CBatch: tiles * l.o,
					}
					switch op {
					case "paired":
						p.Paired, p.BStep, p.BBatch = true, PairedStep, PairedSize(l.c)
						p.B = make([]float32, points*p.BBatch)
						Pair(p.B, u, points, l.c, l.o)
					case "gradient":
						p.AStep, p.LDA, p.Depth, p.M = l.c, 1, tiles, l.c
						p.B, p.BBatch, p.C, p.CBatch = y, tiles*l.o, u, l.c*l.o
					}
					benchmark(b, s, 2*points*tiles*l.c*l.o, func() { s.Mul(&p) })
				})
			}
		}
	}
}

// benchmark times run, which does so many floating-point operations, and says
// how that compares with the peak that this core reaches at this moment.
func benchmark(b *testing.B, s *Set, operations int, run func()) {
	run()
	before := peak(s)
	b.ResetTimer()
	for range b.N {
		run()
	}
	b.StopTimer()
	speed := float64(operations) * float64(b.N) / b.Elapsed().Seconds() / 1e9
	b.ReportMetric(speed, "GFLOPS")
	b.ReportMetric(100*speed/max(before, peak(s)), "%peak")
}

// peak is the best of several short loops of the set's multiply-adds, in GFLOPS.
func peak(s *Set) (best float64) {
	const turns = 20_000
	for range 5 {
		start := time.Now()
		operations := s.MultiplyAdds(turns)
		best = max(best, operations/time.Since(start).Seconds()/1e9)
	}
	return best
}

// BenchmarkPeak is the ceiling alone.
func BenchmarkPeak(b *testing.B) {
	for _, s := range Sets {
		b.Run("kernel="+s.Name, func(b *testing.B) {
			operations := 0.0
			for range b.N {
				operations += s.MultiplyAdds(1000)
			}
			b.ReportMetric(operations/b.Elapsed().Seconds()/1e9, "GFLOPS")
		})
	}
}

// BenchmarkLoop times every loop of the case table that is large enough.
func BenchmarkLoop(b *testing.B) {
	for _, s := range Sets {
		for _, c := range cases() {
			if c.bytes == 0 {
				continue
			}
			b.Run(fmt.Sprintf("kernel=%s/op=%s/%s", s.Name, c.op, c.shape), func(b *testing.B) {
				call := c.call(newMemory(b, 1))
				b.SetBytes(int64(c.bytes))
				b.ResetTimer()
				for range b.N {
					call.run(s)
				}
			})
		}
	}
}
