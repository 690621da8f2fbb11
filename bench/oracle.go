package bench

import (
	"fmt"
	"slices"
)

// An OracleCount is how many pixels of one image one trained network gets wrong,
// by distance to the image border (DistanceBins): what the border oracle is
// computed from.
type OracleCount struct {
	Key   Sample // arm, seed, image, regime, tile
	True  bool   // predicted from the true context instead of the arm's own way
	Wrong []int  // per bin
	All   []int  // pixels per bin, the same for every arm
}

// Oracle splits, per bin of distance to the image border, the errors that an arm
// makes in its own way beyond those of the reference arm fed the true context:
//
//	E_a(own) − E_ref(true) = [min_b E_b(own) − E_ref(true)] + [E_a(own) − min_b E_b(own)]
//
// "oracle-excess" = "oracle-context" (an upper bound on what missing context
// costs, the same for every arm) + "oracle-arm" (the price of the arm), all
// ":border" and in percent of the bin's pixels. The best arm b of a bin is the
// one with the fewest errors on the other seeds, so that it is not chosen by
// the noise it is then measured with; with a single seed, on its other images;
// with a single image too there is nothing to choose on and nothing is returned.
// "oracle-own:border" is E_a(own) − E_a(true) for each arm that has both: what
// missing context costs that arm itself. Samples come in the order of counts.
func Oracle(counts []OracleCount, reference string) ([]Sample, error) {
	at := make(map[Sample]OracleCount, len(counts)) // Key with Bin "true" or ""
	type group struct{ regime, tile string }
	members := map[group][]OracleCount{} // own predictions
	for _, c := range counts {
		if len(c.Wrong) != len(DistanceBins) || len(c.All) != len(DistanceBins) {
			return nil, fmt.Errorf("border oracle: %s has %d bins; want %d", c.Key.Arm, len(c.Wrong), len(DistanceBins))
		}
		k := oracleKey(c.Key, c.True)
		if _, twice := at[k]; twice {
			return nil, fmt.Errorf("border oracle: %s, seed %d, image %s is counted twice", c.Key.Arm, c.Key.Seed, c.Key.Image)
		}
		at[k] = c
		if !c.True {
			g := group{c.Key.Regime, c.Key.Tile}
			members[g] = append(members[g], c)
		}
	}

	var out []Sample
	for _, c := range counts {
		if c.True {
			continue
		}
		emit := func(metric string, bin int, wrong int) {
			s := oracleKey(c.Key, false)
			s.Metric, s.Bin = metric+":border", DistanceBins[bin]
			s.Value = 100 * float64(wrong) / float64(c.All[bin])
			out = append(out, s)
		}
		ref := c.Key
		ref.Arm = reference
		truth, hasRef := at[oracleKey(ref, true)]
		self, hasSelf := at[oracleKey(c.Key, true)]
		for bin := range DistanceBins {
			if c.All[bin] == 0 {
				continue
			}
			if hasRef {
				if truth.All[bin] != c.All[bin] {
					return nil, fmt.Errorf("border oracle: %s and %s are scored on %d and %d pixels of image %s, %s px from the border",
						c.Key.Arm, reference, c.All[bin], truth.All[bin], c.Key.Image, DistanceBins[bin])
				}
				if best, ok := bestOther(members[group{c.Key.Regime, c.Key.Tile}], c.Key, bin, reference); ok {
					k := c.Key
					k.Arm = best
					if b, ok := at[oracleKey(k, false)]; ok {
						emit("oracle-excess", bin, c.Wrong[bin]-truth.Wrong[bin])
						emit("oracle-context", bin, b.Wrong[bin]-truth.Wrong[bin])
						emit("oracle-arm", bin, c.Wrong[bin]-b.Wrong[bin])
					}
				}
			}
			if hasSelf {
				emit("oracle-own", bin, c.Wrong[bin]-self.Wrong[bin])
			}
		}
	}
	return out, nil
}

func oracleKey(k Sample, truth bool) Sample {
	k = Sample{Arm: k.Arm, Seed: k.Seed, Image: k.Image, Regime: k.Regime, Tile: k.Tile}
	if truth {
		k.Bin = "true"
	}
	return k
}

// bestOther returns the arm with the lowest error rate in bin over the seeds
// other than k's, or over k's other images if there is no other seed. A tie goes
// to the reference, or else to the first name: the order in which arms run has
// no say.
func bestOther(own []OracleCount, k Sample, bin int, reference string) (arm string, ok bool) {
	elsewhere := func(o Sample) bool { return o.Seed != k.Seed }
	if !anyCount(own, elsewhere) {
		elsewhere = func(o Sample) bool { return o.Image != k.Image }
	}
	type rate struct{ wrong, all int }
	sum := map[string]rate{}
	var arms []string
	for _, c := range own {
		if !elsewhere(c.Key) {
			continue
		}
		r, seen := sum[c.Key.Arm]
		if !seen {
			arms = append(arms, c.Key.Arm)
		}
		sum[c.Key.Arm] = rate{r.wrong + c.Wrong[bin], r.all + c.All[bin]}
	}
	slices.Sort(arms)
	if i := slices.Index(arms, reference); i > 0 {
		arms = slices.Insert(slices.Delete(arms, i, i+1), 0, reference)
	}
	best := rate{1, 0}
	for _, a := range arms {
		if r := sum[a]; r.all > 0 && (!ok || r.wrong*best.all < best.wrong*r.all) {
			arm, best, ok = a, r, true
		}
	}
	return arm, ok
}

func anyCount(counts []OracleCount, f func(Sample) bool) bool {
	for _, c := range counts {
		if f(c.Key) {
			return true
		}
	}
	return false
}
