package engine

// A sink is where a unit's backward writes a gradient: it adds to what is
// there or, as the first to come, sets it. The first also clears what it does
// not set.
type sink struct {
	view
	set   region // what is set rather than added to
	first bool
	none  bool // nobody wants it
}

// add says that the unit must add to what is there.
func (k sink) add() bool { return k.set != k.region }

// grad is the gradient of p, read at step t; false if none arrives.
func (c *compiler) grad(p piece, t int) (view, bool) {
	if p.s == nil || p.s.grad == nil {
		return view{}, false
	}
	p.s.grad.use(t)
	return view{p.s.grad, p.region}, true
}

// sink claims the gradient of p for writing at step t. With adds the unit
// always adds, and gets zeros to add to if it is the first.
func (c *compiler) sink(p piece, t int, adds bool) sink {
	if p.s == nil || !p.s.wants {
		return sink{none: true}
	}
	if p.s.grad == nil {
		v := p.s.val
		p.s.grad = &buffer{n: v.n, h: v.h, w: v.w, c: v.c}
		p.s.grad.first, p.s.grad.last = t, t
		c.bufs = append(c.bufs, p.s.grad)
	}
	p.s.grad.use(t)
	p.s.grad.reach(p.region)
	k := sink{view: view{p.s.grad, p.region}, first: !p.s.ready}
	if k.first && !adds {
		k.set = k.region
	}
	p.s.ready = true
	return k
}

// prepare is the phase that clears what the first writer does not set.
func (k sink) prepare() []phase {
	if k.none || !k.first || k.set == k.outer() {
		return nil
	}
	return []phase{{k.n, func(i int, _ *worker) { k.clearOutside(i, k.set) }}}
}

// inherit lets x take over y's gradient, which the unit between them changes
// in place, if nothing else contributes to x's. Otherwise it claims a sink to
// which the changed gradient is passed on.
func (c *compiler) inherit(x, y piece, readers, t int) sink {
	if x.s == nil || !x.s.wants {
		return sink{none: true}
	}
	if readers == 1 && x.whole() && y.whole() && x.s.grad == nil {
		x.s.grad, x.s.ready = y.s.grad, true
		return sink{none: true}
	}
	return c.sink(x, t, false)
}

// pass copies or adds row y of map i of the gradient g to the sink.
func (k sink) pass(net *Net, g view, i, y int) {
	switch {
	case k.none:
	case k.add():
		net.kernel.Add(k.row(i, y), g.row(i, y))
	default:
		copy(k.row(i, y), g.row(i, y))
	}
}
