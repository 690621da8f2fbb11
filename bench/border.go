package bench

import (
	"fmt"
	"math"

	"unetbench/graph"
)

// Border scores c.Logits against the example's labels: "dice", "dice-best",
// "ap", "iou", "bf1" and "error", whole and over the distance to the image border
// (":border") and to the nearest tile edge (":edge").
func Border(c *Case) ([]Sample, error) {
	if err := c.check(c.Logits); err != nil {
		return nil, c.wrap("score", err)
	}
	var edge []int16
	if len(c.Plan.Tiles) > 1 {
		edge = c.Plan.EdgeDistance()
	}
	values, err := scoreImage(c.Logits, c.Example.Labels, edge)
	return c.keyed(values), c.wrap("score", err)
}

// A value is a Sample without its key.
type value struct {
	metric, bin string
	v           float64
}

// scoreImage scores logits (C×H×W) against truth (H·W classes): whole, by
// distance to the image border and, where tileEdge holds distances, by distance
// to the nearest tile edge. Classes 1, 2, … are each scored against the rest and
// averaged; a class or bin for which a score is undefined is left out. Values are
// in percent.
func scoreImage(logits *graph.Map, truth []uint8, tileEdge []int16) ([]value, error) {
	h, w := logits.H, logits.W
	if len(truth) != h*w {
		return nil, fmt.Errorf("prediction is %v, truth has %d pixels", logits.Shape, len(truth))
	}
	if logits.C < 2 {
		return nil, fmt.Errorf("prediction %v has one class; want at least 2", logits.Shape)
	}
	for i, t := range truth {
		if int(t) >= logits.C {
			return nil, fmt.Errorf("truth has class %d at row %d, column %d; the network has %d classes", t, i/w, i%w, logits.C)
		}
	}
	bins := []binning{wholeImage(h * w), byBorder(h, w)}
	if tileEdge != nil {
		if len(tileEdge) != h*w {
			return nil, fmt.Errorf("prediction is %v, tile plan has %d pixels", logits.Shape, len(tileEdge))
		}
		bins = append(bins, byEdge(tileEdge))
	}

	pred := argmax(logits)
	const nScores = 5
	names := [nScores]string{"dice", "dice-best", "ap", "iou", "bf1"}
	mean := make([][][nScores]average, len(bins)) // [binning][bin][score]
	for j, b := range bins {
		mean[j] = make([][nScores]average, len(b.names))
		for i, classes := range confusion(pred, truth, logits.C, b) {
			for c := 1; c < logits.C; c++ {
				mean[j][i][0].addIf(classes[c].dice())
				mean[j][i][3].addIf(classes[c].iou())
			}
		}
	}
	for c := 1; c < logits.C; c++ {
		score := margins(logits, c)
		order := descending(score)
		threshold, present := bestThreshold(score, order, truth, c)
		f1 := boundaryF1(pred, truth, h, w, c, bins)
		for j, b := range bins {
			ap := averagePrecision(score, order, truth, c, b)
			best := above(score, threshold, truth, c, b)
			for i := range b.names {
				if present {
					mean[j][i][1].addIf(best[i].dice())
				}
				mean[j][i][2].addIf(ap[i], !math.IsNaN(ap[i]))
				mean[j][i][4].addIf(f1[j][i], !math.IsNaN(f1[j][i]))
			}
		}
	}

	var out []value
	for j, b := range bins {
		wrong, pixels := errorCounts(pred, truth, b)
		for i, bin := range b.names {
			if pixels[i] == 0 {
				continue
			}
			for s, name := range names {
				if m := mean[j][i][s]; m.n > 0 {
					out = append(out, value{name + b.suffix, bin, 100 * m.sum / float64(m.n)})
				}
			}
			out = append(out, value{"error" + b.suffix, bin, 100 * float64(wrong[i]) / float64(pixels[i])})
		}
	}
	return out, nil
}

// average is the mean of what was defined.
type average struct {
	sum float64
	n   int
}

func (a *average) addIf(v float64, ok bool) {
	if ok {
		a.sum += v
		a.n++
	}
}
