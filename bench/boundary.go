package bench

import "math"

// boundaryTolerance is how far apart two boundaries may lie and still match, in px.
const boundaryTolerance = 2

// boundaryPixels marks the pixels of an h×w label image that have a 4-neighbour
// on the other side of "is this class": the pixels on both sides of each line.
// The image's edge is no boundary.
func boundaryPixels(label []uint8, h, w, class int) []bool {
	out := make([]bool, h*w)
	is := func(i int) bool { return int(label[i]) == class }
	for y := range h {
		for x := range w {
			i := y*w + x
			if x+1 < w && is(i) != is(i+1) {
				out[i], out[i+1] = true, true
			}
			if y+1 < h && is(i) != is(i+w) {
				out[i], out[i+w] = true, true
			}
		}
	}
	return out
}

// near marks the pixels within Euclidean distance r of a marked one.
func near(mark []bool, h, w, r int) []bool {
	out := make([]bool, h*w)
	for y := range h {
		for x := range w {
			if !mark[y*w+x] {
				continue
			}
			for dy := max(-r, -y); dy <= min(r, h-1-y); dy++ {
				for dx := max(-r, -x); dx <= min(r, w-1-x); dx++ {
					if dy*dy+dx*dx <= r*r {
						out[(y+dy)*w+x+dx] = true
					}
				}
			}
		}
	}
	return out
}

// boundaryF1 is the F measure of Csurka et al. 2013 per bin: precision is the
// share of predicted boundary pixels of the bin within boundaryTolerance of a
// true one anywhere, recall the share of its true ones near a predicted one.
// With no predicted (true) boundary in the bin, precision (recall) is 1 and the
// other decides; NaN where the bin has neither.
func boundaryF1(pred, truth []uint8, h, w, class int, bins []binning) [][]float64 {
	p, t := boundaryPixels(pred, h, w, class), boundaryPixels(truth, h, w, class)
	nearP, nearT := near(p, h, w, boundaryTolerance), near(t, h, w, boundaryTolerance)
	out := make([][]float64, len(bins))
	for j, b := range bins {
		type tally struct{ p, pHit, t, tHit int }
		n := make([]tally, len(b.names))
		for i, bin := range b.of {
			if bin == noBin {
				continue
			}
			k := &n[bin]
			if p[i] {
				k.p++
				if nearT[i] {
					k.pHit++
				}
			}
			if t[i] {
				k.t++
				if nearP[i] {
					k.tHit++
				}
			}
		}
		out[j] = make([]float64, len(n))
		for i, k := range n {
			out[j][i] = fMeasure(ratioOrOne(k.pHit, k.p), ratioOrOne(k.tHit, k.t))
			if k.p+k.t == 0 {
				out[j][i] = math.NaN()
			}
		}
	}
	return out
}

func ratioOrOne(part, all int) float64 {
	if all == 0 {
		return 1
	}
	return float64(part) / float64(all)
}

func fMeasure(precision, recall float64) float64 {
	if precision+recall == 0 {
		return 0
	}
	return 2 * precision * recall / (precision + recall)
}
