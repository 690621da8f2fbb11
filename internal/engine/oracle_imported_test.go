package engine_test

import (
	"fmt"
	"testing"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
	"unetbench/internal/oracle"
)

// importedOps builds in our graph what testdata/oracles/imported.py computes.
var importedOps = map[string]graph.Node{
	"sigmoid":             {Op: graph.Pointwise, Func: graph.Sigmoid},
	"tanh":                {Op: graph.Pointwise, Func: graph.Tanh},
	"softplus":            {Op: graph.Pointwise, Func: graph.Softplus},
	"torch-softplus":      {Op: graph.Pointwise, Func: graph.Softplus},
	"erf":                 {Op: graph.Pointwise, Func: graph.Erf},
	"torch-erf":           {Op: graph.Pointwise, Func: graph.Erf},
	"exp":                 {Op: graph.Pointwise, Func: graph.Exp},
	"abs":                 {Op: graph.Pointwise, Func: graph.Abs},
	"leaky-relu":          {Op: graph.Pointwise, Func: graph.LeakyReLU, Args: [2]float64{0.2}},
	"elu":                 {Op: graph.Pointwise, Func: graph.ELU, Args: [2]float64{0.7}},
	"hard-sigmoid":        {Op: graph.Pointwise, Func: graph.HardSigmoid, Args: [2]float64{0.2, 0.5}},
	"clip":                {Op: graph.Pointwise, Func: graph.Clip, Args: [2]float64{-0.5, 0.8}},
	"softmax":             {Op: graph.Softmax},
	"prelu":               {Op: graph.PReLU},
	"mean-map":            {Op: graph.Reduce, Over: graph.OverMap},
	"max-map":             {Op: graph.Reduce, Over: graph.OverMap, Max: true},
	"max-pool":            {Op: graph.MaxPool, Kernel: square(3), Stride: square(2), Pads: [4]int{1, 1, 1, 1}},
	"max-pool-ceil":       {Op: graph.MaxPool, Kernel: [2]int{2, 3}, Stride: [2]int{2, 3}, Ceil: true},
	"max-pool-dilated":    {Op: graph.MaxPool, Kernel: [2]int{2, 3}, Stride: [2]int{2, 1}, Dilation: [2]int{3, 2}, Pads: [4]int{1, 2, 0, 1}},
	"avg-pool":            {Op: graph.AvgPool, Kernel: square(3), Stride: square(2), Pads: [4]int{1, 1, 1, 1}},
	"avg-pool-uneven":     {Op: graph.AvgPool, Kernel: [2]int{4, 2}, Stride: [2]int{1, 3}, Pads: [4]int{2, 0, 3, 1}},
	"torch-max-pool-ceil": {Op: graph.MaxPool, Kernel: square(3), Stride: square(2), Pads: [4]int{1, 1, 1, 1}, Ceil: true},
	"torch-avg-pool-ceil": {Op: graph.AvgPool, Kernel: [2]int{2, 4}, Stride: [2]int{2, 3}, Pads: [4]int{1, 2, 1, 2}, Ceil: true},
	"torch-cubic-x2":      {Op: graph.Resize, Interp: graph.Cubic, Factor: 2},
	"torch-cubic-5x17":    {Op: graph.Resize, Interp: graph.Cubic, Lengths: []*graph.Length{graph.Px(5), graph.Px(17)}},

	"torch-bilinear-by-1.6x0.7": {Op: graph.Resize, Scale: [2]float64{1.6, 0.7}},

	"torch-pad-reflect":        {Op: graph.Pad, Padding: graph.PadReflect, Pads: [4]int{2, 3, 1, 0}},
	"torch-pad-circular-mixed": {Op: graph.Pad, Padding: graph.PadCircular, Pads: [4]int{-1, 2, 3, -3}},
	"torch-pad-constant-mixed": {Op: graph.Pad, Value: 0.7, Pads: [4]int{-1, 2, 3, -3}},
}

func init() {
	for how := graph.Bilinear; how <= graph.Cubic; how++ {
		for _, s := range [][2]float64{{2, 2}, {1.5, 0.5}, {1.6, 2.7}, {0.3, 0.75}} {
			float := [2]float64{float64(float32(s[0])), float64(float32(s[1]))} // as the file has it
			importedOps[fmt.Sprintf("resize-%v-by-%gx%g", how, s[0], s[1])] = graph.Node{Op: graph.Resize, Interp: how, Scale: float}
		}
		importedOps[fmt.Sprintf("resize-%v-to-5x17", how)] = graph.Node{Op: graph.Resize, Interp: how, Lengths: []*graph.Length{graph.Px(5), graph.Px(17)}}
	}
	for i, mode := range []string{"constant", "reflect", "edge", "wrap"} {
		n := graph.Node{Op: graph.Pad, Padding: graph.Padding(i), Pads: [4]int{-1, 2, 3, -3}}
		if mode == "constant" {
			n.Value = 0.7
		}
		importedOps["pad-"+mode+"-mixed"] = n
	}
}

// TestImportedOps: values of the ops that imported networks have, on all
// kernels, as ONNX Runtime and PyTorch have them.
func TestImportedOps(t *testing.T) {
	f := oracle.Open(t, "../../testdata/oracles/imported.safetensors")
	x := f.Maps("x")
	worst := deviations{}
	for name, n := range importedOps {
		b := builder{&graph.Graph{Name: name}}
		var w graph.Weights
		if n.Op == graph.PReLU {
			n.Params, w = b.params("p", []int{3}), graph.Weights{{0.1, 0.3, -0.2}}
		}
		b.Add("y", n.Op, n, b.in(3))
		for _, k := range kernel.Sets {
			net := netOf(t, b.Graph, w, x, engine.Options{Kernel: k, Threads: 1})
			net.Forward()
			got, want := outputs(net, 1), f.Values(name)
			if len(got) != len(want) {
				t.Errorf("%s: %v has %d values, want %d", name, net.OutShape(), len(got), len(want))
				continue
			}
			worst.add(t, name+" "+k.Name, oracle.Apart(got, want, 1), 2*tolerances[true]) // ONNX Runtime rounds too
		}
	}
	t.Log(worst)
}
