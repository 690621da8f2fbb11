package report

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"unetbench/bench"
)

// decided makes results whose only content is one Dice contrast per arm.
func decided(t testing.TB, verdicts map[string]string, diffs map[string]float64) *view {
	f := full()
	f.noTests = true
	r := f.results(t)
	for _, a := range r.Arms[1:] {
		d := diffs[a.Name]
		r.Contrasts = append(r.Contrasts, bench.Contrast{Metric: "dice", Arm: a.Name, Reference: "valid", Regime: "output", Tile: "whole",
			Diff: d, Low: d - .3, High: d + .3, P: .01, PHolm: .02, Seeds: 6, Images: 5, Margin: .5, Verdict: verdicts[a.Name]})
	}
	return newView(r)
}

// The headlines follow the contrasts, whichever way they point.
func TestAnswers(t *testing.T) {
	all := func(v string) map[string]string {
		return map[string]string{"padded": v, "resized-skip": v, "resized-up": v, "no-skip": v}
	}
	for _, c := range []struct {
		name     string
		verdicts map[string]string
		diffs    map[string]float64
		want     [3]string
		tones    [3]string
	}{
		{"cropping wins", all("different"), map[string]float64{"padded": -1, "resized-skip": -2, "resized-up": -3, "no-skip": -8},
			[3]string{"Padding, resizing the skip and enlarging the decoder score lower than cropping.", "Padding scores lower than cropping.", "Resizing the skip and enlarging the decoder score lower than cropping."},
			[3]string{"worse", "worse", "worse"}},
		{"cropping loses", all("different"), map[string]float64{"padded": 1, "resized-skip": 2, "resized-up": 3, "no-skip": 1},
			[3]string{"Padding, resizing the skip and enlarging the decoder score higher than cropping.", "Padding scores higher than cropping.", "Resizing the skip and enlarging the decoder score higher than cropping."},
			[3]string{"better", "better", "better"}},
		{"no difference", all("equivalent"), map[string]float64{"padded": .1},
			[3]string{"Padding, resizing the skip and enlarging the decoder do as well as cropping.", "Padding does as well as cropping.", "Resizing the skip and enlarging the decoder do as well as cropping."},
			[3]string{"equivalent", "equivalent", "equivalent"}},
		{"nothing decided", all("undecided"), map[string]float64{"padded": .3},
			[3]string{"Against cropping, padding, resizing the skip and enlarging the decoder are undecided.", "Undecided between padding and cropping.", "Against cropping, resizing the skip and enlarging the decoder are undecided."},
			[3]string{"undecided", "undecided", "undecided"}},
		{"mixed", map[string]string{"padded": "different", "resized-skip": "different", "resized-up": "undecided", "no-skip": "equivalent"},
			map[string]float64{"padded": 2, "resized-skip": -2},
			[3]string{"Padding scores higher than cropping; resizing the skip scores lower; enlarging the decoder undecided.", "Padding scores higher than cropping.", "Resizing the skip scores lower than cropping; enlarging the decoder undecided."},
			[3]string{"mixed", "better", "mixed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i, a := range decided(t, c.verdicts, c.diffs).answers() {
				if a.Headline != c.want[i] || a.Tone != c.tones[i] {
					t.Errorf("%s %q (%s); want %q (%s)", a.Question, a.Headline, a.Tone, c.want[i], c.tones[i])
				}
			}
		})
	}
}

// Without a reason to believe in the skips, an equivalent resize is cautioned.
func TestIgnoredSkips(t *testing.T) {
	v := decided(t, map[string]string{"padded": "equivalent", "resized-skip": "equivalent", "resized-up": "different", "no-skip": "equivalent"}, nil)
	s := v.answers()[2].Sentences
	if last := s[len(s)-1].Text; !strings.HasPrefix(last, "Caution") {
		t.Errorf("no caution, but %q", last)
	}
	v = decided(t, map[string]string{"padded": "equivalent", "resized-skip": "equivalent", "resized-up": "different", "no-skip": "different"}, map[string]float64{"no-skip": -5})
	for _, s := range v.answers()[2].Sentences {
		if strings.HasPrefix(s.Text, "Caution") {
			t.Errorf("caution where the skips are needed: %q", s.Text)
		}
	}
}

