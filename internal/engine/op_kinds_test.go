package engine_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
)

// kind adds a convolution of in channels, ordinary or transposed, of any kind.
func (b builder) kind(name string, op graph.Op, x *graph.Node, in int, n graph.Node) *graph.Node {
	if n.Stride == [2]int{} {
		n.Stride = square(1)
	}
	shape := []int{n.Channels, in / max(n.Groups, 1), n.Kernel[0], n.Kernel[1]}
	if op == graph.ConvTranspose {
		shape[0], shape[1] = in, n.Channels/max(n.Groups, 1)
	}
	n.Params = b.params(name, shape, []int{n.Channels})
	return b.Add(name, op, n, x)
}

// kinds is the table of convolutions that are not trained here, each for a map
// of that shape: tests and benchmarks read it. Only those of some size are
// benchmarked.
var kinds = []struct {
	name  string
	op    graph.Op
	in    graph.Shape
	n     graph.Node
	bench graph.Size
}{
	{"resnet-first", graph.Conv, graph.Shape{C: 3, H: 23, W: 29}, graph.Node{Channels: 64, Kernel: square(7), Stride: square(2)}, graph.Size{H: 69, W: 517}},
	{"stride2", graph.Conv, graph.Shape{C: 64, H: 9, W: 12}, graph.Node{Channels: 128, Kernel: square(3), Stride: square(2)}, graph.Size{H: 129, W: 129}},
	{"stride2-deep", graph.Conv, graph.Shape{C: 128, H: 7, W: 8}, graph.Node{Channels: 256, Kernel: square(3), Stride: square(2)}, graph.Size{H: 33, W: 33}},
	{"shortcut", graph.Conv, graph.Shape{C: 64, H: 9, W: 12}, graph.Node{Channels: 128, Kernel: square(1), Stride: square(2)}, graph.Size{H: 128, W: 128}},
	{"stride-beyond-kernel", graph.Conv, graph.Shape{C: 5, H: 11, W: 14}, graph.Node{Channels: 7, Kernel: square(2), Stride: [2]int{3, 5}}, graph.Size{}},
	{"uneven-stride", graph.Conv, graph.Shape{C: 6, H: 9, W: 12}, graph.Node{Channels: 9, Kernel: [2]int{3, 2}, Stride: [2]int{2, 1}}, graph.Size{}},
	{"patches", graph.Conv, graph.Shape{C: 3, H: 16, W: 20}, graph.Node{Channels: 40, Kernel: square(4), Stride: square(4)}, graph.Size{H: 512, W: 512}},
	{"one-pixel", graph.Conv, graph.Shape{C: 3, H: 3, W: 3}, graph.Node{Channels: 5, Kernel: square(3), Stride: square(2)}, graph.Size{}},
	{"dilation2", graph.Conv, graph.Shape{C: 48, H: 9, W: 17}, graph.Node{Channels: 40, Kernel: square(3), Dilation: square(2)}, graph.Size{}},
	{"dilation2-deep", graph.Conv, graph.Shape{C: 256, H: 7, W: 8}, graph.Node{Channels: 256, Kernel: square(3), Dilation: square(2)}, graph.Size{H: 36, W: 36}},
	{"dilation-rows", graph.Conv, graph.Shape{C: 3, H: 11, W: 9}, graph.Node{Channels: 4, Kernel: square(3), Dilation: [2]int{3, 1}, Stride: [2]int{1, 2}}, graph.Size{}},
	{"dilation-columns", graph.Conv, graph.Shape{C: 3, H: 6, W: 19}, graph.Node{Channels: 4, Kernel: [2]int{1, 3}, Dilation: [2]int{1, 4}}, graph.Size{}},
	{"groups2", graph.Conv, graph.Shape{C: 6, H: 8, W: 9}, graph.Node{Channels: 10, Kernel: square(3), Groups: 2}, graph.Size{}},
	{"groups-odd", graph.Conv, graph.Shape{C: 15, H: 8, W: 9}, graph.Node{Channels: 21, Kernel: [2]int{2, 3}, Groups: 3, Stride: square(2), Dilation: square(2)}, graph.Size{}},
	{"groups-1x1", graph.Conv, graph.Shape{C: 12, H: 8, W: 9}, graph.Node{Channels: 8, Kernel: square(1), Groups: 4}, graph.Size{}},
	{"groups-wide", graph.Conv, graph.Shape{C: 128, H: 5, W: 17}, graph.Node{Channels: 128, Kernel: square(3), Groups: 2}, graph.Size{H: 66, W: 66}},
	{"resnext", graph.Conv, graph.Shape{C: 128, H: 5, W: 17}, graph.Node{Channels: 128, Kernel: square(3), Groups: 32}, graph.Size{H: 66, W: 66}},
	{"resnext-8", graph.Conv, graph.Shape{C: 256, H: 5, W: 9}, graph.Node{Channels: 256, Kernel: square(3), Groups: 32}, graph.Size{H: 34, W: 34}},
	{"resnext-16", graph.Conv, graph.Shape{C: 512, H: 4, W: 5}, graph.Node{Channels: 512, Kernel: square(3), Groups: 32}, graph.Size{H: 18, W: 18}},
	{"depthwise", graph.Conv, graph.Shape{C: 144, H: 6, W: 21}, graph.Node{Channels: 144, Kernel: square(3), Groups: 144}, graph.Size{H: 130, W: 130}},
	{"depthwise-stride2", graph.Conv, graph.Shape{C: 19, H: 9, W: 24}, graph.Node{Channels: 19, Kernel: square(3), Groups: 19, Stride: square(2)}, graph.Size{}},
	{"depthwise5x5", graph.Conv, graph.Shape{C: 40, H: 9, W: 12}, graph.Node{Channels: 40, Kernel: square(5), Groups: 40}, graph.Size{}},
	{"depthwise5x5-deep", graph.Conv, graph.Shape{C: 96, H: 9, W: 12}, graph.Node{Channels: 96, Kernel: square(5), Groups: 96, Stride: square(2)}, graph.Size{H: 67, W: 67}},
	{"depthwise-dilated", graph.Conv, graph.Shape{C: 5, H: 9, W: 18}, graph.Node{Channels: 5, Kernel: [2]int{2, 3}, Groups: 5, Dilation: [2]int{3, 2}}, graph.Size{}},
	{"depthwise-times2", graph.Conv, graph.Shape{C: 5, H: 6, W: 7}, graph.Node{Channels: 10, Kernel: square(3), Groups: 5}, graph.Size{}},
	{"transposed3-stride2", graph.ConvTranspose, graph.Shape{C: 64, H: 4, W: 9}, graph.Node{Channels: 64, Kernel: square(3), Stride: square(2)}, graph.Size{H: 64, W: 64}},
	{"transposed4-stride2", graph.ConvTranspose, graph.Shape{C: 64, H: 4, W: 5}, graph.Node{Channels: 64, Kernel: square(4), Stride: square(2)}, graph.Size{H: 64, W: 64}},
	{"transposed3-stride2-odd", graph.ConvTranspose, graph.Shape{C: 5, H: 4, W: 6}, graph.Node{Channels: 3, Kernel: square(3), Stride: square(2)}, graph.Size{}},
	{"transposed5-stride2-odd", graph.ConvTranspose, graph.Shape{C: 3, H: 4, W: 2}, graph.Node{Channels: 2, Kernel: square(5), Stride: square(2)}, graph.Size{}},
	{"transposed3-stride1", graph.ConvTranspose, graph.Shape{C: 6, H: 4, W: 5}, graph.Node{Channels: 5, Kernel: square(3)}, graph.Size{}},
	{"transposed-gaps", graph.ConvTranspose, graph.Shape{C: 4, H: 3, W: 5}, graph.Node{Channels: 37, Kernel: [2]int{1, 2}, Stride: [2]int{3, 4}}, graph.Size{}},
	{"transposed-uneven", graph.ConvTranspose, graph.Shape{C: 4, H: 3, W: 5}, graph.Node{Channels: 6, Kernel: [2]int{2, 5}, Stride: [2]int{1, 3}}, graph.Size{}},
	{"transposed-groups", graph.ConvTranspose, graph.Shape{C: 6, H: 3, W: 5}, graph.Node{Channels: 9, Kernel: square(4), Stride: square(2), Groups: 3}, graph.Size{}},
	{"transposed-stride-groups", graph.ConvTranspose, graph.Shape{C: 6, H: 3, W: 5}, graph.Node{Channels: 4, Kernel: square(2), Stride: square(2), Groups: 2}, graph.Size{}},
	{"transposed-depthwise", graph.ConvTranspose, graph.Shape{C: 5, H: 3, W: 5}, graph.Node{Channels: 5, Kernel: square(4), Stride: square(2), Groups: 5}, graph.Size{}},
	{"transposed-one-pixel", graph.ConvTranspose, graph.Shape{C: 8, H: 1, W: 1}, graph.Node{Channels: 5, Kernel: square(4), Stride: square(2)}, graph.Size{}},
}

