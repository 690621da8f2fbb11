package engine

import "unetbench/internal/kernel"

// winograd is a 3×3 convolution as products of transformed tiles (see
// kernel.Winograd): for a group of tiles it transforms the input, multiplies it,
// point by point, with the transformed weights of a panel of output channels,
// and transforms the products back. It serves a convolution and its input
// gradient, which may have several targets.
//
// Where the transformed weights are small, every task has its own tiles and all
// panels, so that what it transforms stays in its cache; the weights are
// transformed before, once. Otherwise (shared) every task has a panel of its own:
// it transforms the weights that it needs, block by block, and all tasks read the
// same transformed tiles.
type winograd struct {
	net *Net
	transformed
	out []target

	shared bool   // tasks have panels, not tiles
	u      *block // transformed weights, of all targets; nil if shared
	v      *block // transformed tiles of a batch of groups, if shared
	groups int    // in such a batch

	after []func(i, y0, y1 int, w *worker) // what is done with finished rows of the output, while they are in the cache
}

// A target is one output.
type target struct {
	y       view
	weights []*panels // per source
	bias    []float32 // or nil
	relu    bool
	add     bool // to what is there
}

// productFloats and weightFloats are the floats of a group's products with one
// panel, and of the transformed weights of one panel of a slab.
func (g *winograd) productFloats() int { return g.tileFloats(kernel.PanelWidth) }
func (g *winograd) weightFloats(c, n int) int {
	if n <= kernel.PairedWidth { // in pairs, and plain
		return g.t.Points() * (kernel.PairedSize(c) + c*n)
	}
	return g.t.Points() * (c*n + pad16)
}

// panels calls f for every panel of every target, with the floats of
// transformed weights before it.
func (g *winograd) panels(f func(k, n, at int)) {
	at := 0
	for k := range g.out {
		for n := 0; n < g.out[k].y.c; n += kernel.PanelWidth {
			f(k, n, at)
			at += g.panelFloats(k, n)
		}
	}
}

// panelFloats is the floats of the transformed weights of a panel, all slabs.
func (g *winograd) panelFloats(k, n int) (floats int) {
	for _, s := range g.in {
		floats += g.weightFloats(s.c, min(kernel.PanelWidth, g.out[k].y.c-n))
	}
	return floats
}

// allWeights is the floats of all transformed weights.
func (g *winograd) allWeights() int {
	total := 0
	g.panels(func(k, n, at int) { total = at + g.panelFloats(k, n) })
	return total
}

// prepare chooses the groups.
func (g *winograd) prepare() {
	channels, _ := g.channels()
	all := g.tiles()
	g.shared = 4*g.allWeights() > cache.weights
	if g.shared {
		g.group = share(all, share(all, cache.group))
		n := share(all, g.group)
		g.groups = min(n, max(1, cache.shared/(4*g.inputFloats())))
		return
	}
	// V and M of a group share the second-level cache.
	most := max(14, cache.tiles/(4*g.t.Points()*(channels+kernel.PanelWidth)))
	if most >= g.tw {
		g.group = g.tw * min(most/g.tw, max(1, g.n*g.th/8))
	} else {
		g.group = share(g.tw, share(g.tw, most))
	}
}

// claim asks for memory at step t.
func (g *winograd) claim(c *compiler, t int) {
	need := g.productFloats() + g.spareFloats()
	if g.shared {
		_, widest := g.channels()
		g.v = c.block(g.groups*g.inputFloats(), t)
		c.scratch(need + g.weightFloats(widest, kernel.PanelWidth))
		return
	}
	g.u = c.block(g.allWeights(), t)
	c.scratch(need + g.inputFloats())
}

// cost is explained in choose.go. Shared tiles are read once per panel.
func (g *winograd) cost() float64 {
	k, c := g.net.kernel, &g.t.Cost
	channels, _ := g.channels()
	tiles, points, in := float64(g.tiles()), float64(g.t.Points()), float64(channels)
	out, outVectors, panels := 0.0, 0.0, 0.0
	for _, o := range g.out {
		out += float64(o.y.c)
		outVectors += vectors(k, o.y.c)
		panels += float64(share(o.y.c, kernel.PanelWidth))
	}
	sum := tiles * (points*in*outVectors + in*c.Input + out*c.Output)
	values := tiles * points * (2*in + 2*out) // written and read
	if !g.shared {
		return sum + in*out*c.Weight + 4*values/nearBytes
	}
	return sum + in*out*c.Weight*float64(share(g.tiles(), g.group)) + 4*values/nearBytes + 4*tiles*points*in*panels/farBytes
}

// share is how many of n each of k gets at the most.
func share(n, k int) int { return (n + k - 1) / k }

func (g *winograd) forward() []phase {
	if g.shared {
		return g.byPanel()
	}
	return g.byTile()
}

// byTile is the phases of tasks that have tiles of their own: whole rows of them.
func (g *winograd) byTile() []phase {
	var weights []func()
	g.panels(func(k, n, at int) {
		weights = append(weights, func() {
			u := g.u.mem[at:]
			for i := range g.in {
				u = u[g.transformWeights(u, k, n, &g.in[i]):]
			}
		})
	})
	perBand := max(1, g.group/g.tw)
	rows := g.n * g.th
	bands := (rows + perBand - 1) / perBand
	return []phase{
		{len(weights), func(task int, _ *worker) { weights[task]() }},
		{bands, func(task int, w *worker) {
			r0, r1 := task*perBand, min((task+1)*perBand, rows)
			for k := r0 * g.tw; k < r1*g.tw; k += g.group {
				end := min(k+g.group, r1*g.tw)
				v := w.scratch
				g.transformTiles(v, k, end)
				g.panels(func(o, n, at int) {
					g.multiply(w.scratch[g.inputFloats():], v, g.u.mem[at:], o, n, k, end, w)
				})
			}
			for r := r0; r < r1; r++ {
				g.finished(r, w)
			}
		}},
	}
}

