package bench

import (
	"strings"
	"testing"
)

// taught makes results with one curve per arm, regime and seed, from the loss
// at a share of the run; arms have different numbers of steps.
func taught(curves map[string]func(seed int, x float64) float64, steps map[string]int) *Results {
	r := &Results{Setup: Setup{Regimes: []string{"output", "macs"}, Margin: .5}}
	for _, regime := range r.Setup.Regimes {
		for _, arm := range []string{"valid", "padded"} {
			f, n := curves[regime+"/"+arm], steps[regime+"/"+arm]
			if f == nil {
				continue
			}
			r.Arms = append(r.Arms, Arm{Name: arm, Regime: regime, Steps: n})
			for seed := 1; seed <= 3; seed++ {
				c := Curve{Arm: arm, Seed: uint64(seed), Regime: regime, Chance: .6}
				for s := 10; s < n+10; s += 10 { // the last block may be a short one
					c.Steps = append(c.Steps, min(s, n))
					c.Loss = append(c.Loss, f(seed, float64(min(s, n))/float64(n)))
				}
				r.Curves = append(r.Curves, c)
				for _, image := range []string{"a", "b", "c"} {
					r.Samples = append(r.Samples, Sample{Metric: "dice", Arm: arm, Seed: uint64(seed), Image: image, Regime: regime, Tile: "whole", Value: 70 + float64(seed)})
					if seed == 1 && image == "a" {
						r.Samples = append(r.Samples, Sample{Metric: "mac/px", Arm: arm, Regime: regime, Tile: "whole", Value: float64(n)})
					}
				}
			}
		}
	}
	r.Metrics = Metrics
	r.Learning = learnings(r)
	return r
}

// TestLearningDecides: per regime, verdicts are provisional where arm or
// reference was still learning or never woke up, and nowhere else.
func TestLearningDecides(t *testing.T) {
	flat := func(seed int, x float64) float64 { return .3 + .01*float64(seed) }
	falling := func(seed int, x float64) float64 { return .5 - .3*x + .001*float64(seed) }
	dead := func(seed int, x float64) float64 {
		if seed == 2 {
			return .6
		}
		return .3
	}
	for _, c := range []struct {
		name            string
		output, macs    [2]func(int, float64) float64 // valid, padded
		steps           int                           // of padded under macs
		provisional     [2]bool
		state           string // of padded under macs
		warning, nowarn string
	}{
		{"all flat", [2]func(int, float64) float64{flat, flat}, [2]func(int, float64) float64{flat, flat}, 613, [2]bool{}, Flat, "", "still"},
		{"padded falls under macs", [2]func(int, float64) float64{flat, flat}, [2]func(int, float64) float64{flat, falling}, 613, [2]bool{false, true}, StillLearning,
			"Still learning when stopped (macs), with what another quarter of the steps would take off the loss: padded (0.075 after 613 steps", "(output)"},
		{"the reference falls under output", [2]func(int, float64) float64{falling, flat}, [2]func(int, float64) float64{flat, flat}, 613, [2]bool{true, false}, Flat,
			"Still learning when stopped (output), with what another quarter of the steps would take off the loss: valid", "(macs)"},
		{"a dead run", [2]func(int, float64) float64{flat, dead}, [2]func(int, float64) float64{flat, flat}, 613, [2]bool{true, false}, Flat,
			"padded, seed 2 (output): never woke up", "(macs)"},
		{"too few steps under macs", [2]func(int, float64) float64{flat, flat}, [2]func(int, float64) float64{flat, flat}, 15, [2]bool{false, true}, TooShort,
			"padded (15 steps are too few to tell)", "(output)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := taught(map[string]func(int, float64) float64{"output/valid": c.output[0], "output/padded": c.output[1], "macs/valid": c.macs[0], "macs/padded": c.macs[1]},
				map[string]int{"output/valid": 400, "output/padded": 400, "macs/valid": 400, "macs/padded": c.steps})
			cs, _ := contrasts(t, r)
			if len(cs) != 4 {
				t.Fatalf("%d contrasts", len(cs))
			}
			for _, x := range cs {
				want := c.provisional[map[string]int{"output": 0, "macs": 1}[x.Regime]] && x.Metric != "mac/px"
				if x.Provisional != want {
					t.Errorf("%s under %s: provisional is %v", x.Metric, x.Regime, x.Provisional)
				}
			}
			if l := r.Learning[3]; l.Arm != "padded" || l.Regime != "macs" || l.Steps != c.steps || l.State != c.state {
				t.Errorf("%+v, want state %s after %d steps", l, c.state, c.steps)
			}
			var all []string
			for _, w := range learningWarnings(r) {
				all = append(all, w.Text)
			}
			said := strings.Join(all, "\n")
			if !strings.Contains(said, c.warning) || strings.Contains(said, c.nowarn) {
				t.Errorf("warnings %q", said)
			}
		})
	}
}
