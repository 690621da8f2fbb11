package engine_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
	"unetbench/internal/oracle"
)

// oracleOps builds in our graph what testdata/oracles/ops.py computes.
var oracleOps = map[string]func(b builder, x *graph.Node){
	"conv3x3":          func(b builder, x *graph.Node) { b.conv("c", x, 3, 5, 3, 3) },
	"conv3x3-wide":     func(b builder, x *graph.Node) { b.conv("c", x, 8, 8, 3, 3) },
	"conv1x1":          func(b builder, x *graph.Node) { b.conv("c", x, 8, 3, 1, 1) },
	"conv2x3":          func(b builder, x *graph.Node) { b.conv("c", x, 2, 3, 2, 3) },
	"transpose2":       func(b builder, x *graph.Node) { b.transpose("t", x, 6, 3, 2) },
	"transpose2-wide":  func(b builder, x *graph.Node) { b.transpose("t", x, 16, 8, 2) },
	"transpose3":       func(b builder, x *graph.Node) { b.transpose("t", x, 4, 3, 3) },
	"batch-norm":       func(b builder, x *graph.Node) { b.norm("n", x, 5) },
	"instance-norm":    func(b builder, x *graph.Node) { b.normBy("n", x, 5, 0) },
	"group-norm":       func(b builder, x *graph.Node) { b.normBy("n", x, 6, 2) },
	"layer-norm":       func(b builder, x *graph.Node) { b.normBy("n", x, 6, 1) },
	"relu":             func(b builder, x *graph.Node) { b.op("r", graph.ReLU, x) },
	"maxpool":          func(b builder, x *graph.Node) { b.op("p", graph.MaxPool, x) },
	"maxpool-odd":      func(b builder, x *graph.Node) { b.op("p", graph.MaxPool, x) },
	"avgpool":          func(b builder, x *graph.Node) { b.blur(x) },
	"shuffle":          func(b builder, x *graph.Node) { b.Add("p", graph.PixelShuffle, graph.Node{Factor: 2}, x) },
	"shuffle-blur":     shuffleBlur,
	"crop-concat":      cropConcat,
	"crop-concat-conv": func(b builder, x *graph.Node) { b.conv("d", cropOf(b, x, 8, 8), 16, 8, 3, 3) },
	"sum":              func(b builder, x *graph.Node) { b.op("s", graph.Sum, b.conv("c", x, 3, 3, 1, 1), x) },
}

func (b builder) blur(x *graph.Node) {
	b.Add("blur", graph.AvgPool, graph.Node{Kernel: [2]int{2, 2}, Stride: [2]int{1, 1}}, x)
}

func shuffleBlur(b builder, x *graph.Node) {
	b.blur(b.pad("pad", b.Add("p", graph.PixelShuffle, graph.Node{Factor: 2}, x), graph.PadReplicate, 1, 1, 0, 0))
}

func cropConcat(b builder, x *graph.Node) {
	c := b.conv("c", x, 3, 2, 4, 3)
	b.op("cat", graph.Concat, b.Add("crop", graph.Crop, graph.Node{Like: c}, x), c)
}

func cropOf(b builder, x *graph.Node, in, out int) *graph.Node {
	c := b.conv("c", x, in, out, 3, 3)
	return b.op("cat", graph.Concat, b.Add("crop", graph.Crop, graph.Node{Like: c}, x), c)
}

func init() {
	for _, how := range []graph.Padding{graph.PadZero, graph.PadReflect, graph.PadReplicate, graph.PadCircular} {
		oracleOps["pad-"+how.String()] = func(b builder, x *graph.Node) { b.pad("p", x, how, 2, 1, 3, 2) }
	}
	for _, how := range []graph.Interp{graph.Bilinear, graph.BilinearAlign, graph.Nearest} {
		like := func(b builder, x, size *graph.Node) {
			b.op("cat", graph.Concat, b.Add("r", graph.Resize, graph.Node{Like: size, Interp: how}, x), size)
		}
		name := "resize-" + how.String()
		for _, to := range [][2]int{{5, 13}, {11, 3}, {1, 7}} {
			oracleOps[fmt.Sprintf("%s-%dx%d", name, to[0], to[1])] = func(b builder, x *graph.Node) {
				like(b, x, b.conv("c", x, 2, 1, 12-to[0]+1, 14-to[1]+1))
			}
		}
		oracleOps[name+"-larger"] = func(b builder, x *graph.Node) { like(b, x, b.pad("p", x, graph.PadZero, 2, 1, 3, 2)) }
		for _, f := range []int{2, 3} {
			oracleOps[fmt.Sprintf("%s-x%d", name, f)] = func(b builder, x *graph.Node) {
				b.Add("r", graph.Resize, graph.Node{Factor: f, Interp: how}, x)
			}
		}
	}
}