// An error rate that falls is better, one that rises is worse.
func TestOutcomeKnowsDirection(t *testing.T) {
	v := newView(&bench.Results{Metrics: bench.Metrics})
	for _, c := range []struct {
		metric string
		diff   float64
		want   outcome
	}{{"dice", 1, better}, {"dice", -1, worse}, {"error", 1, worse}, {"error", -1, better}, {"seam-step", .2, worse}} {
		if got := v.finding(bench.Contrast{Metric: c.metric, Diff: c.diff, Verdict: "different"}).outcome(); got != c.want {
			t.Errorf("%s %+g is %v; want %v", c.metric, c.diff, got, c.want)
		}
	}
}

// t(0.975, 4) = 2.776: mean 3, standard deviation √2.5.
func TestInterval(t *testing.T) {
	e := interval([]float64{1, 2, 3, 4, 5})
	if want := 2.7764451 * math.Sqrt(2.5/5); e.Mean != 3 || math.Abs(e.Half-want) > 1e-6 || !e.Spread {
		t.Errorf("%+v; want 3 ± %g", e, want)
	}
	if e := interval([]float64{7}); e.Mean != 7 || e.Spread || e.Half != 0 {
		t.Errorf("one seed: %+v", e)
	}
}

// Images are averaged within a seed: more images give no more seeds.
func TestEstimateCountsSeeds(t *testing.T) {
	var r bench.Results
	for seed := range uint64(3) {
		for _, img := range []string{"a", "b", "c", "d"} {
			r.Samples = append(r.Samples, bench.Sample{Metric: "dice", Arm: "x", Seed: seed, Image: img, Regime: "output", Value: float64(seed)})
		}
	}
	r.Samples = append(r.Samples, bench.Sample{Metric: "dice", Arm: "x", Seed: 9, Image: "a", Regime: "output", Value: math.NaN()})
	e, ok := newView(&r).estimate(key{"dice", "x", "output", "", ""})
	if !ok || e.Seeds != 3 || e.Images != 4 || e.Mean != 1 {
		t.Errorf("%+v, %v", e, ok)
	}
}

// Whatever the number, it is short, and says its sign.
func TestNumbersAreShort(t *testing.T) {
	units := []string{"%", "px", "points", "ratio", "", "MAC/px", "MAC"}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-1e12, 1e12).Draw(t, "x")
		u := rapid.SampledFrom(units).Draw(t, "unit")
		s := number(u, x)
		if s == "" || len([]rune(s)) > 16 || strings.ContainsAny(s, "-NI") {
			t.Errorf("number(%q, %g) = %q", u, x, s)
		}
		if d := difference(u, x); math.Abs(x) > 1 && !strings.HasPrefix(d, map[bool]string{true: "+", false: "−"}[x > 0]) {
			t.Errorf("difference(%q, %g) = %q", u, x, d)
		}
	})
}

// A verdict on arms that were not trained for long enough says so, and which.
func TestProvisional(t *testing.T) {
	r := full().results(t)
	for i := range r.Learning {
		switch l := &r.Learning[i]; l.Arm {
		case "valid", "resized-up":
			l.State = bench.StillLearning
		case "padded":
			l.Dead = []uint64{2, 5}
		case "resized-skip":
			l.State = bench.TooShort
		}
	}
	var err error
	if r.Contrasts, _, err = bench.Contrasts(r); err != nil {
		t.Fatal(err)
	}
	v := newView(r)
	for i, want := range []string{
		"Provisional: cropping and enlarging the decoder were still learning when stopped; resizing the skip took too few steps to tell; seed 2 of padding and seed 5 of padding never woke up",
		"Provisional: cropping was still learning when stopped; seed 2 of padding and seed 5 of padding never woke up",
		"Provisional: cropping and enlarging the decoder were still learning when stopped; resizing the skip took too few steps to tell",
	} {
		a := v.answers()[i]
		if !strings.HasPrefix(a.Headline, "So far, ") || !strings.HasPrefix(a.Sentences[0].Text, want) {
			t.Errorf("%s %q: %q, want %q", a.Question, a.Headline, a.Sentences[0].Text, want)
		}
	}
	states := map[string]bool{}
	for _, row := range v.learningTable().Rows {
		states[row.Cells[4].Text] = true
	}
	for _, want := range []string{"flat", "still learning", "too short to tell", "flat; 2 runs never woke up"} {
		if !states[want] {
			t.Errorf("no arm is called %q: %v", want, states)
		}
	}
}
