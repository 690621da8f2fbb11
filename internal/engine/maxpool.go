package engine

import "unetbench/graph"

// maxPool takes the largest of each 2×2 window; an odd last row or column is
// not read. Behind Winograd's convolution it takes the rows as they are finished.
type maxPool struct {
	net     *Net
	in, out piece
	behind  bool
	dy      view
	sink    sink
}

// pool lowers a MaxPool or AvgPool.
func (c *compiler) pool(n *graph.Node) unit {
	switch {
	case !plainPool(n):
		return c.windows(n)
	case n.Op == graph.AvgPool:
		x := c.one(n.In[0])
		return &avgPool{net: c.net, in: x, out: c.output(n), kh: n.Kernel[0], kw: n.Kernel[1]}
	}
	return c.maxPool(n)
}

func (c *compiler) maxPool(n *graph.Node) unit {
	u := &maxPool{net: c.net, in: c.one(n.In[0]), out: c.output(n)}
	u.behind = c.follow(u.in, u.out, func(i, y0, y1 int, _ *worker) {
		for r := y0 / 2; r < min(y1/2, u.out.h); r++ {
			u.row(i, r)
		}
	})
	return u
}

func (u *maxPool) result() piece { return u.out }

func (u *maxPool) claim(c *compiler, t int) {
	var ok bool
	if u.dy, ok = c.grad(u.out, t); !ok {
		return
	}
	if u.sink = c.sink(u.in, t, true); !u.sink.none {
		u.in.s.val.use(t)
	}
}

// pair is the two rows under output row r, as wide as the windows reach.
func (u *maxPool) pair(v view, i, r int) (r0, r1 []float32) {
	w := 2 * u.out.w * v.c
	return v.row(i, 2*r)[:w], v.row(i, 2*r+1)[:w]
}

func (u *maxPool) forward() []phase {
	if u.behind {
		return nil
	}
	y := u.out.val()
	return []phase{rowPhase(y.n, y.region.h, 16*y.region.w*y.c, func(i, r int, _ *worker) { u.row(i, r) })}
}

func (u *maxPool) row(i, r int) {
	y := u.out.val()
	r0, r1 := u.pair(u.in.val(), i, r)
	u.net.kernel.MaxPool2(y.row(i, r), r0, r1, y.c)
}

func (u *maxPool) backward() []phase {
	if u.dy.buffer == nil || u.sink.none {
		return nil
	}
	x := u.in.val()
	return append(u.sink.prepare(), rowPhase(x.n, u.out.h, 32*u.out.w*x.c, func(i, r int, _ *worker) {
		r0, r1 := u.pair(x, i, r)
		d0, d1 := u.pair(u.sink.view, i, r)
		u.net.kernel.MaxPool2Back(d0, d1, u.dy.row(i, r), r0, r1, x.c)
	}))
}
