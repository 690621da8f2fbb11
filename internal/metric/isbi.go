package metric

import (
	"math"
	"slices"
)

// A Challenge scores predictions of one image's boundaries by ISBI 2012's
// official measures (Arganda-Carreras et al. 2015), as Fiji's Trainable
// Segmentation computes them: segments are the 4-connected regions between
// boundaries; pixels on true boundaries do not count; predicted boundaries are
// thinned to one pixel by a watershed, so that their width does not count either.
type Challenge struct {
	flood *flood
	truth segments
}

// NewChallenge takes the true interior: all that is no boundary.
func NewChallenge(interior Mask) *Challenge {
	f := floodOf(interior)
	n := f.number()
	return &Challenge{f, segmentsOf(f.label, n)}
}

// Best returns the largest V_Rand and V_Info, each for itself and both in 0…1,
// over the thresholds: a pixel is interior where score exceeds the threshold.
// NaN where truth has no interior.
func (c *Challenge) Best(score []float32, thresholds []float64) (vRand, vInfo float64) {
	score = columns(score, c.flood.h, c.flood.w)
	low, high := float64(slices.Min(score)), float64(slices.Max(score))
	vRand, vInfo = math.Inf(-1), math.Inf(-1)
	single := false // all interior or none makes one segment, which is tried once
	for _, t := range thresholds {
		if t < low || t >= high {
			if single {
				continue
			}
			single = true
		}
		c.flood.fill(score, t)
		o := c.truth.overlap(c.flood.label, c.flood.watershed(), true)
		vRand, vInfo = max(vRand, o.vRand()), max(vInfo, o.vInfo())
	}
	return vRand, vInfo
}
