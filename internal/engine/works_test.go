package engine_test

import (
	"fmt"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
)

// works are what bench/peers compares with other programs.
var works = []struct {
	name         string
	variant      arch.Arch
	width, pools int
	size, batch  int
	train        bool
}{
	{"valid572", valid.Arch, 64, 4, 572, 1, false},
	{"padded512", padded.Arch, 64, 4, 512, 1, false},
	{"small188", valid.Arch, 16, 3, 188, 8, false},
	{"train-small188", valid.Arch, 16, 3, 188, 8, true},
	{"train-padded512", padded.Arch, 64, 4, 512, 1, true},
}

// BenchmarkWork runs each work in fast and in exact mode.
func BenchmarkWork(b *testing.B) {
	for _, w := range works {
		for _, s := range kernel.Sets {
			if s == kernel.Generic {
				continue
			}
			for _, exact := range []bool{false, true} {
				for _, threads := range []int{1, 2} {
					b.Run(fmt.Sprintf("work=%s/kernel=%s/exact=%t/threads=%d", w.name, s.Name, exact, threads), func(b *testing.B) {
						c := arch.Config{In: 1, Classes: 2, Pools: w.pools, Width: w.width, Up: arch.Transposed, Padding: graph.PadZero}
						g, err := w.variant.Build(c)
						if err != nil {
							b.Fatal(err)
						}
						size := graph.Square(w.size)
						cost, err := g.TotalCost(size)
						if err != nil {
							b.Fatal(err)
						}
						x := newFixture(b, g, size, w.batch)
						n := x.net(b, engine.Options{Train: w.train, Exact: exact, Threads: threads, Kernel: s})
						step, passes := n.Forward, 1
						if w.train {
							passes = 3
							step = func() {
								n.SetWeights(n.Weights())
								n.Forward()
								n.Backward(x.dout)
							}
						}
						step()
						for b.Loop() {
							step()
						}
						flops := 2 * float64(cost.MACs) * float64(w.batch*passes)
						b.ReportMetric(flops/(b.Elapsed().Seconds()/float64(b.N))/1e9, "GFLOPS")
					})
				}
			}
		}
	}
}
