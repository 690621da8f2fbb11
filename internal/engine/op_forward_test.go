package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
)

// An opCase is one op, or a few, on an input of that shape.
type opCase struct {
	name string
	in   graph.Shape
	make func(b builder, x *graph.Node)
}

func (b builder) pool(op graph.Op, x *graph.Node, n graph.Node) *graph.Node {
	return b.Add("p", op, n, x)
}

func square(n int) [2]int { return [2]int{n, n} }

// forwards is the table of what the engine runs forward only.
var forwards = []opCase{
	{"prelu", graph.Shape{C: 5, H: 4, W: 7}, func(b builder, x *graph.Node) {
		b.Add("p", graph.PReLU, graph.Node{Params: b.params("p", []int{5})}, x)
	}},
	{"conv-prelu-conv", graph.Shape{C: 3, H: 9, W: 16}, func(b builder, x *graph.Node) {
		x = b.Add("p", graph.PReLU, graph.Node{Params: b.params("p", []int{20})}, b.conv("c", x, 3, 20, 3, 3))
		b.conv("d", x, 20, 4, 3, 3)
	}},
	{"conv-leaky-conv", graph.Shape{C: 8, H: 12, W: 16}, func(b builder, x *graph.Node) {
		x = b.Add("p", graph.Pointwise, graph.Node{Func: graph.LeakyReLU, Args: [2]float64{0.01}}, b.conv("c", x, 8, 16, 3, 3))
		b.conv("d", x, 16, 4, 3, 3)
	}},
	{"scale-shift", graph.Shape{C: 5, H: 4, W: 7}, func(b builder, x *graph.Node) {
		b.Add("s", graph.ScaleShift, graph.Node{Params: b.params("s", []int{5}, []int{5})}, x)
	}},
	{"scale-shift-relu", graph.Shape{C: 5, H: 4, W: 7}, func(b builder, x *graph.Node) {
		b.op("r", graph.ReLU, b.Add("s", graph.ScaleShift, graph.Node{Params: b.params("s", []int{5}, []int{5})}, x))
	}},
	{"softmax", graph.Shape{C: 5, H: 4, W: 7}, func(b builder, x *graph.Node) { b.op("s", graph.Softmax, x) }},
	{"select", graph.Shape{C: 7, H: 4, W: 5}, func(b builder, x *graph.Node) {
		b.Add("s", graph.Select, graph.Node{First: 2, Channels: 3}, b.op("cat", graph.Concat, x, b.conv("c", x, 7, 2, 1, 1)))
	}},
	{"squeeze-excite", graph.Shape{C: 6, H: 9, W: 8}, func(b builder, x *graph.Node) {
		m := b.conv("c", b.Add("m", graph.Reduce, graph.Node{Over: graph.OverMap}, x), 6, 6, 1, 1)
		b.op("p", graph.Product, x, b.Add("s", graph.Pointwise, graph.Node{Func: graph.Sigmoid}, m))
	}},
	{"gate", graph.Shape{C: 18, H: 9, W: 8}, func(b builder, x *graph.Node) {
		b.op("p", graph.Product, b.Add("s", graph.Pointwise, graph.Node{Func: graph.Sigmoid}, b.conv("c", x, 18, 1, 1, 1)), x)
	}},
	{"identity", graph.Shape{C: 3, H: 5, W: 4}, func(b builder, x *graph.Node) {
		b.Add("l", graph.Pointwise, graph.Node{}, b.norm("n", x, 3))
	}},
}

