package engine

// sum adds maps of equal shape, as around a residual block.
type sum struct {
	net   *Net
	in    []piece
	out   piece
	dy    view
	sinks []sink
}

func (u *sum) result() piece { return u.out }

func (u *sum) claim(c *compiler, t int) {
	var ok bool
	if u.dy, ok = c.grad(u.out, t); !ok {
		return
	}
	for _, p := range u.in {
		u.sinks = append(u.sinks, c.sink(p, t, false))
	}
}

func (u *sum) forward() []phase {
	y := u.out.val()
	return []phase{rowPhase(y.n, y.region.h, 4*len(u.in)*y.region.w*y.c, func(i, r int, _ *worker) {
		dst := y.row(i, r)
		copy(dst, u.in[0].val().row(i, r))
		for _, p := range u.in[1:] {
			u.net.kernel.Add(dst, p.val().row(i, r))
		}
	})}
}

func (u *sum) backward() []phase {
	var ph []phase
	for _, k := range u.sinks {
		if !k.none {
			ph = append(ph, k.prepare()...)
			ph = append(ph, rowPhase(k.n, k.region.h, 4*k.region.w*k.c, func(i, r int, _ *worker) {
				k.pass(u.net, u.dy, i, r)
			}))
		}
	}
	return ph
}
