package metric

import (
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"
)

// A figure is a number, or "nan" or "inf", which JSON does not have.
type figure float64

func (f *figure) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		s = string(b)
	}
	v, err := strconv.ParseFloat(s, 64)
	*f = figure(v)
	return err
}

type figures map[string]figure

// oracle is testdata/oracles/metrics.json.
type oracle struct {
	Masks []struct {
		Name                  string
		Truth, Pred, Skeleton []string
		SurfaceDistance       figures `json:"surface-distance"`
		Monai                 figures
		Reloaded              figures `json:"metrics-reloaded"`
		BoundaryIoU           figures `json:"boundary-iou-api"`
		ClDice                figures
	}
	Segmentations []struct {
		Name        string
		Truth, Pred []string
		ScikitImage figures `json:"scikit-image"`
	}
	Challenges []struct {
		Name           string
		Interior       []string
		Proposal, Thin []string
		VRand, VInfo   []figure
	}
}

func readOracle(t testing.TB) (o oracle) {
	t.Helper()
	file, err := os.ReadFile("../../testdata/oracles/metrics.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(file, &o); err != nil {
		t.Fatal(err)
	}
	if len(o.Masks) == 0 || len(o.Segmentations) == 0 || len(o.Challenges) == 0 {
		t.Fatal("metrics.json lacks cases")
	}
	return o
}

// drawn reads a mask of dots and hashes.
func drawn(rows []string) Mask {
	m := Mask{len(rows), len(rows[0]), nil}
	for _, r := range rows {
		for _, c := range r {
			m.On = append(m.On, c == '#')
		}
	}
	return m
}

// labels reads rows of numbers, one character each, from "0" on.
func labels(rows []string) (out []int32) {
	for _, r := range rows {
		for _, c := range r {
			out = append(out, c-'0')
		}
	}
	return out
}

// same compares within a relative tolerance; NaN and infinities must agree.
func same(t *testing.T, what string, got float64, want figure, tolerance float64) {
	t.Helper()
	w := float64(want)
	switch {
	case math.IsNaN(got) && math.IsNaN(w), got == w:
	case math.Abs(got-w) <= tolerance*max(1, math.Abs(w)):
	default:
		t.Errorf("%s is %v, want %v", what, got, w)
	}
}

const (
	exact  = 1e-12 // float64 on both sides, sums in another order
	single = 1e-6  // MONAI measures in float32
)

func TestSurfaceOracle(t *testing.T) {
	for _, c := range readOracle(t).Masks {
		t.Run(c.Name, func(t *testing.T) {
			truth, pred := drawn(c.Truth), drawn(c.Pred)
			contours, edges := Contours(truth, pred), Edges(truth, pred)
			empty := !truth.Any() || !pred.Any()
			for name, percent := range map[string]float64{"hd50": 50, "hd95": 95, "hd": 100} {
				same(t, "surface-distance's "+name, contours.HD(percent), c.SurfaceDistance[name], exact)
				if empty {
					continue // MONAI says nan, or inf; MetricsReloaded nothing
				}
				same(t, "MONAI's "+name, edges.HD(percent), c.Monai[name], single)
				same(t, "MetricsReloaded's "+name, edges.HD(percent), c.Reloaded[name], exact)
			}
			for tau := range 3 {
				name := "nsd" + strconv.Itoa(tau)
				same(t, "surface-distance's "+name, contours.NSD(float64(tau)), c.SurfaceDistance[name], exact)
				same(t, "MONAI's "+name+" with subvoxels", contours.NSD(float64(tau)), c.Monai[name+"_subvoxels"], single)
				same(t, "MONAI's "+name, edges.NSD(float64(tau)), c.Monai[name], single)
				if !empty {
					same(t, "MetricsReloaded's "+name, edges.NSD(float64(tau)), c.Reloaded[name], exact)
				}
			}
			same(t, "boundary-iou-api's", BoundaryIoU(truth, pred), c.BoundaryIoU["biou"], 0)
			for d := 1; d <= 3 && !empty; d++ {
				same(t, "MetricsReloaded's boundary IoU", BoundaryIoUReloaded(truth, pred, float64(d)), c.Reloaded["biou"+strconv.Itoa(d)], 0)
			}
		})
	}
}

