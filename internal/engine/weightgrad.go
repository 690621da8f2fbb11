package engine

import (
	"unetbench/internal/kernel"
)

// weightGrad sums a weight gradient. Each chunk of output rows sums into a
// matrix of its own; the chunks, fixed by the shapes, are then added in order,
// so the bits do not depend on who computed which.
type weightGrad struct {
	rows, perMap, chunks int // rows per chunk, chunks per map, in all
	size                 int // floats of one matrix
	sum                  *block
	bias                 *moments
}

// weightGrad plans the gradient of matrix weights for the output piece out,
// whose rows cost work multiply-accumulates each.
func (c *compiler) weightGrad(out piece, matrix, work, t int) weightGrad {
	g := weightGrad{size: roundUp(matrix, align)}
	// A chunk is worth two million multiply-accumulates, and at least ten
	// times the adding up of its matrix.
	per := max(2<<20, 10*matrix)
	g.rows = min(out.h, max(1, per/max(1, work)))
	g.perMap = (out.h + g.rows - 1) / g.rows
	g.rows = (out.h + g.perMap - 1) / g.perMap
	g.allot(c, g.perMap*c.net.batch, t)
	g.bias = newMoments(g.chunks, out.c)
	return g
}

// allot asks for memory for so many chunks.
func (g *weightGrad) allot(c *compiler, chunks, t int) {
	g.chunks = chunks
	g.sum = c.block(g.chunks*g.size, t)
}

// matrix is the sum of one chunk.
func (g *weightGrad) matrix(chunk int) []float32 {
	return g.sum.mem[chunk*g.size : (chunk+1)*g.size]
}

// span is the map and the rows of a chunk.
func (g *weightGrad) span(chunk, h int) (i, y0, y1 int) {
	i, y0 = chunk/g.perMap, chunk%g.perMap*g.rows
	return i, y0, min(y0+g.rows, h)
}

// total is the phase that adds the chunks up in order, a stretch per task.
func (g *weightGrad) total(net *Net) phase {
	const stretch = 1 << 14
	return phase{(g.size + stretch - 1) / stretch, func(task int, _ *worker) {
		lo := task * stretch
		hi := min(lo+stretch, g.size)
		for j := 1; j < g.chunks; j++ {
			net.kernel.Add(g.matrix(0)[lo:hi], g.matrix(j)[lo:hi])
		}
	}}
}

// biasTotal writes the sum of the output's gradient over all pixels.
func (g *weightGrad) biasTotal(dst []float32) {
	for o := range dst {
		s := 0.0
		for j := o; j < len(g.bias.sum); j += len(dst) {
			s += float64(g.bias.sum[j])
		}
		dst[o] = float32(s)
	}
}

// weightPhases masks the output's gradient with the ReLU, sums the gradients
// of weights and bias, and writes them in torch's layout.
func (u *conv) weightPhases() []phase {
	g, f := &u.grad, u.fastGrad
	through := func(row int) { // of tiles
		i, y0, y1 := f.rows(row)
		u.through(i, y0, y1, row)
	}
	var ph []phase
	switch {
	case f == nil:
		ph = []phase{{g.chunks, func(chunk int, w *worker) {
			i, y0, y1 := g.span(chunk, u.out.h)
			u.through(i, y0, y1, chunk)
			matrix := g.matrix(chunk)
			for _, p := range u.in {
				if p.s != nil {
					u.outer(matrix, p, i, y0, y1, w)
					matrix = matrix[u.kh*u.kw*p.c*u.out.c:]
				}
			}
		}}}
	case f.shared:
		ph = append([]phase{{f.n * f.th, func(k int, _ *worker) { through(k) }}}, f.byBlock(func() []float32 { return g.matrix(0) })...)
	default:
		ph = []phase{{g.chunks, func(chunk int, w *worker) { f.sum(g.matrix(chunk), chunk, through, w) }}}
	}
	panels := (u.out.c + kernel.PanelWidth - 1) / kernel.PanelWidth
	unpack := phase{panels + 1, func(k int, _ *worker) {
		if k == panels {
			if !u.normed {
				g.biasTotal(u.net.grads[u.node.Params[1]])
			}
			return
		}
		dst := u.net.grads[u.node.Params[0]]
		matrix := g.matrix(0)
		c0 := 0
		for _, p := range u.in {
			if p.s != nil {
				l := u.layout(0, c0, p.c)
				panel, _ := kernel.Panel(matrix, l.Depth(), l.N, k*kernel.PanelWidth)
				kernel.Unpack(dst, panel, l.Panel(k*kernel.PanelWidth))
				matrix = matrix[l.Depth()*l.N:]
			}
			c0 += p.c
		}
	}}
	return append(ph, g.total(u.net), unpack)
}

// through lets rows y0 … y1−1 of the output's gradient in map i pass the ReLU,
// and sums them into row k of the bias's moments.
func (u *conv) through(i, y0, y1, k int) {
	if !u.normed {
		u.grad.bias.clear(k)
	}
	for r := y0; r < y1 && (u.relu || !u.normed); r++ {
		d := u.dy.row(i, r)
		if u.relu {
			u.net.kernel.MaskPositive(d, d, u.out.val().row(i, r))
		}
		if !u.normed {
			sum, sq := u.grad.bias.at(k)
			u.net.kernel.Moments(sum, sq, d)
		}
	}
}

// outer sums, over output rows y0 … y1−1 of map i, the products of operand
// pixels and gradient pixels: for each kernel row a (kx, c)×o matrix, in the
// panels of the packed weights.
func (u *conv) outer(matrix []float32, p piece, i, y0, y1 int, w *worker) {
	x, dy := p.val(), u.dy
	m := &w.mul
	depth := u.kw * p.c
	for n := 0; n < dy.c; n += kernel.PanelWidth {
		panel, width := kernel.Panel(matrix[:u.kh*depth*dy.c], u.kh*depth, dy.c, n)
		*m = kernel.Product{
			A: x.from(i, y0, 0), ARow: x.pitch, AStep: x.c, LDA: 1,
			B: dy.from(i, y0, 0)[n:], BRow: dy.pitch, BStep: dy.c,
			C: panel, LDC: width,
			Rows: y1 - y0, Depth: dy.region.w, M: depth, N: width,
			Batch: u.kh, ABatch: x.pitch, CBatch: depth * width,
		}
		u.net.kernel.Mul(m)
	}
}
