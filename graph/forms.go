package graph

import (
	"fmt"
	"math"
)

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
			if out, err = n.form(axis, &f); err != nil {
				return Sides{}, nil, g.noSize(n, err)
			}
		}
		if n.Op == Pad && n.Padding != PadZero {
			before, err := n.start(axis, f)
			if err != nil {
				return Sides{}, nil, g.noSize(n, err)
			}
			x := f[n.In[0].ID]
			before = form{-before.a, -before.b}
			after := form{out.a - x.a - before.a, out.b - x.b - before.b}
			for _, px := range []form{before, after} {
				switch {
				case px.a != 0:
				case n.Padding == PadReflect:
					needs = append(needs, need{n.In[0], px.b + 1})
				case n.Padding == PadCircular:
					needs = append(needs, need{n.In[0], px.b})
				}
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
func (n *Node) form(axis int, f *[]form) (form, error) {
	x := (*f)[n.In[0].ID]
	switch n.Op {
	case Conv, MaxPool, AvgPool:
		// Windows that overlap into padding or, where the last may, end
		// beyond the map, and those that are less than the stride, make
		// x/stride of the multiples x of the stride; others end where the map does.
		s, pad := n.Stride[axis], n.outside(axis)
		y := form{x.a, x.b + n.Pads[axis] + n.Pads[axis+2] - n.window(axis) + s}
		free := s > 1 && ((pad > 0 || n.Ceil) && n.window(axis) > s || n.window(axis) < s)
		if free {
			if z, ok := narrow(*f, form{x.a, x.b + n.Pads[axis] + n.Pads[axis+2] - pad}, s); ok {
				y = form{z.a, z.b + pad - n.window(axis) + s}
				return n.windows(y, s), nil
			}
		}
		y, ok := narrow(*f, y, s)
		if !ok {
			if !free {
				return x, fmt.Errorf("a stride of %d always leaves a rest", s)
			}
			y.a *= s / gcd(y.a, s)
			for i := range *f {
				(*f)[i].a *= s / gcd(x.a, s)
			}
		}
		return n.windows(y, s), nil
	case ConvTranspose:
		s := n.Stride[axis]
		return form{x.a * s, (x.b-1)*s + n.Kernel[axis]}, nil
	case PixelShuffle:
		return form{x.a * n.Factor, x.b * n.Factor}, nil
	case Pad:
		y := form{0, n.Pads[axis] + n.Pads[axis+2]}
		if n.Lengths != nil {
			ends, err := lengths(axis, f, n.Lengths[axis], n.Lengths[axis+2])
			if err != nil {
				return x, err
			}
			y = form{ends[0].a + ends[1].a, y.b + ends[0].b + ends[1].b}
		}
		x = (*f)[n.In[0].ID] // it may have been narrowed
		return form{x.a + y.a, x.b + y.b}, nil
	case Crop:
		if n.Like == nil {
			cut, err := lengths(axis, f, n.Lengths[axis], n.Lengths[axis+2])
			if err != nil {
				return x, err
			}
			x, at, y := (*f)[n.In[0].ID], cut[0], cut[1]
			if at.a == 0 && x.a == y.a && (at.b < 0 || at.b+y.b > x.b) {
				err = fmt.Errorf("%v px from px %d on are not in %v px", y, at.b, x)
			}
			return y, err
		}
		y := (*f)[n.Like.ID]
		if d := x.b - y.b; x.a != y.a || d < 0 || d%2 != 0 {
			return x, fmt.Errorf("%v px cannot be centred in %v px", y, x)
		}
		return y, nil
	case Resize:
		switch {
		case n.Like != nil:
			return (*f)[n.Like.ID], nil
		case n.Lengths != nil:
			size, err := lengths(axis, f, n.Lengths[axis])
			if err != nil {
				return x, err
			}
			return size[0], nil
		case n.Factor > 0:
			return form{x.a * n.Factor, x.b * n.Factor}, nil
		}
		return scaled(*f, x, n.Scale[axis])
	case Reduce:
		if n.Over.side(axis) {
			return form{0, 1}, nil
		}
	case Concat, Sum, Product:
		one := form{0, 1}
		for _, m := range n.In[1:] {
			y := (*f)[m.ID]
			switch {
			case y == x:
			case n.Op != Concat && y == one:
			case n.Op != Concat && x == one:
				x = y
			default:
				return x, fmt.Errorf("sizes differ: %v px and %v px", x, y)
			}
		}
	}
	return x, nil
}

// windows is the number of windows that begin in y px, s px apart, where y
// counts from the last px that the first window may begin with.
func (n *Node) windows(y form, s int) form {
	if n.Ceil {
		y.b += mod(-y.b, s)
	}
	return form{y.a / s, floorDiv(y.b, s)}
}

// outside is how many px beyond the map the windows of n reach: its own pads,
// or those of the Pad before it.
func (n *Node) outside(axis int) int {
	px := n.Pads[axis] + n.Pads[axis+2]
	if m := n.In[0]; m.Op == Pad && m.Lengths == nil {
		px += max(m.Pads[axis], 0) + max(m.Pads[axis+2], 0)
	}
	return px
}

// scaled is x magnified by a ratio of small numbers, where that leaves no rest.
func scaled(f []form, x form, scale float64) (form, error) {
	for den := 1; den <= 64; den++ {
		num := math.Round(scale * float64(den))
		if math.Abs(num/float64(den)-scale) > 1e-6*scale {
			continue
		}
		y, ok := narrow(f, x, den)
		if !ok {
			return x, fmt.Errorf("%v px cannot be magnified %g times without a rest", x, scale)
		}
		return form{y.a / den * int(num), y.b / den * int(num)}, nil
	}
	return x, fmt.Errorf("a magnification of %g is no ratio of small numbers", scale)
}

func mod(a, b int) int { return a - floorDiv(a, b)*b }

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
