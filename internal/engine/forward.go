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
	case graph.Conv:
		return plainConv(n) && n.Stride == [2]int{1, 1}
	case graph.ConvTranspose:
		return plainConv(n)
	case graph.MaxPool, graph.AvgPool:
		return plainPool(n)
	case graph.Sum:
		return c.equal(n)
	}
	return true
}

// plainConv says that all taps of a kernel row lie side by side, for all
// channels, and that transposed kernels do not overlap.
func plainConv(n *graph.Node) bool {
	return n.Groups <= 1 && max(n.Dilation[0], n.Dilation[1]) <= 1 && (n.Op == graph.Conv || n.Kernel == n.Stride)
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
