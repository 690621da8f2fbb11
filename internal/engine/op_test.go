package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
)

// builder makes small graphs.
type builder struct{ *graph.Graph }

func (b builder) in(c int) *graph.Node {
	return b.Add("in", graph.Input, graph.Node{Channels: c})
}

func (b builder) params(name string, shapes ...[]int) []int {
	var p []int
	for i, s := range shapes {
		p = append(p, b.AddParam(graph.Param{Name: fmt.Sprintf("%s.%d", name, i), Shape: s, Trainable: true, Init: graph.Init{Std: .4}}))
	}
	return p
}

func (b builder) conv(name string, x *graph.Node, in, out, kh, kw int) *graph.Node {
	n := graph.Node{Channels: out, Kernel: [2]int{kh, kw}, Stride: [2]int{1, 1}}
	n.Params = b.params(name, []int{out, in, kh, kw}, []int{out})
	return b.Add(name, graph.Conv, n, x)
}

func (b builder) transpose(name string, x *graph.Node, in, out, k int) *graph.Node {
	n := graph.Node{Channels: out, Kernel: [2]int{k, k}, Stride: [2]int{k, k}}
	n.Params = b.params(name, []int{in, out, k, k}, []int{out})
	return b.Add(name, graph.ConvTranspose, n, x)
}

func (b builder) norm(name string, x *graph.Node, c int) *graph.Node {
	p := b.params(name, []int{c}, []int{c})
	for i, mean := range []float64{0, 1} {
		p = append(p, b.AddParam(graph.Param{Name: fmt.Sprintf("%s.run%d", name, i), Shape: []int{c}, Init: graph.Init{Mean: mean}}))
	}
	return b.Add(name, graph.Norm, graph.Node{Params: p}, x)
}

// normBy has statistics of its own: groups of 0 for an instance's.
func (b builder) normBy(name string, x *graph.Node, c, groups int) *graph.Node {
	n := graph.Node{Stats: graph.InstanceStatistics, Params: b.params(name, []int{c}, []int{c})}
	if groups > 0 {
		n.Stats, n.Groups = graph.GroupStatistics, groups
	}
	return b.Add(name, graph.Norm, n, x)
}

func (b builder) pad(name string, x *graph.Node, how graph.Padding, pads ...int) *graph.Node {
	return b.Add(name, graph.Pad, graph.Node{Pads: [4]int(pads), Padding: how}, x)
}

func (b builder) op(name string, op graph.Op, in ...*graph.Node) *graph.Node {
	return b.Add(name, op, graph.Node{Kernel: [2]int{2, 2}, Stride: [2]int{2, 2}}, in...)
}

