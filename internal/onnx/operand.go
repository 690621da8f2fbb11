package onnx

import (
	"fmt"
	"slices"

	"unetbench/graph"
)

// An operand is what a name in the file stands for while it is imported: one of
// the three.
type operand struct {
	// A map, of which the file's tensor has the axes in that order: "NCHW",
	// "NHWC" or, with a single pixel, "NC". Nothing is computed to reorder them.
	node *graph.Node
	axes string
	// The map's channels cut into so many groups: between the two Reshapes of a
	// group norm.
	groups int
	// The map's axes cut into parts, in the order of the file's axes: see blocks.
	parts []part

	// Maps one behind the other along an axis of their own, '1' of axes: until
	// they are summed up. There is no node.
	stack []*graph.Node

	// A map without channels, of that shape in the file's axes: exports put it
	// where a skip is missing, and ask for its size.
	empty []*graph.Length

	floats *Tensor // a constant

	// Whole numbers that may depend on sizes, with their shape (nil: a scalar).
	// Over den they are a ratio, which only a magnification may be.
	ints []*graph.Length
	dims []int
	den  []*graph.Length
}

func (v *operand) isMap() bool { return v.node != nil }

// what names the kind of v in errors.
func (v *operand) what() string {
	switch {
	case v.isMap() && (v.groups > 0 || v.parts != nil):
		return "a map cut into parts"
	case v.isMap():
		return "a map"
	case v.stack != nil:
		return fmt.Sprintf("%d maps stacked along a fifth axis", len(v.stack))
	case v.empty != nil:
		return "a map without channels"
	case v.floats != nil:
		return fmt.Sprintf("constants of dims %v", v.floats.Dims)
	}
	return fmt.Sprintf("sizes of dims %v", v.dims)
}

// constants makes an operand of a tensor in the file.
func constants(t *Tensor) *operand {
	if t.isFloat() {
		return &operand{floats: t}
	}
	v := &operand{dims: t.Dims, ints: []*graph.Length{}}
	for _, x := range t.Ints {
		v.ints = append(v.ints, graph.Px(int(min(max(x, -endless), endless))))
	}
	return v
}

// endless stands for what files write as the largest of all numbers, so that
// sums do not overflow.
const endless = 1 << 40

// fixed returns the numbers of v where they depend on no size.
func (v *operand) fixed() ([]int, bool) {
	if v.isMap() || v.floats != nil || v.den != nil {
		return nil, false
	}
	var all []int
	for _, l := range v.ints {
		n, ok := l.Fixed()
		if !ok {
			return nil, false
		}
		all = append(all, n)
	}
	return all, true
}

// fixedAt is number i of four, where it depends on no size.
func (v *operand) fixedAt(i int) (int, bool) {
	if len(v.ints) != 4 || v.den != nil {
		return 0, false
	}
	return v.ints[i].Fixed()
}

// scalar is the only element of a constant.
func (v *operand) scalar() (float64, bool) {
	if v.floats != nil && len(v.floats.Floats) == 1 {
		return float64(v.floats.Floats[0]), true
	}
	if n, ok := v.fixed(); ok && len(n) == 1 {
		return float64(n[0]), true
	}
	return 0, false
}

// axis is where the file's axis i of v lies: 0 batch, 1 channels, 2 height, 3 width.
func (v *operand) axis(i int) (int, error) {
	if i < 0 {
		i += len(v.axes)
	}
	if i < 0 || i >= len(v.axes) {
		return 0, fmt.Errorf("axis %d of %d", i, len(v.axes))
	}
	if v.axes[i] == '1' {
		return 0, fmt.Errorf("axis %d of %s: maps stacked along a fifth axis are not known", i, v.axes)
	}
	return slices.Index([]byte("NCHW"), v.axes[i]), nil
}
