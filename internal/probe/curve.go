package probe

import (
	"math"

	"unetbench/graph"
)

// A profile is the error of tiles against the whole by row of the tile's
// output along one axis.
type profile struct {
	most   []float64 // largest |difference| of a row
	square []float64 // summed over values
	n      int       // values per row
}

func newProfile(rows int) *profile {
	return &profile{most: make([]float64, rows), square: make([]float64, rows)}
}

// add compares a tile's output with the rows of the whole's from at on. What is
// not a number differs by infinitely much.
func (f *profile) add(tile, whole *graph.Map, axis, at int) {
	n, across := len(f.most), along(tile.Size(), 1-axis)
	f.n += tile.C * across
	for c := range tile.C {
		t, w := tile.Plane(c), whole.Plane(c)
		for i := range n {
			for j := range across {
				var d float64
				if axis == 0 {
					d = diff(t[i*tile.W+j], w[(at+i)*whole.W+j])
				} else {
					d = diff(t[j*tile.W+i], w[j*whole.W+at+i])
				}
				f.most[i] = max(f.most[i], d)
				f.square[i] += d * d
			}
		}
	}
}

func diff(a, b float32) float64 {
	d := math.Abs(float64(a) - float64(b))
	if math.IsNaN(d) {
		return math.Inf(1)
	}
	return d
}

// halo is how many rows at the top and at the bottom hold every error above
// tol. Rows in the upper half are the top's.
func (f *profile) halo(tol float64) (top, bottom int) {
	n := len(f.most)
	for i, e := range f.most {
		switch {
		case !(e > tol):
		case i < n/2:
			top = i + 1
		case bottom == 0:
			bottom = n - i
		}
	}
	return top, bottom
}

// beyond is the error at least top and bottom rows from the ends.
func (f *profile) beyond(top, bottom int) (most, rms float64) {
	n, sum := 0, 0.0
	for i := top; i < len(f.most)-bottom; i++ {
		most = max(most, f.most[i])
		sum += f.square[i]
		n += f.n
	}
	if n == 0 {
		return 0, 0
	}
	return most, math.Sqrt(sum / float64(n))
}

// centre is the error in the central quarter.
func (f *profile) centre() float64 {
	n := len(f.most)
	most, _ := f.beyond(3*n/8, 3*n/8)
	return most
}

// curve is the error beyond halos of 0 px up to half the tile, by about forty
// steps, with those of the step among them.
func (f *profile) curve(sd float64, step int) []CurvePoint {
	half := len(f.most) / 2
	by := max(1, half/40)
	if by > step {
		by = by / step * step
	}
	var c []CurvePoint
	for h := 0; h < half; h += by {
		most, rms := f.beyond(h, h)
		c = append(c, CurvePoint{h, most / sd, rms / sd})
	}
	return c
}
