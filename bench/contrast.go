package bench

import (
	"unetbench/internal/stat"
)

// Verdicts of a Contrast.
const (
	Different  = "different"  // the interval excludes 0
	Equivalent = "equivalent" // else: it lies within ±Margin
	Undecided  = "undecided"  // else
)

// significance is the chance of any wrong "different" in a family.
const significance = 0.05

// Contrasts compares every arm with the Reference, on every metric, regime,
// tile and bin, from the samples alone. Differences are paired by seed and
// image; their mean and its error come from a model in which seeds and images
// are both drawn at random (stat.TwoWay), or seeds alone where the metric is a
// property of the network.
//
// A family is all arms and bins of one metric, regime and tile. P is adjusted
// over it by Holm's method, and Low … High has the level that goes with that
// (stat.Holm): it excludes 0 exactly if PHolm ≤ 0.05, and the verdict needs
// nothing else. What holds for the family is that no verdict "different" is
// wrong; an interval covers its own difference with its own level. A metric that is exact has no error: any difference is one.
// Setup.Margin holds for metrics in percent and points; no other has a margin.
//
// With a single seed there is no interval: Low and High equal Diff, and the
// contrast is undecided. A verdict on arms of which one was not trained for long
// enough (r.Learning) is provisional, unless the metric is exact.
func Contrasts(r *Results) ([]Contrast, []Warning, error) {
	t, err := tabulate(r)
	if err != nil {
		return nil, nil, err
	}
	var cs []comparison
	w := newWarner()
	unsettled := unsettled(r)
	for _, k := range t.keys {
		if k.Arm == Reference {
			continue
		}
		def := t.metric[k.Metric]
		ref := k
		ref.Arm = Reference
		d, dropped := pair(t.cells[k], t.cells[ref])
		if len(d) == 0 {
			w.alone(k, def)
			continue
		}
		c := comparison{exact: def.Exact, Contrast: Contrast{
			Metric: k.Metric, Arm: k.Arm, Reference: Reference, Regime: k.Regime, Tile: k.Tile, Bin: k.Bin,
			Seeds: len(d), Images: len(d[0]), Level: 1 - significance,
			Provisional: !def.Exact && (unsettled[coverageKey(k.Regime, k.Arm)] || unsettled[coverageKey(k.Regime, Reference)]),
		}}
		if t.ofNetwork(k) {
			c.Images = 0
		}
		if def.Unit == "%" || def.Unit == "points" {
			c.Margin = r.Setup.Margin
		}
		c.family = Sample{Metric: k.Metric, Regime: k.Regime, Tile: k.Tile}
		if c.estimate = stat.TwoWay(d); def.Exact {
			c.estimate = stat.Estimate{Mean: c.estimate.Mean, DF: 1}
		}
		w.compared(c, dropped)
		cs = append(cs, c)
	}
	adjust(cs)
	out := make([]Contrast, len(cs))
	for i, c := range cs {
		out[i] = c.decided()
	}
	return out, w.warnings(), nil
}

// A comparison is a Contrast on its way.
type comparison struct {
	Contrast
	estimate stat.Estimate
	exact    bool
	family   Sample // metric, regime and tile
}

// adjust sets P, PHolm and Level of every comparison.
func adjust(cs []comparison) {
	members := map[Sample][]int{}
	for i := range cs {
		c := &cs[i]
		c.P = c.estimate.P()
		c.PHolm = c.P
		if !c.exact {
			members[c.family] = append(members[c.family], i)
		}
	}
	for _, family := range members { // each on its own: their order changes nothing
		p := make([]float64, len(family))
		for j, i := range family {
			p[j] = cs[i].P
		}
		adjusted, level := stat.Holm(p, significance)
		for j, i := range family {
			cs[i].PHolm, cs[i].Level = adjusted[j], level[j]
		}
	}
}

// decided fills in the interval and what it says.
func (c comparison) decided() Contrast {
	c.Diff = c.estimate.Mean
	c.Low, c.High = c.estimate.Interval(c.Level)
	switch {
	case c.estimate.DF == 0:
		c.Verdict = Undecided
	case c.PHolm <= significance:
		c.Verdict = Different
	case -c.Margin <= c.Low && c.High <= c.Margin:
		c.Verdict = Equivalent
	default:
		c.Verdict = Undecided
	}
	return c.Contrast
}

// Negligible reports whether the whole interval lies within the margin: of a
// different arm, that the difference is real and too small to matter.
func (c Contrast) Negligible() bool {
	return c.Seeds > 1 && -c.Margin <= c.Low && c.High <= c.Margin
}
