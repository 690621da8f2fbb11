package metric

import "math"

// BoundaryIoU is the intersection over union of the two masks' pixels within d
// px of their outlines, d being 2 % of the image's diagonal and at least 1
// (Cheng et al. 2021), by the definition of bowenc0221/boundary-iou-api: what d
// erosions by a 3×3 square take away, with nothing beyond the image. NaN where
// neither mask has any foreground.
func BoundaryIoU(truth, pred Mask) float64 {
	diagonal := math.Sqrt(float64(truth.H*truth.H + truth.W*truth.W))
	d := max(1, int(math.RoundToEven(0.02*diagonal)))
	return iou(band(truth, d), band(pred, d))
}

// BoundaryIoUReloaded is MetricsReloaded's: pixels of the mask less than d px,
// Euclidean, from one with a 4-neighbour outside. With its default d = 1 these
// are the outline alone.
func BoundaryIoUReloaded(truth, pred Mask, d float64) float64 {
	near := func(m Mask) []bool {
		edge, out := rim(m), make([]bool, len(m.On))
		for i, k := range edge.kind {
			out[i] = k != 0
		}
		to := distancesTo(out, m.H, m.W)
		for i, on := range m.On {
			out[i] = on && math.Sqrt(float64(to.squared(i/m.W, i%m.W))) < d
		}
		return out
	}
	return iou(near(truth), near(pred))
}

func iou(a, b []bool) float64 {
	both, any := 0, 0
	for i := range a {
		if a[i] && b[i] {
			both++
		}
		if a[i] || b[i] {
			any++
		}
	}
	return float64(both) / float64(any)
}

// band marks the foreground within chessboard distance d of the outside.
func band(m Mask, d int) []bool {
	// The square of side 2d+1 is a row and a column; a pixel stays inside where
	// both are full.
	inRow := make([]bool, len(m.On))
	for y := range m.H {
		full(inRow[y*m.W:][:m.W], m.On[y*m.W:][:m.W], d)
	}
	column, inside := make([]bool, m.H), make([]bool, m.H)
	out := make([]bool, len(m.On))
	for x := range m.W {
		for y := range column {
			column[y] = inRow[y*m.W+x]
		}
		full(inside, column, d)
		for y := range inside {
			i := y*m.W + x
			out[i] = m.On[i] && !inside[y]
		}
	}
	return out
}

// full marks in dst where src holds d marks on either side, and itself.
func full(dst, src []bool, d int) {
	run := 0 // marks in a row up to i
	clear(dst)
	for i, v := range src {
		run++
		if !v {
			run = 0
		}
		if run > 2*d {
			dst[i-d] = true
		}
	}
}
