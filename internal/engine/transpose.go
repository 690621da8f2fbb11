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
	dy     view
	sink   sink
}

func (c *compiler) transpose(n *graph.Node) unit {
	u := &transpose{net: c.net, node: n, kh: n.Kernel[0], kw: n.Kernel[1], in: c.one(n.In[0])}
	u.out = c.output(n)
	for range u.kh {
		u.packed = append(u.packed, make([]float32, u.in.c*u.columns()))
	}
	u.bias = make([]float32, u.columns())
	return u
}

func (u *transpose) result() piece { return u.out }

// columns is kw·O.
func (u *transpose) columns() int { return u.kw * u.out.c }

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
				Rows: 1, Depth: x.c, M: x.region.w,
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
	u.grad = c.weightGrad(piece{nil, u.in.region, u.out.c}, matrix, matrix*u.in.w, t)
	if u.sink = c.sink(u.in, t, false); !u.sink.none {
		u.back = make([]float32, matrix)
	}
}

// weightPhases sums the gradients of weights and bias and writes them in
// torch's layout.
func (u *transpose) weightPhases() []phase {
	x, dy, g := u.in.val(), u.dy, &u.grad
	part := x.c * u.columns()
	return []phase{{g.chunks, func(chunk int, w *worker) {
		i, y0, y1 := g.span(chunk, x.region.h)
		g.bias.clear(chunk)
		sum, sq := g.bias.at(chunk)
		for r := y0 * u.kh; r < y1*u.kh; r++ {
			u.net.kernel.Moments(sum, sq, dy.row(i, r))
		}
		m := &w.mul
		for ky := range u.kh {
			matrix := g.matrix(chunk)[ky*part : (ky+1)*part]
			b := dy.from(i, y0*u.kh+ky, 0)
			for n := 0; n < u.columns(); n += kernel.PanelWidth {
				*m = kernel.Product{
					A: x.from(i, y0, 0), ARow: x.pitch, AStep: x.c, LDA: 1,
					B: b[n:], BRow: u.kh * dy.pitch, BStep: u.columns(),
					Rows: y1 - y0, Depth: x.region.w, M: x.c,
				}
				m.C, m.N = kernel.Panel(matrix, x.c, u.columns(), n)
				m.LDC = m.N
				u.net.kernel.Mul(m)
			}
		}
	}}, g.total(u.net), {1, func(int, *worker) {
		dst := u.net.grads[u.node.Params[0]]
		for ky := range u.kh {
			src := g.matrix(0)[ky*part:]
			u.places(ky, func(i, j int) { dst[j] = src[i] })
		}
		g.biasTotal(u.net.grads[u.node.Params[1]])
	}}}
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
