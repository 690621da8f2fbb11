package bench

import (
	"fmt"
	"math"
	"strings"

	"unetbench/internal/train"
)

// learningWarnings says which runs never woke up and, per regime, which arms
// were still learning when they were stopped.
func (s *store) learningWarnings() []Warning {
	curves := map[string][][]train.Point{} // by coverageKey
	var out []Warning
	for i, o := range s.outcomes {
		if o == nil {
			continue
		}
		r := s.runs[i]
		var pts []train.Point
		for j, step := range o.curve.Steps {
			pts = append(pts, train.Point{Step: step, Loss: o.curve.Loss[j]})
		}
		if !train.Alive(pts, o.chance) {
			out = append(out, Warning{"never-woke", r.arm.Name, fmt.Sprintf(
				"%s, seed %d (%s): never woke up: its loss stayed at that of a constant guess; give more --steps, or read its figures as a failed run",
				r.arm.Name, r.seed, r.regime)})
		}
		k := coverageKey(r.regime, r.arm.Name)
		curves[k] = append(curves[k], pts)
	}
	for _, regime := range s.o.Regimes {
		var arms []string
		for _, a := range s.base.Arms {
			if a.Regime != regime || curves[coverageKey(regime, a.Name)] == nil {
				continue
			}
			switch t := train.Rising(curves[coverageKey(regime, a.Name)]); {
			case t.Rising && math.IsNaN(t.Gain):
				arms = append(arms, a.Name+" (too few steps to tell)")
			case t.Rising:
				arms = append(arms, fmt.Sprintf("%s (%.3f, seeds spread by %.3f)", a.Name, t.Gain, t.Spread))
			}
		}
		if len(arms) > 0 {
			out = append(out, Warning{"still-learning", "", fmt.Sprintf(
				"Still learning after %d steps (%s), with what another quarter of the steps would take off the loss: %s; give more --steps before believing a small difference",
				s.o.Steps, regime, strings.Join(arms, ", "))})
		}
	}
	return out
}
