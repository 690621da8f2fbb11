package bench

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"unetbench/graph"
	"unetbench/internal/metric"
)

func near64(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

func TestDistanceBins(t *testing.T) {
	for d, want := range map[int]string{0: "0-2", 1: "0-2", 2: "2-4", 3: "2-4", 4: "4-8", 7: "4-8", 8: "8-16", 15: "8-16", 16: "16-32", 31: "16-32", 32: "32+", 999: "32+"} {
		if got := DistanceBins[metric.DistanceBin(d)]; got != want {
			t.Errorf("distance %d: bin %s, want %s", d, got, want)
		}
	}
	b := byBorder(5, 7)
	if got := b.of[2*7+3]; got != 1 { // centre: 2 px from the border
		t.Errorf("centre of 5×7 in bin %d", got)
	}
	if got := b.of[1*7+5]; got != 0 {
		t.Errorf("row 1, column 5 of 5×7 in bin %d", got)
	}
	if got := byEdge([]int16{0, 5, -1}).of; !slices.Equal(got, []uint8{0, 2, noBin}) {
		t.Errorf("edge bins %v", got)
	}
}

func TestCounts(t *testing.T) {
	for _, x := range []struct {
		k         counts
		dice, iou float64
		ok        bool
	}{
		{counts{3, 1, 2}, 6. / 9, 3. / 6, true},
		{counts{0, 4, 0}, 0, 0, true}, // predicted, not there
		{counts{0, 0, 4}, 0, 0, true}, // there, not predicted
		{counts{5, 0, 0}, 1, 1, true},
		{counts{}, 0, 0, false}, // absent from both
	} {
		d, ok := x.k.dice()
		i, ok2 := x.k.iou()
		if d != x.dice || i != x.iou || ok != x.ok || ok2 != x.ok {
			t.Errorf("%+v: Dice %v %v, IoU %v %v", x.k, d, ok, i, ok2)
		}
	}
}

func TestDescending(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		score := rapid.SliceOf(rapid.SampledFrom([]float32{-1e30, -2, -1, -1e-40, 0, float32(math.Copysign(0, -1)),
			1e-40, .5, 1, 3, float32(math.Inf(1)), float32(math.Inf(-1))})).Draw(t, "score")
		want := make([]uint32, len(score))
		for i := range want {
			want[i] = uint32(i)
		}
		slices.SortStableFunc(want, func(a, b uint32) int {
			switch {
			case score[a] > score[b]:
				return -1
			case score[a] < score[b]:
				return 1
			}
			return 0
		})
		if got := descending(score); !slices.Equal(got, want) {
			t.Fatalf("%v: %v, want %v", score, got, want)
		}
	})
}

// The example of scikit-learn's documentation, and cases by hand.
func TestAveragePrecision(t *testing.T) {
	for _, x := range []struct {
		score []float32
		truth []uint8
		want  float64
	}{
		{[]float32{.1, .4, .35, .8}, []uint8{0, 0, 1, 1}, .5 + .5*2/3},
		{[]float32{4, 3, 2, 1}, []uint8{1, 1, 0, 0}, 1},
		{[]float32{1, 2, 3, 4}, []uint8{1, 0, 0, 0}, .25},
		{[]float32{1, 1, 1, 1}, []uint8{1, 0, 0, 0}, .25}, // all tied: one threshold
		{[]float32{2, 2, 1, 1}, []uint8{1, 0, 1, 0}, .5*.5 + .5*.5},
	} {
		ap := averagePrecision(x.score, descending(x.score), x.truth, 1, wholeImage(len(x.truth)))
		if !near64(ap[0], x.want, 1e-12) {
			t.Errorf("%v %v: AP %v, want %v", x.score, x.truth, ap[0], x.want)
		}
	}
	if ap := averagePrecision([]float32{1}, []uint32{0}, []uint8{0}, 1, wholeImage(1)); !math.IsNaN(ap[0]) {
		t.Errorf("AP without positives is %v, want NaN", ap[0])
	}
}

type scored struct {
	score []float32
	truth []uint8
}

func drawScored(t *rapid.T) scored {
	n := rapid.IntRange(1, 40).Draw(t, "n")
	return scored{
		rapid.SliceOfN(rapid.SampledFrom([]float32{-2, -1, 0, 1, 2, 3}), n, n).Draw(t, "score"),
		rapid.SliceOfN(rapid.Uint8Range(0, 2), n, n).Draw(t, "truth"),
	}
}

