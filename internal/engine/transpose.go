package engine

import (
	"unetbench/graph"
	"unetbench/internal/kernel"
)

// transpose is a transposed convolution whose kernel is its stride: every
// operand pixel makes kh×kw output pixels of its own. For each ky that is a
// 1×1 product to kw·O columns, which lie side by side in output row kh·y+ky.
type transpose struct {
	net    *Net
	node   *graph.Node
	in     piece
	out    piece
	kh, kw int

	packed [][]float32 // per ky: panels of a C × (kx,o) matrix
	back   []float32   // panels of a (ky,kx,o) × C matrix
	bias   []float32   // kw times
	grad   weightGrad
	whole  bool // the weight gradient is summed panel by panel, over everything
	dy     view
	sink   sink
}

func (c *compiler) transpose(n *graph.Node) (unit, *graph.Node) {
	if !plainConv(n) {
		return c.overlap(n)
	}
	u := &transpose{net: c.net, node: n, kh: n.Kernel[0], kw: n.Kernel[1], in: c.one(n.In[0])}
	u.out = c.output(n)
	for range u.kh {
		u.packed = append(u.packed, make([]float32, u.in.c*u.columns()))
	}
	u.bias = make([]float32, u.columns())
	return u, n
}

func (u *transpose) result() piece { return u.out }

// columns is kw·O.
func (u *transpose) columns() int { return u.kw * u.out.c }

func (u *transpose) panels() int { return (u.columns() + kernel.PanelWidth - 1) / kernel.PanelWidth }

// places calls f with the place of every weight in the panels of the matrix of
// ky, and with its place in torch's [C, O, kh, kw].
func (u *transpose) places(ky int, f func(packed, torch int)) {
	packed := 0
	for n := 0; n < u.columns(); n += kernel.PanelWidth {
		for c := range u.in.c {
			kx, o := n/u.out.c, n%u.out.c
			for range min(kernel.PanelWidth, u.columns()-n) {
				f(packed, ((c*u.out.c+o)*u.kh+ky)*u.kw+kx)
				packed++
				if o++; o == u.out.c {
					kx, o = kx+1, 0
				}
			}
		}
	}
}

func (u *transpose) pack(w graph.Weights) {
	weight, bias := w[u.node.Params[0]], w[u.node.Params[1]]
	for ky, dst := range u.packed {
		u.places(ky, func(i, j int) { dst[i] = weight[j] })
	}
	for kx := range u.kw {
		copy(u.bias[kx*u.out.c:], bias)
	}
	if u.back != nil {
		k := u.kh * u.kw
		kernel.Pack(u.back, weight, kernel.Layout{
			Count: [3]int{u.kh, u.kw, u.out.c}, Stride: [3]int{u.kw, 1, k},
			N: u.in.c, Column: u.out.c * k,
		})
	}
}

func (u *transpose) forward() []phase {
	x, y := u.in.val(), u.out.val()
	work := x.region.w * x.c * u.kh * u.columns()
	return []phase{rowPhase(x.n, x.region.h, work, func(i, r int, w *worker) {
		m := &w.mul
		for ky, packed := range u.packed {
			*m = kernel.Product{
				A: x.from(i, r, 0), AStep: 1, LDA: x.c, LDC: u.columns(),
				Rows: 1, Depth: x.c, M: x.region.w, Stream: y.large(),
			}
			c := y.from(i, r*u.kh+ky, 0)
			for n := 0; n < u.columns(); n += kernel.PanelWidth {
				m.B, m.N = kernel.Panel(packed, x.c, u.columns(), n)
				m.BStep, m.C, m.Bias = m.N, c[n:], u.bias[n:n+m.N]
				u.net.kernel.Mul(m)
			}
		}
	})}
}

func (u *transpose) claim(c *compiler, t int) {
	var ok bool
	if u.dy, ok = c.grad(u.out, t); !ok {
		return
	}
	u.in.s.val.use(t)
	matrix := u.kh * u.in.c * u.columns()
	if u.whole = u.kh*u.panels() >= 32; u.whole { // tasks enough, and large sums
		u.grad = weightGrad{size: roundUp(matrix, align), bias: newMoments(c.net.batch*u.in.h, u.out.c)}
		u.grad.allot(c, 1, t)
	} else {
		u.grad = c.weightGrad(piece{nil, u.in.region, u.out.c}, matrix, matrix*u.in.w, t)
	}
	if u.sink = c.sink(u.in, t, false); !u.sink.none {
		u.back = make([]float32, matrix)
	}
}

