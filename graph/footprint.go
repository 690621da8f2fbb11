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
	// aligned corners, depend on the whole input's length instead.
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
	place := g.place(axis, sides.Min)
	a.Before = int(math.Round(place.B))
	a.After = a.Shrink - a.Before
	for i, s := range g.spans(axis, forms) {
		if s.empty {
			a.Reach = append(a.Reach, [2]int{})
			continue
		}
		at := int(math.Floor(place.At(float64(i))))
		r := [2]int{at - s.lo, s.hi - at}
		a.Reach = append(a.Reach, r)
		a.ReachUp, a.ReachDown = max(a.ReachUp, r[0]), max(a.ReachDown, r[1])
	}
	n := sides.Above(sides.Min + max(a.Shrink, 0) + a.ReachUp + a.ReachDown + 2*a.Step)
	a.HaloTop, a.HaloBottom = g.halo(axis, forms, (n-forms[0].b)/forms[0].a)
	return a
}

// equivariant reports whether every resize is by one ratio at all legal sizes.
func (g *Graph) equivariant(forms []form) bool {
	for _, n := range g.Nodes {
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

// reads is the first and last index that output index i of n depends on, in an
// operand of length x, where n's length is y. Indices may lie outside the
// operand. Both lengths may also be the lengths of one period.
func (n *Node) reads(axis, i, x, y int) (lo, hi int) {
	switch n.Op {
	case Conv, MaxPool, AvgPool:
		lo = i * n.Stride[axis]
		return lo, lo + n.Kernel[axis] - 1
	case ConvTranspose:
		i = floorDiv(i, n.Stride[axis])
	case PixelShuffle:
		i = floorDiv(i, n.Factor)
	case Pad:
		i -= n.Pads[axis]
	case Resize:
		switch {
		case x == y:
		case n.Interp == Nearest:
			i = floorDiv(i*x, y)
		default: // half-pixel: (i+½)·x/y − ½
			num, den := (2*i+1)*x-y, 2*y
			lo = floorDiv(num, den)
			if lo*den == num {
				return lo, lo
			}
			return lo, lo + 1
		}
	}
	return i, i
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && a < 0 {
		q--
	}
	return q
}

// A span is the interval of input px that one pixel depends on.
type span struct {
	lo, hi int
	empty  bool
}

func (s span) join(t span) span {
	switch {
	case s.empty:
		return t
	case t.empty:
		return s
	}
	return span{lo: min(s.lo, t.lo), hi: max(s.hi, t.hi)}
}

// spans is the dependency of each output pixel of one period, on an endless
// line: a node has form.a pixels per period, and its pixel i + form.a depends
// on what pixel i does, one step of the input further on.
func (g *Graph) spans(axis int, forms []form) []span {
	all := make([][]span, len(g.Nodes))
	step := forms[0].a
	at := func(id, i int) span {
		p := all[id]
		q := floorDiv(i, len(p))
		s := p[i-q*len(p)]
		s.lo, s.hi = s.lo+q*step, s.hi+q*step
		return s
	}
	for _, n := range g.Nodes {
		line := make([]span, forms[n.ID].a)
		for i := range line {
			line[i] = span{empty: true}
			if n.Op == Input {
				line[i] = span{lo: i, hi: i}
				continue
			}
			if n.Op == Zero {
				continue
			}
			for _, m := range n.In {
				lo, hi := n.reads(axis, i, forms[m.ID].a, forms[n.ID].a)
				if n.Op == Crop {
					lo += (forms[m.ID].b - forms[n.ID].b) / 2
					hi = lo
				}
				for j := lo; j <= hi; j++ {
					line[i] = line[i].join(at(m.ID, j))
				}
			}
		}
		all[n.ID] = line
	}
	return all[g.Output().ID]
}

// halo marks, at the legal size of that k, every pixel that depends on one that
// was invented at the start or at the end, and returns how far in the output
// the marks go.
func (g *Graph) halo(axis int, forms []form, k int) (top, bottom int) {
	const start, end = 1, 2
	marks := make([][]uint8, len(g.Nodes))
	for _, n := range g.Nodes {
		line := make([]uint8, forms[n.ID].a*k+forms[n.ID].b)
		if n.Op == Input || n.Op == Zero {
			marks[n.ID] = line
			continue
		}
		for i := range line {
			for _, m := range n.In {
				x := marks[m.ID]
				lo, hi := n.reads(axis, i, len(x), len(line))
				if n.Op == Crop {
					lo += (len(x) - len(line)) / 2
					hi = lo
				}
				for j := lo; j <= hi; j++ {
					switch {
					case j < 0:
						line[i] |= start
					case j >= len(x):
						line[i] |= end
					default:
						line[i] |= x[j]
					}
				}
			}
		}
		marks[n.ID] = line
	}
	out := marks[g.Output().ID]
	for i, m := range out {
		if m&start != 0 {
			top = i + 1
		}
		if m&end != 0 {
			bottom = max(bottom, len(out)-i)
		}
	}
	return top, bottom
}
