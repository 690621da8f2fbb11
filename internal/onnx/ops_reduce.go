package onnx

import (
	"fmt"

	"unetbench/graph"
)

// reduce is a mean, maximum or minimum over axes of a map, or over its channels
// a sum or norm: a mean times their number.
func reduce(c *call) (*operand, error) {
	if v := c.arg(0); v != nil && v.stack != nil {
		return reduceStack(c, v)
	}
	if v := c.arg(0); v != nil && !v.isMap() {
		return nil, fmt.Errorf("its operand is %s: want a map", v.what())
	}
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	over, left, err := c.over(x)
	if err != nil || over == 0 {
		return x, err
	}
	n := graph.Node{Over: over}
	count := 1.0
	switch c.Op {
	case "ReduceMax":
		n.Max = true
	case "ReduceMin": // −max(−x)
		n.Max = true
		x = c.scaled(x, -1, 0)
	case "ReduceSum", "ReduceSumSquare", "ReduceL1", "ReduceL2":
		if over != graph.OverChannels {
			return nil, fmt.Errorf("it sums over height and width: only over channels is it known")
		}
		count = float64(c.channels[x.node])
		switch c.Op {
		case "ReduceSumSquare", "ReduceL2":
			x = c.on(x, graph.Product, graph.Node{}, x.node, x.node)
		case "ReduceL1":
			x = c.on(x, graph.Pointwise, graph.Node{Func: graph.Abs})
		}
	}
	y := c.on(x, graph.Reduce, n)
	switch {
	case c.Op == "ReduceMin":
		y = c.scaled(y, -1, 0)
	case count != 1:
		y = c.scaled(y, count, 0)
	}
	if c.Op == "ReduceL2" {
		y = c.on(y, graph.Pointwise, graph.Node{Func: graph.Sqrt})
	}
	y.axes = left
	return y, nil
}

// over is what a reduction of x goes over, by its attribute or second operand,
// and the axes that the file has after it. The batch is one map, over which
// nothing is to be done.
func (c *call) over(x *operand) (over graph.Over, left string, err error) {
	axes := c.ints("axes")
	if v := c.arg(1); v != nil {
		var ok bool
		if axes, ok = v.fixed(); !ok {
			return 0, "", fmt.Errorf("its axes must be constant")
		}
	}
	if len(axes) == 0 {
		if c.int("noop_with_empty_axes", 0) != 0 {
			return 0, x.axes, nil
		}
		for i := range x.axes {
			axes = append(axes, i)
		}
	}
	dropped := map[byte]bool{}
	for _, i := range axes {
		a, err := x.axis(i)
		if err != nil {
			return 0, "", err
		}
		if a > 0 {
			over |= graph.OverChannels << (a - 1)
		}
		dropped["NCHW"[a]] = true
	}
	if c.int("keepdims", 1) != 0 {
		return over, x.axes, nil
	}
	return over, without(x.axes, dropped), nil
}

// without removes axes, each of one element.
func without(axes string, dropped map[byte]bool) string {
	var left []byte
	for i := range len(axes) {
		if !dropped[axes[i]] {
			left = append(left, axes[i])
		}
	}
	return string(left)
}

// logSoftmax is x − max x − ln Σ exp(x − max x), which does not run out of
// float32's exponents as the logarithm of a Softmax would.
func logSoftmax(c *call) (*operand, error) {
	x, err := c.overChannels()
	if err != nil {
		return nil, err
	}
	most := c.on(x, graph.Reduce, graph.Node{Over: graph.OverChannels, Max: true})
	d := c.on(x, graph.Sum, graph.Node{}, x.node, c.scaled(most, -1, 0).node)
	e := c.on(d, graph.Pointwise, graph.Node{Func: graph.Exp})
	mean := c.on(e, graph.Reduce, graph.Node{Over: graph.OverChannels})
	ln := c.on(c.scaled(mean, float64(c.channels[x.node]), 0), graph.Pointwise, graph.Node{Func: graph.Log})
	return c.on(x, graph.Sum, graph.Node{}, d.node, c.scaled(ln, -1, 0).node), nil
}

// layerNorm is (x − mean)/√(variance + ε) over the channels of each pixel, scaled
// and shifted.
func layerNorm(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	if a, err := x.axis(int(c.int("axis", -1))); err != nil || a != 1 || x.axes[len(x.axes)-1] != 'C' {
		return nil, fmt.Errorf("it goes over the axes from %d on of %s: only over the channels is it known", c.int("axis", -1), x.axes)
	}
	n := c.channels[x.node]
	scale, err := c.perChannel(1, n)
	if err != nil {
		return nil, err
	}
	mean := c.on(x, graph.Reduce, graph.Node{Over: graph.OverChannels})
	d := c.on(x, graph.Sum, graph.Node{}, x.node, c.scaled(mean, -1, 0).node)
	variance := c.on(c.on(x, graph.Product, graph.Node{}, d.node, d.node), graph.Reduce, graph.Node{Over: graph.OverChannels})
	root := c.on(c.scaled(variance, 1, c.float("epsilon", 1e-5)), graph.Pointwise, graph.Node{Func: graph.Sqrt})
	y := c.on(x, graph.Product, graph.Node{}, d.node, c.on(root, graph.Pointwise, graph.Node{Func: graph.Reciprocal}).node)
	var shift int
	if c.arg(2) == nil {
		shift = c.constantParam("shift", n, 0)
	} else {
		v, err := c.perChannel(2, n)
		if err != nil {
			return nil, err
		}
		shift = c.param(c.In[2], []int{n}, v, true)
	}
	return c.on(y, graph.ScaleShift, graph.Node{Params: []int{c.param(c.In[1], []int{n}, scale, true), shift}}), nil
}