func init() {
	for _, c := range kinds {
		forwards = append(forwards, opCase{c.name, c.in, func(b builder, x *graph.Node) { b.kind("c", c.op, x, c.in.C, c.n) }})
	}
	// In the company in which the engine treats them differently.
	two, dilated, grouped := graph.Node{Channels: 6, Kernel: square(3), Stride: square(2)},
		graph.Node{Channels: 6, Kernel: square(3), Dilation: square(16)}, graph.Node{Channels: 6, Kernel: square(3), Groups: 3}
	depthwise, up := graph.Node{Channels: 9, Kernel: square(3), Groups: 9}, graph.Node{Channels: 6, Kernel: square(3), Stride: square(2)}
	shape := graph.Shape{C: 3, H: 9, W: 11}
	for name, n := range map[string]graph.Node{"stride": two, "dilation": dilated, "groups": grouped, "depthwise": depthwise} {
		border := max(n.Dilation[0], 1)
		for _, how := range []graph.Padding{graph.PadZero, graph.PadReplicate} {
			forwards = append(forwards, opCase{fmt.Sprintf("pad-%v-pieces-%s-norm-relu-conv", how, name), shape, func(b builder, x *graph.Node) {
				cat := b.op("cat", graph.Concat, b.conv("a", x, 3, 4, 1, 1), b.op("z", graph.Zero, x), b.conv("b", x, 3, 2, 1, 1))
				y := b.kind("c", graph.Conv, b.pad("p", cat, how, border, border, border, border), 9, n)
				y = b.op("r", graph.ReLU, b.norm("n", y, n.Channels))
				b.conv("d", y, n.Channels, 3, 1, 1)
			}})
		}
		forwards = append(forwards, opCase{name + "-relu-of-crop", graph.Shape{C: 9, H: 40, W: 41}, func(b builder, x *graph.Node) {
			like := b.conv("l", x, 9, 1, 3, 4)
			b.op("r", graph.ReLU, b.kind("c", graph.Conv, b.Add("crop", graph.Crop, graph.Node{Like: like}, x), 9, n))
		}}, opCase{name + "-instance-norm", graph.Shape{C: 9, H: 36, W: 37}, func(b builder, x *graph.Node) {
			b.op("r", graph.ReLU, b.normBy("n", b.kind("c", graph.Conv, x, 9, n), n.Channels, 0))
		}})
	}
	forwards = append(forwards, opCase{"groups-severed", shape, func(b builder, x *graph.Node) {
		cat := b.op("cat", graph.Concat, b.op("z", graph.Zero, x), b.conv("b", x, 3, 6, 1, 1))
		b.op("r", graph.ReLU, b.kind("c", graph.Conv, cat, 9, grouped))
	}}, opCase{"transposed-padded-output-norm-relu-conv", shape, func(b builder, x *graph.Node) {
		// PyTorch's padding=1, output_padding=1.
		y := b.op("r", graph.ReLU, b.norm("n", b.kind("c", graph.ConvTranspose, x, 3, up), 6))
		b.conv("d", b.pad("p", y, graph.PadZero, -1, -1, 0, 0), 6, 3, 3, 3)
	}}, opCase{"transposed-of-pieces", shape, func(b builder, x *graph.Node) {
		b.kind("c", graph.ConvTranspose, b.op("cat", graph.Concat, x, b.op("z", graph.Zero, x)), 6, up)
	}}, opCase{"residual-stride2", graph.Shape{C: 8, H: 12, W: 16}, func(b builder, x *graph.Node) {
		c := b.op("r", graph.ReLU, b.kind("c", graph.Conv, b.pad("p", x, graph.PadZero, 1, 1, 1, 1), 8, graph.Node{Channels: 12, Kernel: square(3), Stride: square(2)}))
		d := b.conv("d", b.pad("q", c, graph.PadZero, 1, 1, 1, 1), 12, 12, 3, 3)
		b.op("s", graph.Sum, d, b.kind("e", graph.Conv, x, 8, graph.Node{Channels: 12, Kernel: square(1), Stride: square(2)}))
	}})
}

