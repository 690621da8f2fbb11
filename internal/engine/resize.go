package engine

import (
	"math"

	"unetbench/graph"
)

// A tap says from which two places an interpolated one comes, and how much
// from each.
type tap struct {
	lo, hi   int
	wlo, whi float32
}

// taps interpolates n places to m, as torch does: half-pixel centres
// (align_corners=False), or corner pixels' centres aligned, or floor(i·n/m).
func taps(n, m int, how graph.Interp) []tap {
	t := make([]tap, m)
	for i := range t {
		if how == graph.Nearest {
			t[i] = tap{i * n / m, i * n / m, 1, 0}
			continue
		}
		var at float64
		switch {
		case how == graph.Bilinear:
			at = max(0, (float64(i)+.5)*float64(n)/float64(m)-.5)
		case m > 1:
			at = float64(i) * float64(n-1) / float64(m-1)
		}
		lo := min(int(math.Floor(at)), n-1)
		w := at - float64(lo)
		if lo == n-1 {
			w = 0
		}
		t[i] = tap{lo, min(lo+1, n-1), float32(1 - w), float32(w)}
	}
	return t
}

// A pull is one term of the adjoint: place from, times w.
type pull struct {
	from int
	w    float32
}

// adjoint lists, for each of the n places, the interpolated ones that take
// from it.
func adjoint(t []tap, n int) [][]pull {
	p := make([][]pull, n)
	for i, a := range t {
		p[a.lo] = append(p[a.lo], pull{i, a.wlo})
		if a.whi != 0 {
			p[a.hi] = append(p[a.hi], pull{i, a.whi})
		}
	}
	return p
}

// resize interpolates, rows first, as whole rows are quick, and then columns.
// Backward is the adjoint, gathered per operand row: what a row gave to many
// comes back to it in a fixed order.
type resize struct {
	net     *Net
	in, out piece
	ty, tx  []tap
	adj     [][]pull
	dy      view
	sink    sink
}

func (c *compiler) resize(n *graph.Node, x piece) unit {
	u := &resize{net: c.net, in: x, out: c.output(n)}
	u.ty, u.tx = taps(x.h, u.out.h, n.Interp), taps(x.w, u.out.w, n.Interp)
	u.adj = adjoint(u.ty, x.h)
	return u
}

func (u *resize) result() piece { return u.out }

func (u *resize) claim(c *compiler, t int) {
	var ok bool
	if u.dy, ok = c.grad(u.out, t); ok {
		u.sink = c.sink(u.in, t, false)
	}
}

func (u *resize) forward() []phase {
	x, y := u.in.val(), u.out.val()
	return []phase{rowPhase(y.n, y.region.h, 16*y.region.w*y.c, func(i, r int, w *worker) {
		t := u.ty[r]
		row := x.row(i, t.lo)
		if t.whi != 0 {
			row = w.scratch[:len(row)]
			u.net.kernel.Lerp(row, x.row(i, t.lo), x.row(i, t.hi), t.wlo, t.whi)
		}
		u.spread(y.row(i, r), row, y.c)
	})}
}

// few is the number of channels below which a call of a kernel per pixel costs
// more than it saves.
const few = 16

// spread interpolates one row of pixels of c channels.
func (u *resize) spread(dst, src []float32, c int) {
	for i, t := range u.tx {
		d, a, b := dst[i*c:][:c], src[t.lo*c:][:c], src[t.hi*c:][:c]
		if c >= few {
			u.net.kernel.Lerp(d, a, b, t.wlo, t.whi)
			continue
		}
		for j := range d {
			d[j] = float32(t.wlo*a[j]) + float32(t.whi*b[j])
		}
	}
}

// unspread is its adjoint: it adds to dst.
func (u *resize) unspread(dst, src []float32, c int) {
	for i, t := range u.tx {
		s, a, b := src[i*c:][:c], dst[t.lo*c:][:c], dst[t.hi*c:][:c]
		if c >= few {
			u.net.kernel.AXPY(a, s, t.wlo)
			if t.whi != 0 {
				u.net.kernel.AXPY(b, s, t.whi)
			}
			continue
		}
		for j, v := range s {
			a[j] += float32(t.wlo * v)
		}
		if t.whi != 0 {
			for j, v := range s {
				b[j] += float32(t.whi * v)
			}
		}
	}
}

func (u *resize) backward() []phase {
	if u.dy.buffer == nil || u.sink.none {
		return nil
	}
	k, dy := u.sink, u.dy
	return append(k.prepare(), rowPhase(k.n, k.region.h, 16*dy.region.w*k.c, func(i, r int, w *worker) {
		row := w.scratch[:dy.region.w*dy.c]
		clear(row)
		for _, p := range u.adj[r] {
			u.net.kernel.AXPY(row, dy.row(i, p.from), p.w)
		}
		dst := k.row(i, r)
		if !k.add() {
			clear(dst)
		}
		u.unspread(dst, row, k.c)
	}))
}
