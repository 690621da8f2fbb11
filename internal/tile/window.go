package tile

import (
	"math"
	"slices"
)

// A Window gives the weights by which tiles are blended where they overlap:
// those of an output of h×w px, row by row, all of them positive.
type Window func(h, w int) []float32

// Uniform weighs all px alike: the outputs' mean.
func Uniform(h, w int) []float32 {
	m := make([]float32, h*w)
	for i := range m {
		m[i] = 1
	}
	return m
}

// MONAISigma is the share of a side that MONAI and nnU-Net take as σ.
const MONAISigma = 0.125

// floorWeight is what MONAI raises smaller weights to, so that the sum of the
// weights is nowhere near zero.
const floorWeight = 1e-3

// Gaussian falls off from the centre, along each axis with a standard deviation
// of sigma times the side. It is MONAI's compute_importance_map, computed in
// float32 in the same order.
func Gaussian(sigma float64) Window {
	return func(h, w int) []float32 {
		ys, xs := bell(h, sigma), bell(w, sigma)
		m := make([]float32, 0, h*w)
		for _, y := range ys {
			for _, x := range xs {
				m = append(m, max(y*x, floorWeight))
			}
		}
		return m
	}
}

// bell is the Gaussian at the centres of n px.
func bell(n int, sigma float64) []float32 {
	v := make([]float32, n)
	s := sigma * float64(n)
	for i := range v {
		d := float32(i) - float32(n-1)/2
		v[i] = float32(math.Exp(float64(d * d / float32(-2*s*s))))
	}
	return v
}

// Blended is the plan with tiles blended by w where they overlap, instead of
// each px taken from the tile that owns it. It mixes what lies inside a
// network's halo with what does not, so several tiles are never Exact; a single
// one stays what it was.
func (pl *Plan) Blended(w Window) *Plan {
	p := *pl
	if len(p.Tiles) > 1 {
		p.Window = w
		if w != nil {
			p.Exact = false
			p.Faults = append(slices.Clone(p.Faults), Blending)
		}
	}
	return &p
}
