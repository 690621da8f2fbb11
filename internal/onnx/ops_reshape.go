package onnx

import (
	"fmt"
	"slices"
	"strings"

	"unetbench/graph"
)

// reshape is known for sizes, for groups of channels, and where only axes of one
// element come or go.
func reshape(c *call) (*operand, error) {
	v := c.arg(0)
	if v == nil {
		return nil, errMissing
	}
	if c.Op == "Flatten" {
		x, err := c.image(0)
		if err != nil || c.int("axis", 1) != 1 || !c.pixel[x.node] {
			return nil, fmt.Errorf("only a single pixel is flattened")
		}
		return &operand{node: x.node, axes: "NC"}, nil
	}
	to := c.arg(1)
	if to == nil || to.ints == nil {
		return nil, fmt.Errorf("its shape is not known")
	}
	if !v.isMap() {
		dims, ok := to.fixed()
		if !ok {
			return nil, fmt.Errorf("the shape of constants must be constant")
		}
		return reshaped(v, dims)
	}
	return c.reshapeMap(v, to.ints)
}

// reshaped gives constants or sizes other dims.
func reshaped(v *operand, dims []int) (*operand, error) {
	n := len(v.ints)
	if v.floats != nil {
		n = len(v.floats.Floats)
	}
	dims = slices.Clone(dims)
	known, free := 1, -1
	for i, d := range dims {
		switch {
		case d == -1:
			free = i
		case d >= 0:
			known *= d
		}
	}
	if free >= 0 && known > 0 {
		dims[free] = n / known
		known *= dims[free]
	}
	if known != n {
		return nil, fmt.Errorf("%s cannot have dims %v", v.what(), dims)
	}
	if v.floats != nil {
		return &operand{floats: &Tensor{Type: v.floats.Type, Dims: dims, Floats: v.floats.Floats}}, nil
	}
	return &operand{ints: v.ints, dims: dims, den: v.den}, nil
}

// isPixel says that n is one pixel at any size.
func (im *importer) isPixel(n *graph.Node) bool {
	switch n.Op {
	case graph.Reduce:
		if n.Over&graph.OverMap == graph.OverMap {
			return true
		}
	case graph.ReLU, graph.Pointwise, graph.PReLU, graph.ScaleShift, graph.Norm, graph.Sum, graph.Product, graph.Concat, graph.Select, graph.Softmax:
	case graph.Conv:
		if n.Kernel != [2]int{1, 1} {
			return false
		}
	default:
		return false
	}
	return !slices.ContainsFunc(n.In, func(m *graph.Node) bool { return !im.pixel[m] })
}

func (c *call) reshapeMap(v *operand, to []*graph.Length) (*operand, error) {
	n := c.channels[v.node]
	size := func(i int) int { // −2 where it depends on a size
		k, ok := to[i].Fixed()
		if !ok {
			return -2
		}
		return k
	}
	same := len(to) == 4 && v.parts == nil
	for i, a := range "NCHW" {
		if !same {
			break
		}
		k := size(i)
		switch {
		case a == 'C':
			same = k == n || k == 0 || k == -1
		case a == 'N':
			same = k == 1 || k == 0 || k == -1
		}
	}
	switch {
	case v.groups > 0 && same:
		return &operand{node: v.node, axes: v.axes}, nil
	case v.groups == 0 && v.axes == "NCHW" && len(to) >= 3 && len(to) <= 4 && size(1) > 0 && size(1) <= n && n%size(1) == 0 && (len(to) == 3 || size(1) < n) && (size(0) == 0 || size(0) == 1 || size(0) == -2):
		return &operand{node: v.node, axes: v.axes, groups: size(1)}, nil
	case v.groups == 0 && c.pixel[v.node] && len(to) == 2:
		return &operand{node: v.node, axes: "NC"}, nil
	case v.groups == 0 && c.pixel[v.node] && same:
		return &operand{node: v.node, axes: "NCHW"}, nil
	case v.groups == 0 && same && v.axes == "NCHW" && size(2) < 1 && size(3) < 1:
		return v, nil
	}
	if v.parts != nil {
		return c.joined(v, to)
	}
	return c.blocks(v, to)
}

