package onnx

import (
	"errors"
	"fmt"
	"slices"

	"unetbench/graph"
)

var errMissing = errors.New("an operand is missing")

// window reads what convolutions and pools have in common.
type window struct {
	kernel, stride, dilation [2]int
	pads                     [4]int // top, left, bottom, right
	auto                     string // SAME_UPPER or SAME_LOWER: pads that depend on the size
}

func (c *call) window(kernel []int) (w window, err error) {
	two := func(name string, otherwise []int) [2]int {
		v := c.ints(name)
		if v == nil {
			v = otherwise
		}
		if len(v) != 2 {
			err = fmt.Errorf("%s %v: only two axes are known", name, v)
			return [2]int{}
		}
		return [2]int(v)
	}
	w.kernel = two("kernel_shape", kernel)
	w.stride, w.dilation = two("strides", []int{1, 1}), two("dilations", []int{1, 1})
	if p := c.ints("pads"); len(p) == 4 {
		w.pads = [4]int(p)
	} else if p != nil {
		err = fmt.Errorf("pads %v: want four", p)
	}
	switch auto := c.string("auto_pad", "NOTSET"); auto {
	case "NOTSET", "VALID", "":
	case "SAME_UPPER", "SAME_LOWER":
		w.auto = auto
	default:
		err = fmt.Errorf("auto_pad %s is not known", auto)
	}
	for _, v := range [][2]int{w.kernel, w.stride, w.dilation} {
		if min(v[0], v[1]) < 1 && err == nil {
			err = fmt.Errorf("kernel %v, stride %v, dilation %v: want 1 or more", w.kernel, w.stride, w.dilation)
		}
	}
	return w, err
}

// padded puts zeros around x, as w asks.
func (c *call) padded(x *operand, w window, value float32) *operand {
	if w.auto != "" {
		return c.on(x, graph.Pad, graph.Node{Lengths: w.same(x.node), Value: value})
	}
	if w.pads == [4]int{} {
		return x
	}
	return c.on(x, graph.Pad, graph.Node{Pads: w.pads, Value: value})
}

// same are the pads with which windows give ⌈n/stride⌉ px of n: an odd one
// goes behind, or before for SAME_LOWER.
func (w window) same(x *graph.Node) []*graph.Length {
	l := make([]*graph.Length, 4)
	for axis := range 2 {
		n, s := graph.Side(x, axis), graph.Px(w.stride[axis])
		out := n.Plus(graph.Px(w.stride[axis] - 1)).Over(s)
		span := (w.kernel[axis]-1)*w.dilation[axis] + 1
		all := out.Minus(graph.Px(1)).Times(s).Plus(graph.Px(span)).Minus(n).Most(graph.Px(0))
		less := all.Over(graph.Px(2))
		more := all.Minus(less)
		if l[axis], l[axis+2] = less, more; w.auto == "SAME_LOWER" {
			l[axis], l[axis+2] = more, less
		}
	}
	return l
}

// weights declares a convolution's weight and bias.
func (c *call) weights(w *Tensor, channels int) ([]int, error) {
	weight := c.param(c.In[1], w.Dims, w.Floats, true)
	b := c.arg(2)
	if b == nil {
		return []int{weight, c.constantParam("bias", channels, 0)}, nil
	}
	if b.floats == nil || len(b.floats.Floats) != channels {
		return nil, fmt.Errorf("the bias is %s: want %d constants", b.what(), channels)
	}
	return []int{weight, c.param(c.In[2], []int{channels}, b.floats.Floats, true)}, nil
}

// slides is the window of weights that slide over the height and width of x.
func (c *call) slides(x *operand, w *Tensor) (window, error) {
	if len(w.Dims) != 4 || x.axes != "NCHW" {
		return window{}, fmt.Errorf("weights of dims %v on axes %s: only convolutions over height and width are known", w.Dims, x.axes)
	}
	return c.window(w.Dims[2:])
}

func conv(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	w, err := c.constant(1)
	if err != nil {
		return nil, err
	}
	if len(w.Dims) == 3 && (x.axes == "NHC" || x.axes == "NWC") && c.pixel[x.node] {
		return c.alongChannels(x, w)
	}
	win, err := c.slides(x, w)
	if err != nil {
		return nil, err
	}
	params, err := c.weights(w, w.Dims[0])
	if err != nil {
		return nil, err
	}
	return c.on(c.padded(x, win, 0), graph.Conv, graph.Node{
		Channels: w.Dims[0], Kernel: win.kernel, Stride: win.stride, Dilation: dilated(win.dilation), Groups: grouped(c), Params: params,
	}), nil
}

