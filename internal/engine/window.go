package engine

import "unetbench/graph"

// A reach is the places of an operand that a window holds: first, first+by, …,
// n of them, all on the map.
type reach struct{ first, n int }

// windows is a pool with any window: the maximum or the mean of the pixels that
// are there. It takes rows together first, as whole rows are quick, and then
// columns. It runs forward only.
type windows struct {
	net     *Net
	in, out piece
	mean    bool
	by      [2]int // px from one place to the next
	ty, tx  []reach
}

func (c *compiler) windows(n *graph.Node) unit {
	u := &windows{net: c.net, in: c.one(n.In[0]), out: c.output(n), mean: n.Op == graph.AvgPool}
	u.by = [2]int{max(n.Dilation[0], 1), max(n.Dilation[1], 1)}
	u.ty = reaches(u.in.h, u.out.h, n.Kernel[0], n.Stride[0], u.by[0], n.Pads[0])
	u.tx = reaches(u.in.w, u.out.w, n.Kernel[1], n.Stride[1], u.by[1], n.Pads[1])
	return u
}

// reaches lists those of m windows on n places, the first of which begins pad
// before the map.
func reaches(n, m, kernel, stride, by, pad int) []reach {
	t := make([]reach, m)
	for i := range t {
		from := i*stride - pad
		skip := (max(-from, 0) + by - 1) / by // taps before the map
		first := from + skip*by
		t[i] = reach{first, min(kernel-skip, (n-first+by-1)/by)}
	}
	return t
}

func (u *windows) result() piece { return u.out }

func (u *windows) claim(*compiler, int) {}
func (u *windows) backward() []phase    { return nil }

func (u *windows) forward() []phase {
	x, y := u.in.val(), u.out.val()
	k := u.net.kernel
	return []phase{rowPhase(y.n, y.region.h, 8*u.ty[0].n*x.region.w*x.c, func(i, r int, w *worker) {
		t := u.ty[r]
		row := x.row(i, t.first)
		if t.n > 1 {
			all := w.scratch[:len(row)]
			if u.mean {
				copy(all, row)
			} else {
				k.Max(all, row, x.row(i, t.first+u.by[0]))
			}
			for j := 1; j < t.n; j++ {
				next := x.row(i, t.first+j*u.by[0])
				switch {
				case u.mean:
					k.Add(all, next)
				case j > 1:
					k.Max(all, all, next)
				}
			}
			row = all
		}
		u.columns(y.row(i, r), row, t.n)
	})}
}

// columns takes the columns of a row together, in which each value stands for
// so many.
func (u *windows) columns(dst, src []float32, rows int) {
	c, k := u.in.c, u.net.kernel
	for i, t := range u.tx {
		d := dst[i*c:][:c]
		copy(d, src[t.first*c:])
		for j := 1; j < t.n; j++ {
			s := src[(t.first+j*u.by[1])*c:][:c]
			switch {
			case c >= few && u.mean:
				k.Add(d, s)
			case c >= few:
				k.Max(d, d, s)
			case u.mean:
				for j, v := range s {
					d[j] += v
				}
			default:
				for j, v := range s {
					d[j] = max(d[j], v)
				}
			}
		}
		if count := rows * t.n; u.mean && count > 1 {
			weight := 1 / float32(count)
			for j := range d {
				d[j] *= weight
			}
		}
	}
}
