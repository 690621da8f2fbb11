package graph

// An Observation is which lengths of one axis a network takes in ONNX Runtime,
// found by trying them. Sides says what is legal, by the wiring; a network may
// take more, and give an output as long as the input where windows left px over
// on the way. Infer takes fewer, as PyTorch does: see runs.
type Observation struct {
	Tried    int      // lengths 1 … Tried
	Accepted [][2]int // runs of lengths with which it runs: first and last
	Floored  [][2]int // runs of those that are not legal

	// The lengths at which the output lacks as few px of the input as at legal
	// ones. Step is 0 where there are none.
	Aligned Sides
}

// Least is the smallest length that is accepted, 0 if none is.
func (o Observation) Least() int {
	if o.Accepted == nil {
		return 0
	}
	return o.Accepted[0][0]
}

// Observed tries lengths along height and width, each up to some steps beyond
// the smallest legal one, while the other axis is legal.
func (g *Graph) Observed() (h, w Observation) {
	sizes, err := g.Sizes()
	in, most := Square(64), Square(256)
	if err == nil {
		in = Size{sizes.H.Above(64), sizes.W.Above(64)}
		most = Size{sizes.H.Min + 4*sizes.H.Step, sizes.W.Min + 4*sizes.W.Step}
	}
	return g.observe(0, in, max(most.H, 40), sizes.H), g.observe(1, in, max(most.W, 40), sizes.W)
}

func (g *Graph) observe(axis int, in Size, most int, legal Sides) Observation {
	o := Observation{Tried: most}
	loss := map[int]int{} // input px that the output lacks, by accepted length
	least, some := 0, false
	s := make([]Shape, len(g.Nodes))
	for n := 1; n <= most; n++ {
		if axis == 0 {
			in.H = n
		} else {
			in.W = n
		}
		if !g.runs(in, s) {
			continue
		}
		o.Accepted = extend(o.Accepted, n)
		floored := legal.Step > 0 && !legal.Legal(n)
		if floored {
			o.Floored = extend(o.Floored, n)
		}
		d := n - length(s[len(s)-1], axis)
		loss[n] = d
		switch { // an output that is longer than the input was rounded up
		case floored:
		case !some, d >= 0 && (d < least || least < 0), d < 0 && d > least:
			least, some = d, true
		}
	}
	first, last := 0, 0
	for n := 1; n <= most; n++ {
		d, ok := loss[n]
		switch {
		case !ok || d != least:
			continue
		case first == 0:
			first = n
		default:
			o.Aligned.Step = gcd(n-last, o.Aligned.Step)
		}
		last = n
	}
	if o.Aligned.Min = first; o.Aligned.Step > 0 {
		o.Aligned.Offset = first % o.Aligned.Step
	}
	return o
}

// runs is Infer without its errors, and with what ONNX Runtime makes of a pool
// whose window is longer than the map, by less than its stride: as its division
// rounds towards 0, one px.
func (g *Graph) runs(in Size, s []Shape) bool {
	for _, n := range g.Nodes {
		if n.Op == MaxPool || n.Op == AvgPool {
			out := s[n.In[0].ID]
			for axis, side := range []*int{&out.H, &out.W} {
				x := *side
				*side, _ = n.side(axis, x, s)
				if *side == 0 && x+n.Pads[axis]+n.Pads[axis+2]-n.window(axis) > -n.Stride[axis] {
					*side = 1
				}
			}
			if s[n.ID] = out; out.H < 1 || out.W < 1 {
				return false
			}
			continue
		}
		var err error
		if s[n.ID], err = n.shape(in, s); err != nil {
			return false
		}
	}
	return true
}

// extend adds n to ascending runs.
func extend(runs [][2]int, n int) [][2]int {
	if k := len(runs) - 1; k >= 0 && runs[k][1] == n-1 {
		runs[k][1] = n
		return runs
	}
	return append(runs, [2]int{n, n})
}
