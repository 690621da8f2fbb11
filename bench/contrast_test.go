package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// planted makes the samples of a comparison whose truth is known: every arm's
// Dice is a seed's luck, an image's difficulty, their own for each arm, and the
// arm's effect.
type planted struct {
	seeds, images int
	effect        map[string]float64
	sd            [3]float64               // of an arm's seeds, of its images, of the rest
	noise         func(*rand.Rand) float64 // of mean 0 and variance 1; nil: normal
}

func (p planted) draw(seed uint64) *Results {
	r := rand.New(rand.NewPCG(seed, 99))
	noise := p.noise
	if noise == nil {
		noise = (*rand.Rand).NormFloat64
	}
	res := &Results{
		Setup:   Setup{Margin: 0.5, Regimes: []string{"output"}},
		Metrics: []Metric{{Name: "dice", Unit: "%", Better: 1}},
	}
	image := make([]float64, p.images)
	for i := range image {
		image[i] = 5 * r.NormFloat64()
	}
	for _, arm := range []string{"valid", "padded", "resized-skip", "resized-up", "no-skip"} {
		res.Arms = append(res.Arms, Arm{Name: arm})
		own := make([]float64, p.images)
		for i := range own {
			own[i] = p.sd[1] * noise(r)
		}
		for s := range p.seeds {
			luck := p.sd[0] * noise(r)
			for i := range image {
				res.Samples = append(res.Samples, Sample{
					Metric: "dice", Arm: arm, Seed: uint64(s + 1), Image: fmt.Sprintf("img%02d", i), Regime: "output", Tile: "whole",
					Value: 80 + p.effect[arm] + image[i] + luck + own[i] + p.sd[2]*noise(r),
				})
			}
		}
	}
	return res
}

func contrasts(t rapid.TB, r *Results) ([]Contrast, []Warning) {
	t.Helper()
	cs, ws, err := Contrasts(r)
	if err != nil {
		t.Fatal(err)
	}
	return cs, ws
}

func verdicts(t *testing.T, r *Results) map[string]string {
	t.Helper()
	out := map[string]string{}
	cs, _ := contrasts(t, r)
	for _, c := range cs {
		out[c.Arm] = c.Verdict
	}
	return out
}

func TestPlantedTruth(t *testing.T) {
	const draws = 200
	p := planted{seeds: 6, images: 6, effect: map[string]float64{"padded": 2, "no-skip": -3}, sd: [3]float64{.05, .1, .2}}
	found := map[string]int{}
	for i := range draws {
		for arm, v := range verdicts(t, p.draw(uint64(i))) {
			found[arm+" "+v]++
		}
	}
	for _, want := range []string{"padded different", "no-skip different", "resized-skip equivalent", "resized-up equivalent"} {
		if found[want] < draws*90/100 {
			t.Errorf("%q in %d of %d comparisons: %v", want, found[want], draws, found)
		}
	}
	// The same effects drowned in noise are neither.
	p.sd = [3]float64{3, 3, 3}
	if v := verdicts(t, p.draw(1)); v["padded"] != Undecided || v["resized-up"] != Undecided {
		t.Errorf("verdicts amid noise: %v", v)
	}
}

func TestOrderChangesNothing(t *testing.T) {
	res := planted{seeds: 5, images: 4, effect: map[string]float64{"padded": 1}, sd: [3]float64{.3, .3, .3}}.draw(4)
	want, _ := contrasts(t, res)
	byArm := map[string]Contrast{}
	for _, c := range want {
		byArm[c.Arm] = c
	}
	rapid.Check(t, func(t *rapid.T) {
		r := *res
		r.Samples = rapid.Permutation(res.Samples).Draw(t, "samples")
		got, _ := contrasts(t, &r)
		if d := cmp.Diff(want, got); d != "" {
			t.Fatal(d)
		}
		r.Arms = rapid.Permutation(res.Arms).Draw(t, "arms")
		got, _ = contrasts(t, &r)
		for _, c := range got {
			if d := cmp.Diff(byArm[c.Arm], c); d != "" {
				t.Fatal(d)
			}
		}
	})
}

// The interval that is printed and the adjusted p say the same.
func TestIntervalsAgreeWithP(t *testing.T) {
	for i := range 300 {
		cs, _ := contrasts(t, planted{seeds: 6, images: 3, effect: map[string]float64{"padded": 1, "resized-up": .8, "no-skip": .5}, sd: [3]float64{.4, .1, .4}}.draw(uint64(i)))
		for _, c := range cs {
			excludes := c.Low > 0 || c.High < 0
			if excludes != (c.Verdict == Different) || excludes != (c.PHolm <= 0.05) || c.PHolm < c.P {
				t.Fatalf("%+v", c)
			}
			if (c.Verdict == Equivalent) != (!excludes && c.Negligible()) {
				t.Fatalf("%+v", c)
			}
		}
	}
}

func sample(metric, arm, tile, bin, image string, seed uint64, v float64) Sample {
	return Sample{Metric: metric, Arm: arm, Tile: tile, Bin: bin, Image: image, Seed: seed, Regime: "output", Value: v}
}

