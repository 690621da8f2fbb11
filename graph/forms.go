package graph

import "fmt"

// A form is a node's length at the input length Step·k + Offset: a·k + b px,
// exact for every k.
type form struct{ a, b int }

func (f form) String() string {
	switch {
	case f.a == 0:
		return fmt.Sprint(f.b)
	case f.a == 1 && f.b == 0:
		return "k"
	case f.a == 1:
		return fmt.Sprintf("k%+d", f.b)
	case f.b == 0:
		return fmt.Sprintf("%d·k", f.a)
	}
	return fmt.Sprintf("%d·k%+d", f.a, f.b)
}

// A need demands at least m px of a node.
type need struct {
	n *Node
	m int
}

// forms walks the nodes along one axis with lengths that are affine in an
// unknown k, and narrows k to every s-th value where a stride of s must divide.
func (g *Graph) forms(axis int) (Sides, []form, error) {
	var f []form
	var needs []need
	for _, n := range g.Nodes {
		out := form{1, 0}
		if n.Op != Input {
			var err error
			if out, err = n.form(axis, f); err != nil {
				return Sides{}, nil, g.noSize(n, err)
			}
		}
		if n.Op == Pad {
			most := max(n.Pads[axis], n.Pads[axis+2])
			switch n.Padding {
			case PadReflect:
				needs = append(needs, need{n.In[0], most + 1})
			case PadCircular:
				needs = append(needs, need{n.In[0], most})
			}
		}
		f = append(f, out)
		needs = append(needs, need{n, 1})
	}
	least := 0 // the smallest k that meets all needs
	for _, d := range needs {
		x := f[d.n.ID]
		switch lack := d.m - x.a*least - x.b; {
		case lack <= 0:
		case x.a < 1:
			return Sides{}, nil, g.noSize(d.n, fmt.Errorf("%d px are less than %d", x.b, d.m))
		default:
			least += (lack + x.a - 1) / x.a
		}
	}
	in := f[0]
	return Sides{Step: in.a, Offset: in.b % in.a, Min: in.a*least + in.b}, f, nil
}

func (g *Graph) noSize(n *Node, err error) error {
	return fmt.Errorf("%s: %s (%v): no input size is legal: %w", g.Name, n.Name, n.Op, err)
}

// form is the length of n, given those before it, which it may narrow.
func (n *Node) form(axis int, f []form) (form, error) {
	x := f[n.In[0].ID]
	switch n.Op {
	case Conv, MaxPool, AvgPool:
		k, s := n.Kernel[axis], n.Stride[axis]
		y, ok := narrow(f, form{x.a, x.b - k + s}, s)
		if !ok {
			return x, fmt.Errorf("a stride of %d always leaves a rest", s)
		}
		return form{y.a / s, y.b / s}, nil
	case ConvTranspose:
		return form{x.a * n.Stride[axis], x.b * n.Stride[axis]}, nil
	case PixelShuffle:
		return form{x.a * n.Factor, x.b * n.Factor}, nil
	case Pad:
		return form{x.a, x.b + n.Pads[axis] + n.Pads[axis+2]}, nil
	case Crop:
		y := f[n.Like.ID]
		if d := x.b - y.b; x.a != y.a || d < 0 || d%2 != 0 {
			return x, fmt.Errorf("%v px cannot be centred in %v px", y, x)
		}
		return y, nil
	case Resize:
		if n.Like != nil {
			return f[n.Like.ID], nil
		}
		return form{x.a * n.Factor, x.b * n.Factor}, nil
	case Concat, Sum:
		for _, m := range n.In[1:] {
			if y := f[m.ID]; y != x {
				return x, fmt.Errorf("sizes differ: %v px and %v px", x, y)
			}
		}
	}
	return x, nil
}

// narrow keeps the k at which x is a multiple of s: it rewrites all forms, and
// returns x, for k = t·k' + r.
func narrow(f []form, x form, s int) (form, bool) {
	for r := range s {
		if (x.a*r+x.b)%s != 0 {
			continue
		}
		t := s / gcd(x.a, s)
		for i := range f {
			f[i] = form{f[i].a * t, f[i].a*r + f[i].b}
		}
		return form{x.a * t, x.a*r + x.b}, true
	}
	return x, false
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}