// Every threshold tried one by one gives the same best Dice and the same AP.
func TestThresholdsByBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawScored(t)
		b := wholeImage(len(s.score))
		best, ap, recall := -1.0, 0.0, 0.0
		positives := 0
		for _, v := range s.truth {
			if v == 1 {
				positives++
			}
		}
		for _, th := range []float32{3, 2, 1, 0, -1, -2} {
			k := above(s.score, th, s.truth, 1, b)[0]
			if d, ok := k.dice(); ok && k.TP+k.FP > 0 {
				best = max(best, d)
			}
			if positives > 0 && k.TP+k.FP > 0 {
				r := float64(k.TP) / float64(positives)
				ap += (r - recall) * float64(k.TP) / float64(k.TP+k.FP)
				recall = r
			}
		}
		order := descending(s.score)
		th, ok := bestThreshold(s.score, order, s.truth, 1)
		if ok != (positives > 0) {
			t.Fatalf("ok %v with %d positives", ok, positives)
		}
		got := averagePrecision(s.score, order, s.truth, 1, b)[0]
		if !ok {
			if !math.IsNaN(got) {
				t.Fatalf("AP %v without positives", got)
			}
			return
		}
		if d, _ := above(s.score, th, s.truth, 1, b)[0].dice(); !near64(d, best, 1e-12) {
			t.Fatalf("Dice %v at %v; best is %v", d, th, best)
		}
		if !near64(got, ap, 1e-12) {
			t.Fatalf("AP %v, one by one %v", got, ap)
		}
	})
}

// A bin's AP is the AP of its pixels alone.
func TestAveragePrecisionOfBins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawScored(t)
		n := len(s.score)
		b := binning{"", []string{"a", "b"}, rapid.SliceOfN(rapid.SampledFrom([]uint8{0, 1, noBin}), n, n).Draw(t, "bin")}
		got := averagePrecision(s.score, descending(s.score), s.truth, 1, b)
		for bin := range b.names {
			var sub scored
			for i := range n {
				if int(b.of[i]) == bin {
					sub.score, sub.truth = append(sub.score, s.score[i]), append(sub.truth, s.truth[i])
				}
			}
			want := averagePrecision(sub.score, descending(sub.score), sub.truth, 1, wholeImage(len(sub.score)))[0]
			if got[bin] != want && !(math.IsNaN(got[bin]) && math.IsNaN(want)) {
				t.Fatalf("bin %d: %v, alone %v", bin, got[bin], want)
			}
		}
	})
}

func TestMargins(t *testing.T) {
	m := &graph.Map{Shape: graph.Shape{C: 3, H: 1, W: 1}, Pix: []float32{1, 2, 0.5}}
	for c := range 3 {
		sum := math.Exp(1) + math.Exp(2) + math.Exp(.5)
		p := math.Exp(float64(m.Pix[c])) / sum
		if got, want := float64(margins(m, c)[0]), math.Log(p/(1-p)); !near64(got, want, 1e-6) {
			t.Errorf("class %d: log-odds %v, want %v", c, got, want)
		}
	}
	two := &graph.Map{Shape: graph.Shape{C: 2, H: 1, W: 1}, Pix: []float32{1, 3.5}}
	if got := margins(two, 1)[0]; got != 2.5 {
		t.Errorf("two classes: %v, want 2.5", got)
	}
}

// oneHot gives logits whose argmax is label.
func oneHot(label []uint8, h, w, classes int) *graph.Map {
	m := graph.NewMap(graph.Shape{C: classes, H: h, W: w})
	for i, c := range label {
		m.Plane(int(c))[i] = 1
	}
	return m
}

func scores(t testing.TB, logits *graph.Map, truth []uint8, edge []int16) map[string]float64 {
	t.Helper()
	values, err := scoreImage(logits, truth, edge)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, v := range values {
		key := v.metric + "/" + v.bin
		if _, twice := out[key]; twice {
			t.Fatalf("%s scored twice", key)
		}
		out[key] = v.v
	}
	return out
}

func TestScoreImageByHand(t *testing.T) {
	// 4×4: truth is the left half, prediction the left half less one pixel, plus one on the right.
	truth := []uint8{
		1, 1, 0, 0,
		1, 1, 0, 0,
		1, 1, 0, 0,
		1, 1, 0, 0}
	pred := slices.Clone(truth)
	pred[0], pred[3] = 0, 1
	got := scores(t, oneHot(pred, 4, 4, 2), truth, nil)
	for name, want := range map[string]float64{
		"dice/": 100 * 14. / 16, "iou/": 100 * 7. / 9, "error/": 100 * 2. / 16, "bf1/": 100,
		"ap/":             100 * (7./8*7/8 + 1./8*8/16),
		"dice-best/":      100 * 14. / 16,
		"dice:border/0-2": 100 * 14. / 16, "error:border/0-2": 100 * 2. / 16,
	} {
		if v, ok := got[name]; !ok || !near64(v, want, 1e-9) {
			t.Errorf("%s = %v (%v), want %v", name, v, ok, want)
		}
	}
	for name := range got {
		if name == "dice:border/32+" || name == "dice:edge/0-2" {
			t.Errorf("%s has no pixels but a score", name)
		}
	}
}

