package engine

import (
	"math"

	"unetbench/graph"
	"unetbench/internal/kernel"
)

// rowwise computes each row of its output from the same row of its operand:
// what looks at single pixels. It runs forward only. Behind Winograd's
// convolution it takes the rows as they are finished.
type rowwise struct {
	net     *Net
	in, out piece
	work    int // of a value, in multiply-accumulates
	row     func(dst, src []float32)
	packing func(w graph.Weights) // or nil
	behind  bool
}

// rowwise lowers a node of one operand.
func (c *compiler) rowwise(n *graph.Node) (unit, *graph.Node) {
	u := &rowwise{net: c.net, in: c.one(n.In[0]), work: 8}
	last := n
	switch n.Op {
	case graph.Pointwise:
		u.row = pointwise(c.net, n)
		u.work = 32
	case graph.PReLU:
		slope := make([]float32, u.in.c)
		u.packing = func(w graph.Weights) { copy(slope, w[n.Params[0]]) }
		u.row = func(dst, src []float32) { c.net.kernel.Slope(dst, src, slope) }
	case graph.ScaleShift:
		scale, shift := make([]float32, u.in.c), make([]float32, u.in.c)
		m := c.next(n, graph.ReLU)
		if m != nil {
			last = m
		}
		u.packing = func(w graph.Weights) {
			copy(scale, w[n.Params[0]])
			copy(shift, w[n.Params[1]])
		}
		u.row = func(dst, src []float32) { c.net.kernel.ScaleShift(dst, src, scale, shift, m != nil) }
	case graph.Softmax:
		u.row = func(dst, src []float32) { softmax(c.net, dst, src, u.in.c) }
		u.work = 32
	case graph.Select:
		u.row = func(dst, src []float32) { interleave(dst, n.Channels, src[n.First:], u.in.c, n.Channels, false) }
	}
	u.out = c.output(last)
	u.behind = c.follow(u.in, u.out, func(i, y0, y1 int, _ *worker) {
		for r := y0; r < y1; r++ {
			u.do(i, r)
		}
	})
	return u, last
}

func (u *rowwise) result() piece { return u.out }

func (u *rowwise) claim(*compiler, int) {}
func (u *rowwise) backward() []phase    { return nil }

func (u *rowwise) pack(w graph.Weights) {
	if u.packing != nil {
		u.packing(w)
	}
}

func (u *rowwise) do(i, r int) { u.row(u.out.val().row(i, r), u.in.val().row(i, r)) }

func (u *rowwise) forward() []phase {
	if u.behind {
		return nil
	}
	return []phase{rowPhase(u.net.batch, u.out.h, u.work*u.in.w*u.in.c, func(i, r int, _ *worker) { u.do(i, r) })}
}

// pointwise is the function of a Pointwise node, for some values.
func pointwise(net *Net, n *graph.Node) func(dst, src []float32) {
	a, b := float32(n.Args[0]), float32(n.Args[1])
	k := net.kernel
	each := func(f func(x float64) float64) func(dst, src []float32) {
		return func(dst, src []float32) {
			for i, v := range src {
				dst[i] = float32(f(float64(v)))
			}
		}
	}
	switch n.Func {
	case graph.Sigmoid:
		return k.Sigmoid
	case graph.Tanh:
		return k.Tanh
	case graph.LeakyReLU:
		slope := []float32{a}
		return func(dst, src []float32) { k.Slope(dst, src, slope) }
	case graph.ELU:
		return func(dst, src []float32) { elu(k, dst, src, a) }
	case graph.HardSigmoid:
		scale, shift := []float32{a}, []float32{b}
		return func(dst, src []float32) {
			k.ScaleShift(dst, src, scale, shift, false)
			k.Clamp(dst, dst, 0, 1)
		}
	case graph.Clip:
		return func(dst, src []float32) { k.Clamp(dst, src, a, b) }
	case graph.Softplus:
		return each(func(x float64) float64 { return max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) })
	case graph.Erf:
		return k.Erf
	case graph.Exp:
		return k.Exp
	case graph.Log:
		return each(math.Log)
	case graph.Sqrt:
		return each(math.Sqrt)
	case graph.Reciprocal:
		return each(func(x float64) float64 { return 1 / x })
	case graph.Abs:
		return each(math.Abs)
	}
	panic("engine: no such function: " + n.Func.String())
}

// elu takes e^x − 1 from the tangent t of half of x, 2t/(1−t), which keeps the
// digits of a small one.
func elu(k *kernel.Set, dst, src []float32, a float32) {
	for i, v := range src {
		dst[i] = 0.5 * min(v, 0)
	}
	k.Tanh(dst, dst)
	for i, v := range src {
		t := dst[i]
		dst[i] = max(v, 0) + float32(a*(t+t)/(1-t))
	}
}

// softmax is that of each pixel's c channels, taken from their maximum so that
// nothing overflows.
func softmax(net *Net, dst, src []float32, c int) {
	for o := 0; o < len(src); o += c {
		most := src[o]
		for _, v := range src[o+1 : o+c] {
			most = max(most, v)
		}
		for i, v := range src[o : o+c] {
			dst[o+i] = v - most
		}
	}
	net.kernel.Exp(dst, dst)
	for o := 0; o < len(dst); o += c {
		sum := 0.0
		for _, v := range dst[o : o+c] {
			sum += float64(v)
		}
		scale := float32(1 / sum)
		for i := range dst[o : o+c] {
			dst[o+i] *= scale
		}
	}
}
