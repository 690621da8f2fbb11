package engine

import (
	"errors"

	"unetbench/graph"
)

var errForwardOnly = errors.New("the engine runs it forward only: it has no gradient, leave out Options.Train")

// trainable says whether the engine knows the gradient of n.
func (c *compiler) trainable(n *graph.Node) bool {
	switch n.Op {
	case graph.Pointwise, graph.PReLU, graph.ScaleShift, graph.Product, graph.Reduce, graph.Softmax, graph.Select:
		return false
	case graph.Conv, graph.ConvTranspose:
		return plainConv(n)
	case graph.MaxPool, graph.AvgPool:
		return plainPool(n)
	case graph.Sum:
		return c.equal(n)
	}
	return true
}

// plainConv says that n is one of the convolutions that networks here are trained
// with: by strides of 1, or transposed and with a kernel as large as the stride.
func plainConv(n *graph.Node) bool {
	if n.Groups > 1 || max(n.Dilation[0], n.Dilation[1]) > 1 {
		return false
	}
	return n.Op == graph.Conv && n.Stride == [2]int{1, 1} || n.Op == graph.ConvTranspose && n.Stride == n.Kernel
}

// plainPool says that n is one of the pools that networks here are trained with:
// the maximum of 2×2 windows side by side, or a mean at stride 1.
func plainPool(n *graph.Node) bool {
	two := [2]int{2, 2}
	switch {
	case n.Pads != [4]int{} || n.Ceil || max(n.Dilation[0], n.Dilation[1]) > 1:
		return false
	case n.Op == graph.MaxPool:
		return n.Kernel == two && n.Stride == two
	}
	return n.Stride == [2]int{1, 1}
}
