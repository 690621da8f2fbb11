package bench

import (
	"math"

	"unetbench/graph"
	"unetbench/internal/metric"
)

// argmax returns the class of largest logit at each pixel of logits (C×H×W);
// a tie goes to the lower class, so that two logits must differ to be foreground.
func argmax(logits *graph.Map) []uint8 { return metric.Argmax(logits.Pix, logits.C) }

// margins returns, per pixel, the log-odds of class c under the softmax of
// logits: z_c − log Σ_{k≠c} exp z_k. It rises with the probability of c and,
// unlike that, does not saturate.
func margins(logits *graph.Map, c int) []float32 {
	n := logits.H * logits.W
	out := make([]float32, n)
	own := logits.Plane(c)
	if logits.C == 2 {
		for i, v := range logits.Plane(1 - c) {
			out[i] = own[i] - v
		}
		return out
	}
	for i := range out {
		top := math.Inf(-1)
		for k := range logits.C {
			if k != c {
				top = max(top, float64(logits.Pix[k*n+i]))
			}
		}
		sum := 0.0
		for k := range logits.C {
			if k != c {
				sum += math.Exp(float64(logits.Pix[k*n+i]) - top)
			}
		}
		out[i] = float32(float64(own[i]) - top - math.Log(sum))
	}
	return out
}

// counts is a confusion of one class against the rest, in pixels.
type counts struct{ TP, FP, FN int }

// dice is 2·TP/(2·TP+FP+FN); ok is false where the class is absent from truth
// and prediction.
func (k counts) dice() (v float64, ok bool) {
	d := 2*k.TP + k.FP + k.FN
	if d == 0 {
		return 0, false
	}
	return 2 * float64(k.TP) / float64(d), true
}

// iou is TP/(TP+FP+FN), the Jaccard index; ok as for dice.
func (k counts) iou() (v float64, ok bool) {
	d := k.TP + k.FP + k.FN
	if d == 0 {
		return 0, false
	}
	return float64(k.TP) / float64(d), true
}

// confusion counts each class against the rest in each bin: [bin][class].
func confusion(pred, truth []uint8, classes int, b binning) [][]counts {
	out := make([][]counts, len(b.names))
	for i := range out {
		out[i] = make([]counts, classes)
	}
	for i, p := range pred {
		if b.of[i] == noBin {
			continue
		}
		k := out[b.of[i]]
		if t := truth[i]; p == t {
			k[p].TP++
		} else {
			k[p].FP++
			k[t].FN++
		}
	}
	return out
}

// errorCounts counts the pixels of each bin, and those whose class is wrong.
func errorCounts(pred, truth []uint8, b binning) (wrong, pixels []int) {
	wrong, pixels = make([]int, len(b.names)), make([]int, len(b.names))
	for i, bin := range b.of {
		if bin == noBin {
			continue
		}
		pixels[bin]++
		if pred[i] != truth[i] {
			wrong[bin]++
		}
	}
	return wrong, pixels
}

// above counts score ≥ threshold as foreground against truth == class, per bin.
func above(score []float32, threshold float32, truth []uint8, class int, b binning) []counts {
	out := make([]counts, len(b.names))
	for i, bin := range b.of {
		if bin == noBin {
			continue
		}
		switch p, t := score[i] >= threshold, int(truth[i]) == class; {
		case p && t:
			out[bin].TP++
		case p:
			out[bin].FP++
		case t:
			out[bin].FN++
		}
	}
	return out
}
