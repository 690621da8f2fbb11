package engine

import (
	"math"

	"unetbench/graph"
	"unetbench/internal/kernel"
)

// conv is a convolution, with the ReLU behind it and, in prediction, the norm
// between them folded into its weights. Every output row is one product per
// piece of the operand (and group) and panel of output channels: over a
// concatenation the products of its pieces add up, and nothing is joined in
// memory. A stride is a distance between the pixels that a product reads. The
// input gradient is the same loop over the output's gradient in a border of zeros.
//
// Strides, dilation and groups run forward only; see also depthwise.go.
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
	terms        []term
	depthwise    []float32 // instead of terms, tap by tap a weight per channel; or nil
	packed, back []*panels // per piece, of one group
	grad         weightGrad
	dy           view
	sinks        []sink

	at             int       // the step at which it runs
	behind         bool      // computed with the convolution in front
	fast, fastBack *winograd // instead of products row by row; or nil
	fastGrad       *winogradGrad
}

func (c *compiler) conv(n *graph.Node) (unit, *graph.Node) {
	u := &conv{net: c.net, node: n, at: c.now(), kh: n.Kernel[0], kw: n.Kernel[1]}
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
	u.addTerms()
	u.fast = c.fast(u)
	if u.kh*u.kw == 1 && len(u.in) == 1 && plainConv(n) {
		u.behind = c.follow(u.in[0], u.out, func(i, y0, y1 int, w *worker) {
			for r := y0; r < y1; r++ {
				u.finish(i, r, w)
			}
		})
	}
	return u, last
}

func (u *conv) result() piece { return u.out }

// A term is what a piece of the operand adds to the output channels of a group,
// or of several that read nothing else.
type term struct {
	stencil
	piece       int // −1 where a group reads nothing but severed skips
	first, last bool
}

// groups is their number, step and dilation the strides and px between taps.
func (u *conv) groups() int  { return max(u.node.Groups, 1) }
func (u *conv) step() [2]int { return u.node.Stride }
func (u *conv) dilation() [2]int {
	return [2]int{max(u.node.Dilation[0], 1), max(u.node.Dilation[1], 1)}
}

// addTerms splits the sums by pieces and groups.
func (u *conv) addTerms() {
	groups, channels := u.groups(), u.channels()
	u.back = make([]*panels, len(u.in))
	if groups == channels && channels == u.out.c && groups > 1 {
		u.depthwise = make([]float32, u.kh*u.kw*channels)
		return
	}
	d := u.dilation()
	in, out := channels/groups, u.out.c/groups
	for g := 0; g < groups; {
		before, at, next := len(u.terms), 0, g+1
		for j, p := range u.in {
			from, to := max(g*in, at), min((g+1)*in, at+p.c)
			t := stencil{
				ny: u.kh, nx: u.kw, dy: d[0], dx: d[1],
				c0: from - at, c: to - from, n0: g * out, n: out,
			}
			at += p.c
			if t.c > 0 && p.s != nil {
				if t.c == in && out <= kernel.PanelWidth {
					t.groups = (at - from) / in
					next = g + t.groups
				}
				t.layout, t.next = u.layout(g, from-g*in, t.c), out*in*u.kh*u.kw
				t = newStencil(u.net.kernel, t, p.c)
				u.terms = append(u.terms, term{stencil: t, piece: j, first: len(u.terms) == before})
			}
			if groups == 1 {
				u.packed = append(u.packed, t.panels)
			}
		}
		if len(u.terms) == before {
			u.terms = append(u.terms, term{stencil: stencil{n0: g * out, n: out}, piece: -1})
		}
		u.terms[len(u.terms)-1].last = true
		g = next
	}
}

// layout is where the weights of group g lie that read c of its channels, from
// c0 on.
func (u *conv) layout(g, c0, c int) kernel.Layout {
	in, out := u.channels()/u.groups(), u.out.c/u.groups()
	l := kernel.ConvLayout(out, in, u.kh, u.kw)
	l.Count[2], l.Base = c, (g*out*in+c0)*u.kh*u.kw
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
	if u.depthwise != nil {
		u.packDepthwise(weight)
		return
	}
	for i := range u.terms {
		if t := &u.terms[i]; t.piece >= 0 {
			t.packWeights(weight, u.scale)
		}
	}
	c0 := 0
	for j, p := range u.in {
		if u.back[j] != nil {
			l := kernel.ConvBackLayout(u.out.c, u.channels(), u.kh, u.kw)
			l.N, l.Base = p.c, l.Base+c0*u.kh*u.kw
			u.back[j].pack(weight, l, nil)
		}
		c0 += p.c
	}
}

// foldNorm finds what a norm by running statistics multiplies the weights by,
// per output channel, and the bias with it.
func foldNorm(n *graph.Node, w graph.Weights, scale []float64, bias []float32) {
	p := n.Params
	gamma, beta, mean, variance := w[p[0]], w[p[1]], w[p[2]], w[p[3]]
	for o := range scale {
		scale[o] = float64(gamma[o]) / math.Sqrt(float64(variance[o])+epsilon(n))
		bias[o] = float32(float64(float64(bias[o]-mean[o])*scale[o]) + float64(beta[o]))
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
	work := u.kh * u.kw * u.channels() / u.groups() * u.out.c * u.out.w
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
	if u.depthwise != nil {
		u.depthwiseRow(y, i, r, w)
		return
	}
	s := u.step()
	for k := range u.terms {
		t := &u.terms[k]
		c, bias := y.from(i, r, 0)[t.n0:], u.bias[t.n0:t.n0+t.n]
		if t.piece < 0 {
			constant(c, bias, y.c, y.region.w, u.relu)
			continue
		}
		x := u.in[t.piece].val()
		if t.groups > 1 {
			constant(c, u.bias[t.n0:t.n0+t.groups*t.n], y.c, y.region.w, false)
		}
		w.mul = kernel.Product{
			A: x.from(i, r*s[0], 0)[t.c0:], LDA: s[1] * x.c, LDC: y.c, M: y.region.w,
			Accumulate: !t.first || t.groups > 1, ReLU: u.relu && t.last, Stream: u.stats == nil && y.large(),
		}
		t.mul(u.net.kernel, &w.mul, c, bias, t.all(), x.pitch, x.c)
	}
}

// constant sets pixels, which are pixel floats apart, to the bias: what nothing
// or a severed skip adds up to.
func constant(c, bias []float32, pixel, pixels int, relu bool) {
	for m := range pixels {
		px := c[m*pixel:][:len(bias)]
		copy(px, bias)
		for k := 0; relu && k < len(px); k++ {
			px[k] = max(px[k], 0)
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
