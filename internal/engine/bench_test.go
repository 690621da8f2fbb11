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

// largeOps are ops as imported networks have them, on maps as large as theirs.
var largeOps = []opCase{
	{"maxpool-2x2", graph.Shape{C: 64, H: 256, W: 256}, func(b builder, x *graph.Node) { b.op("p", graph.MaxPool, x) }},
	{"maxpool-3x3-stride2-pad1", graph.Shape{C: 64, H: 256, W: 256}, func(b builder, x *graph.Node) {
		b.pool(graph.MaxPool, x, graph.Node{Kernel: square(3), Stride: square(2), Pads: [4]int{1, 1, 1, 1}})
	}},
	{"maxpool-3x3-stride2-pad1-c16", graph.Shape{C: 16, H: 256, W: 256}, func(b builder, x *graph.Node) {
		b.pool(graph.MaxPool, x, graph.Node{Kernel: square(3), Stride: square(2), Pads: [4]int{1, 1, 1, 1}})
	}},
	{"maxpool-5x5-pad2", graph.Shape{C: 64, H: 128, W: 128}, func(b builder, x *graph.Node) {
		b.pool(graph.MaxPool, x, graph.Node{Kernel: square(5), Stride: square(1), Pads: [4]int{2, 2, 2, 2}})
	}},
	{"avgpool-2x2", graph.Shape{C: 64, H: 256, W: 256}, func(b builder, x *graph.Node) { b.op("p", graph.AvgPool, x) }},
	{"leaky-relu", graph.Shape{C: 32, H: 256, W: 256}, func(b builder, x *graph.Node) {
		b.Add("f", graph.Pointwise, graph.Node{Func: graph.LeakyReLU, Args: [2]float64{0.01}}, x)
	}},
	{"relu", graph.Shape{C: 32, H: 256, W: 256}, func(b builder, x *graph.Node) { b.op("r", graph.ReLU, x) }},
	{"swish", graph.Shape{C: 32, H: 256, W: 256}, func(b builder, x *graph.Node) {
		b.op("p", graph.Product, x, b.Add("f", graph.Pointwise, graph.Node{Func: graph.Sigmoid}, x))
	}},
	{"gelu", graph.Shape{C: 32, H: 256, W: 256}, func(b builder, x *graph.Node) {
		b.op("p", graph.Product, x, b.Add("f", graph.Pointwise, graph.Node{Func: graph.Erf}, x))
	}},
	{"elu", graph.Shape{C: 32, H: 256, W: 256}, func(b builder, x *graph.Node) {
		b.Add("f", graph.Pointwise, graph.Node{Func: graph.ELU, Args: [2]float64{1}}, x)
	}},
	{"softmax-2", graph.Shape{C: 2, H: 512, W: 512}, func(b builder, x *graph.Node) { b.op("s", graph.Softmax, x) }},
	{"mean", graph.Shape{C: 64, H: 256, W: 256}, func(b builder, x *graph.Node) { b.Add("m", graph.Reduce, graph.Node{Over: graph.OverMap}, x) }},
	{"max-over-map", graph.Shape{C: 64, H: 256, W: 256}, func(b builder, x *graph.Node) {
		b.Add("m", graph.Reduce, graph.Node{Over: graph.OverMap, Max: true}, x)
	}},
	{"mean-over-channels", graph.Shape{C: 64, H: 256, W: 256}, func(b builder, x *graph.Node) {
		b.Add("m", graph.Reduce, graph.Node{Over: graph.OverChannels}, x)
	}},
	{"scale-by-channel", graph.Shape{C: 64, H: 256, W: 256}, func(b builder, x *graph.Node) {
		b.op("p", graph.Product, x, b.Add("m", graph.Reduce, graph.Node{Over: graph.OverMap}, x))
	}},
	{"gate", graph.Shape{C: 64, H: 256, W: 256}, func(b builder, x *graph.Node) {
		b.op("p", graph.Product, b.Add("s", graph.Select, graph.Node{Channels: 1}, x), x)
	}},
	{"resize-bilinear-x2", graph.Shape{C: 32, H: 128, W: 128}, func(b builder, x *graph.Node) {
		b.Add("r", graph.Resize, graph.Node{Factor: 2}, x)
	}},
	{"resize-nearest-x2", graph.Shape{C: 32, H: 128, W: 128}, func(b builder, x *graph.Node) {
		b.Add("r", graph.Resize, graph.Node{Factor: 2, Interp: graph.Nearest}, x)
	}},
	{"resize-cubic-x2", graph.Shape{C: 32, H: 128, W: 128}, func(b builder, x *graph.Node) {
		b.Add("r", graph.Resize, graph.Node{Factor: 2, Interp: graph.Cubic}, x)
	}},
	{"resize-bilinear-x4-logits", graph.Shape{C: 2, H: 128, W: 128}, func(b builder, x *graph.Node) {
		b.Add("r", graph.Resize, graph.Node{Factor: 4}, x)
	}},
}

// BenchmarkOp is the time per value that ops read, on one thread.
func BenchmarkOp(b *testing.B) {
	for _, op := range largeOps {
		for _, s := range kernel.Sets {
			b.Run(fmt.Sprintf("op=%s/kernel=%s", op.name, s.Name), func(b *testing.B) {
				g := builder{&graph.Graph{Name: op.name}}
				op.make(g, g.in(op.in.C))
				n := newFixture(b, g.Graph, op.in.Size(), 1).net(b, engine.Options{Threads: 1, Kernel: s})
				n.Forward()
				for b.Loop() {
					n.Forward()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(op.in.Len()), "ns/value")
			})
		}
	}
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