func init() {
	for f := graph.Sigmoid; f <= graph.Abs; f++ {
		args := map[graph.Function][2]float64{graph.LeakyReLU: {0.2}, graph.ELU: {0.7}, graph.HardSigmoid: {0.2, 0.5}, graph.Clip: {-0.5, 0.8}}[f]
		forwards = append(forwards, opCase{f.String(), graph.Shape{C: 3, H: 5, W: 7}, func(b builder, x *graph.Node) {
			if f == graph.Log || f == graph.Sqrt || f == graph.Reciprocal { // of positive numbers
				x = b.Add("e", graph.Pointwise, graph.Node{Func: graph.Exp}, x)
			}
			b.Add("f", graph.Pointwise, graph.Node{Func: f, Args: args}, x)
		}})
	}
	for _, op := range []graph.Op{graph.MaxPool, graph.AvgPool} {
		for name, n := range map[string]graph.Node{
			"3x3-stride2-pad1": {Kernel: square(3), Stride: square(2), Pads: [4]int{1, 1, 1, 1}},
			"3x3-stride2-ceil": {Kernel: square(3), Stride: square(2), Ceil: true},
			"2x2-stride2-ceil": {Kernel: square(2), Stride: square(2), Ceil: true},
			"2x2-stride2-pad":  {Kernel: square(2), Stride: square(2), Pads: [4]int{0, 1, 1, 1}, Ceil: true},
			"3x3-pad1":         {Kernel: square(3), Stride: square(1), Pads: [4]int{1, 1, 1, 1}},
			"5x2-stride1x3":    {Kernel: [2]int{5, 2}, Stride: [2]int{1, 3}, Pads: [4]int{3, 1, 0, 0}},
			"1x1-stride2":      {Kernel: square(1), Stride: square(2)},
			"3x3-stride3":      {Kernel: square(3), Stride: square(3)},
		} {
			for _, c := range []int{3, 19} {
				forwards = append(forwards, opCase{fmt.Sprintf("%v-%s-c%d", op, name, c), graph.Shape{C: c, H: 8, W: 11}, func(b builder, x *graph.Node) { b.pool(op, x, n) }})
			}
		}
	}
	for name, n := range map[string]graph.Node{
		"dilated":        {Kernel: square(3), Stride: square(1), Dilation: square(2), Pads: [4]int{2, 2, 2, 2}},
		"dilated-uneven": {Kernel: [2]int{2, 3}, Stride: square(2), Dilation: [2]int{3, 2}, Pads: [4]int{1, 4, 3, 0}, Ceil: true},
	} {
		forwards = append(forwards, opCase{"MaxPool-" + name, graph.Shape{C: 3, H: 8, W: 11}, func(b builder, x *graph.Node) { b.pool(graph.MaxPool, x, n) }})
	}
	for _, over := range []graph.Over{1, 2, 3, 4, 5, 6, 7} {
		for _, most := range []bool{false, true} {
			forwards = append(forwards, opCase{fmt.Sprintf("reduce-%d-max-%v", over, most), graph.Shape{C: 5, H: 41, W: 6}, func(b builder, x *graph.Node) {
				b.Add("m", graph.Reduce, graph.Node{Over: over, Max: most}, x)
			}})
		}
	}
	for _, op := range []graph.Op{graph.Sum, graph.Product} {
		for over := graph.Over(1); over <= 7; over++ {
			forwards = append(forwards, opCase{fmt.Sprintf("%v-broadcast-%d", op, over), graph.Shape{C: 5, H: 4, W: 6}, func(b builder, x *graph.Node) {
				m := b.Add("m", graph.Reduce, graph.Node{Over: over}, x)
				b.op("o", op, b.op("p", op, m, x), m)
			}})
		}
		forwards = append(forwards, opCase{fmt.Sprintf("%v-both-ways", op), graph.Shape{C: 5, H: 4, W: 6}, func(b builder, x *graph.Node) {
			m := b.Add("m", graph.Reduce, graph.Node{Over: graph.OverHeight | graph.OverChannels}, x)
			b.op("o", op, m, b.Add("n", graph.Reduce, graph.Node{Over: graph.OverWidth}, x))
		}})
	}
}

