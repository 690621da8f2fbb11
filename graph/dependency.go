package graph

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