// In exact mode a pixel has the same bits wherever it lies: those of a window
// on the map equal the map's, whatever kernels block the rows into.
func TestKindsWherever(t *testing.T) {
	for _, c := range kinds {
		t.Run(c.name, func(t *testing.T) {
			b := builder{&graph.Graph{Name: c.name}}
			n := b.kind("c", c.op, b.in(c.in.C), c.in.C, c.n)
			step := [2]int{1, 1} // of the output, per px of the input
			at, size := graph.Size{H: 3, W: 5}, c.in.Size()
			before, after := 0, 0
			if c.op == graph.Conv {
				at = graph.Size{H: 3 * n.Stride[0], W: 5 * n.Stride[1]}
			} else {
				step = n.Stride
				// The first and last pixels of a window lack its neighbours.
				before, after = max(n.Kernel[0]-n.Stride[0], n.Kernel[1]-n.Stride[1], 0), max(n.Kernel[0]-n.Stride[0], n.Kernel[1]-n.Stride[1], 0)
				size = graph.Size{H: size.H + 4, W: size.W + 4}
			}
			w := weights(b.Graph, 5)
			img := noise(rand.New(rand.NewPCG(3, 4)), graph.Shape{C: c.in.C, H: size.H + at.H + 2, W: size.W + at.W + 3})
			for _, k := range kernel.Sets {
				whole := predict(t, b.Graph, w, k, img)
				tile := predict(t, b.Graph, w, k, cut(img, at.H, at.W, size))
				y, x := at.H*step[0], at.W*step[1]
				if c.op == graph.Conv {
					y, x = 3, 5
				}
				inner := graph.Size{H: tile.H - before - after, W: tile.W - before - after}
				if !slices.Equal(cut(tile, before, before, inner).Pix, cut(whole, y+before, x+before, inner).Pix) {
					t.Errorf("%s: a window differs from the map that it is on", k.Name)
				}
			}
		})
	}
}

