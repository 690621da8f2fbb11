package bench

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"
)

// long asks for ten times the draws.
var long = flag.Bool("long", false, "simulate at length")

// simulated counts in how many of n draws (ten times as many with -long) f
// holds, and the standard deviation of that share if it were 5 %. With -short
// it skips the test: fewer draws would tell nothing.
func simulated(t *testing.T, n int, f func(seed uint64) bool) (share, sd float64) {
	if testing.Short() {
		t.Skip("simulation")
	}
	if *long {
		n *= 10
	}
	hits := 0
	for i := range n {
		if f(uint64(i)) {
			hits++
		}
	}
	return float64(hits) / float64(n), math.Sqrt(.05 * .95 / float64(n))
}

// noises are ways in which figures vary, of mean 0 and variance 1.
var noises = map[string]func(*rand.Rand) float64{
	"normal":      (*rand.Rand).NormFloat64,
	"exponential": func(r *rand.Rand) float64 { return 1 - r.ExpFloat64() }, // mostly a little better, sometimes much worse
	"uniform":     func(r *rand.Rand) float64 { return math.Sqrt(12) * (r.Float64() - .5) },
	"collapsing": func(r *rand.Rand) float64 { // one in 50 fails altogether
		if r.IntN(50) == 0 {
			return -7
		}
		return 7. / 49
	},
}

var spreads = [][3]float64{{.5, .5, .5}, {1, .1, .1}, {.1, 1, .1}, {.1, .1, 1}}

// Variants that are the same but for their name and their random stream are
// called different, any of them, in at most 5 % of comparisons: whatever varies
// most, however it is distributed, for any number of seeds and images.
func TestFalsePositives(t *testing.T) {
	for name, noise := range noises {
		for _, size := range [][2]int{{6, 6}, {4, 10}, {4, 3}, {2, 10}, {6, 2}} {
			worst, margin := 0.0, 0.0
			for _, sd := range spreads {
				p := planted{seeds: size[0], images: size[1], sd: sd, noise: noise}
				wrong, deviation := simulated(t, 300, func(seed uint64) bool {
					for _, v := range verdicts(t, p.draw(seed)) {
						if v == Different {
							return true
						}
					}
					return false
				})
				worst, margin = max(worst, wrong), 2.5*deviation
			}
			t.Logf("%s, %d × %d: at most %.1f %%", name, size[0], size[1], 100*worst)
			if worst > .05+margin {
				t.Errorf("%s, %v: %.1f %% of comparisons of equal variants found a difference", name, size, 100*worst)
			}
		}
	}
}

// Each interval covers the truth in 95 % of comparisons or more, whether its arm
// differs or not. All of a family do in 90 %: Holm's levels hold the wrong
// verdicts of a family together, not its intervals.
func TestIntervalsCover(t *testing.T) {
	for _, effect := range []map[string]float64{
		nil,
		{"padded": 1},
		{"padded": 5, "resized-skip": 5, "resized-up": 5},
		{"padded": 1, "resized-skip": -1, "resized-up": 5, "no-skip": -5},
	} {
		for _, sd := range spreads {
			missed := map[string]float64{}
			p := planted{seeds: 6, images: 6, effect: effect, sd: sd}
			together, deviation := simulated(t, 400, func(seed uint64) bool {
				cs, _ := contrasts(t, p.draw(seed))
				any := false
				for _, c := range cs {
					if e := effect[c.Arm]; e < c.Low || e > c.High {
						missed[c.Arm]++
						any = true
					}
				}
				return any
			})
			n := .05 * .95 / (deviation * deviation)
			for arm, k := range missed {
				if k/n > .05+2.5*deviation {
					t.Errorf("%v, %v: the interval of %s misses in %.1f %%", effect, sd, arm, 100*k/n)
				}
			}
			t.Logf("%v, %v: some interval of the family misses in %.1f %%", effect, sd, 100*together)
			if together > .10+2.5*deviation {
				t.Errorf("%v, %v: some interval of the family misses in %.1f %%", effect, sd, 100*together)
			}
		}
	}
}

// An arm that differs by the margin is not equivalent, and is called so in at
// most 5 % of comparisons.
func TestFalseEquivalence(t *testing.T) {
	for _, sd := range [][3]float64{{.1, .1, .1}, {.2, .02, .02}, {.02, .2, .02}, {.02, .02, .5}} {
		p := planted{seeds: 6, images: 6, effect: map[string]float64{"padded": .5, "resized-up": -.5}, sd: sd}
		for _, arm := range []string{"padded", "resized-up"} {
			wrong, deviation := simulated(t, 400, func(seed uint64) bool { return verdicts(t, p.draw(seed))[arm] == Equivalent })
			if wrong > .05+2.5*deviation {
				t.Errorf("%v: %s is called equivalent in %.1f %%", sd, arm, 100*wrong)
			}
		}
	}
}
