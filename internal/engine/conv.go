package engine

import (
	"math"

	"unetbench/graph"
	"unetbench/internal/kernel"
)

// conv is a convolution, with the ReLU behind it and, in prediction, the norm
// between them folded into its weights. Every output row is one product per
// piece of the operand and panel of output channels: over a concatenation the
// products of its pieces add up, and nothing is joined in memory. The input
// gradient is the same loop over the output's gradient in a border of zeros.
type conv struct {
	net    *Net
	node   *graph.Node
	fold   *graph.Node // the Norm folded into the weights, or nil
	relu   bool
	in     []piece
	out    piece
	kh, kw int
	stats  *moments // of the output rows, for the norm behind; or nil
	normed bool     // only a norm that centres each channel reads the output: it takes away the bias

	weight, bias []float32
	product      []float32   // weight times the norm
	packed, back [][]float32 // per piece
	grad         weightGrad
	dy           view
	sinks        []sink

	fast, fastBack *winograd // instead of products row by row; or nil
	fastGrad       *winogradGrad
}

func (c *compiler) conv(n *graph.Node) (unit, *graph.Node) {
	u := &conv{net: c.net, node: n, kh: n.Kernel[0], kw: n.Kernel[1]}
	last := n
	if !c.net.opts.Train {
		if u.fold = c.runningNorm(n); u.fold != nil {
			last, u.product = u.fold, make([]float32, c.g.Params[n.Params[0]].Len())
		}
	}
	if m := c.next(last, graph.ReLU); m != nil {
		u.relu, last = true, m
	}
	if readers := c.uses[n.ID]; c.net.opts.Train && len(readers) == 1 && centres(readers[0], n.Channels) && c.net.edits[n] == nil {
		u.normed = true
	}
	u.in = c.read(c.values[n.In[0].ID])
	u.out = c.output(last)
	c.convs[u.out.s] = u
	depth := u.kh * u.kw
	u.bias = make([]float32, u.out.c)
	for _, p := range u.in {
		w := make([]float32, depth*p.c*u.out.c)
		u.packed = append(u.packed, w)
		u.back = append(u.back, nil)
	}
	u.fast = c.fast(u)
	return u, last
}

func (u *conv) result() piece { return u.out }

// layout is where the weights of channels c0 … c0+c−1 of the operand lie.
func (u *conv) layout(c0, c int) kernel.Layout {
	l := kernel.ConvLayout(u.out.c, u.channels(), u.kh, u.kw)
	l.Count[2], l.Base = c, c0*u.kh*u.kw
	return l
}

func (u *conv) channels() int {
	c := 0
	for _, p := range u.in {
		c += p.c
	}
	return c
}

func (u *conv) pack(w graph.Weights) {
	u.weight = w[u.node.Params[0]]
	copy(u.bias, w[u.node.Params[1]])
	weight := u.weight
	if u.fold != nil {
		weight = u.folded(w)
	}
	c0 := 0
	for j, p := range u.in {
		kernel.Pack(u.packed[j], weight, u.layout(c0, p.c))
		if u.back[j] != nil {
			l := kernel.ConvBackLayout(u.out.c, u.channels(), u.kh, u.kw)
			l.N, l.Base = p.c, l.Base+c0*u.kh*u.kw
			kernel.Pack(u.back[j], weight, l)
		}
		c0 += p.c
	}
}

// folded multiplies the norm into the weights and the bias.
func (u *conv) folded(w graph.Weights) []float32 {
	p := u.fold.Params
	gamma, beta, mean, variance := w[p[0]], w[p[1]], w[p[2]], w[p[3]]
	out := u.product
	per := len(out) / u.out.c
	for o := range u.out.c {
		scale := float64(gamma[o]) / math.Sqrt(float64(variance[o])+epsilon)
		for i := o * per; i < (o+1)*per; i++ {
			out[i] = float32(float64(u.weight[i]) * scale)
		}
		u.bias[o] = float32(float64(float64(u.bias[o]-mean[o])*scale) + float64(beta[o]))
	}
	return out
}

