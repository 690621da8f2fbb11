package graph

import (
	"errors"
	"fmt"
)

// Infer returns the shape of every node, by ID, for an input of size in. It
// accepts what runs: pooling floors, and an odd crop takes the smaller half
// before. CheckLegal says whether anything was floored.
func (g *Graph) Infer(in Size) ([]Shape, error) {
	s := make([]Shape, len(g.Nodes))
	for _, n := range g.Nodes {
		var err error
		if s[n.ID], err = n.shape(in, s); err != nil {
			return nil, g.errorf(n, in, err)
		}
	}
	return s, nil
}

// errorf names variant, node and op, and the input sides that would do.
func (g *Graph) errorf(n *Node, in Size, err error) error {
	e := fmt.Sprintf("%s: %s (%v): %v", g.Name, n.Name, n.Op, err)
	if s, bad := g.Sizes(); bad == nil {
		e += "; " + s.nearest(in)
	}
	return errors.New(e)
}

// shape is the shape of n, given the input's size and the shapes before n.
func (n *Node) shape(in Size, s []Shape) (Shape, error) {
	var out Shape
	if n.Op == Input {
		out = Shape{n.Channels, in.H, in.W}
	} else {
		x := s[n.In[0].ID]
		for _, m := range n.In[1:] {
			y := s[m.ID]
			if n.Op != Concat {
				x.H, x.W = broadcast(x.H, y.H), broadcast(x.W, y.W)
			}
			if same := y.Size() == x.Size(); !same && (n.Op == Concat || y.H != x.H && y.H != 1 || y.W != x.W && y.W != 1) {
				return out, fmt.Errorf("sizes differ: %v and %v", s[n.In[0].ID], y)
			}
		}
		var err error
		if out.C, err = n.channels(s); err != nil {
			return out, err
		}
		if out.H, err = n.side(0, x.H, s); err != nil {
			return out, err
		}
		if out.W, err = n.side(1, x.W, s); err != nil {
			return out, err
		}
	}
	if out.H < 1 || out.W < 1 {
		return out, fmt.Errorf("input %v leaves nothing: output would be %v", in, out)
	}
	return out, nil
}

// Channels returns the number of channels of every node, by ID: no input size is
// needed for them.
func (g *Graph) Channels() ([]int, error) {
	s, all := make([]Shape, len(g.Nodes)), make([]int, len(g.Nodes))
	for _, n := range g.Nodes {
		c := n.Channels
		if n.Op != Input {
			var err error
			if c, err = n.channels(s); err != nil {
				return nil, fmt.Errorf("%s: %s (%v): %w", g.Name, n.Name, n.Op, err)
			}
		}
		s[n.ID].C, all[n.ID] = c, c
	}
	return all, nil
}

// channels is the number of channels of n.
func (n *Node) channels(s []Shape) (int, error) {
	switch n.Op {
	case Conv, ConvTranspose:
		return n.Channels, nil
	case Select:
		if c := s[n.In[0].ID].C; n.First+n.Channels > c {
			return 0, fmt.Errorf("channels %d … %d of %d", n.First, n.First+n.Channels-1, c)
		}
		return n.Channels, nil
	case Reduce:
		if n.Over&OverChannels != 0 {
			return 1, nil
		}
	case PixelShuffle:
		c, r2 := s[n.In[0].ID].C, n.Factor*n.Factor
		if c%r2 != 0 {
			return 0, fmt.Errorf("%d channels are no multiple of %d²", c, n.Factor)
		}
		return c / r2, nil
	case Concat:
		c := 0
		for _, m := range n.In {
			c += s[m.ID].C
		}
		return c, nil
	case Sum, Product:
		c := s[n.In[0].ID].C
		for _, m := range n.In[1:] {
			d := s[m.ID].C
			if c != d && c != 1 && d != 1 {
				return 0, fmt.Errorf("%d and %d channels do not go together", c, d)
			}
			c = broadcast(c, d)
		}
		return c, nil
	}
	return s[n.In[0].ID].C, nil
}

// broadcast is the length of an axis of a and b elements, of which one may be 1.
func broadcast(a, b int) int {
	if a == 1 {
		return b
	}
	return a
}

// side is the output length of n along axis (0 height, 1 width) for an operand
// of length x, given the shapes before n. It may be less than 1.
func (n *Node) side(axis, x int, s []Shape) (int, error) {
	switch n.Op {
	case Conv, MaxPool, AvgPool:
		s, rest := n.Stride[axis], x+n.Pads[axis]+n.Pads[axis+2]-n.window(axis)
		y := floorDiv(rest, s) + 1
		if n.Ceil && mod(rest, s) != 0 && y*s < x+n.Pads[axis] { // a window must begin on the map
			y++
		}
		return max(y, 0), nil
	case ConvTranspose:
		return (x-1)*n.Stride[axis] + n.Kernel[axis], nil
	case PixelShuffle:
		return x * n.Factor, nil
	case Pad:
		before, after, err := n.pads(axis, s)
		if most := max(before, after); err == nil && (n.Padding == PadReflect && most >= x || n.Padding == PadCircular && most > x) {
			err = fmt.Errorf("cannot pad %d px by %d px in mode %v", x, most, n.Padding)
		}
		return max(x+before+after, 0), err
	case Crop:
		at, y, err := n.cut(axis, x, s)
		if err == nil && (at < 0 || y < 0 || at+y > x) {
			err = fmt.Errorf("cannot crop %d px to %d px", x, y)
		}
		return y, err
	case Resize:
		switch {
		case n.Like != nil:
			return length(s[n.Like.ID], axis), nil
		case n.Lengths != nil:
			return n.Lengths[axis].Eval(s)
		case n.Factor > 0:
			return x * n.Factor, nil
		}
		return int(float32(x) * float32(n.Scale[axis])), nil // as ONNX Runtime: 60 px times 5/3 are 100, not 99
	case Reduce:
		if n.Over.side(axis) {
			return 1, nil
		}
	}
	return x, nil
}

// pads is how many px a Pad node adds before and after, for the shapes before it.
func (n *Node) pads(axis int, s []Shape) (before, after int, err error) {
	before, after = n.Pads[axis], n.Pads[axis+2]
	if n.Lengths == nil {
		return before, after, nil
	}
	b, err := n.Lengths[axis].Eval(s)
	if err != nil {
		return 0, 0, err
	}
	a, err := n.Lengths[axis+2].Eval(s)
	return before + b, after + a, err
}

// cut is the first px and the number of px that a Crop node takes of x px: an
// odd rest around Like leaves the smaller half before.
func (n *Node) cut(axis, x int, s []Shape) (at, y int, err error) {
	if n.Like != nil {
		y = length(s[n.Like.ID], axis)
		return (x - y) / 2, y, nil
	}
	if at, err = n.Lengths[axis].Eval(s); err != nil {
		return 0, 0, err
	}
	y, err = n.Lengths[axis+2].Eval(s)
	return at, y, err
}

// Window returns where a Crop node begins in its operand, or a Pad node's
// operand in it (then not positive), for the shapes of Infer: top, left.
func (n *Node) Window(s []Shape) (top, left int, err error) {
	for axis, at := range []*int{&top, &left} {
		if n.Op == Crop {
			*at, _, err = n.cut(axis, length(s[n.In[0].ID], axis), s)
		} else if *at, _, err = n.pads(axis, s); err == nil {
			*at = -*at
		}
		if err != nil {
			return 0, 0, err
		}
	}
	return top, left, nil
}
