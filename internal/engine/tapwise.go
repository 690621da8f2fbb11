package engine

import (
	"math"

	"unetbench/graph"
	"unetbench/internal/kernel"
)

// tapwise is a convolution, ordinary or transposed, with dilation, groups or a
// kernel that is not its stride: one product per tap of the kernel and group,
// added up in the output's row. The order of taps is fixed, so a pixel has the
// same bits wherever it lies. It runs forward only.
type tapwise struct {
	net        *Net
	node       *graph.Node
	fold       *graph.Node // the Norm folded into the weights, or nil
	relu       bool
	transposed bool
	in, out    piece
	groups     int
	dilation   [2]int
	bias       []float32
	packed     []float32 // tap by tap, group by group: panels of an in × out matrix
	depthwise  []float32 // instead, tap by tap, one number per channel
}

func (c *compiler) tapwise(n *graph.Node) (unit, *graph.Node) {
	u := &tapwise{net: c.net, node: n, transposed: n.Op == graph.ConvTranspose, groups: max(n.Groups, 1),
		dilation: [2]int{max(n.Dilation[0], 1), max(n.Dilation[1], 1)}}
	last := n
	if u.fold = c.runningNorm(n); u.fold != nil {
		last = u.fold
	}
	if m := c.next(last, graph.ReLU); m != nil {
		u.relu, last = true, m
	}
	u.in, u.out = c.one(n.In[0]), c.output(last)
	u.bias = make([]float32, u.out.c)
	weights := make([]float32, n.Kernel[0]*n.Kernel[1]*u.in.c*u.perGroup())
	if u.groups == u.in.c && u.groups == u.out.c {
		u.depthwise = weights
	} else {
		u.packed = weights
	}
	return u, last
}

func (u *tapwise) result() piece { return u.out }

func (u *tapwise) claim(*compiler, int) {}
func (u *tapwise) backward() []phase    { return nil }

// perGroup is the output channels of a group.
func (u *tapwise) perGroup() int { return u.out.c / u.groups }

// matrix is the weights of tap t and group g, in × out.
func (u *tapwise) matrix(t, g int) []float32 {
	size := u.in.c / u.groups * u.perGroup()
	return u.packed[(t*u.groups+g)*size:][:size]
}

func (u *tapwise) pack(w graph.Weights) {
	weight := w[u.node.Params[0]]
	copy(u.bias, w[u.node.Params[1]])
	scale := make([]float64, u.out.c)
	for o := range scale {
		scale[o] = 1
	}
	if u.fold != nil {
		foldNorm(u.fold, w, scale, u.bias)
	}
	taps, in, out := u.node.Kernel[0]*u.node.Kernel[1], u.in.c/u.groups, u.perGroup()
	at := func(t, g, i, o int) float32 { // torch's place
		j := ((g*out+o)*in+i)*taps + t
		if u.transposed {
			j = ((g*in+i)*out+o)*taps + t
		}
		return float32(float64(weight[j]) * scale[g*out+o])
	}
	for t := range taps {
		for g := range u.groups {
			if u.depthwise != nil {
				u.depthwise[t*u.groups+g] = at(t, g, 0, 0)
				continue
			}
			dst := u.matrix(t, g)
			for n := 0; n < out; n += kernel.PanelWidth {
				panel, width := kernel.Panel(dst, in, out, n)
				for i := range in {
					for j := range width {
						panel[i*width+j] = at(t, g, i, n+j)
					}
				}
			}
		}
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

func (u *tapwise) forward() []phase {
	k := u.node.Kernel
	work := k[0] * k[1] * u.in.c * u.perGroup() * u.out.w
	if u.transposed {
		work /= u.node.Stride[0] * u.node.Stride[1]
	}
	return []phase{rowPhase(u.net.batch, u.out.h, max(work, 1), u.row)}
}

// row computes row r of output map i.
func (u *tapwise) row(i, r int, w *worker) {
	y := u.out.val()
	dst := y.row(i, r)
	for o := dst; len(o) > 0; o = o[y.c:] {
		copy(o, u.bias)
	}
	for ky := range u.node.Kernel[0] {
		from := r*u.node.Stride[0] + ky*u.dilation[0]
		if u.transposed {
			if from = r - ky; from < 0 || from%u.node.Stride[0] != 0 || from/u.node.Stride[0] >= u.in.h {
				continue
			}
			from /= u.node.Stride[0]
		}
		for kx := range u.node.Kernel[1] {
			u.tap(y, i, r, from, kx, ky*u.node.Kernel[1]+kx, w)
		}
	}
	if u.relu {
		for j, v := range dst {
			dst[j] = max(v, 0)
		}
	}
}

// tap adds tap t, in column kx of the kernel, of operand row from.
func (u *tapwise) tap(y view, i, r, from, kx, t int, w *worker) {
	x := u.in.val()
	sx := u.node.Stride[1]
	// Output pixel m at column to + m·ldc takes operand pixel at + m·lda.
	at, lda, to, ldc, pixels := kx*u.dilation[1], sx, 0, 1, u.out.w
	if u.transposed {
		at, lda, to, ldc, pixels = 0, 1, kx, sx, u.in.w
	}
	if u.depthwise != nil {
		u.channelwise(y.from(i, r, to), x.from(i, from, at), u.depthwise[t*u.groups:][:u.groups], ldc*y.c, lda*x.c, pixels)
		return
	}
	m := &w.mul
	in, out := x.c/u.groups, u.perGroup()
	for g := range u.groups {
		*m = kernel.Product{A: x.from(i, from, at)[g*in:], AStep: 1, LDA: lda * x.c, LDC: ldc * y.c, Rows: 1, Depth: in, M: pixels, Accumulate: true}
		c := y.from(i, r, to)[g*out:]
		for n := 0; n < out; n += kernel.PanelWidth {
			m.B, m.N = kernel.Panel(u.matrix(t, g), in, out, n)
			m.BStep, m.C = m.N, c[n:]
			u.net.kernel.Mul(m)
		}
	}
}

// channelwise adds src times weight, channel by channel, for so many pixels.
func (u *tapwise) channelwise(dst, src, weight []float32, ldc, lda, pixels int) {
	for p := range pixels {
		d, s := dst[p*ldc:][:len(weight)], src[p*lda:][:len(weight)]
		for c, v := range weight {
			d[c] += float32(v * s[c])
		}
	}
}