// BenchmarkConv times the larger kinds: the best pass, beside the multiply-adds
// that the core reaches and in bytes that must move.
func BenchmarkConv(b *testing.B) {
	for _, c := range kinds {
		if c.bench == (graph.Size{}) {
			continue
		}
		for _, s := range kernel.Sets {
			if s == kernel.Generic {
				continue
			}
			b.Run(fmt.Sprintf("conv=%s/kernel=%s", c.name, s.Name), func(b *testing.B) {
				g := builder{&graph.Graph{Name: c.name}}
				g.kind("c", c.op, g.in(c.in.C), c.in.C, c.n)
				cost, err := g.TotalCost(c.bench)
				if err != nil {
					b.Fatal(err)
				}
				n := newFixture(b, g.Graph, c.bench, 1).net(b, engine.Options{Threads: 1, Kernel: s})
				n.Forward()
				peak, best := rate(s), time.Hour
				for b.Loop() {
					start := time.Now()
					n.Forward()
					best = min(best, time.Since(start))
				}
				got := 2 * float64(cost.MACs) / best.Seconds() / 1e9
				b.ReportMetric(float64(cost.Bytes)/best.Seconds()/1e9, "GB/s")
				b.ReportMetric(got, "GFLOPS")
				b.ReportMetric(100*got/max(peak, rate(s)), "%peak")
			})
		}
	}
}