// more is the table of what the engine also trains, of the attributes that
// imported networks have.
var more = []opCase{
	{"crop-by-lengths", graph.Shape{C: 3, H: 9, W: 8}, func(b builder, x *graph.Node) {
		p := b.pool(graph.MaxPool, x, graph.Node{Kernel: square(2), Stride: square(2)})
		h, w := graph.Side(p, 0), graph.Side(p, 1)
		b.conv("c", b.Add("k", graph.Crop, graph.Node{Lengths: []*graph.Length{graph.Px(3), graph.Side(x, 1).Minus(w), h, w}}, x), 3, 2, 3, 3)
	}},
	{"pad-by-lengths", graph.Shape{C: 3, H: 9, W: 8}, func(b builder, x *graph.Node) {
		rest := func(axis int) *graph.Length { return graph.Px(32).Minus(graph.Side(x, axis)).Mod(graph.Px(5)) }
		b.conv("c", b.Add("k", graph.Pad, graph.Node{Padding: graph.PadReflect, Lengths: []*graph.Length{graph.Px(0), graph.Px(1), rest(0), rest(1)}}, x), 3, 2, 3, 3)
	}},
	{"resize-to-lengths", graph.Shape{C: 3, H: 9, W: 8}, func(b builder, x *graph.Node) {
		l := []*graph.Length{graph.Side(x, 0).Times(graph.Px(2)), graph.Side(x, 1).Over(graph.Px(3))}
		b.Add("k", graph.Resize, graph.Node{Lengths: l}, x)
	}},
	{"norm-epsilon", graph.Shape{C: 5, H: 7, W: 6}, func(b builder, x *graph.Node) { b.norm("n", x, 5).Epsilon = 0.1 }},
	{"conv-norm-epsilon", graph.Shape{C: 2, H: 7, W: 6}, func(b builder, x *graph.Node) { b.norm("n", b.conv("c", x, 2, 5, 3, 3), 5).Epsilon = 0.1 }},
	{"instance-norm-epsilon", graph.Shape{C: 5, H: 7, W: 6}, func(b builder, x *graph.Node) { b.normBy("n", x, 5, 0).Epsilon = 0.1 }},
	{"pad-constant", graph.Shape{C: 3, H: 5, W: 6}, func(b builder, x *graph.Node) {
		p := b.pad("p", x, graph.PadZero, 1, 2, 0, 1)
		p.Value = 0.7
		b.conv("c", b.op("cat", graph.Concat, p, b.pad("q", x, graph.PadZero, 1, 2, 0, 1)), 6, 2, 3, 3)
	}},
	{"pad-severed-constant", graph.Shape{C: 3, H: 5, W: 6}, func(b builder, x *graph.Node) {
		p := b.pad("p", b.op("z", graph.Zero, x), graph.PadZero, 1, 1, 1, 1)
		p.Value = 0.7
		b.conv("c", b.op("cat", graph.Concat, p, b.pad("q", x, graph.PadZero, 1, 1, 1, 1)), 6, 2, 3, 3)
	}},
	{"pad-negative", graph.Shape{C: 3, H: 7, W: 6}, func(b builder, x *graph.Node) {
		b.conv("c", b.pad("p", x, graph.PadZero, -1, 0, -2, -1), 3, 2, 3, 3)
	}},
	{"concat-of-negative-pad", graph.Shape{C: 3, H: 7, W: 6}, func(b builder, x *graph.Node) {
		c := b.conv("c", x, 3, 4, 2, 2)
		b.conv("d", b.op("cat", graph.Concat, b.pad("p", x, graph.PadZero, -1, 0, 0, -1), c), 7, 2, 3, 3)
	}},
	{"resize-cubic-1", graph.Shape{C: 3, H: 7, W: 6}, func(b builder, x *graph.Node) {
		m := b.conv("m", x, 3, 2, 7, 6)
		b.Add("r", graph.Resize, graph.Node{Lengths: []*graph.Length{graph.Px(4), graph.Px(3)}, Interp: graph.Cubic}, m)
	}},
}

func init() {
	for mode := graph.PadZero; mode <= graph.PadCircular; mode++ {
		more = append(more, opCase{fmt.Sprintf("pad-%v-mixed", mode), graph.Shape{C: 3, H: 7, W: 6}, func(b builder, x *graph.Node) {
			b.conv("c", b.pad("p", b.conv("a", x, 3, 3, 1, 1), mode, 2, -1, -1, 3), 3, 2, 3, 3)
		}})
	}
	for how := graph.Bilinear; how <= graph.Cubic; how++ {
		for i, scale := range [][2]float64{{2, 1.5}, {0.5, 0.3}, {1.3, 2.37}, {float64(float32(1.6)), float64(float32(1) / 3)}, {1.05, 1}} {
			c := []int{17, 3}[min(i, 1)]
			more = append(more, opCase{fmt.Sprintf("resize-%v-by-%.3gx%.3g", how, scale[0], scale[1]), graph.Shape{C: c, H: 5, W: 7}, func(b builder, x *graph.Node) {
				b.Add("r", graph.Resize, graph.Node{Scale: scale, Interp: how}, x)
			}})
		}
	}
}

func TestOpForwardOnly(t *testing.T) {
	forEachOf(t, forwards, func(t *testing.T, x *fixture) {
		for _, k := range kernel.Sets {
			for _, o := range []engine.Options{{}, {Keep: true}, {Exact: true}} {
				o.Kernel, o.Threads = k, 1
				x.forward(t, o, 2e-6)
			}
		}
		_, err := engine.New(x.g, x.in[0].Size(), 1, engine.Options{Train: true})
		if err == nil || !strings.Contains(err.Error(), "the engine runs it forward only") {
			t.Errorf("training: error %v", err)
		}
	})
}

