package engine

import (
	"math"

	"unetbench/graph"
)

// A tap is one term of an interpolation: place from, times w.
type tap struct {
	from int
	w    float32
}

// A ratio is operand px per output px. It is a fraction so that all that lies
// alike in the grid of both has the same weights, bit for bit.
type ratio struct{ num, den int }

// ratioOf is that of n places interpolated to m. A magnification that is given as
// a number is taken for a fraction of small numbers if it is near one: files
// round it to float32.
func ratioOf(node *graph.Node, axis, n, m int) ratio {
	if node.Like != nil || node.Lengths != nil || node.Factor > 0 {
		return ratio{n, m}
	}
	scale := node.Scale[axis]
	for den := 1; den <= 64; den++ {
		if num := math.Round(scale * float64(den)); num > 0 && math.Abs(num/float64(den)-scale) < 1e-6*scale {
			return ratio{den, int(num)}
		}
	}
	const den = 1 << 20
	return ratio{den, int(math.Round(scale * den))}
}

// taps lists what each of m places takes from n, as torch and ONNX do: at most
// four terms, and none that is 0, so that a single one has a weight of 1.
func taps(n, m int, r ratio, how graph.Interp) [][]tap {
	t := make([][]tap, m)
	all := make([]tap, 0, 4*m)
	for i := range t {
		var places [4]int
		var weights [4]float64
		k := 0
		add := func(at int, w float64) {
			at = min(max(at, 0), n-1)
			if k == 0 || places[k-1] != at { // not an edge that is repeated
				k++
			}
			places[k-1] = at
			weights[k-1] += w
		}
		num, den := (2*i+1)*r.num-r.den, 2*r.den // half-pixel centres
		switch how {
		case graph.Nearest, graph.BilinearCorner:
			num, den = i*r.num, r.den
		case graph.BilinearAlign:
			num, den = i*(n-1), max(m-1, 1)
		}
		if how != graph.Cubic {
			num = max(num, 0)
		}
		lo := num / den
		if num < 0 {
			lo = -1
		}
		f := float64(num-lo*den) / float64(den)
		switch how {
		case graph.Nearest:
			add(lo, 1)
		case graph.NearestHalf:
			if f > 0.5 {
				lo++
			}
			add(lo, 1)
		case graph.Cubic:
			for j := range 4 {
				add(lo-1+j, keys(math.Abs(f+1-float64(j))))
			}
		default:
			add(lo, 1-f)
			add(lo+1, f)
		}
		from := len(all)
		for j, w := range weights[:k] {
			if w != 0 {
				all = append(all, tap{places[j], float32(w)})
			}
		}
		t[i] = all[from:len(all):len(all)]
	}
	return t
}

// keys is the cubic kernel of Keys 1981 at distance x < 2, with a = −0.75 as
// torch and ONNX have it.
func keys(x float64) float64 {
	const a = -0.75
	if x < 1 {
		return ((a+2)*x-(a+3))*x*x + 1
	}
	return ((a*x-5*a)*x+8*a)*x - 4*a
}

// adjoint lists, for each of the n places, the interpolated ones that take
// from it.
func adjoint(t [][]tap, n int) [][]tap {
	p := make([][]tap, n)
	for i, all := range t {
		for _, a := range all {
			p[a.from] = append(p[a.from], tap{i, a.w})
		}
	}
	return p
}

// resize interpolates, rows first, as whole rows are quick, and then columns.
// Backward is the adjoint, gathered per operand row: what a row gave to many
// comes back to it in a fixed order.
type resize struct {
	net     *Net
	in, out piece
	ty, tx  [][]tap
	adj     [][]tap
	dy      view
	sink    sink
}

// still says that a Resize node changes nothing: its size stays, and by no
// magnification that is rounded off again.
func (c *compiler) still(n *graph.Node) bool {
	x, y := c.shapes[n.In[0].ID], c.shapes[n.ID]
	h, w := ratioOf(n, 0, x.H, y.H), ratioOf(n, 1, x.W, y.W)
	return x == y && (n.Interp == graph.BilinearAlign || h.num == h.den && w.num == w.den)
}

