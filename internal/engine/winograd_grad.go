package engine

import "unetbench/internal/kernel"

// winogradGrad is the weight gradient of a 3×3 convolution as products of
// transformed tiles (see kernel.Winograd): for every point a matrix, which sums
// over the tiles the transformed input times the transformed output gradient.
//
// Where the matrices of all points fit in a cache, every task has its own chunk
// of tiles and sums all of them, group by group. Otherwise (shared) all tiles are
// transformed first, and every task sums a block of the matrices over all tiles.
type winogradGrad struct {
	net *Net
	transformed
	dy view

	shared bool
	v, z   *block // the transformed tiles, if shared

	chunks, perChunk int // and the tile rows of each; one chunk if shared
}

// sumFloats are the matrices of all points for c×n weights.
func (g *winogradGrad) sumFloats(c, n int) int { return g.t.Points() * (c*n + pad16) }

// all is the floats of the matrices of all slabs and panels.
func (g *winogradGrad) all() int {
	n := 0
	for _, s := range g.in {
		for o := 0; o < g.dy.c; o += kernel.PanelWidth {
			n += g.sumFloats(s.c, min(kernel.PanelWidth, g.dy.c-o))
		}
	}
	return n
}

// gradientFloats are a group's transformed panels.
func (g *winogradGrad) gradientFloats() int {
	n := 0
	for o := 0; o < g.dy.c; o += kernel.PanelWidth {
		n += g.tileFloats(min(kernel.PanelWidth, g.dy.c-o))
	}
	return n
}

// prepare chooses the groups.
func (g *winogradGrad) prepare() {
	rows := g.n * g.th
	g.shared = 4*g.all() > cache.sums
	if g.shared {
		g.chunks, g.perChunk, g.group = 1, rows, g.tiles()
		return
	}
	g.chunks = max(1, min(16, g.tiles()/128, rows))
	g.perChunk = share(rows, g.chunks)
	g.chunks = share(rows, g.perChunk)
	all := g.perChunk * g.tw
	channels, _ := g.channels()
	most := max(32, min(112, cache.pairs/(4*g.t.Points()*(channels+g.dy.c))))
	g.group = share(all, share(all, most))
}

// claim asks for memory at step t.
func (g *winogradGrad) claim(c *compiler, t int) {
	if g.shared {
		g.v, g.z = c.block(g.inputFloats(), t), c.block(g.gradientFloats(), t)
		c.scratch(panelsAtOnce*g.sumFloats(maxSlab, kernel.PanelWidth) + g.spareFloats())
		return
	}
	c.scratch(g.all() + g.inputFloats() + g.gradientFloats() + g.spareFloats())
}

// cost is explained in choose.go. The sums pass by once per group.
func (g *winogradGrad) cost() float64 {
	k, c := g.net.kernel, &g.t.Cost
	tiles, points := float64(g.tiles()), float64(g.t.Points())
	channels, _ := g.channels()
	in, out := float64(channels), float64(g.dy.c)
	sum := tiles*(points*in*vectors(k, g.dy.c)+in*c.Input+out*c.Gradient) + float64(g.chunks)*in*out*(c.WeightBack+9)
	groups := float64(g.chunks * share(g.perChunk*g.tw, g.group))
	return sum + 4*points*(2*tiles*(in+out)+2*groups*in*out)/nearBytes
}

// panelsAtOnce share a slab's tiles while they are in the cache.
const panelsAtOnce = 4

// sum adds up chunk into matrix, the gradient in the layout of the packed
// weights: piece by piece, panel by panel. It calls before for every tile row just
// before it reads that row's gradient.
func (g *winogradGrad) sum(matrix []float32, chunk int, before func(row int), w *worker) {
	sums := w.scratch[:g.all()]
	v := w.scratch[len(sums):]
	z := v[g.inputFloats():]
	spare := z[g.gradientFloats():]
	first, last := chunk*g.perChunk*g.tw, min((chunk+1)*g.perChunk, g.n*g.th)*g.tw
	row := chunk * g.perChunk
	for k := first; k < last; k += g.group {
		end := min(k+g.group, last)
		for ; row*g.tw < end; row++ {
			before(row)
		}
		g.transformTiles(v, k, end)
		to := z
		for n := 0; n < g.dy.c; n += kernel.PanelWidth {
			to = to[g.transformGradient(to, spare, n, k, end):]
		}
		rest, from := sums, v
		for i := range g.in {
			s := &g.in[i]
			by := z
			for n := 0; n < g.dy.c; n += kernel.PanelWidth {
				width := min(kernel.PanelWidth, g.dy.c-n)
				w.mul = kernel.Product{
					A: from, AStep: s.c, LDA: 1, B: by, BStep: width, C: rest, LDC: width,
					Rows: 1, Depth: end - k, M: s.c, N: width, Accumulate: k > first,
					Batch: g.t.Points(), ABatch: g.group*s.c + pad16, BBatch: g.group*width + pad16, CBatch: s.c*width + pad16,
				}
				g.net.kernel.Mul(&w.mul)
				by, rest = by[g.tileFloats(width):], rest[g.sumFloats(s.c, width):]
			}
			from = from[g.tileFloats(s.c):]
		}
	}
	for i := range g.in {
		for n := 0; n < g.dy.c; n += kernel.PanelWidth {
			sums = sums[g.finish(matrix, sums, &g.in[i], n):]
		}
	}
}

