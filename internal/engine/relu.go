package engine

import "math"

// relu is a ReLU that could not be fused into what is in front of it.
type relu struct {
	net     *Net
	in, out piece
	dy      view
	sink    sink
}

func (u *relu) result() piece { return u.out }

func (u *relu) claim(c *compiler, t int) {
	var ok bool
	if u.dy, ok = c.grad(u.out, t); !ok {
		return
	}
	u.out.s.val.use(t)
	u.sink = c.sink(u.in, t, false)
}

func (u *relu) forward() []phase {
	x, y := u.in.val(), u.out.val()
	return []phase{rowPhase(x.n, x.region.h, 4*x.region.w*x.c, func(i, r int, _ *worker) {
		u.net.kernel.Clamp(y.row(i, r), x.row(i, r), 0, float32(math.Inf(1))) // NaN passes, as through torch
	})}
}

func (u *relu) backward() []phase {
	if u.dy.buffer == nil || u.sink.none {
		return nil
	}
	y := u.out.val()
	return append(u.sink.prepare(), rowPhase(y.n, y.region.h, 4*y.region.w*y.c, func(i, r int, _ *worker) {
		d := u.dy.row(i, r)
		u.net.kernel.MaskPositive(d, d, y.row(i, r))
		u.sink.pass(u.net, u.dy, i, r)
	}))
}
