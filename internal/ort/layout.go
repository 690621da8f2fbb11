package ort

import (
	"fmt"

	"unetbench/graph"
)

// A layout is a tensor's order of axes.
type layout uint8

const (
	nchw layout = iota // PyTorch's
	nhwc               // TensorFlow's
)

func (l layout) channels() int {
	if l == nhwc {
		return 3
	}
	return 1
}

func (l layout) sides() (y, x int) {
	if l == nhwc {
		return 1, 2
	}
	return 2, 3
}

// layoutOf tells by the declared lengths which of axes 1 and 3 holds the
// channels: of two that are fixed the shorter, else the one that is. Where that
// decides nothing, or axis 2 is fixed with one of them as height and width are
// together, it is like.
func layoutOf(v Value, like layout) (layout, error) {
	if len(v.Dims) != 4 {
		return 0, fmt.Errorf("%s is %s, of %d axes; want batch, channels, height and width", v.Name, v, len(v.Dims))
	}
	if n := v.Dims[0]; n > 1 {
		return 0, fmt.Errorf("%s is %s, a batch of %d; export the model for batches of 1, or of any size", v.Name, v, n)
	}
	first, middle, last := v.Dims[1], v.Dims[2] >= 0, v.Dims[3]
	switch {
	case first == last, min(first, last) < 0 && middle:
		return like, nil
	case last < 0, first >= 0 && first < last:
		return nchw, nil
	}
	return nhwc, nil
}

// pack is m as a batch of one. In N×C×H×W it shares m's values.
func (l layout) pack(m *graph.Map) tensor {
	if l == nchw {
		return tensor{[]int64{1, int64(m.C), int64(m.H), int64(m.W)}, m.Pix}
	}
	t := tensor{[]int64{1, int64(m.H), int64(m.W), int64(m.C)}, make([]float32, len(m.Pix))}
	for c := range m.C {
		for i, v := range m.Plane(c) {
			t.pix[i*m.C+c] = v
		}
	}
	return t
}

// unpack is the map that t holds. In N×C×H×W it shares t's values.
func (l layout) unpack(t tensor) (*graph.Map, error) {
	if len(t.dims) != 4 || t.dims[0] != 1 {
		return nil, fmt.Errorf("has shape %v; want one map, of 4 axes with the batch", t.dims)
	}
	y, x := l.sides()
	s := graph.Shape{C: int(t.dims[l.channels()]), H: int(t.dims[y]), W: int(t.dims[x])}
	if l == nchw {
		return &graph.Map{Shape: s, Pix: t.pix}, nil
	}
	m := graph.NewMap(s)
	for c := range m.C {
		for i := range m.Plane(c) {
			m.Plane(c)[i] = t.pix[i*m.C+c]
		}
	}
	return m, nil
}
