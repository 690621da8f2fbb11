package tile

import "math"

// outer is the product of a profile along both axes.
func outer(ys, xs []float64) []float32 {
	m := make([]float32, 0, len(ys)*len(xs))
	for _, y := range ys {
		for _, x := range xs {
			m = append(m, float32(y*x))
		}
	}
	return m
}

// Spike is nnU-Net's compute_gaussian: a Gaussian of σ ⅛ of a side around px
// n/2, which is no px's mirror image where n is even, with a peak of 10. (Its
// half-precision sums are not imitated.)
func Spike(h, w int) []float32 {
	profile := func(n int, peak float64) []float64 {
		v := make([]float64, n)
		s := float64(n) / 8
		for i := range v {
			d := float64(i - n/2)
			v[i] = peak * math.Exp(-d*d/(2*s*s))
		}
		return v
	}
	return outer(profile(h, 10), profile(w, 1))
}

// Taper is Cellpose's _taper_mask: a sigmoid that is ½ at 20 px from the edges;
// of tiles under 224 px, the middle of one of 224.
func Taper(h, w int) []float32 {
	size := max(224, h, w)
	profile := func(n int) []float64 {
		v := make([]float64, n)
		first := size/2 - n/2
		for i := range v {
			d := math.Abs(float64(first+i) - float64(size-1)/2)
			v[i] = 1 / (1 + math.Exp((d-(float64(size)/2-20))/7.5))
		}
		return v
	}
	return outer(profile(h), profile(w))
}

// Spline is DeepCell's spline_window for its stride of 75 %: 1, but two
// parabolas over the overlaps with the tiles before and after. Where there is
// no such tile, nothing else has weight, so the same window serves.
func Spline(h, w int) []float32 {
	profile := func(n int) []float64 {
		overlap := n - deepCellStride(n)
		v := make([]float64, n)
		for i := range v {
			v[i] = 1
		}
		for i := range overlap {
			// The rising half of scipy's triang(2·overlap).
			u := (2*float64(i) + 1) / float64(2*overlap)
			top := (2*float64(overlap-1) + 1) / float64(2*overlap)
			s := 2 * u * u
			if i >= overlap/2 {
				s = 1 - 2*(1-u)*(1-u)
			}
			s /= 1 - 2*(1-top)*(1-top)
			v[i], v[n-1-i] = s, s
		}
		return v
	}
	return outer(profile(h), profile(w))
}