func (u *conv) forward() []phase {
	if u.fast != nil {
		if u.stats != nil {
			u.fast.after = func(i, r int) { u.stats.row(u.net, u.out.val(), i, r) }
		}
		return u.fast.forward()
	}
	y := u.out.val()
	work := u.kh * u.kw * u.channels() * u.out.c * y.region.w
	return []phase{rowPhase(y.n, y.region.h, work, func(i, r int, w *worker) {
		u.row(y, i, r, w)
		if u.stats != nil {
			u.stats.row(u.net, y, i, r)
		}
	})}
}

// row computes row r of output map i.
func (u *conv) row(y view, i, r int, w *worker) {
	last := -1
	for j, p := range u.in {
		if p.s != nil {
			last = j
		}
	}
	m := &w.mul
	begun := false
	for j, p := range u.in {
		if p.s == nil {
			continue
		}
		x := p.val()
		*m = kernel.Product{
			A: x.from(i, r, 0), ARow: x.pitch, AStep: 1, LDA: x.c,
			LDC: y.c, Rows: u.kh, Depth: u.kw * x.c, M: y.region.w,
			Accumulate: begun, ReLU: u.relu && j == last,
		}
		c := y.from(i, r, 0)
		for n := 0; n < y.c; n += kernel.PanelWidth {
			m.B, m.N = kernel.Panel(u.packed[j], m.Rows*m.Depth, y.c, n)
			m.BRow, m.BStep, m.C, m.Bias = m.Depth*m.N, m.N, c[n:], u.bias[n:n+m.N]
			u.net.kernel.Mul(m)
		}
		begun = true
	}
	if !begun { // every operand is a severed skip
		for o := y.row(i, r); len(o) > 0; o = o[y.c:] {
			copy(o, u.bias)
			if u.relu {
				for k := range u.bias {
					o[k] = max(o[k], 0)
				}
			}
		}
	}
}

func (u *conv) claim(c *compiler, t int) {
	var ok bool
	if u.dy, ok = c.grad(u.out, t); !ok {
		return
	}
	if u.relu {
		u.out.s.val.use(t)
	}
	rows := 0
	for j, p := range u.in {
		k := c.sink(p, t, false)
		u.sinks = append(u.sinks, k)
		if p.s != nil {
			p.s.val.use(t)
			rows += u.kh * u.kw * p.c
		}
		if !k.none {
			u.back[j] = make([]float32, u.kh*u.kw*p.c*u.out.c)
			u.dy.reach(region{1 - u.kh, 1 - u.kw, u.out.h + 2*(u.kh-1), u.out.w + 2*(u.kw-1)})
		}
	}
	u.fastBack = c.fastBack(u, t)
	work := u.kh * u.kw * u.channels() * u.out.c * u.out.w
	if u.fastGrad = c.fastGrad(u, t); u.fastGrad != nil {
		u.grad = weightGrad{size: roundUp(rows*u.out.c, align), bias: newMoments(u.fastGrad.n*u.fastGrad.th, u.out.c)}
		u.grad.allot(c, u.fastGrad.chunks, t)
		return
	}
	u.grad = c.weightGrad(u.out, rows*u.out.c, work, t)
}

func (u *conv) backward() []phase {
	if u.dy.buffer == nil {
		return nil
	}
	ph := u.weightPhases()
	for j, k := range u.sinks {
		if k.none {
			continue
		}
		ph = append(ph, k.prepare()...)
		if u.fastBack != nil {
			continue
		}
		back := u.back[j]
		work := u.kh * u.kw * k.c * u.out.c * k.region.w
		ph = append(ph, rowPhase(k.n, k.region.h, work, func(i, r int, w *worker) {
			m := &w.mul
			*m = kernel.Product{
				A: u.dy.from(i, r-(u.kh-1), -(u.kw - 1)), ARow: u.dy.pitch, AStep: 1, LDA: u.dy.c,
				LDC: k.c, Rows: u.kh, Depth: u.kw * u.dy.c, M: k.region.w, Accumulate: k.add(),
			}
			c := k.from(i, r, 0)
			for n := 0; n < k.c; n += kernel.PanelWidth {
				m.B, m.N = kernel.Panel(back, m.Rows*m.Depth, k.c, n)
				m.BRow, m.BStep, m.C = m.Depth*m.N, m.N, c[n:]
				u.net.kernel.Mul(m)
			}
		}))
	}
	if u.fastBack != nil {
		ph = append(ph, u.fastBack.forward()...)
	}
	return ph
}
