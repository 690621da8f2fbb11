package graph

import "math"

// A Footprint is how a network's output relates to its input in space.
type Footprint struct{ H, W Axis }

// An Axis is the footprint along height or width. "Up" and "Top" are the
// side of small indices: up for H, left for W.
type Axis struct {
	Step          int // legal sizes and tile origins advance by Step input px
	Shrink        int // input px minus output px, at every legal size
	Before, After int // context: input px read beyond the output, on each side

	// Equivariant: an input shifted by Step px gives an output shifted
	// likewise. Interpolation to a size that is no fixed multiple, and
	// aligned corners, depend on the whole input's length instead; a norm by a
	// map's own statistics depends on all its values.
	Equivariant bool

	// The farthest input px that any output px depends on; -1 where it grows
	// with the input. Reach has it per phase: {up, down} of the output pixels
	// i with i mod len(Reach) = phase, counted from output px i's own place,
	// input px i + Before.
	ReachUp, ReachDown int
	Reach              [][2]int

	// Output px to discard where the input was cut off at an inner edge whose
	// place lies on the step, because they depend on something invented there
	// (padding, or a row repeated by interpolation); -1 where none is enough.
	HaloTop, HaloBottom int
}

// Footprint derives the footprint from the wiring alone. A network without
// legal sizes has none: its Step is 0 and its reach and halo are -1.
func (g *Graph) Footprint() Footprint {
	return Footprint{g.axis(0), g.axis(1)}
}

func (g *Graph) axis(axis int) Axis {
	sides, forms, err := g.forms(axis)
	if err != nil {
		return Axis{ReachUp: -1, ReachDown: -1, HaloTop: -1, HaloBottom: -1}
	}
	out := forms[g.Output().ID]
	a := Axis{Step: sides.Step, Shrink: forms[0].b - out.b, Equivariant: g.equivariant(forms)}
	a.Before = a.Shrink / 2
	if !a.Equivariant {
		a.ReachUp, a.ReachDown, a.HaloTop, a.HaloBottom = -1, -1, -1, -1
		a.After = a.Shrink - a.Before
		return a
	}
	// Even kernels put an output px between two input px; it counts as the latter.
	a.Before = int(math.Floor(g.place(axis, sides.Min).B + 0.5))
	a.After = a.Shrink - a.Before
	for i, s := range g.spans(axis, forms) {
		if s.empty {
			a.Reach = append(a.Reach, [2]int{})
			continue
		}
		at := i + a.Before
		r := [2]int{at - s.lo, s.hi - at}
		a.Reach = append(a.Reach, r)
		a.ReachUp, a.ReachDown = max(a.ReachUp, r[0]), max(a.ReachDown, r[1])
	}
	n := sides.Above(sides.Min + max(a.Shrink, 0) + a.ReachUp + a.ReachDown + 2*a.Step)
	a.HaloTop, a.HaloBottom = g.halo(axis, forms, (n-forms[0].b)/forms[0].a)
	return a
}

// equivariant reports whether every resize is by one ratio at all legal sizes,
// and no norm takes its statistics from the map at hand.
func (g *Graph) equivariant(forms []form) bool {
	for _, n := range g.Nodes {
		if n.Op == Norm && n.Stats != BatchStatistics {
			return false
		}
		if n.Op != Resize {
			continue
		}
		x, y := forms[n.In[0].ID], forms[n.ID]
		if x != y && (n.Interp == BilinearAlign || x.a*y.b != y.a*x.b) {
			return false
		}
	}
	return true
}
