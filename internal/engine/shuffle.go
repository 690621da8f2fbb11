package engine

// shuffle is PixelShuffle: channel c·r²+i·r+j of pixel (y, x) becomes channel
// c of pixel (r·y+i, r·x+j).
type shuffle struct {
	net     *Net
	in, out piece
	r       int
	dy      view
	sink    sink
}

func (u *shuffle) result() piece { return u.out }

func (u *shuffle) claim(c *compiler, t int) {
	var ok bool
	if u.dy, ok = c.grad(u.out, t); ok {
		u.sink = c.sink(u.in, t, false)
	}
}

// each calls f with the places of one value in operand row y and in row i of
// its r output rows.
func (u *shuffle) each(i int, f func(in, out int)) {
	r, c := u.r, u.out.c
	for x := range u.in.w {
		for j := range r {
			in, out := x*u.in.c+i*r+j, (x*r+j)*c
			for k := range c {
				f(in+k*r*r, out+k)
			}
		}
	}
}

func (u *shuffle) forward() []phase {
	x, y := u.in.val(), u.out.val()
	return []phase{rowPhase(y.n, y.region.h, 8*y.region.w*y.c, func(n, r int, _ *worker) {
		src, dst := x.row(n, r/u.r), y.row(n, r)
		u.each(r%u.r, func(in, out int) { dst[out] = src[in] })
	})}
}

func (u *shuffle) backward() []phase {
	if u.dy.buffer == nil || u.sink.none {
		return nil
	}
	k := u.sink
	return append(k.prepare(), rowPhase(k.n, k.region.h, 8*k.region.w*k.c, func(n, r int, _ *worker) {
		dst := k.row(n, r)
		for i := range u.r {
			src := u.dy.row(n, r*u.r+i)
			if k.add() {
				u.each(i, func(in, out int) { dst[in] += src[out] })
			} else {
				u.each(i, func(in, out int) { dst[in] = src[out] })
			}
		}
	}))
}
