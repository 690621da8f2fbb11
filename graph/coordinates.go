package graph

// A Line maps pixel i of a node to A·i + B, in input px, centre to centre.
type Line struct{ A, B float64 }

// At is the place of pixel i.
func (l Line) At(i float64) float64 { return float64(l.A*i) + l.B }

// Affine is where the pixels of a node lie in the input.
type Affine struct{ H, W Line }

// Coordinates returns where every node's pixels lie, by ID, for an input of
// size in. After a join the map follows the decoder, the operand from
// deepest down: its content lies where the deepest level put it. Nearest-neighbour resizing
// counts as what it is on average, half-pixel resizing.
func (g *Graph) Coordinates(in Size) ([]Affine, error) {
	return g.coordinates(in, false)
}

func (g *Graph) coordinates(in Size, followSkip bool) ([]Affine, error) {
	shapes, err := g.Infer(in)
	if err != nil {
		return nil, err
	}
	h, w := g.lines(0, shapes, followSkip), g.lines(1, shapes, followSkip)
	at := make([]Affine, len(g.Nodes))
	for i := range at {
		at[i] = Affine{h[i], w[i]}
	}
	return at, nil
}

// lines places every node along one axis; a join follows the skip, or the
// decoder: the operand that comes from least, or most, far down.
func (g *Graph) lines(axis int, shapes []Shape, followSkip bool) []Line {
	at := make([]Line, len(g.Nodes))
	down := make([]int, len(g.Nodes)) // strides on the way to a node, at most
	for _, n := range g.Nodes {
		if n.Op == Input {
			at[n.ID] = Line{1, 0}
			continue
		}
		from := n.follows(axis, shapes, down, followSkip)
		x, y := length(shapes[from.ID], axis), length(shapes[n.ID], axis)
		scale, shift := n.place(axis, x, y, shapes)
		l := at[from.ID]
		at[n.ID] = Line{l.A * scale, l.B + float64(l.A*shift)}
		for _, m := range n.In {
			down[n.ID] = max(down[n.ID], down[m.ID])
		}
		if n.strides(axis) {
			down[n.ID]++
		}
	}
	return at
}

// follows is the operand whose place n takes. Of operands from equally far
// down, the first of a Concat is the skip and the last the decoder.
func (n *Node) follows(axis int, shapes []Shape, down []int, skip bool) *Node {
	from := n.In[0]
	for _, m := range n.In[1:] {
		switch y := length(shapes[n.ID], axis); {
		case length(shapes[m.ID], axis) != y: // broadcast
		case length(shapes[from.ID], axis) != y,
			skip && down[m.ID] < down[from.ID],
			!skip && down[m.ID] > down[from.ID],
			!skip && n.Op == Concat && down[m.ID] == down[from.ID]:
			from = m
		}
	}
	return from
}

// place says that px i of n, y px long, lies at px scale·i + shift of its
// operand, x px long.
func (n *Node) place(axis, x, y int, shapes []Shape) (scale, shift float64) {
	switch n.Op {
	case Conv, MaxPool, AvgPool:
		return float64(n.Stride[axis]), float64(n.window(axis)-1)/2 - float64(n.Pads[axis])
	case ConvTranspose:
		s := float64(n.Stride[axis])
		return 1 / s, -float64(n.Kernel[axis]-1) / (2 * s)
	case PixelShuffle:
		return halfPixel(1 / float64(n.Factor))
	case Pad, Crop:
		top, left, err := n.Window(shapes)
		if err != nil { // Infer has found none
			panic(err)
		}
		return 1, float64([2]int{top, left}[axis])
	case Reduce:
		if n.Over.side(axis) {
			return halfPixel(float64(x))
		}
	case Resize:
		switch {
		case n.Interp == BilinearCorner:
			return float64(x) / float64(y), 0
		case n.Interp != BilinearAlign:
			return halfPixel(float64(x) / float64(y))
		case y > 1:
			return float64(x-1) / float64(y-1), 0
		}
	}
	return 1, 0
}

// halfPixel is (i+½)·ratio − ½ as a scale and a shift.
func halfPixel(ratio float64) (scale, shift float64) { return ratio, (ratio - 1) / 2 }

// place is where the output's pixels lie along axis at a legal length n, by the
// skips, whose grid nothing but crops has touched.
func (g *Graph) place(axis, n int) Line {
	sizes, err := g.Sizes()
	if err != nil {
		return Line{1, 0}
	}
	in := Size{sizes.H.Min, sizes.W.Min}
	if axis == 0 {
		in.H = n
	} else {
		in.W = n
	}
	shapes, err := g.Infer(in)
	if err != nil {
		return Line{1, 0}
	}
	return g.lines(axis, shapes, true)[g.Output().ID]
}
