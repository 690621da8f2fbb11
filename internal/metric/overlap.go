package metric

import "math"

// An Overlap is how the pixels of two segmentations of one image fall together:
// the contingency table, which all scores of this file read.
type Overlap struct {
	n           float64   // pixels counted
	truth, pred []float64 // of each segment
	both        []float64 // of each pair that occurs
	lost        float64   // pixels of pred's segment 0, where that is no segment
}

// overlap counts pixels of true segments 1, 2, … (0: none) against those of
// pred. Where unassigned is set, pred's 0 is no segment either, and such pixels
// are counted as lost; else it is one like any other.
func overlap(truth, pred []int32, unassigned bool) Overlap {
	var nTruth, nPred int32
	for i, t := range truth {
		nTruth, nPred = max(nTruth, t), max(nPred, pred[i])
	}
	// Pixels sorted by true segment, so that the table needs one row at a time.
	start := make([]int, nTruth+2)
	for _, t := range truth {
		start[t+1]++
	}
	for t := range nTruth + 1 {
		start[t+1] += start[t]
	}
	order, next := make([]int32, len(truth)), append([]int(nil), start...)
	for i, t := range truth {
		order[next[t]] = pred[i]
		next[t]++
	}
	o := Overlap{truth: make([]float64, nTruth+1), pred: make([]float64, nPred+1)}
	row := make([]float64, nPred+1)
	for t := int32(1); t <= nTruth; t++ {
		members := order[start[t]:start[t+1]]
		for _, p := range members {
			row[p]++
		}
		for _, p := range members {
			c := row[p]
			if c == 0 {
				continue // taken already
			}
			row[p] = 0
			o.n += c
			o.truth[t] += c
			if p == 0 && unassigned {
				o.lost += c
				continue
			}
			o.pred[p] += c
			o.both = append(o.both, c)
		}
	}
	return o
}

// AdaptedRand is the F score of pairs of pixels that share a segment, with its
// precision and recall, over the pixels that truth assigns to one: 1 less
// scikit-image's adapted_rand_error. Pairs are of distinct pixels. NaN where
// there is no such pair.
func AdaptedRand(truth, pred []int32) (f, precision, recall float64) {
	o := overlap(truth, pred, false)
	pairs := func(v []float64) (s float64) {
		for _, c := range v {
			s += c * (c - 1)
		}
		return s
	}
	both, t, p := pairs(o.both), pairs(o.truth), pairs(o.pred)
	return 2 * both / (t + p), both / p, both / t
}

// VariationOfInformation is scikit-image's variation_of_information with
// ignore_labels 0, in bits: splits is what truth leaves open about pred,
// H(pred|truth), merges is H(truth|pred). NaN where truth assigns no pixel.
func VariationOfInformation(truth, pred []int32) (splits, merges float64) {
	o := overlap(truth, pred, false)
	if o.n == 0 {
		return math.NaN(), math.NaN()
	}
	both := o.entropy(o.both)
	return (both - o.entropy(o.truth)) / math.Ln2, (both - o.entropy(o.pred)) / math.Ln2
}

// entropy is −Σ p·log p over segments, in nats.
func (o Overlap) entropy(v []float64) (s float64) {
	for _, c := range v {
		if c > 0 {
			s -= c / o.n * math.Log(c/o.n)
		}
	}
	return s
}

// vRand is V_Rand of ISBI 2012: the F score of pairs, a pixel with itself
// included, over true segments; lost pixels are segments of one pixel.
func (o Overlap) vRand() float64 {
	squares := func(v []float64) (s float64) {
		for _, c := range v {
			s += c * c
		}
		return s
	}
	return 2 * (squares(o.both) + o.lost) / (squares(o.truth) + squares(o.pred) + o.lost)
}

// vInfo is V_Info of ISBI 2012: mutual information over the mean of the two
// entropies. It is 0, as the challenge's, where either has one segment only.
func (o Overlap) vInfo() float64 {
	if o.n == 0 {
		return math.NaN()
	}
	lost := o.lost / o.n * math.Log(o.n) // each of them a segment of 1/n
	t, p, both := o.entropy(o.truth), o.entropy(o.pred)+lost, o.entropy(o.both)+lost
	if t == 0 || p == 0 {
		return 0
	}
	return 2 * (t + p - both) / (t + p)
}
