package onnx

import (
	"fmt"
	"math"

	"unetbench/graph"
)

// node writes n.
func (e *exporter) node(n *graph.Node) error {
	e.current = n
	var in []string
	for _, m := range n.In {
		in = append(in, e.values[m.ID])
	}
	switch n.Op {
	case graph.Input:
		e.values[n.ID] = e.out.Inputs[0].Name
	case graph.Dropout:
		e.values[n.ID] = in[0]
	case graph.Conv:
		pads := make([]int, 4)
		if p := n.In[0]; e.fused[p] {
			pads = p.Pads[:]
		}
		e.result("Conv", append(in, e.param(n.Params[0]), e.param(n.Params[1])), attrInts("dilations", max(n.Dilation[0], 1), max(n.Dilation[1], 1)),
			attrInt("group", max(n.Groups, 1)), attrInts("kernel_shape", n.Kernel[:]...), attrInts("pads", pads...), attrInts("strides", n.Stride[:]...))
	case graph.ConvTranspose:
		e.result("ConvTranspose", append(in, e.param(n.Params[0]), e.param(n.Params[1])), attrInt("group", max(n.Groups, 1)),
			attrInts("kernel_shape", n.Kernel[:]...), attrInts("strides", n.Stride[:]...))
	case graph.MaxPool:
		e.result("MaxPool", in, attrInt("ceil_mode", bit(n.Ceil)), attrInts("dilations", max(n.Dilation[0], 1), max(n.Dilation[1], 1)),
			attrInts("kernel_shape", n.Kernel[:]...), attrInts("pads", n.Pads[:]...), attrInts("strides", n.Stride[:]...))
	case graph.AvgPool:
		e.result("AveragePool", in, attrInt("ceil_mode", bit(n.Ceil)), attrInt("count_include_pad", 0),
			attrInts("kernel_shape", n.Kernel[:]...), attrInts("pads", n.Pads[:]...), attrInts("strides", n.Stride[:]...))
	case graph.ReLU:
		e.result("Relu", in)
	case graph.Norm:
		e.norm(n, in[0])
	case graph.Pad:
		e.pad(n, in[0])
	case graph.Crop:
		at, size := cropped(n)
		ends := []*graph.Length{at[0].Plus(size[0]), at[1].Plus(size[1])}
		e.result("Slice", []string{in[0], e.lengths(at...), e.lengths(ends...), e.ints(2, 3)})
	case graph.Resize:
		e.resize(n, in[0])
	case graph.PixelShuffle:
		e.result("DepthToSpace", in, attrInt("blocksize", n.Factor), attrString("mode", "CRD"))
	case graph.Concat:
		e.result("Concat", in, attrInt("axis", 1))
	case graph.Sum:
		if len(in) > 2 {
			e.result("Sum", in)
		} else {
			e.result("Add", in)
		}
	case graph.Product:
		x := in[0]
		for _, y := range in[1 : len(in)-1] {
			x = e.add("Mul", []string{x, y})
		}
		e.result("Mul", []string{x, in[len(in)-1]})
	case graph.Zero:
		e.result("ConstantOfShape", []string{e.shape(n.In[0])},
			Attribute{Name: "value", Type: TensorAttribute, Tensor: &Tensor{Type: Float32, Dims: []int{1}, Floats: []float32{0}}})
	case graph.Pointwise:
		return e.pointwise(n, in)
	case graph.PReLU:
		e.result("PRelu", append(in, e.param(n.Params[0], e.channels[n.ID], 1, 1)))
	case graph.ScaleShift:
		e.scaleShift(in[0], n.Params[0], n.Params[1])
	case graph.Reduce:
		e.reduce(n, in)
	case graph.Softmax:
		e.result("Softmax", in, attrInt("axis", 1))
	case graph.Select:
		e.result("Slice", append(in, e.ints(int64(n.First)), e.ints(int64(n.First+n.Channels)), e.ints(1)))
	default:
		return fmt.Errorf("no ONNX operator is known for it")
	}
	return nil
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// fusible are the Pads that only convolutions read, all zero: ONNX has them as
// the convolution's own.
func fusible(g *graph.Graph) map[*graph.Node]bool {
	set := map[*graph.Node]bool{}
	for _, n := range g.Nodes {
		if n.Op == graph.Pad && n.Padding == graph.PadZero && n.Value == 0 && n.Lengths == nil && min(n.Pads[0], n.Pads[1], n.Pads[2], n.Pads[3]) >= 0 &&
			n != g.Output() {
			set[n] = true
		}
	}
	for _, n := range g.Nodes {
		n.Needs(func(m *graph.Node) {
			if n.Op != graph.Conv {
				delete(set, m)
			}
		})
	}
	return set
}

// scaleShift multiplies x by one parameter and adds another, per channel.
func (e *exporter) scaleShift(x string, scale, shift int) {
	c := e.channels[e.current.ID]
	x = e.add("Mul", []string{x, e.param(scale, c, 1, 1)})
	e.result("Add", []string{x, e.param(shift, c, 1, 1)})
}

// norm writes group statistics as PyTorch does: ONNX's own operator for them is
// younger than most programs that read ONNX.
func (e *exporter) norm(n *graph.Node, x string) {
	eps := attrFloat("epsilon", n.Epsilon)
	if n.Epsilon == 0 {
		eps = attrFloat("epsilon", 1e-5)
	}
	switch n.Stats {
	case graph.BatchStatistics:
		in := []string{x}
		for _, p := range n.Params {
			in = append(in, e.param(p))
		}
		e.result("BatchNormalization", in, eps)
	case graph.InstanceStatistics:
		e.result("InstanceNormalization", []string{x, e.param(n.Params[0]), e.param(n.Params[1])}, eps)
	default:
		ones, zeros := make([]float32, n.Groups), make([]float32, n.Groups)
		for i := range ones {
			ones[i] = 1
		}
		g := []int{n.Groups}
		y := e.add("Reshape", []string{x, e.ints(0, int64(n.Groups), -1)})
		y = e.add("InstanceNormalization", []string{y, e.floats(g, ones...), e.floats(g, zeros...)}, eps)
		y = e.add("Reshape", []string{y, e.shape(n.In[0])})
		e.scaleShift(y, n.Params[0], n.Params[1])
	}
}

// pad adds first and cuts off then, where the padding copies pixels: those cut
// off may be copied too.
func (e *exporter) pad(n *graph.Node, x string) {
	if e.fused[n] {
		e.values[n.ID] = x
		return
	}
	mode := map[graph.Padding]string{graph.PadZero: "constant", graph.PadReflect: "reflect", graph.PadReplicate: "edge", graph.PadCircular: "wrap"}[n.Padding]
	cut := n.Padding != graph.PadZero && n.Lengths == nil && min(n.Pads[0], n.Pads[1], n.Pads[2], n.Pads[3]) < 0
	pads := []*graph.Length{graph.Px(0), graph.Px(0)} // N and C
	for i, p := range n.Pads {
		if cut {
			p = max(p, 0)
		}
		if i == 2 {
			pads = append(pads, pads[:2]...)
		}
		l := graph.Px(p)
		if n.Lengths != nil {
			l = l.Plus(n.Lengths[i])
		}
		pads = append(pads, l)
	}
	in := []string{x, e.lengths(pads...)}
	if n.Padding == graph.PadZero {
		in = append(in, e.floats(nil, n.Value))
	}
	if !cut {
		e.result("Pad", in, attrString("mode", mode))
		return
	}
	x = e.add("Pad", in, attrString("mode", mode))
	var starts, ends []int64
	for axis := range 2 {
		starts, ends = append(starts, int64(max(-n.Pads[axis], 0))), append(ends, int64(math.MaxInt64))
		if p := n.Pads[axis+2]; p < 0 {
			ends[axis] = int64(p)
		}
	}
	e.result("Slice", []string{x, e.ints(starts...), e.ints(ends...), e.ints(2, 3)})
}

func (e *exporter) resize(n *graph.Node, x string) {
	attributes := map[graph.Interp][]Attribute{
		graph.Bilinear:       {attrString("coordinate_transformation_mode", "half_pixel"), attrString("mode", "linear")},
		graph.BilinearAlign:  {attrString("coordinate_transformation_mode", "align_corners"), attrString("mode", "linear")},
		graph.BilinearCorner: {attrString("coordinate_transformation_mode", "asymmetric"), attrString("mode", "linear")},
		graph.Nearest:        {attrString("coordinate_transformation_mode", "asymmetric"), attrString("mode", "nearest"), attrString("nearest_mode", "floor")},
		graph.NearestHalf:    {attrString("coordinate_transformation_mode", "half_pixel"), attrString("mode", "nearest"), attrString("nearest_mode", "round_prefer_floor")},
		graph.Cubic:          {attrString("coordinate_transformation_mode", "half_pixel"), attrFloat("cubic_coeff_a", -0.75), attrString("mode", "cubic")},
	}[n.Interp]
	to := n.Lengths
	if n.Like != nil {
		to = size(n.Like)
	}
	if to != nil {
		sizes := []string{e.sides(n.In[0], 0, 1), e.lengths(to...)}
		e.result("Resize", []string{x, "", "", e.add("Concat", sizes, attrInt("axis", 0))}, attributes...)
		return
	}
	scale := n.Scale
	if n.Factor > 0 {
		scale = [2]float64{float64(n.Factor), float64(n.Factor)}
	}
	e.result("Resize", []string{x, "", e.floats([]int{4}, 1, 1, float32(scale[0]), float32(scale[1]))}, attributes...)
}

func (e *exporter) pointwise(n *graph.Node, in []string) error {
	switch n.Func {
	case graph.Identity:
		e.result("Identity", in)
		return nil
	case graph.Clip:
		e.result("Clip", append(in, e.floats(nil, float32(n.Args[0])), e.floats(nil, float32(n.Args[1]))))
		return nil
	}
	for op, f := range functions {
		if f.f != n.Func {
			continue
		}
		var attributes []Attribute
		for i, name := range f.names {
			if name != "" {
				attributes = append(attributes, attrFloat(name, n.Args[i]))
			}
		}
		e.result(op, in, attributes...)
		return nil
	}
	return fmt.Errorf("no ONNX operator is known for %v", n.Func)
}

// reduce has its axes as an attribute until opset 17, as an operand since.
func (e *exporter) reduce(n *graph.Node, in []string) {
	op := "ReduceMean"
	if n.Max {
		op = "ReduceMax"
	}
	var axes []int64
	for i, o := range []graph.Over{graph.OverChannels, graph.OverHeight, graph.OverWidth} {
		if n.Over&o != 0 {
			axes = append(axes, int64(i+1))
		}
	}
	keep := attrInt("keepdims", 1)
	if e.o.Opset >= 18 {
		e.result(op, append(in, e.ints(axes...)), keep)
		return
	}
	e.result(op, in, Attribute{Name: "axes", Type: IntsAttribute, Ints: axes}, keep)
}