// Tables with and without images, exact ones, and ones with gaps.
func TestPairing(t *testing.T) {
	r := &Results{
		Setup: Setup{Margin: 0.5},
		Metrics: []Metric{{Name: "dice", Unit: "%"}, {Name: "checkerboard-init", Unit: "%"}, {Name: "misreg-local-max", Unit: "px", Exact: true},
			{Name: "mac/px", Unit: "MAC/px", Exact: true}, {Name: "dice:border", Unit: "%"}, {Name: "seam-step", Unit: "ratio"}},
	}
	for s := uint64(1); s <= 4; s++ {
		for i, image := range []string{"a", "b", "c"} {
			r.Samples = append(r.Samples,
				sample("dice", "valid", "whole", "", image, s, 81),
				sample("dice", "valid", "tiled", "", image, s, 80),
				sample("dice", "padded", "tiled", "", image, s, 90+float64(i)/100+float64(s)/100))
		}
		r.Samples = append(r.Samples,
			sample("checkerboard-init", "valid", "", "", "", s, 1),
			sample("checkerboard-init", "padded", "", "", "", s, 1+float64(s)/1000),
			sample("dice:border", "valid", "whole", "0-2", "a", s, 70),
			sample("dice:border", "padded", "whole", "0-2", "a", s, 70+float64(s)),
			sample("seam-step", "resized-up", "204", "", "a", s, 2))
	}
	r.Samples = append(r.Samples,
		sample("misreg-local-max", "valid", "", "level0", "", 0, 0),
		sample("misreg-local-max", "padded", "", "level0", "", 0, 0),
		sample("misreg-local-max", "resized-skip", "", "level0", "", 0, 88),
		sample("mac/px", "valid", "204", "", "", 0, 3),
		sample("mac/px", "padded", "208", "", "", 0, 4), // only here: nothing to compare, nothing to warn of
		// An image that lacks one seed, and a seed that the reference lacks.
		sample("dice:border", "valid", "whole", "0-2", "b", 1, 70),
		sample("dice:border", "padded", "whole", "0-2", "b", 1, 70),
		sample("dice:border", "padded", "whole", "0-2", "a", 9, 1))
	cs, ws := contrasts(t, r)
	type line struct {
		metric, arm, tile, bin string
		diff                   float64
		seeds, images          int
		verdict                string
	}
	var got []line
	for _, c := range cs {
		got = append(got, line{c.Metric, c.Arm, c.Tile, c.Bin, math.Round(c.Diff*1e6) / 1e6, c.Seeds, c.Images, c.Verdict})
	}
	want := []line{
		{"dice", "padded", "tiled", "", 10.035, 4, 3, Different},
		{"checkerboard-init", "padded", "", "", 0.0025, 4, 0, Different},
		{"misreg-local-max", "padded", "", "level0", 0, 1, 0, Equivalent},
		{"misreg-local-max", "resized-skip", "", "level0", 88, 1, 0, Different},
	}
	if d := cmp.Diff(want, got[:4], cmp.AllowUnexported(line{})); d != "" {
		t.Error(d)
	}
	if c := cs[4]; c.Seeds != 4 || c.Images != 1 || c.Diff != 2.5 {
		t.Errorf("with gaps: %+v", c)
	}
	if cs[1].Negligible() != true || cs[0].Negligible() {
		t.Error("negligible differences are not told from others")
	}
	var texts []string
	for _, w := range ws {
		texts = append(texts, w.Code+" "+w.Arm+": "+w.Text)
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{
		"few-samples : regime output: some contrasts rest on one test image",
		"gaps : dice:border: in 1 of 1 contrasts",
		"no-reference resized-up: seam-step is not compared: valid has no value for it (regime output, tile 204)",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no warning %q among\n%s", want, all)
		}
	}
	for _, s := range []Sample{sample("dice", "padded", "tiled", "", "a", 1, math.NaN()), sample("dicing", "padded", "tiled", "", "a", 1, 2)} {
		q := *r
		q.Samples = append(q.Samples[:len(q.Samples):len(q.Samples)], s)
		if _, _, err := Contrasts(&q); err == nil || !strings.Contains(err.Error(), s.Metric) {
			t.Errorf("%+v: error %v", s, err)
		}
	}
	if len(ws) != 3 {
		t.Errorf("warnings:\n%s", all)
	}
}

func TestFewSamples(t *testing.T) {
	for _, c := range []struct {
		seeds, images int
		want          []string
	}{
		{1, 6, []string{"rest on one seed"}},
		{3, 6, []string{"rest on 3 seeds"}},
		{4, 2, []string{"rest on 2 test images"}},
		{2, 1, []string{"rest on 2 seeds", "rest on one test image"}},
		{4, 3, nil},
	} {
		cs, ws := contrasts(t, planted{seeds: c.seeds, images: c.images, effect: map[string]float64{"padded": 20}, sd: [3]float64{.1, .1, .1}}.draw(1))
		if len(ws) != len(c.want) {
			t.Errorf("%d×%d: %v", c.seeds, c.images, ws)
			continue
		}
		for i, w := range ws {
			if w.Code != "few-samples" || !strings.Contains(w.Text, c.want[i]) {
				t.Errorf("%d×%d: %v", c.seeds, c.images, w)
			}
		}
		for _, k := range cs {
			if c.seeds == 1 && (k.Verdict != Undecided || k.Low != k.Diff || k.High != k.Diff || k.P != 1) {
				t.Errorf("one seed: %+v", k)
			}
		}
	}
}