// tolerances are what float32 may deviate by from PyTorch's float64, as a share
// of the largest value: some roundings of 6e-8 each. Winograd's transforms add
// and subtract multiples of up to 8, which costs a digit.
var tolerances = map[bool]float64{true: 1e-6, false: 2e-5} // by Options.Exact

// TestOpsAgainstPyTorch: value and gradients of every op, on all kernels.
func TestOpsAgainstPyTorch(t *testing.T) {
	f := oracle.Open(t, "../../testdata/oracles/ops.safetensors")
	worst := deviations{}
	for name, build := range oracleOps {
		b := builder{&graph.Graph{Name: name}}
		x := f.Maps(name + "/x")
		build(b, b.in(x[0].C))
		var w graph.Weights
		for i := range b.Params {
			w = append(w, f.Values(fmt.Sprintf("%s/p%d", name, i)))
		}
		for _, k := range kernel.Sets {
			for _, exact := range []bool{true, false} {
				o := engine.Options{Kernel: k, Exact: exact, Threads: 1}
				worst.add(t, fmt.Sprintf("%s %s exact=%v", name, k.Name, exact), opDeviation(t, f, name, b.Graph, w, x, o), tolerances[exact])
			}
		}
	}
	t.Log(worst)
}

// deviations collects the largest deviation by what was compared.
type deviations map[string]float64

func (d deviations) add(t *testing.T, what string, v, most float64) {
	t.Helper()
	d[what] = max(d[what], v)
	if !(v <= most) {
		t.Errorf("%s: off by %.2g of the range, want %g at most", what, v, most)
	}
}

func (d deviations) String() string {
	var b strings.Builder
	for _, what := range slices.Sorted(maps.Keys(d)) {
		fmt.Fprintf(&b, "\n%.1e  %s", d[what], what)
	}
	return b.String()
}

// opDeviation is the largest deviation of anything that the op computes.
func opDeviation(t *testing.T, f *oracle.Fixture, name string, g *graph.Graph, w graph.Weights, x []*graph.Map, o engine.Options) float64 {
	worst := 0.0
	check := func(got []float32, tensor string) {
		worst = max(worst, oracle.Apart(got, f.Values(name+"/"+tensor), 1))
	}
	run := func(train bool) *engine.Net {
		o.Train, o.InputGrad = train, train
		n := netOf(t, g, w, x, o)
		n.Forward()
		return n
	}
	inference := "y"
	if f.Has(name + "/eval") {
		inference = "eval"
	}
	check(outputs(run(false), len(x)), inference)
	n := run(true)
	check(outputs(n, len(x)), "y")
	grads := n.Backward(f.Maps(name + "/dy"))
	for i, p := range g.Params {
		if p.Trainable {
			check(grads[i], fmt.Sprintf("g%d", i))
		} else {
			check(n.Weights()[i], fmt.Sprintf("after%d", i))
		}
	}
	var dx []float32
	for i := range x {
		m := graph.NewMap(x[i].Shape)
		n.InputGrad(i, m)
		dx = append(dx, m.Pix...)
	}
	check(dx, "dx")
	return worst
}

// netOf is g with a copy of w and the inputs x.
func netOf(t *testing.T, g *graph.Graph, w graph.Weights, x []*graph.Map, o engine.Options) *engine.Net {
	t.Helper()
	n, err := engine.New(g, x[0].Size(), len(x), o)
	if err != nil {
		t.Fatal(err)
	}
	own := make(graph.Weights, len(w))
	for i := range w {
		own[i] = slices.Clone(w[i])
	}
	n.SetWeights(own)
	for i, m := range x {
		n.SetInput(i, m)
	}
	return n
}

// outputs are the values of all output maps.
func outputs(n *engine.Net, batch int) []float32 {
	var all []float32
	m := graph.NewMap(n.OutShape())
	for i := range batch {
		n.Output(i, m)
		all = append(all, m.Pix...)
	}
	return all
}
