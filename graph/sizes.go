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

// Sizes derives the legal input sizes from the wiring alone.
func (g *Graph) Sizes() (Sizes, error) {
	h, _, err := g.forms(0)
	if err != nil {
		return Sizes{}, err
	}
	w, _, err := g.forms(1)
	return Sizes{h, w}, err
}

// CheckResolution is an error where the output has not one px for each of the
// input's, apart from a rim.
func (g *Graph) CheckResolution() error {
	for axis, name := range [2]string{"height", "width"} {
		_, forms, err := g.forms(axis)
		if err != nil {
			return err
		}
		if in, out := forms[0].a, forms[g.Output().ID].a; in != out {
			d := gcd(in, out)
			return fmt.Errorf("%s: %s (%v): the output's %s is %d/%d of the input's; add a Resize behind it, or cut the file before the pooling",
				g.Name, g.Output().Name, g.Output().Op, name, out/d, in/d)
		}
	}
	return nil
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
	for axis, name := range [2]string{"height", "width"} {
		sides, forms, _ := g.forms(axis)
		px := [2]int{in.H, in.W}[axis]
		if sides.Legal(px) {
			continue
		}
		for _, n := range g.Nodes {
			if why := n.inexact(axis, name, px, shapes, forms); why != "" {
				return fmt.Errorf("%s: %s (%v): input %v is not legal: %s; %s", g.Name, n.Name, n.Op, in, why, sizes.nearest(in))
			}
		}
	}
	if sizes.H.Legal(in.H) && sizes.W.Legal(in.W) {
		return nil
	}
	return errors.New(g.Name + ": input " + in.String() + " is not legal; " + sizes.nearest(in))
}

// inexact says how the length of n differs from the fixed ratio to the input's,
// px, that it has at legal lengths; "" where it does not.
func (n *Node) inexact(axis int, name string, px int, shapes []Shape, forms []form) string {
	if n.Op == Input {
		return ""
	}
	x, y := length(shapes[n.In[0].ID], axis), length(shapes[n.ID], axis)
	in, out := forms[0], forms[n.ID]
	if n.Op == Crop && n.Like != nil {
		if (x-y)%2 == 0 {
			return ""
		}
		return fmt.Sprintf("%d px cannot be centred in a %s of %d", y, name, x)
	}
	if (y-out.b)*in.a == out.a*(px-in.b) {
		return ""
	}
	if n.slides() {
		if rest := x + n.Pads[axis] + n.Pads[axis+2] - n.window(axis) - (y-1)*n.Stride[axis]; rest > 0 {
			return fmt.Sprintf("a %s of %d px is floored to %d", name, x, x-rest)
		}
		return fmt.Sprintf("a %s of %d px becomes %d, rounded up", name, x, y)
	}
	return fmt.Sprintf("its %s of %d px is not in the ratio to the input's that it has at legal ones", name, y)
}

// length is the height (axis 0) or width (axis 1) of s.
func length(s Shape, axis int) int {
	if axis == 0 {
		return s.H
	}
	return s.W
}
