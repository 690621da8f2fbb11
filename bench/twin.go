package bench

import "slices"

// twins says for each run which earlier one is the same training under another
// regime: the same arm, window, steps and seed give the same network, bit for
// bit. -1 marks the runs that must be trained.
func twins(runs []run) []int {
	out := make([]int, len(runs))
	for i, r := range runs {
		out[i] = slices.IndexFunc(runs[:i], func(q run) bool {
			return q.arm.Name == r.arm.Name && q.arm.Window == r.arm.Window && q.arm.Steps == r.arm.Steps && q.seed == r.seed
		})
	}
	return out
}

// under is what a run leaves behind under another regime. Its times and
// pictures are there once already.
func (o *outcome) under(regime string) *outcome {
	c := &outcome{samples: slices.Clone(o.samples), curve: o.curve, oracle: slices.Clone(o.oracle)}
	c.curve.Regime = regime
	for i := range c.samples {
		c.samples[i].Regime = regime
	}
	for i := range c.oracle {
		c.oracle[i].Key.Regime = regime
	}
	return c
}
