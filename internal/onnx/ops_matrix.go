package onnx

import (
	"fmt"
	"strings"

	"unetbench/graph"
)

// gemm is Gemm and MatMul by a matrix of weights on the last axis, where that is
// the channels: a 1×1 convolution, of a single pixel or of a map that a
// Transpose has given the axes NHWC.
func gemm(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	w, err := c.constant(1)
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(x.axes, "C") || len(w.Dims) != 2 || c.int("transA", 0) != 0 {
		return nil, fmt.Errorf("a product of axes %s with weights of dims %v: only one along the channels is known", x.axes, w.Dims)
	}
	alpha, beta := float32(c.float("alpha", 1)), float32(c.float("beta", 1))
	o, i := w.Dims[0], w.Dims[1]
	along, across := i, 1 // from one output channel, and one input channel, to the next
	if c.int("transB", 0) == 0 {
		o, i, along, across = i, o, 1, i
	}
	v := make([]float32, o*i)
	for r := range o {
		for s := range i {
			v[r*i+s] = alpha * w.Floats[r*along+s*across]
		}
	}
	weight := c.param(c.In[1], []int{o, i, 1, 1}, v, true)
	bias := 0
	if c.arg(2) == nil {
		bias = c.constantParam("bias", o, 0)
	} else {
		b, err := c.constant(2)
		if err != nil {
			return nil, err
		}
		if len(b.Floats) != o && len(b.Floats) != 1 {
			return nil, fmt.Errorf("the bias has dims %v: want %d constants", b.Dims, o)
		}
		all := make([]float32, o)
		for r := range all {
			all[r] = beta * b.Floats[r%len(b.Floats)]
		}
		bias = c.param(c.In[2], []int{o}, all, true)
	}
	one := [2]int{1, 1}
	return c.on(x, graph.Conv, graph.Node{Channels: o, Kernel: one, Stride: one, Params: []int{weight, bias}}), nil
}
