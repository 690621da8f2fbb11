package graph

import (
	"errors"
	"fmt"
)

// Sizes are the legal input sizes of a network: those at which nothing is
// floored anywhere and every node has at least one pixel.
type Sizes struct{ H, W Sides }

// Sides are the legal lengths of one axis: Step·k + Offset px, from Min on.
type Sides struct{ Step, Offset, Min int }

// Legal reports whether n px is a legal length.
func (s Sides) Legal(n int) bool { return n >= s.Min && (n-s.Offset)%s.Step == 0 }

// Below is the largest legal length ≤ n, or 0 if there is none.
func (s Sides) Below(n int) int {
	if n < s.Min {
		return 0
	}
	return n - (n-s.Min)%s.Step
}

// Above is the smallest legal length ≥ n.
func (s Sides) Above(n int) int {
	if n <= s.Min {
		return s.Min
	}
	return s.Min + (n-s.Min+s.Step-1)/s.Step*s.Step
}

func (s Sides) String() string {
	if s.Offset == 0 {
		return fmt.Sprintf("%d·k from %d", s.Step, s.Min)
	}
	return fmt.Sprintf("%d·k+%d from %d", s.Step, s.Offset, s.Min)
}

func (s Sides) nearest(n int) string {
	if b := s.Below(n); b > 0 && b != s.Above(n) {
		return fmt.Sprintf("%d, %d", b, s.Above(n))
	}
	return fmt.Sprint(s.Above(n))
}

func (s Sizes) nearest(in Size) string {
	if s.H == s.W && in.H == in.W {
		return "nearest legal input sides " + s.H.nearest(in.H)
	}
	return fmt.Sprintf("nearest legal input heights %s, widths %s", s.H.nearest(in.H), s.W.nearest(in.W))
}

// A form is a node's length at the input length Step·k + Offset: a·k + b px,
// exact for every k.
type form struct{ a, b int }

// Sizes derives the legal input sizes from the wiring alone.
func (g *Graph) Sizes() (Sizes, error) {
	h, _, err := g.forms(0)
	if err != nil {
		return Sizes{}, err
	}
	w, _, err := g.forms(1)
	return Sizes{h, w}, err
}

// forms walks the nodes along one axis with lengths that are affine in an
// unknown k, and narrows k to every s-th value where a stride of s must divide.
func (g *Graph) forms(axis int) (Sides, []form, error) {
	f := make([]form, 0, len(g.Nodes))
	least := 0 // smallest k at which all lengths so far suffice
	// need demands a·k + b ≥ m; it is applied again after each narrowing.
	type demand struct{ node, m int }
	var needs []demand
	fail := func(n *Node, why string, args ...any) (Sides, []form, error) {
		return Sides{}, nil, fmt.Errorf("%s: %s (%v): no input size is legal: %s", g.Name, n.Name, n.Op, fmt.Sprintf(why, args...))
	}
	narrow := func(x form, s int) (form, bool) {
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
	for _, n := range g.Nodes {
		if n.Op == Input {
			f = append(f, form{1, 0})
			needs = append(needs, demand{0, 1})
			continue
		}
		id := n.In[0].ID
		x := f[id]
		out := x
		switch n.Op {
		case Conv, MaxPool, AvgPool:
			k, s := n.Kernel[axis], n.Stride[axis]
			r, ok := narrow(form{x.a, x.b - k + s}, s)
			if !ok {
				return fail(n, "a stride of %d always leaves a rest", s)
			}
			out = form{r.a / s, r.b / s}
		case ConvTranspose:
			out = form{x.a * n.Stride[axis], x.b * n.Stride[axis]}
		case PixelShuffle:
			out = form{x.a * n.Factor, x.b * n.Factor}
		case Pad:
			out.b += n.Pads[axis] + n.Pads[axis+2]
			switch most := max(n.Pads[axis], n.Pads[axis+2]); n.Padding {
			case PadReflect:
				needs = append(needs, demand{id, most + 1})
			case PadCircular:
				needs = append(needs, demand{id, most})
			}
		case Crop:
			out = f[n.Like.ID]
			if d := x.b - out.b; x.a != out.a || d < 0 || d%2 != 0 {
				return fail(n, "%v px cannot be centred in %v px", out, x)
			}
		case Resize:
			if n.Like == nil {
				out = form{x.a * n.Factor, x.b * n.Factor}
			} else {
				out = f[n.Like.ID]
			}
		case Concat:
			for _, m := range n.In[1:] {
				if f[m.ID] != x {
					return fail(n, "sizes differ: %v px and %v px", x, f[m.ID])
				}
			}
		}
		f = append(f, out)
		needs = append(needs, demand{n.ID, 1})
	}
	for _, d := range needs {
		x := f[d.node]
		for x.a*least+x.b < d.m {
			if x.a < 1 {
				return fail(g.Nodes[d.node], "%d px are less than %d", x.b, d.m)
			}
			least++
		}
	}
	in := f[0]
	return Sides{Step: in.a, Offset: in.b % in.a, Min: in.a*least + in.b}, f, nil
}

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

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}

// CheckLegal says where in is floored, and which sizes would not be. Legal
// sizes return nil.
func (g *Graph) CheckLegal(in Size) error {
	shapes, err := g.Infer(in)
	if err != nil {
		return err
	}
	sizes, err := g.Sizes()
	if err != nil {
		return err
	}
	if sizes.H.Legal(in.H) && sizes.W.Legal(in.W) {
		return nil
	}
	for _, n := range g.Nodes {
		for axis, name := range [2]string{"height", "width"} {
			out := length(shapes[n.ID], axis)
			switch n.Op {
			case Conv, MaxPool, AvgPool:
				x := length(shapes[n.In[0].ID], axis)
				if rest := (x - n.Kernel[axis]) % n.Stride[axis]; rest != 0 {
					return fmt.Errorf("%s: %s (%v): input %v is not legal: a %s of %d px is floored to %d; %s",
						g.Name, n.Name, n.Op, in, name, x, x-rest, sizes.nearest(in))
				}
			case Crop:
				if x := length(shapes[n.In[0].ID], axis); (x-out)%2 != 0 {
					return fmt.Errorf("%s: %s (%v): input %v is not legal: %d px cannot be centred in a %s of %d; %s",
						g.Name, n.Name, n.Op, in, out, name, x, sizes.nearest(in))
				}
			}
		}
	}
	return errors.New(g.Name + ": input " + in.String() + " is not legal; " + sizes.nearest(in))
}

// length is the height (axis 0) or width (axis 1) of s.
func length(s Shape, axis int) int {
	if axis == 0 {
		return s.H
	}
	return s.W
}