// squeeze is Squeeze and Unsqueeze.
func squeeze(c *call) (*operand, error) {
	v := c.arg(0)
	if v == nil {
		return nil, errMissing
	}
	axes := c.ints("axes")
	if k := c.arg(1); k != nil {
		axes, _ = k.fixed()
	}
	if v.isMap() {
		return c.squeezeMap(v, axes)
	}
	dims := v.dims
	if v.floats != nil {
		dims = v.floats.Dims
	}
	if c.Op == "Squeeze" {
		var left []int
		for i, d := range dims {
			if d != 1 || axes != nil && !slices.Contains(axes, i) && !slices.Contains(axes, i-len(dims)) {
				left = append(left, d)
			}
		}
		dims = left
	} else {
		rank := len(dims) + len(axes)
		all := make([]int, 0, rank)
		for i := range rank {
			if slices.Contains(axes, i) || slices.Contains(axes, i-rank) {
				all = append(all, 1)
			} else if len(dims) > 0 {
				all, dims = append(all, dims[0]), dims[1:]
			}
		}
		dims = all
	}
	return reshaped(v, dims)
}

// squeezeMap drops axes of one element, or gives back such that were dropped: the
// missing ones in the order N, C, H, W.
func (c *call) squeezeMap(v *operand, axes []int) (*operand, error) {
	if c.Op == "Squeeze" {
		dropped := map[byte]bool{}
		for i := range len(v.axes) {
			if axes == nil && c.single(v, v.axes[i]) {
				dropped[v.axes[i]] = true
			}
		}
		for _, i := range axes {
			a, err := v.axis(i)
			if err != nil {
				return nil, err
			}
			if !c.single(v, "NCHW"[a]) {
				return nil, fmt.Errorf("axis %d of %s is not of one element at any size", i, v.axes)
			}
			dropped["NCHW"[a]] = true
		}
		return &operand{node: v.node, axes: without(v.axes, dropped)}, nil
	}
	rank := len(v.axes) + len(axes)
	missing, left := "", v.axes
	for _, a := range "NCHW" {
		if !strings.ContainsRune(v.axes, a) {
			missing += string(a)
		}
	}
	all := ""
	for i := range rank {
		switch {
		case slices.Contains(axes, i) || slices.Contains(axes, i-rank):
			if missing == "" {
				return nil, fmt.Errorf("axes %v of %s: maps of more than four axes are not known", axes, v.axes)
			}
			all, missing = all+missing[:1], missing[1:]
		case left != "":
			all, left = all+left[:1], left[1:]
		}
	}
	return &operand{node: v.node, axes: all}, nil
}

// single says that axis a of x has one element at any size.
func (c *call) single(x *operand, a byte) bool {
	switch a {
	case 'N':
		return true
	case 'C':
		return c.channels[x.node] == 1
	}
	return c.pixel[x.node]
}

// expand repeats: a map to its own shape, or sizes.
func expand(c *call) (*operand, error) {
	v, to := c.arg(0), c.arg(1)
	if v == nil || to == nil || to.ints == nil {
		return nil, errMissing
	}
	if v.isMap() {
		if h, ok := to.fixedAt(2); c.pixel[v.node] && len(to.ints) == 4 && !(ok && h == 1) { // a sum or product repeats it
			l := []*graph.Length{to.ints[2], to.ints[3]}
			return c.on(v, graph.Resize, graph.Node{Lengths: l, Interp: graph.Nearest}), nil
		}
		keeps := func(axis int) bool {
			n, ok := to.fixedAt(2 + axis)
			return ok && n == 1 || c.spans(to.ints[2+axis], v.node, axis)
		}
		if n, ok := to.fixedAt(1); ok && v.axes == "NCHW" && keeps(0) && keeps(1) {
			switch k := c.channels[v.node]; {
			case n == k || n == 1:
				return v, nil
			case k == 1 && n > 1 && n <= mostChannels:
				return c.copied(v.node, make([][3]int, n), 1), nil
			}
		}
		return nil, fmt.Errorf("a map of axes %s in the shape %v: only a single pixel or channel is repeated", v.axes, to.ints)
	}
	dims, ok := to.fixed()
	if !ok || len(dims) != 1 || dims[0] < 0 || dims[0] > mostSizes || len(v.ints) != 1 {
		return nil, fmt.Errorf("%s to the shape %v is not known", v.what(), to.ints)
	}
	return &operand{ints: slices.Repeat(v.ints, dims[0]), dims: dims}, nil
}

// tile repeats the channels.
func tile(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	to := c.arg(1)
	if to == nil {
		return nil, errMissing
	}
	times, ok := to.fixed()
	n := c.channels[x.node]
	if !ok || x.axes != "NCHW" || len(times) != 4 || times[0] != 1 || times[2] != 1 || times[3] != 1 ||
		times[1] < 1 || times[1] > mostChannels || n*n*times[1] > mostCopied {
		return nil, fmt.Errorf("it repeats axes %s %v times: only the channels can be", x.axes, times)
	}
	var from [][3]int
	for range times[1] {
		for i := range n {
			from = append(from, [3]int{i})
		}
	}
	return c.copied(x.node, from, 1), nil
}
