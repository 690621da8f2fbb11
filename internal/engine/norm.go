package engine

import (
	"math"

	"unetbench/graph"
)

// momentum is that of running statistics, as torch has it.
const momentum = 0.1

// epsilon is what the norm n adds to the variance.
func epsilon(n *graph.Node) float64 {
	if n.Epsilon == 0 {
		return 1e-5
	}
	return n.Epsilon
}

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

// part is the i-th of n equal parts of the rows.
func (m *moments) part(i, n int) moments {
	k := len(m.sum) / n
	return moments{m.c, m.sum[i*k : (i+1)*k], m.dot[i*k : (i+1)*k]}
}

// total adds up channel c.
func (m *moments) total(c int) (sum, dot float64) {
	for o := c; o < len(m.sum); o += m.c {
		sum += float64(m.sum[o])
		dot += float64(m.dot[o])
	}
	return sum, dot
}

// norm is a normalisation, with the ReLU behind it. Statistics of the batch are
// one set for all its maps: measured in training, the running ones in
// prediction. Statistics of an instance or a group are measured in both, one set
// per map.
type norm struct {
	net   *Net
	node  *graph.Node
	relu  bool
	in    piece
	out   piece
	sets  int  // of statistics
	group int  // channels that share mean and deviation
	live  bool // statistics are measured
	own   bool // the moments are not computed by the convolution in front

	gamma, beta []float32

	// The rest but for rows has one value per set and channel.
	rows         *moments
	mean, inv    []float64
	scale, shift []float32
	a, b, s      []float32 // dx = a·g + b·x + s

	dy   view
	sink sink
	only bool // nothing else reads the operand
}

// runningNorm is the norm that may be folded into n: by statistics that are
// known beforehand.
func (c *compiler) runningNorm(n *graph.Node) *graph.Node {
	if u := c.uses[n.ID]; len(u) == 1 && u[0].Stats != graph.BatchStatistics {
		return nil
	}
	return c.next(n, graph.Norm)
}

// centres says that n takes away each channel's mean, and with it any bias.
func centres(n *graph.Node, channels int) bool {
	return n.Op == graph.Norm && (n.Stats != graph.GroupStatistics || n.Groups == channels)
}

func (c *compiler) norm(n *graph.Node) (unit, *graph.Node) {
	u := &norm{net: c.net, node: n, own: true, sets: 1, group: 1}
	last := n
	if m := c.next(n, graph.ReLU); m != nil {
		u.relu, last = true, m
	}
	u.in = c.one(n.In[0])
	u.only = len(c.uses[n.In[0].ID]) == 1
	u.out = c.output(last)
	if n.Stats != graph.BatchStatistics {
		u.sets = c.net.batch
	}
	if n.Stats == graph.GroupStatistics {
		u.group = u.in.c / n.Groups
	}
	k := u.sets * u.in.c
	f := make([]float32, 5*k)
	u.scale, u.shift, u.a, u.b, u.s = f[:k], f[k:2*k], f[2*k:3*k], f[3*k:4*k], f[4*k:]
	u.mean, u.inv = make([]float64, k), make([]float64, k)
	u.gamma, u.beta = make([]float32, u.in.c), make([]float32, u.in.c)
	u.live = c.net.opts.Train || n.Stats != graph.BatchStatistics
	if u.live {
		u.rows = newMoments(c.net.batch*u.in.h, u.in.c)
		if v := c.convs[u.in.s]; v != nil && v.stats == nil && u.in.whole() {
			v.stats, u.own = u.rows, false
		}
	}
	return u, last
}

func (u *norm) result() piece { return u.out }

func (u *norm) pack(w graph.Weights) {
	p := u.node.Params
	copy(u.gamma, w[p[0]])
	copy(u.beta, w[p[1]])
	if u.live {
		return
	}
	for c := range u.scale {
		u.mean[c] = float64(w[p[2]][c])
		u.inv[c] = 1 / math.Sqrt(float64(w[p[3]][c])+epsilon(u.node))
	}
	u.affine()
}

// affine turns mean and deviation into scale and shift.
func (u *norm) affine() {
	for k := range u.scale {
		c := k % u.in.c
		s := float64(u.gamma[c]) * u.inv[k]
		u.scale[k] = float32(s)
		u.shift[k] = float32(float64(u.beta[c]) - float64(u.mean[k]*s))
	}
}

