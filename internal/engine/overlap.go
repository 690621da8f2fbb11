package engine

import (
	"unetbench/graph"
	"unetbench/internal/kernel"
)

// overlap is a transposed convolution whose kernel is not its stride, so that
// what two operand pixels make overlaps, or leaves gaps. Output pixels that lie a
// stride apart are an ordinary convolution of the operand, with every stride-th
// tap of the kernel turned by 180°; where the window stands out of the operand,
// its taps are left out, which changes no bit of a sum that had zeros there. It
// has the norm and the ReLU behind it as conv does.
type overlap struct {
	net     *Net
	node    *graph.Node
	fold    *graph.Node // the Norm folded into the weights, or nil
	relu    bool
	in, out piece
	above   int // rows of the operand before the first that row 0 begins with: a band's
	bias    []float32
	scale   []float64
	phases  [][]stencil // by row and column within the stride: one per group or for all; none in a gap
}

func (c *compiler) overlap(n *graph.Node) (unit, *graph.Node) {
	u := &overlap{net: c.net, node: n}
	last := n
	if u.fold = c.runningNorm(n); u.fold != nil {
		last, u.scale = u.fold, make([]float64, n.Channels)
	}
	if m := c.next(last, graph.ReLU); m != nil {
		u.relu, last = true, m
	}
	u.in, u.out = c.one(n.In[0]), c.output(last)
	if c.net.bands != nil {
		u.above = u.in.h - u.out.h/n.Stride[0]
	}
	u.bias = make([]float32, u.out.c)
	for py := range n.Stride[0] {
		for px := range n.Stride[1] {
			u.phases = append(u.phases, u.phase(py, px))
		}
	}
	return u, last
}

// phase is what makes the output pixels (py, px) px after multiples of the stride.
func (u *overlap) phase(py, px int) (all []stencil) {
	n := u.node
	ny, nx := count(n.Kernel[0], n.Stride[0], py), count(n.Kernel[1], n.Stride[1], px)
	if ny*nx == 0 {
		return nil
	}
	groups, together := max(n.Groups, 1), 1
	in, out, k := u.in.c/groups, u.out.c/groups, n.Kernel[0]*n.Kernel[1]
	if out <= kernel.PanelWidth {
		together = groups
	}
	for g := 0; g < groups; g += together {
		t := newStencil(u.net.kernel, stencil{
			ny: ny, nx: nx, dy: 1, dx: 1, c0: g * in, c: in, n0: g * out, n: out, groups: together, next: in * out * k,
			layout: kernel.Layout{
				Count: [3]int{ny, nx, in}, Stride: [3]int{-n.Stride[0] * n.Kernel[1], -n.Stride[1], out * k},
				N: out, Column: k,
				Base: g*in*out*k + (py+(ny-1)*n.Stride[0])*n.Kernel[1] + px + (nx-1)*n.Stride[1],
			},
		}, u.in.c)
		if in%2 > 0 && nx > 1 && t.stretch {
			t.pairs = nil // a cut would part them
		}
		all = append(all, t)
	}
	return all
}

// count is how many of k taps lie phase px after multiples of s.
func count(k, s, phase int) int { return (k - phase + s - 1) / s }

func (u *overlap) result() piece { return u.out }

func (u *overlap) claim(*compiler, int) {}
func (u *overlap) backward() []phase    { return nil }

func (u *overlap) pack(w graph.Weights) {
	weight := w[u.node.Params[0]]
	copy(u.bias, w[u.node.Params[1]])
	if u.fold != nil {
		foldNorm(u.fold, w, u.scale, u.bias)
	}
	for _, p := range u.phases {
		for i := range p {
			p[i].packWeights(weight, u.scale)
		}
	}
}

func (u *overlap) forward() []phase {
	n := u.node
	work := n.Kernel[0] * n.Kernel[1] * u.in.c * u.out.c / max(n.Groups, 1) * u.in.w / n.Stride[0]
	return []phase{rowPhase(u.net.batch, u.out.h, work, u.row)}
}

// row computes row r of output map i.
func (u *overlap) row(i, r int, w *worker) {
	y, s := u.out.val(), u.node.Stride
	for px := range min(s[1], y.region.w) {
		p := u.phases[r%s[0]*s[1]+px]
		if p == nil {
			constant(y.from(i, r, px), u.bias, s[1]*y.c, (y.region.w-px+s[1]-1)/s[1], u.relu)
		}
		for k := range p {
			u.columns(&p[k], y, i, r, px, w)
		}
	}
}

// columns computes every pixel of row r that is px px after a multiple of the
// stride.
func (u *overlap) columns(t *stencil, y view, i, r, px int, w *worker) {
	x, s := u.in.val(), u.node.Stride
	all := u.bias[t.n0 : t.n0+t.groups*t.n]
	if t.groups > 1 {
		constant(y.from(i, r, px)[t.n0:], all, s[1]*y.c, (y.region.w-px+s[1]-1)/s[1], false)
	}
	top := u.above + r/s[0] - t.ny + 1 // of the window in the operand
	c := cut{y0: max(0, -top), y1: min(t.ny, x.region.h-top)}
	for q := px; q < y.region.w; {
		left, n := q/s[1]-t.nx+1, 1
		c.x0, c.x1 = max(0, -left), min(t.nx, x.region.w-left)
		if c.x0 == 0 && c.x1 == t.nx {
			n = x.region.w - left - t.nx + 1
		}
		w.mul = kernel.Product{
			A: x.from(i, top+c.y0, left+c.x0)[t.c0:], LDA: x.c, LDC: s[1] * y.c, M: n,
			Accumulate: t.groups > 1, ReLU: u.relu, Stream: y.large(),
		}
		t.mul(u.net.kernel, &w.mul, y.from(i, r, q)[t.n0:], all, c, x.pitch, x.c)
		q += n * s[1]
	}
}
