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
		like := x
		if n.Like != nil {
			like = s[n.Like.ID]
		}
		for _, m := range n.In[1:] {
			if y := s[m.ID]; y.Size() != x.Size() {
				return out, fmt.Errorf("sizes differ: %v and %v", x, y)
			}
		}
		var err error
		if out.C, err = n.channels(s); err != nil {
			return out, err
		}
		if out.H, err = n.side(0, x.H, like.H); err != nil {
			return out, err
		}
		if out.W, err = n.side(1, x.W, like.W); err != nil {
			return out, err
		}
	}
	if out.H < 1 || out.W < 1 {
		return out, fmt.Errorf("input %v leaves nothing: output would be %v", in, out)
	}
	return out, nil
}

// channels is the number of channels of n.
func (n *Node) channels(s []Shape) (int, error) {
	switch n.Op {
	case Conv, ConvTranspose:
		return n.Channels, nil
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
	case Sum:
		for _, m := range n.In[1:] {
			if a, b := s[n.In[0].ID].C, s[m.ID].C; a != b {
				return 0, fmt.Errorf("%d and %d channels cannot be added", a, b)
			}
		}
	}
	return s[n.In[0].ID].C, nil
}

// side is the output length of n along axis (0 height, 1 width) for an operand
// of length x. It may be less than 1.
func (n *Node) side(axis, x, like int) (int, error) {
	switch n.Op {
	case Conv, MaxPool, AvgPool:
		if x < n.Kernel[axis] {
			return 0, nil
		}
		return (x-n.Kernel[axis])/n.Stride[axis] + 1, nil
	case ConvTranspose:
		return x * n.Stride[axis], nil
	case PixelShuffle:
		return x * n.Factor, nil
	case Pad:
		most := max(n.Pads[axis], n.Pads[axis+2])
		if n.Padding == PadReflect && most >= x || n.Padding == PadCircular && most > x {
			return 0, fmt.Errorf("cannot pad %d px by %d px in mode %v", x, most, n.Padding)
		}
		return x + n.Pads[axis] + n.Pads[axis+2], nil
	case Crop:
		if x < like {
			return 0, fmt.Errorf("cannot crop %d px to %d px", x, like)
		}
		return like, nil
	case Resize:
		if n.Like == nil {
			return x * n.Factor, nil
		}
		return like, nil
	}
	return x, nil
}
