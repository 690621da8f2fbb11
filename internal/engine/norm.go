package engine

import (
	"math"

	"unetbench/graph"
)

// Batch normalisation as torch has it.
const (
	epsilon  = 1e-5
	momentum = 0.1
)

// moments are sums per channel of rows or chunks, in float32; they are added
// up in float64 and in order.
type moments struct {
	c        int
	sum, dot []float32
}

func newMoments(rows, c int) *moments {
	return &moments{c, make([]float32, rows*c), make([]float32, rows*c)}
}

// at is the sums of one row or chunk.
func (m *moments) at(row int) (sum, dot []float32) {
	return m.sum[row*m.c : (row+1)*m.c], m.dot[row*m.c : (row+1)*m.c]
}

func (m *moments) clear(row int) {
	s, d := m.at(row)
	clear(s)
	clear(d)
}

// total adds up channel c.
func (m *moments) total(c int) (sum, dot float64) {
	for o := c; o < len(m.sum); o += m.c {
		sum += float64(m.sum[o])
		dot += float64(m.dot[o])
	}
	return sum, dot
}

// norm is batch normalisation, with the ReLU behind it. In training the
// statistics are the batch's, in prediction the running ones.
type norm struct {
	net  *Net
	node *graph.Node
	relu bool
	in   piece
	out  piece
	own  bool // the moments are not computed by the convolution in front

	rows         *moments
	mean, inv    []float64 // of the batch
	scale, shift []float32
	a, b, s      []float32 // dx = a·g + b·x + s

	dy   view
	sink sink
	only bool // nothing else reads the operand
}

func (c *compiler) norm(n *graph.Node) (unit, *graph.Node) {
	u := &norm{net: c.net, node: n, own: true}
	last := n
	if m := c.next(n, graph.ReLU); m != nil {
		u.relu, last = true, m
	}
	u.in = c.one(n.In[0])
	u.only = len(c.uses[n.In[0].ID]) == 1
	u.out = c.output(last)
	k := u.in.c
	f := make([]float32, 5*k)
	u.scale, u.shift, u.a, u.b, u.s = f[:k], f[k:2*k], f[2*k:3*k], f[3*k:4*k], f[4*k:]
	u.mean, u.inv = make([]float64, k), make([]float64, k)
	if c.net.opts.Train {
		u.rows = newMoments(c.net.batch*u.in.h, k)
		if v := c.convs[u.in.s]; v != nil && u.in.whole() {
			v.stats, u.own = u.rows, false
		}
	}
	return u, last
}

func (u *norm) result() piece { return u.out }

func (u *norm) pack(w graph.Weights) {
	if u.net.opts.Train {
		return
	}
	p := u.node.Params
	for c := range u.scale {
		u.mean[c] = float64(w[p[2]][c])
		u.inv[c] = 1 / math.Sqrt(float64(w[p[3]][c])+epsilon)
	}
	u.affine(w)
}

// affine turns mean and deviation into scale and shift.
func (u *norm) affine(w graph.Weights) {
	gamma, beta := w[u.node.Params[0]], w[u.node.Params[1]]
	for c := range u.scale {
		s := float64(gamma[c]) * u.inv[c]
		u.scale[c] = float32(s)
		u.shift[c] = float32(float64(beta[c]) - float64(u.mean[c]*s))
	}
}

func (u *norm) forward() []phase {
	x, y := u.in.val(), u.out.val()
	var ph []phase
	if u.net.opts.Train {
		if u.own {
			ph = append(ph, rowPhase(x.n, x.region.h, 8*x.region.w*x.c, func(i, r int, _ *worker) {
				u.rows.row(u.net, x, i, r)
			}))
		}
		ph = append(ph, phase{1, func(int, *worker) { u.statistics() }})
	}
	return append(ph, rowPhase(x.n, x.region.h, 8*x.region.w*x.c, func(i, r int, _ *worker) {
		u.net.kernel.ScaleShift(y.row(i, r), x.row(i, r), u.scale, u.shift, u.relu)
	}))
}

// row sums one row of a map.
func (m *moments) row(net *Net, x view, i, r int) {
	k := i*x.region.h + r
	m.clear(k)
	sum, sq := m.at(k)
	net.kernel.Moments(sum, sq, x.row(i, r))
}

// statistics finds mean and variance over batch, rows and columns, and moves
// the running ones towards them (the variance unbiased, as torch does).
func (u *norm) statistics() {
	w, p := u.net.weights, u.node.Params
	count := float64(u.net.batch * u.in.h * u.in.w)
	for c := range u.mean {
		sum, sq := u.rows.total(c)
		mean := sum / count
		variance := max(0, sq/count-float64(mean*mean))
		u.mean[c], u.inv[c] = mean, 1/math.Sqrt(variance+epsilon)
		unbiased := variance * count / max(1, count-1)
		run, runVar := &w[p[2]][c], &w[p[3]][c]
		*run = float32(float64((1-momentum)*float64(*run)) + float64(momentum*mean))
		*runVar = float32(float64((1-momentum)*float64(*runVar)) + float64(momentum*unbiased))
	}
	u.affine(w)
}

func (u *norm) claim(c *compiler, t int) {
	var ok bool
	if u.dy, ok = c.grad(u.out, t); !ok {
		return
	}
	u.in.s.val.use(t)
	if u.relu {
		u.out.s.val.use(t)
	}
	readers := 2
	if u.only {
		readers = 1
	}
	u.sink = c.inherit(u.in, u.out, readers, t)
}

func (u *norm) backward() []phase {
	if u.dy.buffer == nil {
		return nil
	}
	x, y, dy := u.in.val(), u.out.val(), u.dy
	mask := func(i, r int) []float32 {
		if u.relu {
			return y.row(i, r)
		}
		return nil
	}
	work := 8 * x.region.w * x.c
	ph := []phase{
		rowPhase(x.n, x.region.h, work, func(i, r int, _ *worker) {
			k := i*x.region.h + r
			u.rows.clear(k)
			sum, dot := u.rows.at(k)
			u.net.kernel.NormMoments(sum, dot, dy.row(i, r), mask(i, r), x.row(i, r))
		}),
		{1, func(int, *worker) { u.coefficients() }},
	}
	ph = append(ph, u.sink.prepare()...)
	return append(ph, rowPhase(x.n, x.region.h, work, func(i, r int, _ *worker) {
		d := dy.row(i, r)
		u.net.kernel.NormBack(d, d, mask(i, r), x.row(i, r), u.a, u.b, u.s)
		u.sink.pass(u.net, dy, i, r)
	}))
}

// coefficients finds the gradients of gamma and beta and the three numbers per
// channel that make the operand's gradient (Ioffe & Szegedy 2015, section 3):
// with g the gradient, r = 1/deviation and M pixels,
// dx = γr·(g − Σg/M − x̂·Σgx̂/M), which is affine in g and x.
func (u *norm) coefficients() {
	p := u.node.Params
	gamma := u.net.weights[p[0]]
	dgamma, dbeta := u.net.grads[p[0]], u.net.grads[p[1]]
	count := float64(u.net.batch * u.in.h * u.in.w)
	for c := range u.a {
		sum, dot := u.rows.total(c)
		r, mean := u.inv[c], u.mean[c]
		dg := r * (dot - float64(mean*sum))
		dgamma[c], dbeta[c] = float32(dg), float32(sum)
		a := float64(gamma[c]) * r
		b := -a * r * dg / count
		u.a[c], u.b[c] = float32(a), float32(b)
		u.s[c] = float32(-a*sum/count - float64(b*mean))
	}
}