// ops is the table of cases: every op, alone and in the company in which the
// engine treats it differently. Forward, gradient and thread tests read it.
var ops = []opCase{
	{"conv3x3", graph.Shape{C: 3, H: 9, W: 8}, func(b builder, x *graph.Node) { b.conv("c", x, 3, 5, 3, 3) }},
	{"conv3x3-wide", graph.Shape{C: 9, H: 6, W: 33}, func(b builder, x *graph.Node) { b.conv("c", x, 9, 37, 3, 3) }},
	{"conv1x1-two-classes", graph.Shape{C: 8, H: 5, W: 20}, func(b builder, x *graph.Node) { b.conv("c", x, 8, 2, 1, 1) }},
	{"conv1x1-grey", graph.Shape{C: 1, H: 5, W: 20}, func(b builder, x *graph.Node) { b.conv("c", x, 1, 8, 3, 3) }},
	{"conv2x3", graph.Shape{C: 2, H: 5, W: 6}, func(b builder, x *graph.Node) { b.conv("c", x, 2, 3, 2, 3) }},
	{"conv-relu", graph.Shape{C: 3, H: 9, W: 8}, func(b builder, x *graph.Node) { b.op("r", graph.ReLU, b.conv("c", x, 3, 5, 3, 3)) }},
	{"conv-relu-conv", graph.Shape{C: 3, H: 9, W: 8}, func(b builder, x *graph.Node) {
		b.conv("d", b.op("r", graph.ReLU, b.conv("c", x, 3, 5, 3, 3)), 5, 4, 3, 3)
	}},
	{"conv-twice-read", graph.Shape{C: 3, H: 7, W: 8}, func(b builder, x *graph.Node) {
		c := b.conv("c", x, 3, 4, 3, 3)
		b.op("cat", graph.Concat, b.op("r", graph.ReLU, c), b.norm("n", c, 4), c)
	}},
	{"transpose2", graph.Shape{C: 6, H: 4, W: 5}, func(b builder, x *graph.Node) { b.transpose("t", x, 6, 3, 2) }},
	{"transpose2-wide", graph.Shape{C: 5, H: 3, W: 4}, func(b builder, x *graph.Node) { b.transpose("t", x, 5, 20, 2) }},
	{"transpose2-panels", graph.Shape{C: 3, H: 3, W: 2}, func(b builder, x *graph.Node) { b.transpose("t", x, 3, 250, 2) }},
	{"transpose3", graph.Shape{C: 4, H: 4, W: 3}, func(b builder, x *graph.Node) { b.transpose("t", x, 4, 3, 3) }},
	{"transpose-relu-conv", graph.Shape{C: 4, H: 4, W: 3}, func(b builder, x *graph.Node) {
		b.conv("c", b.op("r", graph.ReLU, b.transpose("t", x, 4, 3, 2)), 3, 2, 3, 3)
	}},
	{"norm", graph.Shape{C: 5, H: 7, W: 6}, func(b builder, x *graph.Node) { b.norm("n", x, 5) }},
	{"norm-relu", graph.Shape{C: 5, H: 7, W: 6}, func(b builder, x *graph.Node) { b.op("r", graph.ReLU, b.norm("n", x, 5)) }},
	{"conv-norm-relu-conv", graph.Shape{C: 2, H: 9, W: 8}, func(b builder, x *graph.Node) {
		x = b.op("r", graph.ReLU, b.norm("n", b.conv("c", x, 2, 8, 3, 3), 8))
		b.conv("d", x, 8, 3, 3, 3)
	}},
	{"instance-norm", graph.Shape{C: 5, H: 7, W: 6}, func(b builder, x *graph.Node) { b.normBy("n", x, 5, 0) }},
	{"group-norm-relu", graph.Shape{C: 6, H: 7, W: 6}, func(b builder, x *graph.Node) { b.op("r", graph.ReLU, b.normBy("n", x, 6, 2)) }},
	{"conv-instance-norm-relu-conv", graph.Shape{C: 2, H: 9, W: 8}, func(b builder, x *graph.Node) {
		x = b.op("r", graph.ReLU, b.normBy("n", b.conv("c", x, 2, 8, 3, 3), 8, 0))
		b.conv("d", x, 8, 3, 3, 3)
	}},
	{"conv-group-norm-conv", graph.Shape{C: 2, H: 9, W: 8}, func(b builder, x *graph.Node) {
		b.conv("d", b.normBy("n", b.conv("c", x, 2, 8, 3, 3), 8, 4), 8, 3, 3, 3)
	}},
	{"conv-one-group-twice-read", graph.Shape{C: 3, H: 7, W: 8}, func(b builder, x *graph.Node) {
		c := b.conv("c", x, 3, 4, 3, 3)
		b.op("cat", graph.Concat, b.normBy("n", c, 4, 1), c, b.normBy("m", c, 4, 4))
	}},
	{"relu", graph.Shape{C: 3, H: 4, W: 5}, func(b builder, x *graph.Node) { b.op("r", graph.ReLU, x) }},
	{"maxpool", graph.Shape{C: 3, H: 6, W: 8}, func(b builder, x *graph.Node) { b.op("p", graph.MaxPool, x) }},
	{"maxpool-odd", graph.Shape{C: 17, H: 7, W: 9}, func(b builder, x *graph.Node) { b.op("p", graph.MaxPool, x) }},
	{"avgpool", graph.Shape{C: 3, H: 6, W: 8}, func(b builder, x *graph.Node) {
		b.Add("p", graph.AvgPool, graph.Node{Kernel: [2]int{2, 2}, Stride: [2]int{1, 1}}, x)
	}},
	{"shuffle", graph.Shape{C: 12, H: 4, W: 5}, func(b builder, x *graph.Node) {
		b.Add("p", graph.PixelShuffle, graph.Node{Factor: 2}, x)
	}},
	{"shuffle-blur", graph.Shape{C: 8, H: 4, W: 5}, func(b builder, x *graph.Node) {
		x = b.Add("p", graph.PixelShuffle, graph.Node{Factor: 2}, x)
		x = b.pad("pad", x, graph.PadReplicate, 1, 1, 0, 0)
		b.Add("b", graph.AvgPool, graph.Node{Kernel: [2]int{2, 2}, Stride: [2]int{1, 1}}, x)
	}},
	{"dropout", graph.Shape{C: 5, H: 6, W: 7}, func(b builder, x *graph.Node) {
		b.Add("d", graph.Dropout, graph.Node{Rate: .4}, x)
	}},
	{"conv-relu-dropout-conv", graph.Shape{C: 2, H: 9, W: 7}, func(b builder, x *graph.Node) {
		x = b.op("r", graph.ReLU, b.conv("c", x, 2, 4, 3, 3))
		b.conv("e", b.Add("d", graph.Dropout, graph.Node{Rate: .4}, x), 4, 2, 3, 3)
	}},
	{"crop", graph.Shape{C: 3, H: 9, W: 8}, func(b builder, x *graph.Node) {
		c := b.conv("c", x, 3, 2, 4, 3)
		b.op("cat", graph.Concat, b.Add("crop", graph.Crop, graph.Node{Like: c}, x), c)
	}},
	{"crop-pool-concat-conv", graph.Shape{C: 2, H: 10, W: 12}, func(b builder, x *graph.Node) {
		e := b.op("r", graph.ReLU, b.conv("c", x, 2, 6, 3, 3))
		d := b.transpose("t", b.conv("m", b.op("p", graph.MaxPool, e), 6, 4, 3, 3), 4, 5, 2)
		cat := b.op("cat", graph.Concat, b.Add("crop", graph.Crop, graph.Node{Like: d}, e), d)
		b.conv("o", cat, 11, 3, 3, 3)
	}},
	{"concat-of-pads", graph.Shape{C: 2, H: 6, W: 7}, func(b builder, x *graph.Node) {
		e := b.conv("e", b.pad("p0", x, graph.PadReflect, 1, 1, 1, 1), 2, 3, 3, 3)
		f := b.conv("f", b.pad("p1", x, graph.PadReflect, 2, 1, 0, 1), 2, 4, 3, 3)
		cat := b.op("cat", graph.Concat, e, f, x)
		b.conv("o", b.pad("p2", cat, graph.PadReflect, 1, 1, 1, 1), 9, 2, 3, 3)
	}},
	{"two-paddings", graph.Shape{C: 2, H: 6, W: 7}, func(b builder, x *graph.Node) {
		e := b.conv("e", b.pad("p0", x, graph.PadZero, 1, 1, 1, 1), 2, 3, 3, 3)
		f := b.conv("f", b.pad("p1", x, graph.PadCircular, 1, 1, 1, 1), 2, 4, 3, 3)
		b.op("cat", graph.Concat, e, f)
	}},
	{"pad-of-crop", graph.Shape{C: 3, H: 9, W: 8}, func(b builder, x *graph.Node) {
		c := b.conv("c", x, 3, 2, 3, 3)
		k := b.Add("crop", graph.Crop, graph.Node{Like: c}, x)
		b.conv("d", b.pad("p", k, graph.PadReplicate, 1, 2, 2, 1), 3, 2, 3, 3)
	}},
	{"crop-of-pad", graph.Shape{C: 3, H: 7, W: 6}, func(b builder, x *graph.Node) {
		c := b.conv("c", x, 3, 2, 3, 3)
		e := b.pad("p", b.conv("e", x, 3, 4, 1, 1), graph.PadReplicate, 2, 1, 1, 2)
		b.op("cat", graph.Concat, b.Add("crop", graph.Crop, graph.Node{Like: c}, e), c)
	}},
	{"pad-of-pad", graph.Shape{C: 3, H: 5, W: 4}, func(b builder, x *graph.Node) {
		b.conv("d", b.pad("q", b.pad("p", x, graph.PadReflect, 1, 1, 1, 1), graph.PadZero, 1, 0, 1, 2), 3, 2, 3, 3)
	}},
	{"sum", graph.Shape{C: 3, H: 5, W: 7}, func(b builder, x *graph.Node) {
		b.op("s", graph.Sum, b.conv("c", x, 3, 3, 1, 1), x, x)
	}},
	{"residual", graph.Shape{C: 3, H: 8, W: 7}, func(b builder, x *graph.Node) {
		c := b.conv("c", b.pad("p", x, graph.PadZero, 1, 1, 1, 1), 3, 3, 3, 3)
		b.conv("d", b.op("r", graph.ReLU, b.op("s", graph.Sum, c, x)), 3, 2, 3, 3)
	}},
	{"sum-of-pieces", graph.Shape{C: 3, H: 8, W: 7}, func(b builder, x *graph.Node) {
		c := b.conv("c", x, 3, 6, 3, 3)
		crop := b.Add("crop", graph.Crop, graph.Node{Like: c}, b.op("cat", graph.Concat, x, x))
		b.op("s", graph.Sum, c, crop)
	}},
	{"resize-to-own-size", graph.Shape{C: 3, H: 8, W: 7}, func(b builder, x *graph.Node) {
		c := b.conv("c", x, 3, 4, 1, 1)
		b.op("cat", graph.Concat, b.Add("r", graph.Resize, graph.Node{Like: x, Interp: graph.Nearest}, c), c)
	}},
	{"severed", graph.Shape{C: 3, H: 8, W: 8}, func(b builder, x *graph.Node) {
		c := b.conv("c", x, 3, 4, 1, 1)
		cat := b.op("cat", graph.Concat, b.op("zero", graph.Zero, x), c)
		b.conv("d", b.pad("p", cat, graph.PadReflect, 1, 1, 1, 1), 7, 2, 3, 3)
	}},
	{"severed-copied", graph.Shape{C: 3, H: 8, W: 8}, func(b builder, x *graph.Node) {
		c := b.conv("c", x, 3, 4, 1, 1)
		b.op("p", graph.MaxPool, b.op("cat", graph.Concat, b.op("zero", graph.Zero, x), c))
	}},
}

