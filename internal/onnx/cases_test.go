package onnx_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"unetbench/arch"
	"unetbench/arch/fastai"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
)

// A network that is exported, and what it is run on.
type network struct {
	name    string
	graph   *graph.Graph
	weights graph.Weights
	options exportOptions
	sizes   []graph.Size
}

// networks are all variants with their settings, and every op by itself.
func networks(t testing.TB) []network {
	t.Helper()
	var all []network
	add := func(name string, g *graph.Graph, o exportOptions) {
		all = append(all, network{name, g, drawn(g), o, sizes(t, g)})
	}
	variant := func(a arch.Arch, what string, set func(*arch.Config)) {
		c := arch.Default()
		c.Pools, c.Width = 2, 4
		set(&c)
		g, err := a.Build(c)
		if err != nil {
			t.Fatal(err)
		}
		add(a.Name()+what, g, exportOptions{})
	}
	archs := []arch.Arch{valid.Arch, padded.Arch, resized.Skip, resized.Up, valid.NoSkip, fastai.Arch}
	for _, a := range archs {
		variant(a, "", func(c *arch.Config) { c.In, c.Classes = 3, 3 })
	}
	for _, up := range arch.Ups()[1:] {
		variant(padded.Arch, "-"+up.String(), func(c *arch.Config) { c.Up = up })
		variant(valid.Arch, "-"+up.String(), func(c *arch.Config) { c.Up, c.Pools = up, 1 })
	}
	variant(fastai.Arch, "-shuffle", func(c *arch.Config) { c.Up = arch.UpShuffle })
	for _, norm := range []arch.NormKind{arch.NormNone, arch.NormInstance, arch.NormGroup} {
		variant(padded.Arch, "-"+norm.String(), func(c *arch.Config) { c.Norm, c.Dropout = norm, 0.5 })
	}
	for _, pad := range []graph.Padding{graph.PadReflect, graph.PadReplicate, graph.PadCircular} {
		variant(padded.Arch, "-"+pad.String(), func(c *arch.Config) { c.Padding = pad })
	}
	for _, interp := range []graph.Interp{graph.BilinearAlign, graph.Nearest} {
		variant(resized.Skip, "-"+interp.String(), func(c *arch.Config) { c.Interp = interp })
		variant(resized.Up, "-"+interp.String(), func(c *arch.Config) { c.Interp = interp })
	}
	for _, o := range []exportOptions{{Opset: 13}, {Opset: 18}, {Opset: 21, Softmax: true}} {
		g, err := resized.Up.Build(arch.Config{In: 1, Classes: 2, Pools: 1, Width: 4, Norm: arch.NormGroup})
		if err != nil {
			t.Fatal(err)
		}
		add(fmt.Sprintf("resized-up-opset%d", o.Opset), g, o)
	}
	for _, g := range ops() {
		add("op-"+g.Name, g, exportOptions{})
	}
	g := reduceGraph("reduce")
	add("op-reduce-opset18", g, exportOptions{Opset: 18})
	return all
}

// A builder makes graphs of a few nodes.
type builder struct{ *graph.Graph }

func newBuilder(name string, channels int) (builder, *graph.Node) {
	b := builder{&graph.Graph{Name: name}}
	return b, b.Add("in", graph.Input, graph.Node{Channels: channels})
}

func (b builder) op(op graph.Op, n graph.Node, in ...*graph.Node) *graph.Node {
	return b.Add(fmt.Sprintf("%v%d", op, len(b.Nodes)), op, n, in...)
}

func (b builder) params(shapes ...[]int) []int {
	var p []int
	for _, s := range shapes {
		p = append(p, b.AddParam(graph.Param{Name: fmt.Sprintf("p%d", len(b.Params)), Shape: s, Trainable: true, Init: graph.Init{Std: 0.5}}))
	}
	return p
}

func (b builder) conv(x *graph.Node, in, out int, n graph.Node) *graph.Node {
	n.Channels = out
	n.Params = b.params([]int{out, in / max(n.Groups, 1), n.Kernel[0], n.Kernel[1]}, []int{out})
	return b.op(graph.Conv, n, x)
}

