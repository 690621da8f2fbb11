package engine

import (
	"math"

	"unetbench/graph"
)

// reduce takes the mean or the maximum over channels, rows or columns, in
// float64. Rows are taken together within blocks that depend on the shape alone,
// and the blocks in order. It runs forward only.
type reduce struct {
	net     *Net
	in, out piece
	over    graph.Over
	max     bool
	count   float64 // values behind each of the output's
	blocks  int     // per map; 1 row each where rows are not taken together
	sums    []float64
}

// mostBlocks of a map are reduced at once.
const mostBlocks = 32

func (c *compiler) reduce(n *graph.Node) unit {
	u := &reduce{net: c.net, in: c.one(n.In[0]), over: n.Over, max: n.Max}
	u.out = c.output(n)
	u.count = float64(u.in.c*u.in.h*u.in.w) / float64(u.out.c*u.out.h*u.out.w)
	u.blocks = u.in.h
	if n.Over&graph.OverHeight != 0 {
		u.blocks = min(u.in.h, mostBlocks)
	}
	u.sums = make([]float64, c.net.batch*u.blocks*u.width())
	return u
}

// width is the number of values in a row of the output.
func (u *reduce) width() int { return u.out.w * u.out.c }

// block is the sums or maxima of block b of all maps.
func (u *reduce) block(b int) []float64 { return u.sums[b*u.width() : (b+1)*u.width()] }

func (u *reduce) result() piece { return u.out }

func (u *reduce) claim(*compiler, int) {}
func (u *reduce) backward() []phase    { return nil }

func (u *reduce) forward() []phase {
	x, y := u.in.val(), u.out.val()
	ph := []phase{{x.n * u.blocks, func(b int, _ *worker) {
		all := u.block(b)
		for j := range all {
			all[j] = 0
			if u.max {
				all[j] = math.Inf(-1)
			}
		}
		i, k := b/u.blocks, b%u.blocks
		for r := k * u.in.h / u.blocks; r < (k+1)*u.in.h/u.blocks; r++ {
			u.row(all, x.row(i, r))
		}
		if y.region.h > 1 {
			u.finish(y.row(i, k), all)
		}
	}}}
	if y.region.h > 1 {
		return ph
	}
	return append(ph, phase{x.n, func(i int, _ *worker) {
		all := u.block(i * u.blocks)
		for k := 1; k < u.blocks; k++ {
			u.join(all, u.block(i*u.blocks+k))
		}
		u.finish(y.row(i, 0), all)
	}})
}

// row takes a row of the operand in.
func (u *reduce) row(all []float64, row []float32) {
	c, d := u.in.c, u.out.c
	for x := range u.in.w {
		a := all
		if u.out.w > 1 {
			a = all[x*d:][:d]
		}
		px := row[x*c:][:c]
		switch {
		case d < c && u.max:
			for _, v := range px {
				a[0] = max(a[0], float64(v))
			}
		case d < c:
			for _, v := range px {
				a[0] += float64(v)
			}
		case u.max:
			for j, v := range px {
				a[j] = max(a[j], float64(v))
			}
		default:
			for j, v := range px {
				a[j] += float64(v)
			}
		}
	}
}

func (u *reduce) join(all, more []float64) {
	for j, v := range more {
		if u.max {
			all[j] = max(all[j], v)
		} else {
			all[j] += v
		}
	}
}

func (u *reduce) finish(dst []float32, all []float64) {
	for j, v := range all {
		if !u.max {
			v /= u.count
		}
		dst[j] = float32(v)
	}
}