// byPanel is the phases of tasks that have a panel of their own, for one batch
// of groups after another.
func (g *winograd) byPanel() []phase {
	type panel struct{ k, n int }
	var panels []panel
	g.panels(func(k, n, _ int) { panels = append(panels, panel{k, n}) })
	var ph []phase
	size := g.inputFloats()
	for first := 0; first < g.tiles(); first += g.groups * g.group {
		n := min(g.groups, share(g.tiles()-first, g.group))
		span := func(k int) (from, to int) {
			from = first + k*g.group
			return from, min(from+g.group, g.tiles())
		}
		// A task transforms a slab of a group.
		ph = append(ph, phase{n * len(g.in), func(task int, _ *worker) {
			k, s := task/len(g.in), task%len(g.in)
			from, to := span(k)
			g.transformSlab(g.slabTiles(g.v.mem[k*size:], s), &g.in[s], from, to)
		}}, phase{n * len(panels), func(task int, w *worker) {
			p, k := panels[task/n], task%n
			from, to := span(k)
			g.multiply(w.scratch, g.v.mem[k*size:], nil, p.k, p.n, from, to, w)
		}})
	}
	if g.after != nil {
		ph = append(ph, phase{g.n * g.th, g.finished})
	}
	return ph
}

// finished hands on the rows of tile row r.
func (g *winograd) finished(r int, w *worker) {
	i, y0, y1 := g.rows(r)
	for _, f := range g.after {
		f(i, y0, y1, w)
	}
}

// transformWeights transforms a slab's weights of the panel from column n on and
// returns how many floats they are. Those of a narrow panel are laid in pairs.
func (g *winograd) transformWeights(u []float32, k, n int, s *slab) int {
	panel, width := g.out[k].weights[s.source].panel(n)
	to, point := u, s.c*width+pad16
	if width <= kernel.PairedWidth {
		to, point = u[g.t.Points()*kernel.PairedSize(s.c):], s.c*width
	}
	g.t.Weight(
		kernel.Tiles{Data: to, Row: g.t.Side() * point, Col: point, Next: width},
		kernel.Tiles{Data: panel[s.c0*width:], Row: 3 * s.x.c * width, Col: s.x.c * width, Next: width},
		s.c, width)
	if width <= kernel.PairedWidth {
		kernel.Pair(u, to, g.t.Points(), s.c, width)
	}
	return g.weightFloats(s.c, width)
}

// multiply computes the panel from column n on of target k for tiles from … to.
// Without u it transforms the weights itself.
func (g *winograd) multiply(scratch, v, u []float32, k, n, from, to int, w *worker) {
	o := &g.out[k]
	width := min(kernel.PanelWidth, o.y.c-n)
	point := g.group*width + pad16
	products, spare := scratch[:g.productFloats()], scratch[g.productFloats():]
	own := spare[g.spareFloats():]
	m := &w.mul
	for i := range g.in {
		s := &g.in[i]
		b := own
		if u == nil {
			g.transformWeights(own, k, n, s)
		} else {
			b, u = u, u[g.weightFloats(s.c, width):]
		}
		*m = kernel.Product{
			A: v, AStep: 1, LDA: s.c, B: b, BStep: width, C: products, LDC: width,
			Rows: 1, Depth: s.c, M: to - from, N: width, Accumulate: i > 0,
			Batch: g.t.Points(), ABatch: g.group*s.c + pad16, BBatch: s.c*width + pad16, CBatch: point,
		}
		if m.Paired = width <= kernel.PairedWidth; m.Paired {
			m.BStep, m.BBatch = kernel.PairedStep, kernel.PairedSize(s.c)
		}
		g.net.kernel.Mul(m)
		v = v[g.tileFloats(s.c):]
	}
	bias := zeroBias[:width]
	if o.bias != nil {
		bias = o.bias[n : n+width]
	}
	for t := from; t < to; {
		r := g.next(t, to)
		src := kernel.Tiles{Data: products[(t-from)*width:], Row: g.t.Side() * point, Col: point, Next: width}
		dst := kernel.Tiles{Data: o.y.from(r.i, r.y, r.x)[n:], Row: o.y.pitch, Col: o.y.c, Next: g.m * o.y.c}
		switch {
		case r.top > 0 || r.left > 0:
			g.part(dst, src, r, spare, width, bias, o)
		case o.add:
			g.t.OutputAdd(dst, src, r.n, width)
		default:
			g.t.Output(dst, src, r.n, width, bias, o.relu)
		}
		t += r.n
	}
}

var zeroBias [kernel.PanelWidth]float32

// part is the output of a tile that owns only a part of its pixels.
func (g *winograd) part(dst, src kernel.Tiles, r run, spare []float32, width int, bias []float32, o *target) {
	g.t.Output(kernel.Tiles{Data: spare, Row: g.m * width, Col: width, Next: g.m * g.m * width}, src, 1, width, bias, o.relu)
	for y := r.top; y < g.m; y++ {
		for x := r.left; x < g.m; x++ {
			d := dst.Data[y*dst.Row+x*dst.Col:][:width]
			px := spare[(y*g.m+x)*width:][:width]
			if !o.add {
				copy(d, px)
				continue
			}
			for i, v := range px {
				d[i] += v
			}
		}
	}
}
