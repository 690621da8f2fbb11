package onnx

import (
	"slices"

	"unetbench/graph"
)

// scaling is how many px of the input one px of x stands for.
func (im *importer) scaling(x *graph.Node) float64 {
	if len(x.In) == 0 {
		return 1
	}
	s := im.scale[x.In[0]]
	for _, m := range x.In[1:] {
		s = min(s, im.scale[m])
	}
	stride := float64(max(x.Stride[0], x.Stride[1], 1))
	switch x.Op {
	case graph.Conv, graph.MaxPool, graph.AvgPool:
		return s * stride
	case graph.ConvTranspose:
		return s / stride
	case graph.PixelShuffle:
		return s / float64(x.Factor)
	case graph.Resize:
		switch {
		case x.Like != nil:
			return im.scale[x.Like]
		case x.Factor > 0:
			return s / float64(x.Factor)
		case x.Scale[0] > 0:
			return s / max(x.Scale[0], x.Scale[1])
		}
		// To a length that it computes: by what that comes to for a large input.
		if shapes, err := im.g.Infer(graph.Square(large)); err == nil && shapes[x.ID].H > 0 {
			return s * float64(shapes[x.In[0].ID].H) / float64(shapes[x.ID].H)
		}
	}
	return s
}

// large is a side with many divisors.
const large = 960

// levels numbers the resolutions from the finest, 0.
func (im *importer) levels() {
	var scales []float64
	for _, n := range im.g.Nodes {
		s := im.scale[n]
		if !slices.ContainsFunc(scales, func(t float64) bool { return near(s, t) }) {
			scales = append(scales, s)
		}
	}
	slices.Sort(scales)
	for _, n := range im.g.Nodes {
		n.Level = slices.IndexFunc(scales, func(t float64) bool { return near(im.scale[n], t) })
	}
}

// near takes sides that were rounded for the same resolution.
func near(a, b float64) bool { return a < 1.25*b && b < 1.25*a }