func (c *compiler) resize(n *graph.Node, x piece) unit {
	u := &resize{net: c.net, in: x, out: c.output(n)}
	u.ty = taps(x.h, u.out.h, ratioOf(n, 0, x.h, u.out.h), n.Interp)
	u.tx = taps(x.w, u.out.w, ratioOf(n, 1, x.w, u.out.w), n.Interp)
	u.adj = adjoint(u.ty, x.h)
	return u
}

func (u *resize) result() piece { return u.out }

func (u *resize) claim(c *compiler, t int) {
	var ok bool
	if u.dy, ok = c.grad(u.out, t); ok {
		u.sink = c.sink(u.in, t, false)
	}
}

func (u *resize) forward() []phase {
	x, y := u.in.val(), u.out.val()
	return []phase{rowPhase(y.n, y.region.h, 16*y.region.w*y.c, func(i, r int, w *worker) {
		t := u.ty[r]
		row := x.row(i, t[0].from)
		if len(t) > 1 {
			all := w.scratch[:len(row)]
			u.net.kernel.Lerp(all, row, x.row(i, t[1].from), t[0].w, t[1].w)
			for _, p := range t[2:] {
				u.net.kernel.AXPY(all, x.row(i, p.from), p.w)
			}
			row = all
		}
		u.spread(y.row(i, r), row, y.c)
	})}
}

// few is the number of channels below which a call of a kernel per pixel costs
// more than it saves.
const few = 16

// spread interpolates one row of pixels of c channels.
func (u *resize) spread(dst, src []float32, c int) {
	for i, t := range u.tx {
		d, a := dst[i*c:][:c], src[t[0].from*c:][:c]
		if len(t) == 1 {
			copy(d, a)
			continue
		}
		b, wa, wb := src[t[1].from*c:][:c], t[0].w, t[1].w
		if c < few && len(t) == 4 {
			e, g, we, wg := src[t[2].from*c:][:c], src[t[3].from*c:][:c], t[2].w, t[3].w
			for j := range d {
				d[j] = float32(wa*a[j]) + float32(wb*b[j]) + float32(we*e[j]) + float32(wg*g[j])
			}
			continue
		}
		if c >= few {
			u.net.kernel.Lerp(d, a, b, wa, wb)
		} else {
			for j := range d {
				d[j] = float32(wa*a[j]) + float32(wb*b[j])
			}
		}
		for _, p := range t[2:] {
			u.add(d, src[p.from*c:][:c], p.w)
		}
	}
}

// unspread is its adjoint: it adds to dst.
func (u *resize) unspread(dst, src []float32, c int) {
	for i, t := range u.tx {
		for _, p := range t {
			u.add(dst[p.from*c:][:c], src[i*c:][:c], p.w)
		}
	}
}

// add adds w times the pixel src to dst.
func (u *resize) add(dst, src []float32, w float32) {
	if len(dst) >= few {
		u.net.kernel.AXPY(dst, src, w)
		return
	}
	for j, v := range src {
		dst[j] += float32(w * v)
	}
}

func (u *resize) backward() []phase {
	if u.dy.buffer == nil || u.sink.none {
		return nil
	}
	k, dy := u.sink, u.dy
	return append(k.prepare(), rowPhase(k.n, k.region.h, 16*dy.region.w*k.c, func(i, r int, w *worker) {
		row := w.scratch[:dy.region.w*dy.c]
		clear(row)
		for _, p := range u.adj[r] {
			u.net.kernel.AXPY(row, dy.row(i, p.from), p.w)
		}
		dst := k.row(i, r)
		if !k.add() {
			clear(dst)
		}
		u.unspread(dst, row, k.c)
	}))
}
