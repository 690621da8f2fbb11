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
	// aligned corners, depend on the whole input's length instead; statistics
	// of a map, as its norm or its mean, depend on all its values. See Causes.
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
// legal sizes, or whose output has another resolution than its input (see
// CheckResolution), has none: its Step is 0 and its reach and halo are -1. Channels
// are not told apart: where only some of those that a Select takes reach far,
// all count as doing so.
func (g *Graph) Footprint() Footprint {
	return Footprint{g.axis(0, false), g.axis(1, false)}
}

// LocalFootprint is the footprint of what is local in a network that is not
// equivariant: reach and halo as they would be if statistics of whole maps were
// constants and every resize went by the ratio, and about the place, that it
// has at the middle of a long line. They are -1 where even so each output px
// sees the whole input, squeezed into a fixed size. Of an equivariant network
// it is the footprint.
func (g *Graph) LocalFootprint() Footprint {
	return Footprint{g.axis(0, true), g.axis(1, true)}
}

func (g *Graph) axis(axis int, local bool) Axis {
	sides, forms, err := g.forms(axis)
	if err != nil || forms[0].a != forms[g.Output().ID].a {
		return Axis{ReachUp: -1, ReachDown: -1, HaloTop: -1, HaloBottom: -1}
	}
	out := forms[g.Output().ID]
	a := Axis{Step: sides.Step, Shrink: forms[0].b - out.b, Equivariant: true}
	a.Before = g.before(axis, sides.Min, a.Shrink)
	for _, n := range g.live() {
		switch cause, ok := g.global(axis, n, forms); {
		case !ok:
			continue
		case cause == SizeDependentResize:
			a.Before = a.Shrink / 2
			fallthrough
		default:
			a.Equivariant = false
		}
	}
	a.After = a.Shrink - a.Before
	var spans []span
	if a.Equivariant || local {
		spans = g.spans(axis, forms)
	}
	if spans == nil || spans[0].all {
		a.ReachUp, a.ReachDown, a.HaloTop, a.HaloBottom = -1, -1, -1, -1
		return a
	}
	for i, s := range spans {
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

// before is the input px that lie before the output's first: by the place of
// its pixels where it lacks some of the input. Even kernels put an output px
// between two input px; it counts as the latter. An output that is as long as
// the input lies over it, whatever half pixels the network moved its content.
func (g *Graph) before(axis, n, shrink int) int {
	at := int(math.Floor(g.place(axis, n).B + 0.5))
	return min(max(at, min(shrink, 0)), max(shrink, 0))
}