// finish transforms the sums of a slab and the panel from column n on to
// weights, and says how many floats they were.
func (g *winogradGrad) finish(matrix, sums []float32, s *slab, n int) int {
	width := min(kernel.PanelWidth, g.dy.c-n)
	point := s.c*width + pad16
	for i := range g.in { // the pieces in front
		if g.in[i].source == s.source {
			break
		}
		if i == 0 || g.in[i].source != g.in[i-1].source {
			matrix = matrix[9*g.in[i].x.c*g.dy.c:]
		}
	}
	panel, _ := kernel.Panel(matrix, 9*s.x.c, g.dy.c, n)
	g.t.WeightBack(
		kernel.Tiles{Data: panel[s.c0*width:], Row: 3 * s.x.c * width, Col: s.x.c * width, Next: width},
		kernel.Tiles{Data: sums, Row: g.t.Side() * point, Col: point, Next: width},
		s.c, width)
	return g.sumFloats(s.c, width)
}

// transformGradient transforms tiles from … to of the panel of the output's
// gradient from channel n on; pixels that other tiles own count as zeros.
func (g *winogradGrad) transformGradient(z, spare []float32, n, from, to int) int {
	width := min(kernel.PanelWidth, g.dy.c-n)
	point := g.group*width + pad16
	for k := from; k < to; {
		r := g.next(k, to)
		src := kernel.Tiles{Data: g.dy.from(r.i, r.y, r.x)[n:], Row: g.dy.pitch, Col: g.dy.c, Next: g.m * g.dy.c}
		if r.top > 0 || r.left > 0 {
			clear(spare[:g.m*g.m*width])
			for y := r.top; y < g.m; y++ {
				for x := r.left; x < g.m; x++ {
					copy(spare[(y*g.m+x)*width:][:width], src.Data[y*src.Row+x*src.Col:])
				}
			}
			src = kernel.Tiles{Data: spare, Row: g.m * width, Col: width}
		}
		g.t.Gradient(kernel.Tiles{Data: z[(k-from)*width:], Row: g.t.Side() * point, Col: point, Next: width}, src, r.n, width)
		k += r.n
	}
	return g.tileFloats(width)
}

// byBlock is the phases of a shared sum, into matrix(): the tiles of every
// slab and panel, a stretch of tile rows per task, and then blocks of the sums.
func (g *winogradGrad) byBlock(matrix func() []float32) []phase {
	type job struct{ s, n int }
	var inputs, panels, blocks []job
	for i := range g.in {
		inputs = append(inputs, job{i, 0})
		for n := 0; n < g.dy.c; n += kernel.PanelWidth * panelsAtOnce {
			blocks = append(blocks, job{i, n})
		}
	}
	for n := 0; n < g.dy.c; n += kernel.PanelWidth {
		panels = append(panels, job{0, n})
	}
	rows := g.n * g.th
	transform := func(task int, w *worker) {
		from, to := task%rows*g.tw, (task%rows+1)*g.tw
		if k := task / rows; k < len(inputs) {
			g.transformSlab(g.slabTiles(g.v.mem, k)[from*g.in[k].c:], &g.in[k], from, to)
		} else {
			n := panels[k-len(inputs)].n
			g.transformGradient(g.panelTiles(n)[from*min(kernel.PanelWidth, g.dy.c-n):], w.scratch[:g.spareFloats()], n, from, to)
		}
	}
	return []phase{
		{rows * (len(inputs) + len(panels)), transform},
		{len(blocks), func(task int, w *worker) { g.block(matrix(), blocks[task].s, blocks[task].n, w) }},
	}
}

// panelTiles is where the transformed panel from channel n on begins.
func (g *winogradGrad) panelTiles(n int) []float32 {
	return g.z.mem[n/kernel.PanelWidth*g.tileFloats(kernel.PanelWidth):]
}

// block sums slab k and some panels from column n0 on over all tiles.
func (g *winogradGrad) block(matrix []float32, k, n0 int, w *worker) {
	s := &g.in[k]
	v := g.slabTiles(g.v.mem, k)
	end := min(n0+kernel.PanelWidth*panelsAtOnce, g.dy.c)
	for p := range g.t.Points() {
		sums := w.scratch
		for n := n0; n < end; n += kernel.PanelWidth {
			width := min(kernel.PanelWidth, g.dy.c-n)
			w.mul = kernel.Product{
				A: v[p*(g.group*s.c+pad16):], AStep: s.c, LDA: 1,
				B: g.panelTiles(n)[p*(g.group*width+pad16):], BStep: width,
				C: sums[p*(s.c*width+pad16):], LDC: width,
				Rows: 1, Depth: g.group, M: s.c, N: width,
			}
			g.net.kernel.Mul(&w.mul)
			sums = sums[g.sumFloats(s.c, width):]
		}
	}
	sums := w.scratch
	for n := n0; n < end; n += kernel.PanelWidth {
		sums = sums[g.finish(matrix, sums, s, n):]
	}
}
