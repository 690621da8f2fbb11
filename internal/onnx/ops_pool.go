package onnx

import (
	"fmt"

	"unetbench/graph"
)

func pool(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	w, err := c.window(nil)
	if err != nil {
		return nil, err
	}
	if x.axes != "NCHW" || len(c.Out) > 1 && c.Out[1] != "" || c.int("storage_order", 0) != 0 {
		return nil, fmt.Errorf("only pooling over height and width is known, without indices")
	}
	n := graph.Node{Kernel: w.kernel, Stride: w.stride, Ceil: c.int("ceil_mode", 0) != 0}
	if c.Op == "MaxPool" {
		n.Dilation = dilated(w.dilation)
		if w.auto != "" {
			const lowest = -3.4028235e38
			return c.on(c.padded(x, w, lowest), graph.MaxPool, n), nil
		}
		n.Pads = w.pads
		return c.on(x, graph.MaxPool, n), nil
	}
	if w.dilation != [2]int{1, 1} || w.auto != "" && c.int("count_include_pad", 0) == 0 {
		return nil, fmt.Errorf("dilation %v, auto_pad %s: not known in an average", w.dilation, w.auto)
	}
	if c.int("count_include_pad", 0) != 0 {
		return c.on(c.padded(x, w, 0), graph.AvgPool, n), nil
	}
	n.Pads = w.pads
	return c.on(x, graph.AvgPool, n), nil
}

func globalPool(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	return c.on(x, graph.Reduce, graph.Node{Over: graph.OverMap, Max: c.Op == "GlobalMaxPool"}), nil
}

// reduce is a mean or maximum over channels or map.
func reduce(c *call) (*operand, error) {
	if v := c.arg(0); v != nil && !v.isMap() {
		return nil, fmt.Errorf("its operand is %s: want a map", v.what())
	}
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	axes := c.ints("axes")
	if v := c.arg(1); v != nil {
		var ok bool
		if axes, ok = v.fixed(); !ok {
			return nil, fmt.Errorf("its axes must be constant")
		}
	}
	if axes == nil {
		return nil, fmt.Errorf("it takes all axes, the batch too")
	}
	var over graph.Over
	dropped := map[byte]bool{}
	for _, i := range axes {
		a, err := x.axis(i)
		if err != nil || a == 0 {
			return nil, fmt.Errorf("it goes over axis %d of %s", i, x.axes)
		}
		over |= graph.OverChannels << (a - 1)
		dropped["NCHW"[a]] = true
	}
	y := c.on(x, graph.Reduce, graph.Node{Over: over, Max: c.Op == "ReduceMax"})
	if c.int("keepdims", 1) == 0 {
		y.axes = without(x.axes, dropped)
	}
	return y, nil
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