func init() {
	type sized struct{ h, w int }
	for _, how := range []graph.Interp{graph.Bilinear, graph.BilinearAlign, graph.Nearest} {
		for _, to := range []sized{{5, 13}, {11, 3}, {1, 7}} {
			ops = append(ops, opCase{fmt.Sprintf("resize-%v-%dx%d", how, to.h, to.w), graph.Shape{C: 3, H: 12, W: 14}, func(b builder, x *graph.Node) {
				like := b.conv("like", x, 3, 1, 12-to.h+1, 14-to.w+1)
				r := b.Add("r", graph.Resize, graph.Node{Like: like, Interp: how}, x)
				b.op("cat", graph.Concat, r, like)
			}})
		}
		for _, f := range []int{2, 3} {
			ops = append(ops, opCase{fmt.Sprintf("resize-%v-x%d", how, f), graph.Shape{C: 3, H: 4, W: 5}, func(b builder, x *graph.Node) {
				r := b.Add("r", graph.Resize, graph.Node{Factor: f, Interp: how}, b.conv("a", x, 3, 4, 1, 1))
				b.conv("c", r, 4, 2, 3, 3)
			}})
		}
	}
	for _, how := range []graph.Padding{graph.PadZero, graph.PadReflect, graph.PadReplicate, graph.PadCircular} {
		ops = append(ops, opCase{"pad-" + how.String(), graph.Shape{C: 3, H: 5, W: 6}, func(b builder, x *graph.Node) {
			b.conv("c", b.pad("p", x, how, 2, 1, 3, 2), 3, 4, 3, 3)
		}})
	}
}

