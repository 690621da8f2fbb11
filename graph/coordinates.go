package graph

import "math"

// A Line maps pixel i of a node to A·i + B, in input px, centre to centre.
type Line struct{ A, B float64 }

// At is the place of pixel i.
func (l Line) At(i float64) float64 { return float64(l.A*i) + l.B }

// Affine is where the pixels of a node lie in the input.
type Affine struct{ H, W Line }

// Coordinates returns where every node's pixels lie, by ID, for an input of
// size in. After a join the map follows its last operand, the decoder: its
// content lies where the deepest level put it. Nearest-neighbour resizing
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

// lines places every node along one axis; a join follows its first operand, the
// skip, or its last.
func (g *Graph) lines(axis int, shapes []Shape, followSkip bool) []Line {
	at := make([]Line, len(g.Nodes))
	for _, n := range g.Nodes {
		if n.Op == Input {
			at[n.ID] = Line{1, 0}
			continue
		}
		from := n.In[0]
		if n.Op == Concat && !followSkip {
			from = n.In[len(n.In)-1]
		}
		x := float64(length(shapes[from.ID], axis))
		y := float64(length(shapes[n.ID], axis))
		// Output pixel i lies at pixel scale·i + shift of the operand.
		scale, shift := 1.0, 0.0
		switch n.Op {
		case Conv, MaxPool, AvgPool:
			scale, shift = float64(n.Stride[axis]), float64(n.Kernel[axis]-1)/2
		case ConvTranspose:
			scale, shift = halfPixel(1 / float64(n.Stride[axis]))
		case PixelShuffle:
			scale, shift = halfPixel(1 / float64(n.Factor))
		case Pad:
			shift = -float64(n.Pads[axis])
		case Crop:
			shift = math.Floor((x - y) / 2)
		case Resize:
			if n.Interp != BilinearAlign {
				scale, shift = halfPixel(x / y)
			} else if y > 1 {
				scale = (x - 1) / (y - 1)
			}
		}
		l := at[from.ID]
		at[n.ID] = Line{l.A * scale, l.B + float64(l.A*shift)}
	}
	return at
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