// alongChannels is a convolution along the channels of a single pixel (ECA: Wang
// et al. 2020), as one by a matrix with equal diagonals.
func (c *call) alongChannels(x *operand, w *Tensor) (*operand, error) {
	n, k, pads := c.channels[x.node], w.Dims[2], c.ints("pads")
	if w.Dims[0] != 1 || w.Dims[1] != 1 || k%2 == 0 || !slices.Equal(pads, []int{k / 2, k / 2}) || n*n > mostCopied ||
		slices.ContainsFunc(append(c.ints("strides"), c.ints("dilations")...), func(s int) bool { return s != 1 }) {
		return nil, fmt.Errorf("weights of dims %v along %d channels, pads %v: only one row of taps that keeps their number is known", w.Dims, n, pads)
	}
	m := make([]float32, n*n)
	for o := range n {
		for i := range k {
			if j := o + i - k/2; j >= 0 && j < n {
				m[o*n+j] = w.Floats[i]
			}
		}
	}
	bias := float32(0)
	if c.arg(2) != nil {
		b, err := c.perChannel(2, 1)
		if err != nil {
			return nil, err
		}
		bias = b[0]
	}
	one := [2]int{1, 1}
	return c.on(x, graph.Conv, graph.Node{Channels: n, Kernel: one, Stride: one, Params: []int{
		c.param(c.In[1], []int{n, n, 1, 1}, m, true), c.constantParam("bias", n, bias),
	}}), nil
}

// dilated is d, or nothing where it spreads nothing.
func dilated(d [2]int) [2]int {
	if d == [2]int{1, 1} {
		return [2]int{}
	}
	return d
}

func grouped(c *call) int {
	if g := int(c.int("group", 1)); g != 1 {
		return g
	}
	return 0
}

func transpose(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	w, err := c.constant(1)
	if err != nil {
		return nil, err
	}
	win, err := c.slides(x, w)
	if err != nil {
		return nil, err
	}
	more := [2]int{}
	if p := c.ints("output_padding"); len(p) == 2 {
		more = [2]int(p)
	}
	if size := c.ints("output_shape"); size != nil || win.auto != "" {
		if err := c.toShape(x, &win, size, more); err != nil {
			return nil, err
		}
	}
	channels := w.Dims[1] * max(grouped(c), 1)
	beyond := [2]int{max(more[0]-win.pads[2], 0), max(more[1]-win.pads[3], 0)}
	if w, win.kernel, err = spread(w, win.dilation, beyond); err != nil {
		return nil, err
	}
	params, err := c.weights(w, channels)
	if err != nil {
		return nil, err
	}
	y := c.on(x, graph.ConvTranspose, graph.Node{Channels: channels, Kernel: win.kernel, Stride: win.stride, Groups: grouped(c), Params: params})
	cut := graph.Node{Pads: [4]int{-win.pads[0], -win.pads[1], more[0] - beyond[0] - win.pads[2], more[1] - beyond[1] - win.pads[3]}}
	if cut.Pads == [4]int{} {
		return y, nil
	}
	if slices.Max(cut.Pads[:]) > 0 {
		return nil, fmt.Errorf("pads %v: want 0 or more", win.pads)
	}
	return c.on(y, graph.Pad, cut), nil
}

// toShape sets the pads of a transposed convolution that leave output_shape, or
// stride times the length for SAME. An odd one is cut off the tail for SAME_UPPER, and
// else off the head.
func (c *call) toShape(x *operand, w *window, size []int, more [2]int) error {
	if size != nil && (c.fixed.H == 0 || c.fixed.W == 0 || len(size) < 2) {
		return fmt.Errorf("output_shape %v is known only for an input of fixed size", size)
	}
	for axis := range 2 {
		all := (w.kernel[axis]-1)*w.dilation[axis] + 1 - w.stride[axis] + more[axis]
		if size != nil {
			shapes, err := c.g.Infer(c.fixed)
			if err != nil {
				return err
			}
			n := [2]int{shapes[x.node.ID].H, shapes[x.node.ID].W}[axis]
			all += n*w.stride[axis] - size[len(size)-2+axis]
		}
		if all < 0 {
			return fmt.Errorf("output_shape %v is larger than kernel %v and stride %v make it", size, w.kernel, w.stride)
		}
		head := all - all/2
		if w.auto == "SAME_UPPER" {
			head = all / 2
		}
		w.pads[axis], w.pads[axis+2] = head, all-head
	}
	return nil
}

// spread is a kernel with zeros between its taps, for its dilation, and beyond
// behind the last.
func spread(w *Tensor, dilation, beyond [2]int) (*Tensor, [2]int, error) {
	h, v := w.Dims[2], w.Dims[3]
	if min(h, v) < 1 {
		return nil, dilation, fmt.Errorf("weights of dims %v", w.Dims)
	}
	kernel := [2]int{(h-1)*dilation[0] + 1 + beyond[0], (v-1)*dilation[1] + 1 + beyond[1]}
	if kernel == [2]int{h, v} {
		return w, kernel, nil
	}
	n := w.Dims[0] * w.Dims[1]
	if max(kernel[0], kernel[1]) > 1<<10 || n*kernel[0]*kernel[1] > mostCopied {
		return nil, kernel, fmt.Errorf("dilation %v and output padding of kernel %d×%d are too large", dilation, h, v)
	}
	out := &Tensor{Type: w.Type, Dims: []int{w.Dims[0], w.Dims[1], kernel[0], kernel[1]}, Floats: make([]float32, n*kernel[0]*kernel[1])}
	for i := range n {
		for y := range h {
			for x := range v {
				out.Floats[(i*kernel[0]+y*dilation[0])*kernel[1]+x*dilation[1]] = w.Floats[(i*h+y)*v+x]
			}
		}
	}
	return out, kernel, nil
}
