package engine_test

import (
	"fmt"
	"testing"
	"time"

	"unetbench/arch"
	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
)

// windows are the default inputs of training, by variant.
var windows = map[string]int{"valid": 204, "no-skip": 204, "padded": 120, "resized-skip": 204, "resized-up": 204}

// benchmark runs f on one thread, and reports the GFLOPS of its convolutions.
func benchmark(b *testing.B, batch, passes int, o engine.Options, f func(n *engine.Net, x *fixture)) {
	for _, a := range variants {
		for _, width := range []int{8, 16} {
			b.Run(fmt.Sprintf("arch=%s/width=%d/kernel=%s", a.Name(), width, kernel.Best().Name), func(b *testing.B) {
				c := arch.Default()
				c.Width = width
				g, err := a.Build(c)
				if err != nil {
					b.Fatal(err)
				}
				size := graph.Square(windows[a.Name()])
				cost, err := g.TotalCost(size)
				if err != nil {
					b.Fatal(err)
				}
				x := newFixture(b, g, size, batch)
				o.Threads = 1
				n := x.net(b, o)
				f(n, x)
				b.ReportAllocs()
				for b.Loop() {
					f(n, x)
				}
				flops := 2 * float64(cost.MACs) * float64(batch*passes)
				b.ReportMetric(flops/(b.Elapsed().Seconds()/float64(b.N))/1e9, "GFLOPS")
			})
		}
	}
}

// BenchmarkForward is the prediction of one map.
func BenchmarkForward(b *testing.B) {
	benchmark(b, 1, 1, engine.Options{}, func(n *engine.Net, x *fixture) { n.Forward() })
}

// BenchmarkStep is a training step without loss and optimiser: packing, two
// maps forward and backward.
func BenchmarkStep(b *testing.B) {
	benchmark(b, 2, 3, engine.Options{Train: true}, func(n *engine.Net, x *fixture) {
		n.SetWeights(n.Weights())
		n.Forward()
		n.Backward(x.dout)
	})
}

// rate is the best of several short loops of the set's multiply-adds, in GFLOPS.
func rate(s *kernel.Set) (best float64) {
	const turns = 20_000
	for range 5 {
		start := time.Now()
		operations := s.MultiplyAdds(turns)
		best = max(best, operations/time.Since(start).Seconds()/1e9)
	}
	return best
}
