package onnx

import (
	"fmt"
	"math"

	"unetbench/graph"
)

// functions are the operators that change every value by itself, with the names
// and defaults of their attributes.
var functions = map[string]struct {
	f        graph.Function
	names    [2]string
	defaults [2]float64
}{
	"Relu":        {},
	"Sigmoid":     {f: graph.Sigmoid},
	"Tanh":        {f: graph.Tanh},
	"LeakyRelu":   {graph.LeakyReLU, [2]string{"alpha"}, [2]float64{0.01}},
	"Elu":         {graph.ELU, [2]string{"alpha"}, [2]float64{1}},
	"HardSigmoid": {graph.HardSigmoid, [2]string{"alpha", "beta"}, [2]float64{0.2, 0.5}},
	"Softplus":    {f: graph.Softplus},
	"Erf":         {f: graph.Erf},
	"Exp":         {f: graph.Exp},
	"Log":         {f: graph.Log},
	"Sqrt":        {f: graph.Sqrt},
	"Reciprocal":  {f: graph.Reciprocal},
	"Abs":         {f: graph.Abs},
}

func pointwise(c *call) (*operand, error) {
	if v := c.arg(0); v != nil && v.floats != nil {
		return foldFloats(c, v.floats)
	}
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	if c.Op == "Relu" {
		return c.on(x, graph.ReLU, graph.Node{}), nil
	}
	f := functions[c.Op]
	n := graph.Node{Func: f.f}
	for i, name := range f.names {
		n.Args[i] = c.float(name, f.defaults[i])
	}
	return c.on(x, graph.Pointwise, n), nil
}

// foldFloats is the few functions that files apply to constants.
func foldFloats(c *call, t *Tensor) (*operand, error) {
	f := map[string]func(float64) float64{"Sqrt": math.Sqrt, "Reciprocal": func(x float64) float64 { return 1 / x }, "Exp": math.Exp, "Log": math.Log, "Abs": math.Abs, "Floor": math.Floor, "Ceil": math.Ceil}[c.Op]
	if f == nil {
		return nil, fmt.Errorf("of constants it is not known")
	}
	out := &Tensor{Type: t.Type, Dims: t.Dims}
	for _, v := range t.Floats {
		out.Floats = append(out.Floats, float32(f(float64(v))))
	}
	return &operand{floats: out}, nil
}

func prelu(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	t, err := c.constant(1)
	if err != nil {
		return nil, err
	}
	if len(t.Floats) == 1 {
		return c.on(x, graph.Pointwise, graph.Node{Func: graph.LeakyReLU, Args: [2]float64{float64(t.Floats[0])}}), nil
	}
	slope, err := c.perChannel(1, c.channels[x.node])
	if err != nil {
		return nil, err
	}
	return c.on(x, graph.PReLU, graph.Node{Params: []int{c.param(c.In[1], []int{len(slope)}, slope, true)}}), nil
}

func softmax(c *call) (*operand, error) {
	x, err := c.overChannels()
	if err != nil {
		return nil, err
	}
	return c.on(x, graph.Softmax, graph.Node{}), nil
}

// overChannels is the operand of a softmax, which must go over its channels.
// Before opset 13 it goes over all axes from one on.
func (c *call) overChannels() (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	otherwise := int64(-1)
	if c.opset < 13 {
		otherwise = 1
	}
	axis := int(c.int("axis", otherwise))
	a, err := x.axis(axis)
	if last := axis == -1 || axis == len(x.axes)-1; err != nil || a != 1 || c.opset < 13 && !last && !c.pixel[x.node] {
		return nil, fmt.Errorf("it goes over axis %d of %s: only over the channels is it known", axis, x.axes)
	}
	return x, nil
}

// times is the product of x and f of it.
func (c *call) times(x *operand, f graph.Node) *operand {
	y := c.on(x, graph.Pointwise, f)
	return c.on(x, graph.Product, graph.Node{}, x.node, y.node)
}

func hardSwish(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	return c.times(x, graph.Node{Func: graph.HardSigmoid, Args: [2]float64{1.0 / 6, 0.5}}), nil
}

func mish(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	s := c.on(x, graph.Pointwise, graph.Node{Func: graph.Softplus})
	t := c.on(s, graph.Pointwise, graph.Node{Func: graph.Tanh})
	return c.on(x, graph.Product, graph.Node{}, x.node, t.node), nil
}

// scaled is scale·x + shift.
func (c *call) scaled(x *operand, scale, shift float64) *operand {
	n := c.channels[x.node]
	return c.on(x, graph.ScaleShift, graph.Node{Params: []int{c.constantParam("scale", n, float32(scale)), c.constantParam("shift", n, float32(shift))}})
}

func clip(c *call) (*operand, error) {
	if v := c.arg(0); v != nil && v.ints != nil {
		return arithmetic(&call{c.importer, &Node{Op: "Max", Name: c.Name, In: c.In, Out: c.Out}, c.in[:min(2, len(c.in))]})
	}
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	n := graph.Node{Func: graph.Clip, Args: [2]float64{c.float("min", -math.MaxFloat32), c.float("max", math.MaxFloat32)}}
	for i := range 2 {
		if v := c.arg(i + 1); v != nil {
			s, ok := v.scalar()
			if !ok {
				return nil, fmt.Errorf("operand %d must be a constant", i+1)
			}
			n.Args[i] = s
		}
	}
	return c.on(x, graph.Pointwise, n), nil
}
