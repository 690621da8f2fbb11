package onnx

import (
	"errors"
	"fmt"
	"slices"

	"unetbench/graph"
)

// concat joins channels of maps, or lists of sizes. Along height or width it is
// known as what circular padding is written as.
func concat(c *call) (*operand, error) {
	if v := c.arg(0); v != nil && v.ints != nil {
		out := &operand{dims: []int{0}}
		for _, v := range c.in {
			if v != nil && v.floats != nil && len(v.floats.Floats) == 0 {
				continue
			}
			if v == nil || v.ints == nil {
				return nil, errors.New("sizes are joined with something else")
			}
			out.ints = append(out.ints, v.ints...)
			if v.den != nil {
				out.den = append(out.den, v.den...)
			}
		}
		if out.den != nil && len(out.den) != len(out.ints) {
			return nil, fmt.Errorf("sizes are joined with ratios of sizes")
		}
		out.dims[0] = len(out.ints)
		return out, nil
	}
	if c.allConstant() {
		return joinConstants(c)
	}
	if c.stacks() {
		return stack(c)
	}
	c.in = slices.DeleteFunc(slices.Clone(c.in), func(v *operand) bool { return v != nil && v.empty != nil })
	var nodes []*graph.Node
	all := 0
	for i := range c.in {
		x, err := c.image(i)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, x.node)
		if all += c.channels[x.node]; all > mostChannels {
			return nil, fmt.Errorf("%d channels are too many", all)
		}
	}
	if len(nodes) == 0 {
		return nil, errMissing
	}
	x := c.in[0]
	a, err := x.axis(int(c.int("axis", 1)))
	switch {
	case err != nil:
		return nil, err
	case len(nodes) == 1:
		return x, nil
	case a == 1:
		return c.on(x, graph.Concat, graph.Node{}, nodes...), nil
	case a >= 2 && len(nodes) == 3:
		if y := c.circular(nodes, a-2); y != nil {
			return &operand{node: y, axes: x.axes}, nil
		}
	}
	return nil, fmt.Errorf("maps are joined along axis %d of %s: only along the channels is known, and circular padding", c.int("axis", 1), x.axes)
}

func (c *call) allConstant() bool {
	return !slices.ContainsFunc(c.in, func(v *operand) bool { return v == nil || v.floats == nil })
}

// joinConstants joins lists of constants: scales of a Resize.
func joinConstants(c *call) (*operand, error) {
	out := &Tensor{Type: Float32, Dims: []int{0}}
	for _, v := range c.in {
		if len(v.floats.Dims) != 1 {
			return nil, fmt.Errorf("constants of dims %v are joined: only lists are known", v.floats.Dims)
		}
		out.Floats = append(out.Floats, v.floats.Floats...)
	}
	out.Dims[0] = len(out.Floats)
	return &operand{floats: out}, nil
}

// circular recognises the last px of a map, the map, and its first px: padding
// that wraps. The two Crop nodes stay unused, and are taken out.
func (c *call) circular(n []*graph.Node, axis int) *graph.Node {
	last, x, first := n[0], n[1], n[2]
	size := graph.Square(large)
	for _, crop := range []*graph.Node{last, first} {
		if crop.Op != graph.Crop || crop.In[0] != x {
			return nil
		}
	}
	shapes, err := c.g.Infer(size)
	if err != nil {
		return nil
	}
	length := func(m *graph.Node) int { return [2]int{shapes[m.ID].H, shapes[m.ID].W}[axis] }
	start := func(m *graph.Node) int {
		top, left, err := m.Window(shapes)
		if err != nil {
			return -1
		}
		return [2]int{top, left}[axis]
	}
	if start(first) != 0 || start(last) != length(x)-length(last) {
		return nil
	}
	p := graph.Node{Padding: graph.PadCircular}
	p.Pads[axis], p.Pads[axis+2] = length(last), length(first)
	return c.add(label(c.Node), graph.Pad, p, x)
}

func permute(c *call) (*operand, error) {
	v := c.arg(0)
	if v == nil {
		return nil, errMissing
	}
	perm := c.ints("perm")
	if v.ints != nil && v.den == nil && len(v.dims) == 2 && (perm == nil || slices.Equal(perm, []int{1, 0})) {
		out := &operand{dims: []int{v.dims[1], v.dims[0]}}
		for i := range v.dims[1] {
			for j := range v.dims[0] {
				out.ints = append(out.ints, v.ints[j*v.dims[1]+i])
			}
		}
		return out, nil
	}
	if v.parts != nil {
		out := &operand{node: v.node}
		for _, p := range perm {
			if p < 0 || p >= len(v.parts) {
				return nil, fmt.Errorf("perm %v of %d axes", perm, len(v.parts))
			}
			out.parts = append(out.parts, v.parts[p])
		}
		if len(perm) != len(v.parts) {
			return nil, fmt.Errorf("perm %v of %d axes", perm, len(v.parts))
		}
		return out, nil
	}
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	var axes []byte
	for _, p := range perm {
		if p < 0 || p >= len(x.axes) {
			return nil, fmt.Errorf("perm %v of %s", perm, x.axes)
		}
		axes = append(axes, x.axes[p])
	}
	if s := string(axes); len(s) == len(x.axes) && s[0] == 'N' {
		return &operand{node: x.node, axes: s}, nil
	}
	return nil, fmt.Errorf("perm %v of %s is not known", perm, x.axes)
}
