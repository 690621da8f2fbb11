package metric

import (
	"math"
	"slices"
)

// An Overlap is how the pixels of two segmentations of one image fall together:
// the contingency table, which all scores of this file read.
type Overlap struct {
	n           float64   // pixels counted
	truth, pred []float64 // of each segment
	both        []float64 // of each pair that occurs
	lost        float64   // pixels of pred's segment 0, where that is no segment
}

// segments lists the pixels of each segment 1, 2, … of an image.
type segments struct {
	pixel []int32
	start []int // of each segment in pixel, from 1 on; and the end
}

// segmentsOf takes a label image of n segments; others than 1 … n are none.
func segmentsOf(label []int32, n int) segments {
	s := segments{start: make([]int, n+2)}
	for _, l := range label {
		if l > 0 {
			s.start[l]++
		}
	}
	at := 0
	for l := range s.start { // to where each begins
		s.start[l], at = at, at+s.start[l]
	}
	s.pixel = make([]int32, at)
	next := slices.Clone(s.start)
	for i, l := range label {
		if l > 0 {
			s.pixel[next[l]] = int32(i)
			next[l]++
		}
	}
	return s
}

// overlap counts the pixels of true segments against those of a label image of
// n segments. Where unassigned is set, its 0 is no segment, and such pixels are
// counted as lost; else it is one like any other.
func (s segments) overlap(pred []int32, n int, unassigned bool) Overlap {
	o := Overlap{n: float64(len(s.pixel)), truth: make([]float64, len(s.start)-1), pred: make([]float64, n+1)}
	row := make([]int32, n+1) // of the table, one at a time
	var seen []int32
	for l := 1; l+1 < len(s.start); l++ {
		members := s.pixel[s.start[l]:s.start[l+1]]
		o.truth[l] = float64(len(members))
		seen = seen[:0]
		for _, i := range members {
			p := pred[i]
			if row[p] == 0 {
				seen = append(seen, p)
			}
			row[p]++
		}
		for _, p := range seen {
			c := float64(row[p])
			row[p] = 0
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

// overlapOf counts two label images, row by row, in which 0 is no true segment.
func overlapOf(truth, pred []int32) Overlap {
	return segmentsOf(truth, int(slices.Max(truth))).overlap(pred, int(slices.Max(pred)), false)
}

// AdaptedRand is the F score of pairs of pixels that share a segment, with its
// precision and recall, over the pixels that truth assigns to one: 1 less
// scikit-image's adapted_rand_error. Pairs are of distinct pixels. NaN where
// there is no such pair.
func AdaptedRand(truth, pred []int32) (f, precision, recall float64) {
	o := overlapOf(truth, pred)
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
	o := overlapOf(truth, pred)
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
