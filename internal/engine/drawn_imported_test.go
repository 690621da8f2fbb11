package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
)

// drawImported draws a network of what imported ones have, wired at random:
// windows of windows, of constants and of joins.
func drawImported(t *rapid.T, in graph.Size) *graph.Graph {
	b := builder{&graph.Graph{Name: "drawn"}}
	b.in(3)
	side := func(least, most int, what string) [2]int {
		return [2]int{rapid.IntRange(least, most).Draw(t, what), rapid.IntRange(least, most).Draw(t, what)}
	}
	four := func(least, most int) (p [4]int) {
		for i := range p {
			p[i] = rapid.IntRange(least, most).Draw(t, "pad")
		}
		return p
	}
	for i := range rapid.IntRange(2, 9).Draw(t, "nodes") {
		pick := func() *graph.Node { // one of the latest
			n := len(b.Nodes)
			return b.Nodes[rapid.IntRange(max(0, n-4), n-1).Draw(t, "operand")]
		}
		shapes, err := b.Infer(in)
		if err != nil {
			t.Fatal(err)
		}
		nodes, params := len(b.Nodes), len(b.Params)
		name, x := fmt.Sprint("n", i), pick()
		c := shapes[x.ID].C
		switch op := rapid.SampledFrom([]graph.Op{graph.Conv, graph.Conv, graph.MaxPool, graph.AvgPool, graph.ReLU, graph.Norm, graph.Pad, graph.Pad, graph.Crop,
			graph.Resize, graph.Concat, graph.Sum, graph.Product, graph.Zero, graph.Pointwise, graph.PReLU, graph.ScaleShift, graph.Reduce,
			graph.Softmax, graph.Select}).Draw(t, "op"); op {
		case graph.Conv:
			n := graph.Node{Channels: rapid.IntRange(1, 9).Draw(t, "channels"), Kernel: side(1, 3, "kernel"), Stride: side(1, 2, "stride"), Dilation: side(1, 2, "dilation")}
			if rapid.Bool().Draw(t, "depthwise") {
				n.Groups, n.Channels = c, c*rapid.IntRange(1, 2).Draw(t, "multiple")
			}
			n.Params = b.params(name, []int{n.Channels, c / max(n.Groups, 1), n.Kernel[0], n.Kernel[1]}, []int{n.Channels})
			b.Add(name, op, n, x)
		case graph.Norm:
			b.norm(name, x, c).Epsilon = 0.01
		case graph.MaxPool, graph.AvgPool:
			b.Add(name, op, graph.Node{Kernel: side(1, 4, "kernel"), Stride: side(1, 3, "stride"), Pads: four(0, 2), Ceil: rapid.Bool().Draw(t, "ceil")}, x)
		case graph.Pad:
			n := graph.Node{Padding: graph.Padding(rapid.IntRange(0, 3).Draw(t, "padding")), Pads: four(-2, 2)}
			if n.Padding == graph.PadZero && rapid.Bool().Draw(t, "constant") {
				n.Value = 0.5
			}
			b.Add(name, op, n, x)
		case graph.Crop:
			s := shapes[x.ID]
			y, z := rapid.IntRange(0, s.H-1).Draw(t, "top"), rapid.IntRange(0, s.W-1).Draw(t, "left")
			b.Add(name, op, graph.Node{Lengths: []*graph.Length{graph.Px(y), graph.Px(z), graph.Side(x, 0).Minus(graph.Px(y)), graph.Px(s.W - z)}}, x)
		case graph.Resize:
			n := graph.Node{Interp: graph.Interp(rapid.IntRange(0, 5).Draw(t, "interp"))}
			if rapid.Bool().Draw(t, "like") {
				n.Like = pick()
			} else {
				scales := []float64{0.5, 1, 1.25, 2}
				n.Scale = [2]float64{rapid.SampledFrom(scales).Draw(t, "scale"), rapid.SampledFrom(scales).Draw(t, "scale")}
			}
			b.Add(name, op, n, x)
		case graph.Concat, graph.Sum, graph.Product:
			b.Add(name, op, graph.Node{}, x, pick())
		case graph.Pointwise:
			f := rapid.SampledFrom([]graph.Function{graph.Identity, graph.Sigmoid, graph.Tanh, graph.LeakyReLU, graph.Abs}).Draw(t, "function")
			b.Add(name, op, graph.Node{Func: f, Args: [2]float64{0.1}}, x)
		case graph.PReLU:
			b.Add(name, op, graph.Node{Params: b.params(name, []int{c})}, x)
		case graph.ScaleShift:
			b.Add(name, op, graph.Node{Params: b.params(name, []int{c}, []int{c})}, x)
		case graph.Reduce:
			b.Add(name, op, graph.Node{Over: graph.Over(rapid.IntRange(1, 7).Draw(t, "over")), Max: rapid.Bool().Draw(t, "max")}, x)
		case graph.Select:
			first := rapid.IntRange(0, c-1).Draw(t, "first")
			b.Add(name, op, graph.Node{First: first, Channels: rapid.IntRange(1, c-first).Draw(t, "channels")}, x)
		default:
			b.Add(name, op, graph.Node{}, x)
		}
		if _, err := b.Infer(in); err != nil || b.Check() != nil { // it does not fit
			b.Nodes, b.Params = b.Nodes[:nodes], b.Params[:params]
		}
	}
	return b.Graph
}

