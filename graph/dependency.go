package graph

// A view is how the pixels of a node read one operand along one axis, on an
// endless line, as they do away from the borders at every legal length.
type view struct {
	n     *Node
	axis  int
	x, y  int  // px of the operand and of the node per period
	shift int  // Pad, Crop: px i is px i + shift of the operand
	skew  int  // Resize: how far the middles of both lines lie apart, in 1/(2y) px of the operand
	same  bool // Resize: to the size that the operand has
	vague bool // Resize: by a ratio that depends on the length, and approaches x/y
}

// view is how n reads m at the lengths f. It is false where n follows m by no
// fixed rule: cut out at a place that grows with the input, or squeezed into a
// fixed size.
func (n *Node) view(axis int, m *Node, f []form) (v view, ok bool) {
	x, y := f[m.ID], f[n.ID]
	v = view{n: n, axis: axis, x: x.a, y: y.a}
	switch n.Op {
	case Pad, Crop:
		at, err := n.start(axis, f)
		v.shift = at.b
		return v, err == nil && at.a == 0 && x.a == y.a
	case Resize:
		v.same = x == y
		v.skew = x.b*y.a - y.b*x.a
		v.vague = v.skew != 0 || n.Interp == BilinearAlign
		return v, v.same || y.a > 0
	}
	return v, true
}

// start is the place in its operand of the first px of a Pad or Crop node.
func (n *Node) start(axis int, f []form) (form, error) {
	if n.Op == Crop && n.Like != nil {
		return form{0, (f[n.In[0].ID].b - f[n.ID].b) / 2}, nil
	}
	at, err := form{}, error(nil)
	if n.Lengths != nil {
		at, err = n.Lengths[axis].at(axis, f)
	}
	if n.Op == Pad {
		at = form{-at.a, -at.b - n.Pads[axis]}
	}
	return at, err
}

// taps are the first and the last px of the operand that px i reads, and how
// far one lies from the next; none where the first comes after the last. They
// may lie outside the operand. Where a vague ratio puts i exactly on a px of
// the operand, at the middle of the line, pixels about there read what lies on
// either side too. Aligned corners read what half-pixel centres do: at the
// middle of the line both agree.
func (v view) taps(i int) (lo, hi, by int) {
	n := v.n
	switch n.Op {
	case Conv, MaxPool, AvgPool:
		lo = i*n.Stride[v.axis] - n.Pads[v.axis]
		return lo, lo + n.window(v.axis) - 1, n.dilation(v.axis)
	case ConvTranspose:
		s := n.Stride[v.axis]
		return floorDiv(i-n.Kernel[v.axis], s) + 1, floorDiv(i, s), 1
	case PixelShuffle:
		i = floorDiv(i, n.Factor)
	case Pad, Crop:
		i += v.shift
	case Resize:
		if !v.same {
			lo, hi = v.interpolates(i)
			return lo, hi, 1
		}
	}
	return i, i, 1
}

func (v view) interpolates(i int) (lo, hi int) {
	d := 2 * v.y
	at := 2*i*v.x + v.skew // i·x/y in 1/d px, as asymmetric kinds place it
	if k := v.n.Interp; k != Nearest && k != BilinearCorner {
		at += v.x - v.y // (i+½)·x/y − ½
	}
	if v.n.Interp == NearestHalf {
		at += v.y - 1 // px j is the nearest from beyond j − ½ on
	}
	q := floorDiv(at, d)
	exact := at == q*d
	switch v.n.Interp {
	case Nearest:
		if exact && v.vague {
			return q - 1, q
		}
		return q, q
	case NearestHalf:
		if at == q*d+d-1 && v.vague {
			return q, q + 1
		}
		return q, q
	}
	wing := 0 // taps beyond the two nearest, on each side
	if v.n.Interp == Cubic {
		wing = 1
	}
	switch {
	case !exact:
		return q - wing, q + 1 + wing
	case v.vague:
		return q - 1 - wing, q + 1 + wing
	}
	return q, q
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && a < 0 {
		q--
	}
	return q
}

// A span is the interval of input px that one pixel depends on: none, some, or
// all that there are.
type span struct {
	lo, hi     int
	empty, all bool
}

func (s span) join(t span) span {
	switch {
	case s.empty || t.all:
		return t
	case t.empty || s.all:
		return s
	}
	return span{lo: min(s.lo, t.lo), hi: max(s.hi, t.hi)}
}

// spans is the dependency of each output pixel of one period, on an endless
// line: a node has form.a pixels per period, and its pixel i + form.a depends
// on what pixel i does, one step of the input further on. What a map's
// statistics bring in is left out. A node of fixed length has one span for all
// of it.
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
		line := make([]span, max(forms[n.ID].a, 1))
		for i := range line {
			line[i] = span{empty: true}
			if n.Op == Input {
				line[i] = span{lo: i, hi: i}
			}
		}
		all[n.ID] = line
		if n.blind(axis) {
			continue
		}
		for _, m := range n.In {
			v, ok := n.view(axis, m, forms)
			switch {
			case !ok || forms[m.ID].a == 0 || forms[n.ID].a == 0:
				whole := all[m.ID][0]
				if !whole.empty && forms[m.ID].a > 0 {
					whole = span{all: true}
				}
				for i := range line {
					line[i] = line[i].join(whole)
				}
			default:
				for i := range line {
					lo, hi, by := v.taps(i)
					for j := lo; j <= hi; j += by {
						line[i] = line[i].join(at(m.ID, j))
					}
				}
			}
		}
	}
	return all[g.Output().ID]
}

// blind reports whether n reads no px of its operands but by way of statistics
// of the whole axis.
func (n *Node) blind(axis int) bool {
	return n.Op == Input || n.Op == Zero || n.Op == Reduce && n.Over.side(axis)
}

// halo marks, at the legal size of that k, every pixel that depends on one that
// was invented at the start or at the end, and returns how far in the output
// the marks go. Maps of fixed length are as they are in any tile.
func (g *Graph) halo(axis int, forms []form, k int) (top, bottom int) {
	const start, end = 1, 2
	marks := make([][]uint8, len(g.Nodes))
	for _, n := range g.Nodes {
		line := make([]uint8, forms[n.ID].a*k+forms[n.ID].b)
		marks[n.ID] = line
		if n.blind(axis) || forms[n.ID].a == 0 {
			continue
		}
		for _, m := range n.In {
			x := marks[m.ID]
			if forms[m.ID].a == 0 {
				continue
			}
			v, _ := n.view(axis, m, forms)
			for i := range line {
				lo, hi, by := v.taps(i)
				for j := lo; j <= hi; j += by {
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
