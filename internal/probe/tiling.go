package probe

import (
	"math"

	"unetbench/graph"
)

// A tiling covers a strip along its axis. Origins are input px, and at the same
// time the rows of the whole's output that a tile's first row lies on.
type tiling struct {
	layout
	side    int   // of a tile's input
	origins []int // ascending from 0
	cut     []int // rows where one tile takes over from the one before it
	fade    bool  // blend across the overlap, instead
}

// out is a tile's output.
func (t *tiling) out() int { return t.side - t.shrink }

// unaware lays tiles as one does who knows nothing of the network: they overlap
// by a quarter, at whatever stride that comes to, and each px is taken from the
// tile whose middle is nearer. Strides that have no divisor with the step show
// every phase of its grid. With aligned the stride is a multiple of the step;
// with context the overlap is at least the halo, which is discarded.
func (l layout) unaware(side int, halo [2]int, aligned, context bool) *tiling {
	t := &tiling{layout: l, side: side}
	most := 3 * t.out() / 4
	if context {
		most = min(most, t.out()-halo[0]-halo[1]-1)
	}
	stride := max(most, 1)
	if aligned {
		stride = max(most/l.step*l.step, l.step)
	} else if l.step > 1 {
		for stride > 1 && gcd(stride, l.step) > 1 {
			stride--
		}
	}
	last := l.whole - side
	for o := 0; o < last; o += stride {
		t.origins = append(t.origins, o)
	}
	t.origins = append(t.origins, last)
	for i := 1; i < len(t.origins); i++ {
		from, to := t.origins[i], t.origins[i-1]+t.out()
		c := (from + to) / 2
		if context { // at least the halo of either side, the rest shared
			c = from + halo[0] + max(0, to-from-halo[0]-halo[1])/2
		}
		t.cut = append(t.cut, c)
	}
	return t
}

// A tileRunner predicts a tile that begins at row at of the strip.
type tileRunner func(x *graph.Map, at int) (*graph.Map, error)

// seam is the error against the whole near the tiles' edges: the root mean
// square over rows at most band px from a cut.
func (t *tiling) seam(s *strip, run tileRunner) (float64, error) {
	rows := along(s.whole.Size(), t.axis)
	sum, weight := graph.NewMap(s.whole.Shape), make([]float32, rows)
	for i, o := range t.origins {
		y, err := run(part(s.image, t.axis, o, t.side), o)
		if err != nil {
			return 0, err
		}
		t.add(sum, weight, y, i)
	}
	square, n := 0.0, 0
	for i := range rows {
		if !t.near(i) {
			continue
		}
		eachInRow(s.whole, t.axis, i, func(j int) {
			d := float64(sum.Pix[j]/weight[i]) - float64(s.whole.Pix[j])
			square += d * d
			n++
		})
	}
	return math.Sqrt(square / float64(max(n, 1))), nil
}

// band is how near to a cut a row counts as at the tile's edge.
const band = 4

func (t *tiling) near(row int) bool {
	for _, c := range t.cut {
		if c-band <= row && row < c+band {
			return true
		}
	}
	return false
}

// add puts tile i's output y in its place.
func (t *tiling) add(sum *graph.Map, weight []float32, y *graph.Map, i int) {
	from, to := 0, len(weight)
	if i > 0 {
		from = t.cut[i-1]
	}
	if i < len(t.cut) {
		to = t.cut[i]
	}
	for r := range t.out() {
		row := t.origins[i] + r
		w := float32(0)
		switch {
		case t.fade:
			w = float32(min(r+1, t.out()-r))
		case from <= row && row < to:
			w = 1
		}
		if w == 0 {
			continue
		}
		weight[row] += w
		var src []int
		eachInRow(y, t.axis, r, func(j int) { src = append(src, j) })
		k := 0
		eachInRow(sum, t.axis, row, func(j int) {
			sum.Pix[j] += float32(w * y.Pix[src[k]])
			k++
		})
	}
}

// eachInRow visits the indices of a row across the axis, of every channel.
func eachInRow(m *graph.Map, axis, row int, f func(i int)) {
	for c := range m.C {
		base := c * m.H * m.W
		if axis == 0 {
			for x := range m.W {
				f(base + row*m.W + x)
			}
			continue
		}
		for y := range m.H {
			f(base + y*m.W + row)
		}
	}
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
