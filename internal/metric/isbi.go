package metric

// A Challenge scores predictions of one image's boundaries by ISBI 2012's
// official measures (Arganda-Carreras et al. 2015), as Fiji's Trainable
// Segmentation computes them: segments are the 4-connected regions between
// boundaries; pixels on true boundaries do not count; predicted boundaries are
// thinned to one pixel by a watershed, so that their width does not count either.
type Challenge struct {
	h, w  int
	truth []int32
}

// NewChallenge takes the true interior: all that is no boundary.
func NewChallenge(interior Mask) *Challenge {
	label, _ := Components(interior)
	return &Challenge{interior.H, interior.W, label}
}

// Score returns V_Rand and V_Info of a predicted interior, both in 0…1; NaN
// where truth has no interior.
func (c *Challenge) Score(interior Mask) (vRand, vInfo float64) {
	pred, _ := Watershed(interior)
	o := overlap(c.truth, pred, true)
	return o.vRand(), o.vInfo()
}

// Best returns the largest V_Rand and V_Info, each for itself, over the
// thresholds: a pixel is interior where score exceeds the threshold.
func (c *Challenge) Best(score []float32, thresholds []float64) (vRand, vInfo float64) {
	m := Mask{c.h, c.w, make([]bool, len(score))}
	for k, t := range thresholds {
		for i, s := range score {
			m.On[i] = float64(s) > t
		}
		r, v := c.Score(m)
		if k == 0 {
			vRand, vInfo = r, v
		}
		vRand, vInfo = max(vRand, r), max(vInfo, v)
	}
	return vRand, vInfo
}