func forEachOp(t *testing.T, f func(t *testing.T, x *fixture)) {
	forEachOf(t, slices.Concat(ops, more), f)
}

func forEachOf(t *testing.T, ops []opCase, f func(t *testing.T, x *fixture)) {
	for _, op := range ops {
		t.Run(op.name, func(t *testing.T) {
			b := builder{&graph.Graph{Name: op.name}}
			op.make(b, b.in(op.in.C))
			f(t, newFixture(t, b.Graph, op.in.Size(), 2))
		})
	}
}

func TestOpForward(t *testing.T) {
	forEachOp(t, func(t *testing.T, x *fixture) {
		for _, k := range kernel.Sets {
			for _, o := range []engine.Options{{}, {Keep: true}, {Train: true}, {Train: true, Keep: true}} {
				o.Kernel, o.Threads = k, 1
				x.forward(t, o, 2e-6)
			}
		}
	})
}

func TestOpGradient(t *testing.T) {
	forEachOp(t, func(t *testing.T, x *fixture) {
		for _, k := range kernel.Sets {
			x.gradients(t, engine.Options{Kernel: k, Threads: 1}, 6, 3e-5)
			x.gradients(t, engine.Options{Kernel: k, Threads: 1, Keep: true}, 2, 3e-5)
		}
	})
}