// weightPhases sums the gradients of weights and bias and writes them in
// torch's layout.
func (u *transpose) weightPhases() []phase {
	h, g := u.in.h, &u.grad
	var ph []phase
	if u.whole {
		ph = []phase{{u.net.batch * h, func(k int, _ *worker) {
			u.sumBias(k, k/h, k%h, k%h+1)
		}}, {u.kh * u.panels(), func(k int, w *worker) {
			for i := range u.net.batch {
				u.outer(g.matrix(0), k/u.panels(), k%u.panels(), i, 0, h, i > 0, w)
			}
		}}}
	} else {
		ph = []phase{{g.chunks, func(chunk int, w *worker) {
			i, y0, y1 := g.span(chunk, h)
			u.sumBias(chunk, i, y0, y1)
			for k := range u.kh * u.panels() {
				u.outer(g.matrix(chunk), k/u.panels(), k%u.panels(), i, y0, y1, false, w)
			}
		}}, g.total(u.net)}
	}
	return append(ph, phase{u.kh + 1, func(ky int, _ *worker) {
		if ky == u.kh {
			g.biasTotal(u.net.grads[u.node.Params[1]])
			return
		}
		dst, src := u.net.grads[u.node.Params[0]], u.part(g.matrix(0), ky)
		u.places(ky, func(i, j int) { dst[j] = src[i] })
	}})
}

// part is the matrix of ky in the gradient's.
func (u *transpose) part(matrix []float32, ky int) []float32 {
	n := u.in.c * u.columns()
	return matrix[ky*n : (ky+1)*n]
}

// sumBias sums the output's gradient that operand rows y0 … y1−1 of map i have
// made into row k of the bias's moments.
func (u *transpose) sumBias(k, i, y0, y1 int) {
	u.grad.bias.clear(k)
	sum, sq := u.grad.bias.at(k)
	for r := y0 * u.kh; r < y1*u.kh; r++ {
		u.net.kernel.Moments(sum, sq, u.dy.row(i, r))
	}
}

// outer sums, over operand rows y0 … y1−1 of map i, the products of operand
// pixels and gradient pixels, into a panel of the matrix of ky.
func (u *transpose) outer(matrix []float32, ky, panel, i, y0, y1 int, add bool, w *worker) {
	x, dy, n := u.in.val(), u.dy, panel*kernel.PanelWidth
	m := &w.mul
	*m = kernel.Product{
		A: x.from(i, y0, 0), ARow: x.pitch, AStep: x.c, LDA: 1,
		B: dy.from(i, y0*u.kh+ky, 0)[n:], BRow: u.kh * dy.pitch, BStep: u.columns(),
		Rows: y1 - y0, Depth: x.region.w, M: x.c, Accumulate: add,
	}
	m.C, m.N = kernel.Panel(u.part(matrix, ky), x.c, u.columns(), n)
	m.LDC = m.N
	u.net.kernel.Mul(m)
}

func (u *transpose) backward() []phase {
	if u.dy.buffer == nil {
		return nil
	}
	ph := u.weightPhases()
	if u.sink.none {
		return ph
	}
	dy, k := u.dy, u.sink
	part := u.in.c * u.columns()
	ph = append(ph, k.prepare()...)
	return append(ph, rowPhase(k.n, k.region.h, part*u.kh*k.region.w, func(i, r int, w *worker) {
		m := &w.mul
		*m = kernel.Product{
			A: dy.from(i, r*u.kh, 0), ARow: dy.pitch, AStep: 1, LDA: u.columns(),
			LDC: k.c, Rows: u.kh, Depth: u.columns(), M: k.region.w, Accumulate: k.add(),
		}
		c := k.from(i, r, 0)
		for n := 0; n < k.c; n += kernel.PanelWidth {
			m.B, m.N = kernel.Panel(u.back, m.Rows*m.Depth, k.c, n)
			m.BRow, m.BStep, m.C = m.Depth*m.N, m.N, c[n:]
			u.net.kernel.Mul(m)
		}
	}))
}
