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
	stride  int       // of columns
	lo, hi  int       // outputs lo … hi−1 of a row have all columns of their window
	share   []float32 // by the number of pixels, what each gives to a mean
	zero    []float32
}

func (c *compiler) windows(n *graph.Node) unit {
	u := &windows{net: c.net, in: c.one(n.In[0]), out: c.output(n), mean: n.Op == graph.AvgPool}
	u.by = [2]int{max(n.Dilation[0], 1), max(n.Dilation[1], 1)}
	u.ty = reaches(u.in.h, u.out.h, n.Kernel[0], n.Stride[0], u.by[0], n.Pads[0])
	u.tx = reaches(u.in.w, u.out.w, n.Kernel[1], n.Stride[1], u.by[1], n.Pads[1])
	u.stride = n.Stride[1]
	for u.lo < len(u.tx) && u.tx[u.lo].n < n.Kernel[1] {
		u.lo++
	}
	for u.hi = u.lo; u.hi < len(u.tx) && u.tx[u.hi].n == n.Kernel[1]; {
		u.hi++
	}
	u.zero = make([]float32, 1)
	for count := range n.Kernel[0]*n.Kernel[1] + 1 {
		u.share = append(u.share, 1/float32(max(count, 1)))
	}
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
	return []phase{rowPhase(y.n, y.region.h, 8*u.ty[0].n*x.region.w*x.c, func(i, r int, w *worker) {
		t := u.ty[r]
		row := x.row(i, t.first)
		if t.n > 1 {
			all := w.scratch[:len(row)]
			u.join(all, t.n, func(j int) []float32 { return x.row(i, t.first+j*u.by[0]) })
			row = all
		}
		u.columns(y.row(i, r), row, t.n, w.scratch[len(w.scratch)/2:])
	})}
}

// join is the maximum or the sum of n ≥ 1 rows or pixels.
func (u *windows) join(dst []float32, n int, at func(j int) []float32) {
	k := u.net.kernel
	if n == 1 || u.mean {
		copy(dst, at(0))
	} else {
		k.Max(dst, at(0), at(1))
	}
	for j := 1; j < n; j++ {
		switch {
		case u.mean:
			k.Add(dst, at(j))
		case j > 1:
			k.Max(dst, dst, at(j))
		}
	}
}

// columns takes the columns of a row together, in which each value stands for
// so many rows. Windows that overlap are taken all at once, at stride 1, if the row
// stays in the cache; the order within each, and so its bits, is the same.
func (u *windows) columns(dst, src []float32, rows int, scratch []float32) {
	c := u.in.c
	whole := dst[u.lo*c : u.hi*c]
	atOnce := (c < few || len(src) <= cached) && u.stride <= 2 && u.hi > u.lo
	if atOnce {
		t, px := u.tx[u.lo], (u.hi-u.lo-1)*u.stride+1
		all := whole
		if u.stride > 1 {
			all = scratch[:px*c]
		}
		u.join(all, t.n, func(j int) []float32 { return src[(t.first+j*u.by[1])*c:][:px*c] })
		for i := 0; i < u.hi-u.lo && u.stride > 1; i++ {
			copy(whole[i*c:][:c], all[i*u.stride*c:])
		}
	}
	for i, t := range u.tx {
		inside := i >= u.lo && i < u.hi
		if inside && atOnce {
			continue
		}
		d := dst[i*c:][:c]
		u.join(d, t.n, func(j int) []float32 { return src[(t.first+j*u.by[1])*c:][:c] })
		if !inside {
			u.divide(d, rows*t.n)
		}
	}
	if len(whole) > 0 {
		u.divide(whole, rows*u.tx[u.lo].n)
	}
}

// cached is the floats of a row that stay in a core's nearest cache, beside as many.
const cached = 4096

// divide makes a mean of the sums of so many pixels.
func (u *windows) divide(sums []float32, pixels int) {
	if u.mean && pixels > 1 {
		u.net.kernel.ScaleShift(sums, sums, u.share[pixels:pixels+1], u.zero, false)
	}
}