// The same bits for any number of threads, whatever was in memory.
func TestForwardThreads(t *testing.T) {
	forEachOf(t, slices.Concat(forwards, more), func(t *testing.T, x *fixture) {
		for _, k := range kernel.Sets {
			run := func(threads int, poison bool) [][]float32 {
				n := x.net(t, engine.Options{Kernel: k, Threads: threads})
				if poison {
					n.PoisonForTest()
					for i, m := range x.in {
						n.SetInput(i, m)
					}
				}
				n.Forward()
				var all [][]float32
				for i := range x.in {
					m := graph.NewMap(x.shape)
					n.Output(i, m)
					all = append(all, m.Pix)
				}
				return all
			}
			want := run(1, false)
			if !sameBits(run(3, false), want) {
				t.Errorf("%s: three threads give other bits than one", k.Name)
			}
			if !sameBits(run(1, true), want) {
				t.Errorf("%s: what was in memory changes the result", k.Name)
			}
		}
	})
}

// The mean of a large map keeps its digits, whatever the order of its values.
func TestMeanOfLargeMap(t *testing.T) {
	b := builder{&graph.Graph{Name: "mean"}}
	b.Add("m", graph.Reduce, graph.Node{Over: graph.OverMap}, b.in(3))
	x := newFixture(t, b.Graph, graph.Size{H: 512, W: 517}, 1)
	for i := range x.in[0].Pix {
		x.in[0].Pix[i] += 100
	}
	for _, k := range kernel.Sets {
		x.forward(t, engine.Options{Kernel: k}, 1e-7)
	}
}

// In exact mode what looks at a few pixels gives the same bits for the same
// pixels wherever they lie.
func TestLocalOpsPositionDoesNotMatter(t *testing.T) {
	pool := func(op graph.Op, n graph.Node) func(b builder, x *graph.Node) {
		return func(b builder, x *graph.Node) { b.pool(op, x, n) }
	}
	resize := func(how graph.Interp, scale float64) func(b builder, x *graph.Node) {
		return func(b builder, x *graph.Node) {
			b.Add("r", graph.Resize, graph.Node{Scale: [2]float64{scale, scale}, Interp: how}, x)
		}
	}
	cases := map[string]func(b builder, x *graph.Node){
		"max-3x3": pool(graph.MaxPool, graph.Node{Kernel: square(3), Stride: square(2), Pads: [4]int{1, 1, 1, 1}}),
		"mean-5":  pool(graph.AvgPool, graph.Node{Kernel: square(5), Stride: square(3), Pads: [4]int{2, 2, 2, 2}}),
		"softmax": func(b builder, x *graph.Node) { b.op("s", graph.Softmax, x) },
		"swish": func(b builder, x *graph.Node) {
			b.op("p", graph.Product, x, b.Add("f", graph.Pointwise, graph.Node{Func: graph.Sigmoid}, x))
		},
		"elu": func(b builder, x *graph.Node) {
			b.Add("f", graph.Pointwise, graph.Node{Func: graph.ELU, Args: [2]float64{1}}, x)
		},
		"leaky": func(b builder, x *graph.Node) {
			b.Add("f", graph.Pointwise, graph.Node{Func: graph.LeakyReLU, Args: [2]float64{0.1}}, x)
		},
		"gate": func(b builder, x *graph.Node) {
			b.op("s", graph.Sum, b.Add("m", graph.Reduce, graph.Node{Over: graph.OverChannels}, x), x)
		},
	}
	for how := graph.Bilinear; how <= graph.Cubic; how++ {
		for _, scale := range []float64{0.5, 1.5, 2, 7. / 3, 5. / 3} {
			if how != graph.BilinearAlign {
				cases[fmt.Sprintf("%v-%.3g", how, scale)] = resize(how, scale)
			}
		}
	}
	const side, part, y0, x0, margin = 60, 36, 12, 18, 8
	for name, make := range cases {
		for _, c := range []int{3, 18} {
			b := builder{&graph.Graph{Name: name}}
			make(b, b.in(c))
			x := newFixture(t, b.Graph, graph.Square(side), 1)
			m := graph.NewMap(graph.Shape{C: c, H: part, W: part})
			for i := range m.Pix {
				m.Pix[i] = x.in[0].At(i/(part*part), y0+i/part%part, x0+i%part)
			}
			for _, k := range kernel.Sets {
				whole, cut := predict(t, b.Graph, x.w, k, x.in[0]), predict(t, b.Graph, x.w, k, m)
				dy, dx := y0*whole.H/side, x0*whole.W/side
				for ch := range cut.C {
					for y := margin * cut.H / part; y < (part-margin)*cut.H/part; y++ {
						for z := margin * cut.W / part; z < (part-margin)*cut.W/part; z++ {
							if u, v := cut.At(ch, y, z), whole.At(ch, y+dy, z+dx); u != v {
								t.Fatalf("%s, %s, %d channels: (%d, %d, %d) is %v in the part, %v in the whole", name, k.Name, c, ch, y, z, u, v)
							}
						}
					}
				}
			}
		}
	}
}
