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

// resize interpolates, rows first and then columns; backward is the adjoint,
// columns first.
type resize struct {
	net      *Net
	in, out  piece
	ty, tx   []tap
	adj      [][]pull
	dy       view
	sink     sink
	columns  *block // the gradient, with columns already brought back
	rowFloat int
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
	if u.dy, ok = c.grad(u.out, t); !ok {
		return
	}
	if u.sink = c.sink(u.in, t, false); !u.sink.none {
		u.rowFloat = roundUp(u.in.w*u.in.c, align)
		u.columns = c.block(u.rowFloat*u.out.h*c.net.batch, t)
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
		spread(y.row(i, r), row, u.tx, y.c)
	})}
}

// spread interpolates one row of pixels of c channels.
func spread(dst, src []float32, taps []tap, c int) {
	for i, t := range taps {
		d := dst[i*c:][:c]
		a, b := src[t.lo*c:][:len(d)], src[t.hi*c:][:len(d)]
		for j := range d {
			d[j] = float32(t.wlo*a[j]) + float32(t.whi*b[j])
		}
	}
}

// unspread is its adjoint: it adds to dst.
func unspread(dst, src []float32, taps []tap, c int) {
	for i, t := range taps {
		s := src[i*c:][:c]
		a := dst[t.lo*c:][:len(s)]
		for j, v := range s {
			a[j] += float32(t.wlo * v)
		}
		if t.whi == 0 {
			continue
		}
		b := dst[t.hi*c:][:len(s)]
		for j, v := range s {
			b[j] += float32(t.whi * v)
		}
	}
}

func (u *resize) backward() []phase {
	if u.dy.buffer == nil || u.sink.none {
		return nil
	}
	k, dy := u.sink, u.dy
	length := k.region.w * k.c
	row := func(i, r int) []float32 {
		o := (i*dy.region.h + r) * u.rowFloat
		return u.columns.mem[o : o+length]
	}
	ph := []phase{rowPhase(dy.n, dy.region.h, 16*dy.region.w*dy.c, func(i, r int, _ *worker) {
		dst := row(i, r)
		clear(dst)
		unspread(dst, dy.row(i, r), u.tx, dy.c)
	})}
	ph = append(ph, k.prepare()...)
	return append(ph, rowPhase(k.n, k.region.h, 16*length, func(i, r int, _ *worker) {
		dst := k.row(i, r)
		if !k.add() {
			clear(dst)
		}
		for _, p := range u.adj[r] {
			u.net.kernel.AXPY(dst, row(i, p.from), p.w)
		}
	}))
}