var one, two, three = [2]int{1, 1}, [2]int{2, 2}, [2]int{3, 3}

// ops are graphs of what the variants do not have.
func ops() []*graph.Graph {
	var all []*graph.Graph
	add := func(name string, channels int, build func(b builder, x *graph.Node)) {
		b, x := newBuilder(name, channels)
		build(b, x)
		all = append(all, b.Graph)
	}
	add("conv", 4, func(b builder, x *graph.Node) {
		x = b.conv(x, 4, 6, graph.Node{Kernel: [2]int{3, 2}, Stride: [2]int{2, 1}, Dilation: [2]int{1, 2}, Groups: 2})
		n := graph.Node{Channels: 4, Kernel: three, Stride: two, Groups: 2}
		n.Params = b.params([]int{6, 2, 3, 3}, []int{4})
		b.op(graph.ConvTranspose, n, x)
	})
	add("pools", 2, func(b builder, x *graph.Node) {
		m := b.op(graph.MaxPool, graph.Node{Kernel: three, Stride: two, Pads: [4]int{1, 1, 1, 1}, Ceil: true}, x)
		a := b.op(graph.AvgPool, graph.Node{Kernel: three, Stride: two, Pads: [4]int{1, 1, 1, 1}, Ceil: true}, x)
		b.op(graph.Sum, graph.Node{}, m, a, m)
	})
	for _, how := range []graph.Padding{graph.PadZero, graph.PadReflect, graph.PadReplicate, graph.PadCircular} {
		add("pad-"+how.String(), 2, func(b builder, x *graph.Node) {
			n := graph.Node{Pads: [4]int{2, -1, 3, -2}, Padding: how}
			if how == graph.PadZero {
				n.Value = 0.5
			}
			b.op(graph.Pad, n, x)
		})
	}
	for how := graph.Bilinear; how <= graph.Cubic; how++ {
		add("resize-"+how.String(), 2, func(b builder, x *graph.Node) {
			h, w := graph.Side(x, 0), graph.Side(x, 1)
			y := b.op(graph.Resize, graph.Node{Interp: how, Lengths: []*graph.Length{h.Times(graph.Px(2)).Minus(graph.Px(3)), w.Plus(graph.Px(5))}}, x)
			b.op(graph.Resize, graph.Node{Interp: how, Scale: [2]float64{1.5, 0.5}}, y)
		})
	}
	add("lengths", 1, func(b builder, x *graph.Node) {
		h, w := graph.Side(x, 0), graph.Side(x, 1)
		px := graph.Px
		up := px(16).Minus(h.Mod(px(16))).Mod(px(16)) // to the next multiple of 16
		y := b.op(graph.Pad, graph.Node{Lengths: []*graph.Length{up.Over(px(2)), px(0), up.Minus(up.Over(px(2))), w.Mod(px(8))}}, x)
		b.op(graph.Crop, graph.Node{Lengths: []*graph.Length{up.Over(px(2)), px(1), h.Least(w), w.Minus(px(3)).Most(px(2))}}, y)
	})
	for f := graph.Identity; f.String() != fmt.Sprintf("Function(%d)", f); f++ {
		add("func-"+f.String(), 1, func(b builder, x *graph.Node) {
			args := map[graph.Function][2]float64{graph.LeakyReLU: {0.1}, graph.ELU: {0.7}, graph.HardSigmoid: {0.2, 0.5}, graph.Clip: {-0.5, 1}}[f]
			if f == graph.Log || f == graph.Sqrt || f == graph.Reciprocal {
				x = b.op(graph.Pointwise, graph.Node{Func: graph.Exp}, x)
			}
			b.op(graph.Pointwise, graph.Node{Func: f, Args: args}, x)
		})
	}
	add("channels", 4, func(b builder, x *graph.Node) {
		y := b.op(graph.PReLU, graph.Node{Params: b.params([]int{4})}, x)
		y = b.op(graph.ScaleShift, graph.Node{Params: b.params([]int{4}, []int{4})}, y)
		z := b.op(graph.Select, graph.Node{First: 1, Channels: 2}, y)
		gate := b.op(graph.Reduce, graph.Node{Over: graph.OverMap}, z)
		gate = b.op(graph.Pointwise, graph.Node{Func: graph.Sigmoid}, gate)
		z = b.op(graph.Product, graph.Node{}, z, gate, z)
		b.op(graph.Softmax, graph.Node{}, z)
	})
	all = append(all, reduceGraph("reduce"))
	return all
}

