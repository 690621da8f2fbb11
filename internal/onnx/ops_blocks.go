package onnx

import (
	"fmt"
	"slices"

	"unetbench/graph"
)

// A part is what a Reshape has cut an axis of a map into.
type part struct {
	axis byte // of "NCHW"
	n    int  // elements; 0 where it is the rest of a height or width
	step int  // elements of the axis from one of the part's to the next; unused where n is 0
}

// blocks cuts the channels of x, or its height and width, into parts, as the
// shape to says: the first half of a pixel shuffle, of its inverse and of a
// channel shuffle that are written as Reshape, Transpose, Reshape.
func (c *call) blocks(x *operand, to []*graph.Length) (*operand, error) {
	unknown := fmt.Errorf("a map of axes %s and %d channels in the shape %v is not known", x.axes, c.channels[x.node], to)
	rank := len(to)
	if x.axes != "NCHW" || x.groups > 0 || x.parts != nil || rank < 5 || rank > 6 {
		return nil, unknown
	}
	dims := make([]int, rank)
	for i, l := range to {
		dims[i], _ = l.Fixed()
	}
	n := c.channels[x.node]
	parts := []part{{axis: 'N', n: 1}}
	if in := slices.Clone(dims[1 : rank-2]); fill(in, n) && c.spans(to[rank-2], x.node, 0) && c.spans(to[rank-1], x.node, 1) {
		step := n
		for _, d := range in {
			step /= d
			parts = append(parts, part{'C', d, step})
		}
		return &operand{node: x.node, parts: append(parts, part{axis: 'H'}, part{axis: 'W'})}, nil
	}
	if rank == 6 && (dims[1] == n || dims[1] == 0) && dims[3] > 1 && dims[3] == dims[5] {
		r := dims[3]
		return &operand{node: x.node, parts: append(parts, part{'C', n, 1}, part{axis: 'H'}, part{'H', r, 1}, part{axis: 'W'}, part{'W', r, 1})}, nil
	}
	return nil, unknown
}

// fill replaces a −1 in dims so that their product is n, and reports whether it is.
func fill(dims []int, n int) bool {
	known, free := 1, -1
	for i, d := range dims {
		switch {
		case d == -1 && free < 0:
			free = i
		case d < 1 || d > n:
			return false
		default:
			if known *= d; known > n {
				return false
			}
		}
	}
	if free >= 0 && n%known == 0 {
		dims[free] = n / known
		known = n
	}
	return known == n
}

// spans says that l is the length of n along axis, or left to be that.
func (c *call) spans(l *graph.Length, n *graph.Node, axis int) bool {
	size := graph.Square(large)
	if k, ok := l.Fixed(); ok {
		if k <= 0 {
			return true
		}
		size = c.fixed
	}
	shapes, err := c.g.Infer(size)
	if err != nil {
		return false
	}
	k, err := l.Eval(shapes)
	return err == nil && k == [2]int{shapes[n.ID].H, shapes[n.ID].W}[axis]
}

// joined makes a map again of parts in another order.
func (c *call) joined(x *operand, to []*graph.Length) (*operand, error) {
	var order string
	var channels []part // that a channel of the result is counted by
	for _, p := range x.parts {
		order += string(p.axis)
	}
	parts := x.parts
	last := len(parts) - 1
	unknown := fmt.Errorf("the parts %s of a map in the shape %v are not known", order, to)
	if len(to) != 4 || parts[0].axis != 'N' {
		return nil, unknown
	}
	whole := func(i int, axis byte) bool { return parts[i].axis == axis && parts[i].n == 0 }
	switch {
	case whole(last-1, 'H') && whole(last, 'W'):
		channels = parts[1 : last-1]
	case whole(last-3, 'H') && whole(last-1, 'W') && parts[last-2].axis == 'C' && parts[last].axis == 'C' && parts[last-2].n == parts[last].n:
		channels = append(slices.Clone(parts[1:last-3]), parts[last-2], parts[last])
	default:
		return nil, unknown
	}
	if slices.ContainsFunc(channels, func(p part) bool { return p.n == 0 }) {
		return nil, unknown
	}
	// Channel by channel, where in a block of r×r px of x it comes from.
	n, r := c.channels[x.node], 1
	from := [][3]int{{}}
	for _, p := range channels {
		var next [][3]int
		axis := map[byte]int{'C': 0, 'H': 1, 'W': 2}[p.axis]
		if axis > 0 {
			r = p.n
		}
		for _, f := range from {
			for i := range p.n {
				f := f
				f[axis] += i * p.step
				next = append(next, f)
			}
		}
		from = next
	}
	if len(from) != n*r*r {
		return nil, unknown
	}
	y := c.copied(x.node, from, r)
	if whole(last, 'W') {
		return y, nil
	}
	return c.on(y, graph.PixelShuffle, graph.Node{Factor: parts[last].n}), nil
}

// copied is a map whose channels are places of x: channel, row and column in
// every block of r×r px; by a convolution that copies.
func (c *call) copied(x *graph.Node, from [][3]int, r int) *operand {
	n := c.channels[x]
	y := &operand{node: x, axes: "NCHW"}
	ordered := r == 1 && len(from) == n
	for i, f := range from {
		ordered = ordered && f[0] == i
	}
	if ordered {
		return y
	}
	w := make([]float32, len(from)*n*r*r)
	for i, f := range from {
		w[((i*n+f[0])*r+f[1])*r+f[2]] = 1
	}
	return c.on(y, graph.Conv, graph.Node{Channels: len(from), Kernel: [2]int{r, r}, Stride: [2]int{r, r}, Params: []int{
		c.param(label(c.Node)+".order", []int{len(from), n, r, r}, w, false), c.constantParam("bias", len(from), 0),
	}})
}

// mostCopied bounds the weights of a convolution that copies, which the file
// does not have.
const mostCopied = 1 << 24

// spaceToDepth is the inverse of depthToSpace in TensorFlow's order: channel
// k·C+c is channel c of px k of a block.
func spaceToDepth(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	r, n := int(c.int("blocksize", 0)), c.channels[x.node]
	if x.axes != "NCHW" || r < 1 || r > 64 || n*n*r*r*r*r > mostCopied {
		return nil, fmt.Errorf("blocks of %d px of %d channels of axes %s", r, n, x.axes)
	}
	var from [][3]int
	for k := range r * r {
		for i := range n {
			from = append(from, [3]int{i, k / r, k % r})
		}
	}
	return c.copied(x.node, from, r), nil
}
