package engine

import (
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

	bias         []float32
	scale        []float64 // of the norm, per output channel; or nil
	packed, back []*panels // per piece
	grad         weightGrad
	dy           view
	sinks        []sink

	step           int
	behind         bool      // computed with the convolution in front
	fast, fastBack *winograd // instead of products row by row; or nil
	fastGrad       *winogradGrad
}

func (c *compiler) conv(n *graph.Node) (unit, *graph.Node) {
	u := &conv{net: c.net, node: n, step: c.now(), kh: n.Kernel[0], kw: n.Kernel[1]}
	last := n
	if !c.net.opts.Train {
		if u.fold = c.runningNorm(n); u.fold != nil {
			last, u.scale = u.fold, make([]float64, n.Channels)
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
	u.bias = make([]float32, u.out.c)
	for _, p := range u.in {
		u.packed = append(u.packed, newPanels(c.net.kernel, u.kh, u.kw, p.c, u.out.c))
		u.back = append(u.back, nil)
	}
	u.fast = c.fast(u)
	if u.kh*u.kw == 1 && len(u.in) == 1 && n.Stride == [2]int{1, 1} {
		u.behind = c.follow(u.in[0], u.out, func(i, y0, y1 int, w *worker) {
			for r := y0; r < y1; r++ {
				u.finish(i, r, w)
			}
		})
	}
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
	weight := w[u.node.Params[0]]
	copy(u.bias, w[u.node.Params[1]])
	if u.fold != nil {
		foldNorm(u.fold, w, u.scale, u.bias)
	}
	c0 := 0
	for j, p := range u.in {
		u.packed[j].pack(weight, u.layout(c0, p.c), u.scale)
		if u.back[j] != nil {
			l := kernel.ConvBackLayout(u.out.c, u.channels(), u.kh, u.kw)
			l.N, l.Base = p.c, l.Base+c0*u.kh*u.kw
			u.back[j].pack(weight, l, nil)
		}
		c0 += p.c
	}
}

func (u *conv) forward() []phase {
	if u.behind {
		return nil
	}
	if u.fast != nil {
		if u.stats != nil {
			u.fast.after = append(u.fast.after, func(i, y0, y1 int, _ *worker) {
				for r := y0; r < y1; r++ {
					u.stats.row(u.net, u.out.val(), i, r)
				}
			})
		}
		return u.fast.forward()
	}
	work := u.kh * u.kw * u.channels() * u.out.c * u.out.w
	return []phase{rowPhase(u.net.batch, u.out.h, work, u.finish)}
}

// finish computes row r of output map i, and its moments.
func (u *conv) finish(i, r int, w *worker) {
	y := u.out.val()
	u.row(y, i, r, w)
	if u.stats != nil {
		u.stats.row(u.net, y, i, r)
	}
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
			A: x.from(i, r*u.node.Stride[0], 0), ARow: x.pitch, AStep: 1, LDA: u.node.Stride[1] * x.c,
			LDC: y.c, Rows: u.kh, Depth: u.kw * x.c, M: y.region.w,
			Accumulate: begun, ReLU: u.relu && j == last, Stream: u.stats == nil && y.large(),
		}
		c := y.from(i, r, 0)
		for n := 0; n < y.c; n += kernel.PanelWidth {
			u.packed[j].operand(m, n)
			m.C, m.Bias = c[n:], u.bias[n:n+m.N]
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
			u.back[j] = newPanels(c.net.kernel, u.kh, u.kw, u.out.c, p.c)
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
				back.operand(m, n)
				m.C = c[n:]
				u.net.kernel.Mul(m)
			}
		}))
	}
	if u.fastBack != nil {
		ph = append(ph, u.fastBack.forward()...)
	}
	return ph
}
