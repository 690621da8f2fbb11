package onnx

import (
	"fmt"
	"math"

	"unetbench/graph"
)

func resize(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	if len(x.axes) != 4 {
		return nil, fmt.Errorf("axes %s: want height and width", x.axes)
	}
	n := graph.Node{}
	scales, sizes := c.arg(2), c.arg(3)
	if c.Op == "Upsample" || c.opset < 11 {
		scales, sizes = c.arg(1), nil
		if s := c.attribute("scales"); s != nil {
			scales = &operand{floats: &Tensor{Type: Float32, Dims: []int{len(s.Floats)}, Floats: s.Floats}}
		}
	}
	if n.Interp, err = c.interpolation(); err != nil {
		return nil, err
	}
	h, w := axisOf(x, 'H'), axisOf(x, 'W')
	given := func(v *operand) bool {
		return v != nil && (len(v.ints) == 4 || v.floats != nil && len(v.floats.Floats) == 4)
	}
	switch {
	case given(sizes) && sizes.ints != nil && sizes.den == nil:
		c.toSizes(&n, x, sizes.ints[h], sizes.ints[w])
	case given(scales) && scales.floats != nil:
		s := scales.floats.Floats
		n.Scale = [2]float64{float64(s[h]), float64(s[w])}
		if f := int(n.Scale[0]); n.Scale[0] == n.Scale[1] && float64(f) == n.Scale[0] && f > 0 {
			n.Scale, n.Factor = [2]float64{}, f
		}
	case given(scales) && scales.ints != nil:
		l := func(i, axis int) *graph.Length {
			k := graph.Side(x.node, axis).Times(scales.ints[i])
			if scales.den != nil {
				k = k.Over(scales.den[i])
			}
			return k
		}
		c.toSizes(&n, x, l(h, 0), l(w, 1))
	default:
		return nil, fmt.Errorf("it has neither sizes nor scales of four axes")
	}
	return c.on(x, graph.Resize, n), nil
}

func axisOf(x *operand, a byte) int {
	for i := range len(x.axes) {
		if x.axes[i] == a {
			return i
		}
	}
	return 0
}

// interpolation finds the graph's word for mode and coordinates.
func (c *call) interpolation() (graph.Interp, error) {
	mode, at := c.string("mode", "nearest"), c.string("coordinate_transformation_mode", "half_pixel")
	rounding := c.string("nearest_mode", "round_prefer_floor")
	if c.Op == "Upsample" || c.opset < 11 {
		at, rounding = "asymmetric", "floor"
	}
	if at == "pytorch_half_pixel" { // differs for a single pixel only
		at = "half_pixel"
	}
	if c.int("antialias", 0) != 0 {
		return 0, fmt.Errorf("antialias is not known")
	}
	switch {
	case mode == "nearest" && at == "asymmetric" && rounding == "floor":
		return graph.Nearest, nil
	case mode == "nearest" && at == "half_pixel" && rounding == "round_prefer_floor":
		return graph.NearestHalf, nil
	case mode == "linear" && at == "half_pixel":
		return graph.Bilinear, nil
	case mode == "linear" && at == "align_corners":
		return graph.BilinearAlign, nil
	case mode == "linear" && at == "asymmetric":
		return graph.BilinearCorner, nil
	case mode == "cubic" && at == "half_pixel" && math.Abs(c.float("cubic_coeff_a", -0.75)+0.75) < 1e-6 && c.int("exclude_outside", 0) == 0:
		return graph.Cubic, nil
	}
	return 0, fmt.Errorf("mode %s, coordinates %s, rounding %s: this interpolation is not known", mode, at, rounding)
}

// toSizes sets what a Resize of x to h×w px is, at any size: the length of
// another map; or, where the file has worked out a number for the size that it
// fixes, the magnification that it is there, or the map of that size.
func (c *call) toSizes(n *graph.Node, x *operand, h, w *graph.Length) {
	th, ok1 := h.Fixed()
	tw, ok2 := w.Fixed()
	n.Lengths = []*graph.Length{h, w}
	if !ok1 || !ok2 || c.fixed.H == 0 || c.fixed.W == 0 {
		return
	}
	shapes, err := c.g.Infer(c.fixed)
	if err != nil {
		return
	}
	s := shapes[x.node.ID]
	if f := th / max(s.H, 1); f > 0 && s.H*f == th && s.W*f == tw && (s.H > 1 || s.W > 1) {
		n.Lengths, n.Factor = nil, f
		return
	}
	for i := len(shapes) - 1; i >= 0; i-- {
		if m := c.g.Nodes[i]; shapes[i].H == th && shapes[i].W == tw {
			n.Lengths = []*graph.Length{graph.Side(m, 0), graph.Side(m, 1)}
			return
		}
	}
}

