package data

import (
	"math"

	"unetbench/graph"
)

// standardise shifts and scales each channel to mean 0 and standard deviation 1
// and clips at ±limit. A constant channel becomes 0; constant reports whether
// all are. Sums are of integers, so they are exact.
func standardise(r *raster, limit float64) (m *graph.Map, constant bool) {
	m = graph.NewMap(r.Shape)
	constant = true
	for c := range r.C {
		src, dst := r.plane(c), m.Plane(c)
		var sum, squares uint64 // below 2^28 pixels · 2^32
		for _, v := range src {
			sum += uint64(v)
			squares += uint64(v) * uint64(v)
		}
		n := float64(len(src))
		mean := float64(sum) / n
		variance := float64(squares)/n - float64(mean*mean)
		if lo, hi := extremes(src); lo == hi {
			continue
		}
		constant = false
		std := math.Sqrt(variance)
		for i, v := range src {
			dst[i] = float32(min(max((float64(v)-mean)/std, -limit), limit))
		}
	}
	return m, constant
}

func extremes(v []uint16) (lo, hi uint16) {
	lo, hi = v[0], v[0]
	for _, x := range v {
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi
}