// Whatever company its ops are in, a network computes what the reference does,
// with the same bits for any number of threads.
func TestDrawnImported(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		in := graph.Size{H: rapid.IntRange(1, 14).Draw(r, "h"), W: rapid.IntRange(1, 14).Draw(r, "w")}
		g := drawImported(r, in)
		o := engine.Options{
			Kernel: rapid.SampledFrom(kernel.Sets).Draw(r, "kernel"), Threads: 1,
			Keep: rapid.Bool().Draw(r, "keep"), Exact: rapid.Bool().Draw(r, "exact"),
		}
		defer func() {
			for _, n := range g.Nodes {
				if t.Failed() {
					t.Logf("%v: %+v", in, *n)
				}
			}
		}()
		x := newFixture(t, g, in, 2)
		if _, err := engine.New(g, in, 2, o); err != nil {
			if !strings.Contains(err.Error(), " left ") { // a negative pad leaves too little for another side
				r.Fatal(err)
			}
			r.Skip(err)
		}
		x.forward(t, o, 2e-5)
		bits := func(threads int) []float32 {
			o.Threads = threads
			n := x.net(t, o)
			n.Forward()
			return outputs(n, 2)
		}
		if !slices.Equal(bits(1), bits(3)) {
			r.Fatal("three threads give other bits than one")
		}
	})
}

// In bands of rows such a network has the bits that it has in one piece, or is
// refused.
func TestDrawnBands(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		g := drawImported(r, graph.Size{H: 24, W: 12})
		sizes, err := g.Sizes()
		if err != nil {
			r.Skip(err)
		}
		in := graph.Size{H: sizes.H.Above(rapid.IntRange(1, 60).Draw(r, "h")), W: sizes.W.Above(12)}
		if _, err := g.Infer(in); err != nil {
			r.Skip(err)
		}
		o := engine.Options{Exact: true, Threads: 1, Rows: rapid.IntRange(1, 3).Draw(r, "bands") * sizes.H.Step}
		if _, err := engine.Bytes(g, in, o); err != nil {
			r.Skip(err)
		}
		x := newFixture(t, g, in, 1)
		run := func(o engine.Options) *graph.Map {
			y, err := engine.NewPredictor(g, x.w, o).Predict(x.in[0])
			if err != nil {
				r.Fatal(err)
			}
			return y
		}
		bands := run(o)
		o.Rows = 0
		if whole := run(o); whole.Shape != bands.Shape || !slices.Equal(whole.Pix, bands.Pix) {
			for _, n := range g.Nodes {
				r.Logf("%v: %+v", in, *n)
			}
			r.Fatal("bands differ from one piece")
		}
	})
}