// of is the values of v, one per set and channel, that belong to map i.
func (u *norm) of(v []float32, i int) []float32 {
	i = i * u.sets / u.net.batch
	return v[i*u.in.c : (i+1)*u.in.c]
}

// shared is the number of values that share mean and deviation.
func (u *norm) shared() float64 { return float64(u.net.batch / u.sets * u.in.h * u.in.w * u.group) }

func (u *norm) forward() []phase {
	x, y := u.in.val(), u.out.val()
	var ph []phase
	if u.live {
		if u.own {
			ph = append(ph, rowPhase(x.n, x.region.h, 8*x.region.w*x.c, func(i, r int, _ *worker) {
				u.rows.row(u.net, x, i, r)
			}))
		}
		ph = append(ph, phase{1, func(int, *worker) { u.statistics() }})
	}
	return append(ph, rowPhase(x.n, x.region.h, 8*x.region.w*x.c, func(i, r int, _ *worker) {
		u.net.kernel.ScaleShift(y.row(i, r), x.row(i, r), u.of(u.scale, i), u.of(u.shift, i), u.relu)
	}))
}

// row sums one row of a map.
func (m *moments) row(net *Net, x view, i, r int) {
	k := i*x.region.h + r
	m.clear(k)
	sum, sq := m.at(k)
	net.kernel.Moments(sum, sq, x.row(i, r))
}

// statistics finds mean and variance, and moves the batch's running ones
// towards them (the variance unbiased, as torch does).
func (u *norm) statistics() {
	count := u.shared()
	for set := range u.sets {
		rows := u.rows.part(set, u.sets)
		for c0 := 0; c0 < u.in.c; c0 += u.group {
			var sum, sq float64
			for c := c0; c < c0+u.group; c++ {
				s, q := rows.total(c)
				sum, sq = sum+s, sq+q
			}
			mean := sum / count
			variance := max(0, sq/count-float64(mean*mean))
			for k := set*u.in.c + c0; k < set*u.in.c+c0+u.group; k++ {
				u.mean[k], u.inv[k] = mean, 1/math.Sqrt(variance+epsilon(u.node))
			}
			if u.node.Stats == graph.BatchStatistics {
				unbiased := variance * count / max(1, count-1)
				w, p := u.net.weights, u.node.Params
				run, runVar := &w[p[2]][c0], &w[p[3]][c0]
				*run = float32(float64((1-momentum)*float64(*run)) + float64(momentum*mean))
				*runVar = float32(float64((1-momentum)*float64(*runVar)) + float64(momentum*unbiased))
			}
		}
	}
	u.affine()
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
		u.net.kernel.NormBack(d, d, mask(i, r), x.row(i, r), u.of(u.a, i), u.of(u.b, i), u.of(u.s, i))
		u.sink.pass(u.net, dy, i, r)
	}))
}

// coefficients finds the gradients of gamma and beta and the three numbers per
// set and channel that make the operand's gradient (Ioffe & Szegedy 2015, section
// 3): with g the gradient, r = 1/deviation and the sums over the M values that
// share it, dx = r·(γg − Σγg/M − x̂·Σγgx̂/M), which is affine in g and x.
func (u *norm) coefficients() {
	p := u.node.Params
	dgamma, dbeta := u.net.grads[p[0]], u.net.grads[p[1]]
	clear(dgamma)
	clear(dbeta)
	count := u.shared()
	for set := range u.sets {
		rows := u.rows.part(set, u.sets)
		for c0 := 0; c0 < u.in.c; c0 += u.group {
			r, mean := u.inv[set*u.in.c+c0], u.mean[set*u.in.c+c0]
			var b, s float64
			for c := c0; c < c0+u.group; c++ {
				sum, dot := rows.total(c)
				dg := r * (dot - float64(mean*sum))
				dgamma[c] += float32(dg)
				dbeta[c] += float32(sum)
				a := float64(u.gamma[c]) * r
				u.a[set*u.in.c+c] = float32(a)
				b -= float64(a * r * dg)
				s -= float64(a * sum)
			}
			b, s = b/count, s/count
			for k := set*u.in.c + c0; k < set*u.in.c+c0+u.group; k++ {
				u.b[k], u.s[k] = float32(b), float32(s-float64(b*mean))
			}
		}
	}
}
