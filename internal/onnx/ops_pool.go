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
