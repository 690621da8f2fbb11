package engine

// avgPool is the mean over a kh×kw window at stride 1. A shift by pixels is a
// shift of the row, so each of the kh·kw terms is one pass over a row.
type avgPool struct {
	net     *Net
	in, out piece
	kh, kw  int
	dy      view
	sink    sink
}

func (u *avgPool) result() piece { return u.out }

func (u *avgPool) claim(c *compiler, t int) {
	var ok bool
	if u.dy, ok = c.grad(u.out, t); ok {
		u.sink = c.sink(u.in, t, false)
	}
}

func (u *avgPool) forward() []phase {
	x, y := u.in.val(), u.out.val()
	weight := 1 / float32(u.kh*u.kw)
	return []phase{rowPhase(y.n, y.region.h, 4*u.kh*u.kw*y.region.w*y.c, func(i, r int, _ *worker) {
		dst := y.row(i, r)
		clear(dst)
		for ky := range u.kh {
			src := x.row(i, r+ky)
			for kx := range u.kw {
				u.net.kernel.AXPY(dst, src[kx*x.c:][:len(dst)], weight)
			}
		}
	})}
}

func (u *avgPool) backward() []phase {
	if u.dy.buffer == nil || u.sink.none {
		return nil
	}
	k, dy := u.sink, u.dy
	weight := 1 / float32(u.kh*u.kw)
	return append(k.prepare(), rowPhase(k.n, k.region.h, 4*u.kh*u.kw*k.region.w*k.c, func(i, r int, _ *worker) {
		dst := k.row(i, r)
		if !k.add() {
			clear(dst)
		}
		for ky := range u.kh {
			if r-ky < 0 || r-ky >= dy.region.h {
				continue
			}
			g := dy.row(i, r-ky)
			for kx := range u.kw {
				u.net.kernel.AXPY(dst[kx*k.c:][:len(g)], g, weight)
			}
		}
	}))
}