func TestScoreImageExtremes(t *testing.T) {
	const h, w = 24, 20
	r := rand.New(rand.NewPCG(1, 2))
	truth := make([]uint8, h*w)
	for i := range truth {
		truth[i] = uint8(r.IntN(3))
	}
	for name, v := range scores(t, oneHot(truth, h, w, 3), truth, make([]int16, h*w)) {
		want := 100.0
		if strings.HasPrefix(name, "error") {
			want = 0
		}
		if !near64(v, want, 1e-9) {
			t.Errorf("perfect prediction: %s = %v", name, v)
		}
	}

	none := make([]uint8, h*w)
	got := scores(t, oneHot(none, h, w, 3), none, nil)
	if _, ok := got["dice/"]; ok || got["error/"] != 0 {
		t.Errorf("no foreground anywhere: %v", got)
	}
	if _, ok := got["bf1/"]; ok {
		t.Error("boundary F1 without boundaries")
	}
	false1 := slices.Clone(none)
	false1[30] = 1
	got = scores(t, oneHot(false1, h, w, 3), none, nil)
	if v, ok := got["dice/"]; !ok || v != 0 || got["bf1/"] != 0 {
		t.Errorf("false positive in an empty image: %v", got)
	}
	if _, ok := got["ap/"]; ok {
		t.Error("average precision without a true pixel")
	}
}

// Foreground classes may change names; logits may gain a constant.
func TestScoreInvariances(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const h, w, n = 6, 5, 30
		truth := rapid.SliceOfN(rapid.Uint8Range(0, 2), n, n).Draw(t, "truth")
		m := graph.NewMap(graph.Shape{C: 3, H: h, W: w})
		seed := rapid.Uint64().Draw(t, "seed")
		r := rand.New(rand.NewPCG(seed, 0))
		for i := range m.Pix {
			m.Pix[i] = float32(r.NormFloat64())
		}
		swapped := graph.NewMap(m.Shape)
		copy(swapped.Plane(0), m.Plane(0))
		copy(swapped.Plane(1), m.Plane(2))
		copy(swapped.Plane(2), m.Plane(1))
		relabel := make([]uint8, n)
		for i, c := range truth {
			relabel[i] = [3]uint8{0, 2, 1}[c]
		}
		a, err := scoreImage(m, truth, nil)
		b, err2 := scoreImage(swapped, relabel, nil)
		if err != nil || err2 != nil || len(a) != len(b) {
			t.Fatal(err, err2, len(a), len(b))
		}
		for i := range a {
			if a[i].metric != b[i].metric || !near64(a[i].v, b[i].v, 1e-9) {
				t.Fatalf("%+v and %+v", a[i], b[i])
			}
			if a[i].v < 0 || a[i].v > 100+1e-9 {
				t.Fatalf("%+v is no percentage", a[i])
			}
		}
		// Dice of prediction against truth is Dice of truth against prediction.
		p := argmax(m)
		x, y := confusion(p, truth, 3, wholeImage(n))[0], confusion(truth, p, 3, wholeImage(n))[0]
		for c := range x {
			d, _ := x[c].dice()
			e, _ := y[c].dice()
			if d != e {
				t.Fatalf("class %d: Dice %v and %v", c, d, e)
			}
		}
	})
}

func TestScoreImageErrors(t *testing.T) {
	for name, x := range map[string]struct {
		shape graph.Shape
		truth []uint8
	}{
		"size":  {graph.Shape{C: 2, H: 2, W: 2}, make([]uint8, 3)},
		"class": {graph.Shape{C: 2, H: 1, W: 1}, []uint8{2}},
		"one":   {graph.Shape{C: 1, H: 1, W: 1}, []uint8{0}},
	} {
		if _, err := scoreImage(graph.NewMap(x.shape), x.truth, nil); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func BenchmarkScoreImage(b *testing.B) {
	const n = 256
	r := rand.New(rand.NewPCG(1, 1))
	m := graph.NewMap(graph.Shape{C: 2, H: n, W: n})
	truth := make([]uint8, n*n)
	for i := range m.Pix {
		m.Pix[i] = float32(r.NormFloat64())
	}
	for i := range truth {
		truth[i] = uint8(r.IntN(2))
	}
	edge := make([]int16, n*n)
	for b.Loop() {
		if _, err := scoreImage(m, truth, edge); err != nil {
			b.Fatal(err)
		}
	}
}
