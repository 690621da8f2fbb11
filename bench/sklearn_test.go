package bench

import (
	"encoding/json"
	"os"
	"testing"
)

// Dice, IoU and average precision are scikit-learn's f1_score, jaccard_score
// and average_precision_score.
func TestScikitLearnOracle(t *testing.T) {
	file, err := os.ReadFile("../testdata/oracles/metrics.json")
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		Classifiers []struct {
			Truth   []int
			Score   []float32
			Sklearn struct{ Dice, IoU, AP float64 } `json:"scikit-learn"`
		}
	}
	if err := json.Unmarshal(file, &o); err != nil {
		t.Fatal(err)
	}
	if len(o.Classifiers) == 0 {
		t.Fatal("metrics.json lacks cases")
	}
	for i, c := range o.Classifiers {
		n := len(c.Truth)
		truth, pred := make([]uint8, n), make([]uint8, n)
		for j, v := range c.Truth {
			truth[j] = uint8(v)
			if c.Score[j] > 0 {
				pred[j] = 1
			}
		}
		k := confusion(pred, truth, 2, wholeImage(n))[0][1]
		dice, _ := k.dice()
		iou, _ := k.iou()
		ap := averagePrecision(c.Score, descending(c.Score), truth, 1, wholeImage(n))[0]
		for _, x := range [][2]float64{{dice, c.Sklearn.Dice}, {iou, c.Sklearn.IoU}, {ap, c.Sklearn.AP}} {
			if !near64(x[0], x[1], 1e-12) {
				t.Errorf("case %d: Dice %v, IoU %v, AP %v; scikit-learn %+v", i, dice, iou, ap, c.Sklearn)
				break
			}
		}
	}
}