// pad is Pad with constant or computed pads.
func pad(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	rank := len(x.axes)
	var l []*graph.Length
	for _, p := range c.ints("pads") {
		l = append(l, graph.Px(p))
	}
	if v := c.arg(1); v != nil {
		if v.ints == nil || v.den != nil {
			return nil, fmt.Errorf("its pads are %s", v.what())
		}
		l = v.ints
	}
	axes := c.arg(3)
	if axes != nil {
		at, ok := axes.fixed()
		if !ok || len(l) != 2*len(at) {
			return nil, fmt.Errorf("%d pads on %d axes", len(l), len(at))
		}
		all := make([]*graph.Length, 2*rank)
		for i := range all {
			all[i] = graph.Px(0)
		}
		for i, a := range at {
			if a < 0 {
				a += rank
			}
			if a < 0 || a >= rank {
				return nil, fmt.Errorf("axis %d of %s", a, x.axes)
			}
			all[a], all[rank+a] = l[i], l[len(at)+i]
		}
		l = all
	}
	if len(l) != 2*rank || rank != 4 {
		return nil, fmt.Errorf("%d pads on axes %s", len(l), x.axes)
	}
	n := graph.Node{}
	h, w := axisOf(x, 'H'), axisOf(x, 'W')
	lengths := []*graph.Length{l[h], l[w], l[rank+h], l[rank+w]}
	if x, err = c.padChannels(x, l); err != nil {
		return nil, err
	}
	known := true
	for i, k := range lengths {
		v, ok := k.Fixed()
		n.Pads[i], known = v, known && ok
	}
	if !known {
		n.Pads, n.Lengths = [4]int{}, lengths
	}
	switch mode := c.string("mode", "constant"); mode {
	case "constant":
		n.Value = float32(c.float("value", 0))
		if v := c.arg(2); v != nil {
			s, ok := v.scalar()
			if !ok {
				return nil, fmt.Errorf("its value must be constant")
			}
			n.Value = float32(s)
		}
	case "reflect":
		n.Padding = graph.PadReflect
	case "edge":
		n.Padding = graph.PadReplicate
	case "wrap":
		n.Padding = graph.PadCircular
	default:
		return nil, fmt.Errorf("mode %s is not known", mode)
	}
	if known && n.Pads == [4]int{} {
		return x, nil
	}
	return c.on(x, graph.Pad, n), nil
}

// padChannels adds channels of zeros, as the pads of all four axes say; the batch
// must not be padded.
func (c *call) padChannels(x *operand, l []*graph.Length) (*operand, error) {
	n := c.channels[x.node]
	var add [2]int
	for i, k := range l {
		v, ok := k.Fixed()
		switch a := x.axes[i%4]; {
		case a == 'H' || a == 'W' || ok && v == 0:
		case !ok || a == 'N' || v < -n || v > mostChannels || n*(n+v) > mostCopied || v > 0 && c.padsOtherwise():
			return nil, fmt.Errorf("it pads the batch, or the channels otherwise than with zeros")
		default:
			add[i/4] = v
		}
	}
	all := n + add[0] + add[1]
	switch {
	case add == [2]int{}:
		return x, nil
	case all < 1:
		return nil, fmt.Errorf("pads %v leave none of %d channels", add, n)
	}
	one := [2]int{1, 1}
	w := make([]float32, all*n)
	for o := range all {
		if i := o - add[0]; i >= 0 && i < n {
			w[o*n+i] = 1
		}
	}
	return c.on(x, graph.Conv, graph.Node{Channels: all, Kernel: one, Stride: one, Params: []int{
		c.param(label(c.Node)+".order", []int{all, n, 1, 1}, w, false), c.constantParam("bias", all, 0),
	}}), nil
}

// padsOtherwise says that a Pad puts something else than zeros.
func (c *call) padsOtherwise() bool {
	if v := c.arg(2); v != nil {
		if s, ok := v.scalar(); !ok || s != 0 {
			return true
		}
	}
	return c.string("mode", "constant") != "constant" || c.float("value", 0) != 0
}

// depthToSpace is PixelShuffle, whose channels torch (CRD) orders otherwise than
// TensorFlow (DCR).
func depthToSpace(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	r, n := int(c.int("blocksize", 0)), c.channels[x.node]
	if x.axes != "NCHW" || r < 1 || r > n || n%(r*r) != 0 || n*n > mostCopied {
		return nil, fmt.Errorf("blocks of %d px from %d channels of axes %s", r, n, x.axes)
	}
	if c.string("mode", "DCR") == "CRD" {
		return c.on(x, graph.PixelShuffle, graph.Node{Factor: r}), nil
	}
	// Channel k·C+c becomes channel c·r²+k.
	out := n / (r * r)
	var from [][3]int
	for i := range n {
		from = append(from, [3]int{i%(r*r)*out + i/(r*r)})
	}
	return c.on(c.copied(x.node, from, 1), graph.PixelShuffle, graph.Node{Factor: r}), nil
}