func TestClDiceOracle(t *testing.T) {
	for _, c := range readOracle(t).Masks {
		truth, pred := drawn(c.Truth), drawn(c.Pred)
		want, got := drawn(c.Skeleton), Skeleton(truth)
		for i := range want.On {
			if got.On[i] != want.On[i] {
				t.Errorf("%s: scikit-image's skeleton at row %d, column %d: %v", c.Name, i/got.W, i%got.W, want.On[i])
				break
			}
		}
		v, ok := ClDice(truth, pred)
		switch w := c.ClDice["cldice"]; {
		case !math.IsNaN(float64(w)):
			same(t, c.Name+": clDice", v, w, exact)
		case truth.Any() || pred.Any(): // 0/0 in the original
			same(t, c.Name+": clDice", v, 0, 0)
		case ok:
			t.Errorf("%s: clDice of nothing is %v", c.Name, v)
		}
	}
}

func TestScikitImageOracle(t *testing.T) {
	for _, c := range readOracle(t).Segmentations {
		truth, pred := labels(c.Truth), labels(c.Pred)
		f, precision, recall := AdaptedRand(truth, pred)
		same(t, c.Name+": adapted_rand_error", 1-f, c.ScikitImage["error"], exact)
		// scikit-image 0.26 gives the two in the other order than it documents: all
		// pixels in one predicted segment find every true pair, yet its recall is low.
		same(t, c.Name+": its precision", precision, c.ScikitImage["recall"], exact)
		same(t, c.Name+": its recall", recall, c.ScikitImage["precision"], exact)
		splits, merges := VariationOfInformation(truth, pred)
		same(t, c.Name+": variation_of_information[0]", splits, c.ScikitImage["splits"], exact)
		same(t, c.Name+": variation_of_information[1]", merges, c.ScikitImage["merges"], exact)
	}
}

// ISBI 2012's scores at each threshold, and the largest of them.
func TestChallengeOracle(t *testing.T) {
	for _, c := range readOracle(t).Challenges {
		score := make([]float32, 0)
		for _, v := range labels(c.Proposal) {
			score = append(score, float32(v)/48)
		}
		interior := drawn(c.Interior)
		ch := NewChallenge(interior)
		var thresholds []float64
		for th := 0.0; th <= 1; th += .1 {
			thresholds = append(thresholds, th)
		}
		if len(c.VRand) != len(thresholds) {
			t.Fatalf("%s: %d thresholds, want %d", c.Name, len(thresholds), len(c.VRand))
		}
		var bestR, bestI figure
		for k, th := range thresholds {
			r, v := ch.Best(score, []float64{th})
			same(t, c.Name+": V_Rand at "+strconv.FormatFloat(th, 'g', -1, 64), r, c.VRand[k], exact)
			same(t, c.Name+": V_Info at "+strconv.FormatFloat(th, 'g', -1, 64), v, c.VInfo[k], exact)
			bestR, bestI = max(bestR, c.VRand[k]), max(bestI, c.VInfo[k])
		}
		r, v := ch.Best(score, thresholds)
		same(t, c.Name+": V_Rand", r, bestR, exact)
		same(t, c.Name+": V_Info", v, bestI, exact)

		above := Mask{interior.H, interior.W, make([]bool, len(score))}
		for i, s := range score {
			above.On[i] = s > .5
		}
		checkPartition(t, c.Name, above, c.Thin)
	}
}

// checkPartition wants the same lines and the same regions, however numbered.
func checkPartition(t *testing.T, name string, interior Mask, rows []string) {
	t.Helper()
	if len(rows) == 0 {
		return // too many regions to write down
	}
	got, _ := Watershed(interior)
	there, back := map[int32]int32{0: 0}, map[int32]int32{0: 0}
	for i, w := range labels(rows) {
		a, okA := there[w]
		b, okB := back[got[i]]
		if !okA && !okB {
			there[w], back[got[i]] = got[i], w
		} else if !okA || !okB || a != got[i] || b != w {
			t.Errorf("%s: region at row %d, column %d is not the one of Fiji's watershed", name, i/interior.W, i%interior.W)
			return
		}
	}
}