func reduceGraph(name string) *graph.Graph {
	b, x := newBuilder(name, 3)
	mean := b.op(graph.Reduce, graph.Node{Over: graph.OverChannels}, x)
	most := b.op(graph.Reduce, graph.Node{Over: graph.OverChannels, Max: true}, x)
	rows := b.op(graph.Reduce, graph.Node{Over: graph.OverWidth, Max: true}, x)
	b.op(graph.Sum, graph.Node{}, b.op(graph.Sum, graph.Node{}, mean, most), rows)
	return b.Graph
}

// drawn are weights of which none is 0 or 1 by chance of its start: norms shift
// and scale, and their running statistics are not those of fresh ones.
func drawn(g *graph.Graph) graph.Weights {
	w := g.InitWeights(7)
	r := rand.New(rand.NewPCG(7, 7))
	for i, p := range g.Params {
		if p.Init.Std > 0 {
			continue
		}
		for j := range w[i] {
			v := 0.3 * r.NormFloat64()
			if !p.Trainable {
				v = math.Abs(v) // of a variance it would be too
			}
			w[i][j] += float32(v)
		}
	}
	return w
}

// noise is a map of normal noise, the same for the same shape.
func noise(s graph.Shape) *graph.Map {
	r := rand.New(rand.NewPCG(uint64(s.H), uint64(s.W)))
	m := graph.NewMap(s)
	for i := range m.Pix {
		m.Pix[i] = float32(r.NormFloat64())
	}
	return m
}

// sizes are a legal one and, where some run that are not legal, one of these.
func sizes(t testing.TB, g *graph.Graph) []graph.Size {
	s, err := g.Sizes()
	if err != nil { // the arithmetic on sizes is not linear: any two
		return []graph.Size{{H: 21, W: 34}, {H: 32, W: 17}}
	}
	legal := graph.Size{H: s.H.Above(s.H.Min + 9), W: s.W.Above(s.W.Min + 9 + s.W.Step)}
	for !rounded(g, legal) {
		legal.H, legal.W = legal.H+s.H.Step, legal.W+s.W.Step
	}
	for d := 1; d < 2*s.H.Step; d++ {
		n := graph.Size{H: legal.H + d, W: legal.W + 2*s.W.Step - d}
		if g.CheckLegal(n) != nil && rounded(g, n) {
			return []graph.Size{legal, n}
		}
	}
	for second := (graph.Size{H: s.H.Above(legal.H + 1), W: s.W.Min}); ; second.H, second.W = second.H+s.H.Step, second.W+s.W.Step {
		if rounded(g, second) {
			return []graph.Size{legal, second}
		}
	}
}

// rounded reports whether g runs at that size and ONNX Runtime finds the nearest
// px of graph.Nearest there: where i·in/out is whole it may find the one before, as
// it divides i by out/in in float32.
func rounded(g *graph.Graph, size graph.Size) bool {
	shapes, err := g.Infer(size)
	if err != nil {
		return false
	}
	for _, n := range g.Nodes {
		if n.Op != graph.Resize || n.Interp != graph.Nearest {
			continue
		}
		x, y := shapes[n.In[0].ID], shapes[n.ID]
		for _, l := range [][2]int{{x.H, y.H}, {x.W, y.W}} {
			for i := range l[1] {
				if int(float32(i)/(float32(l[1])/float32(l[0]))) != i*l[0]/l[1] {
					return false
				}
			}
		}
	}
	return true
}
