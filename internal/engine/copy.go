package engine

import "unetbench/graph"

// scatter writes the planes of m from c0 on to map i of v: C×H×W to H×W×C.
func scatter(v view, i int, m *graph.Map, c0 int) { scatterRows(v, i, m, c0, 0) }

// scatterRows is scatter for the rows of m from y0 on, as far as m and v have
// them.
func scatterRows(v view, i int, m *graph.Map, c0, y0 int) {
	for c := range v.c {
		plane := m.Plane(c0 + c)
		for y := max(-y0, 0); y < min(v.region.h, m.H-y0); y++ {
			dst, src := v.row(i, y)[c:], plane[(y0+y)*m.W:(y0+y+1)*m.W]
			if v.c == 1 {
				copy(dst, src)
				continue
			}
			for x, p := range src {
				dst[x*v.c] = p
			}
		}
	}
}

// collect is the inverse of scatter.
func collect(m *graph.Map, v view, i, c0 int) { collectRows(m, v, i, c0, 0) }

// collectRows is the inverse of scatterRows.
func collectRows(m *graph.Map, v view, i, c0, y0 int) {
	for c := range v.c {
		plane := m.Plane(c0 + c)
		for y := max(-y0, 0); y < min(v.region.h, m.H-y0); y++ {
			src, row := v.row(i, y)[c:], plane[(y0+y)*m.W:(y0+y+1)*m.W]
			if v.c == 1 {
				copy(row, src)
				continue
			}
			for x := range row {
				row[x] = src[x*v.c]
			}
		}
	}
}

// input stands for the value that SetInput writes.
type input struct{ net *Net }

func (u *input) claim(*compiler, int) {}
func (u *input) forward() []phase     { return nil }
func (u *input) backward() []phase    { return nil }

// gather copies pieces, one after the other, into the channels of one map.
type gather struct {
	net   *Net
	in    []piece
	out   piece
	dy    view
	sinks []sink
}

func (u *gather) claim(c *compiler, t int) {
	var ok bool
	u.dy, ok = c.grad(u.out, t)
	for _, p := range u.in {
		k := sink{none: true}
		if ok {
			k = c.sink(p, t, false)
		}
		u.sinks = append(u.sinks, k)
	}
}

func (u *gather) forward() []phase {
	y := u.out.val()
	return []phase{rowPhase(y.n, y.region.h, 8*y.region.w*y.c, func(i, r int, _ *worker) {
		c := 0
		for _, p := range u.in {
			if p.s == nil {
				fill(y.row(i, r), y.c, c, p.c)
			} else {
				interleave(y.row(i, r)[c:], y.c, p.val().row(i, r), p.c, p.c, false)
			}
			c += p.c
		}
	})}
}

func (u *gather) backward() []phase {
	var ph []phase
	c := 0
	for j, k := range u.sinks {
		if !k.none {
			from := c
			ph = append(ph, k.prepare()...)
			ph = append(ph, rowPhase(k.n, k.region.h, 8*k.region.w*k.c, func(i, r int, _ *worker) {
				interleave(k.row(i, r), k.c, u.dy.row(i, r)[from:], u.dy.c, k.c, k.add())
			}))
		}
		c += u.in[j].c
	}
	return ph
}

// interleave copies or adds c channels per pixel between rows of ds and ss
// channels.
func interleave(dst []float32, ds int, src []float32, ss, c int, add bool) {
	for d, s := 0, 0; d < len(dst) && s < len(src); d, s = d+ds, s+ss {
		if add {
			for j, v := range src[s : s+c] {
				dst[d+j] += v
			}
			continue
		}
		copy(dst[d:d+c], src[s:s+c])
	}
}

// fill zeroes c channels from c0 on in a row of pixels of stride channels.
func fill(row []float32, stride, c0, c int) {
	for o := c0; o < len(row); o += stride {
		clear(row[o : o+c])
	}
}

// edit passes a value through a function; see Net.Intervene.
type edit struct {
	net *Net
	x   piece
	f   func(*graph.Map)
}

func (c *compiler) edit(n *graph.Node, f func(*graph.Map)) {
	p := c.solid(n, c.values[n.ID])
	c.values[n.ID] = []piece{p}
	c.units = append(c.units, &edit{c.net, p, f})
}

func (u *edit) claim(*compiler, int) {}
func (u *edit) backward() []phase    { return nil }

func (u *edit) forward() []phase {
	v := u.x.val()
	m := graph.NewMap(graph.Shape{C: v.c, H: v.region.h, W: v.region.w})
	return []phase{{1, func(int, *worker) {
		for i := range v.n {
			collect(m, v, i, 0)
			u.f(m)
			scatter(v, i, m, 0)
		}
	}}}
}
