package bench

import (
	"fmt"
	"slices"
	"strings"

	"unetbench/internal/train"
)

// States of a Learning.
const (
	Flat          = "flat"           // another quarter of the steps would change less than seeds differ
	StillLearning = "still-learning" // it would change more
	TooShort      = "too-short"      // fewer than three points in the curve's last quarter
)

// learnings judges, per regime and arm, whether the training was long enough:
// from the curves alone.
func learnings(r *Results) []Learning {
	var out []Learning
	for _, a := range r.Arms {
		l := Learning{Arm: a.Name, Regime: a.Regime, Steps: a.Steps, State: Flat}
		var curves [][]train.Point
		for _, c := range r.Curves {
			if c.Arm != a.Name || c.Regime != a.Regime {
				continue
			}
			var pts []train.Point
			for i, step := range c.Steps {
				pts = append(pts, train.Point{Step: step, Loss: c.Loss[i]})
			}
			if !train.Alive(pts, c.Chance) {
				l.Dead = append(l.Dead, c.Seed)
			}
			curves = append(curves, pts)
		}
		if len(curves) == 0 {
			continue
		}
		switch t := train.Rising(curves); {
		case t.Gain != t.Gain: // NaN
			l.State = TooShort
		default:
			l.Gain, l.Spread = t.Gain, t.Spread
			if t.Rising {
				l.State = StillLearning
			}
		}
		slices.Sort(l.Dead)
		out = append(out, l)
	}
	return out
}

// Settled reports whether the arm's figures may be judged: it has stopped
// learning, and every run of it learned something.
func (l Learning) Settled() bool { return l.State == Flat && len(l.Dead) == 0 }

// unsettled are the arms, by coverageKey, whose training was not long enough.
func unsettled(r *Results) map[string]bool {
	out := map[string]bool{}
	for _, l := range r.Learning {
		out[coverageKey(l.Regime, l.Arm)] = !l.Settled()
	}
	return out
}

// learningWarnings says which runs never woke up and, per regime, which arms
// were still learning when they were stopped.
func learningWarnings(r *Results) []Warning {
	var out []Warning
	for _, l := range r.Learning {
		for _, seed := range l.Dead {
			out = append(out, Warning{"never-woke", l.Arm, fmt.Sprintf(
				"%s, seed %d (%s): never woke up: its loss stayed at that of a constant guess; give more --steps, or read its figures as a failed run",
				l.Arm, seed, l.Regime)})
		}
	}
	for _, regime := range r.Setup.Regimes {
		var arms []string
		for _, l := range r.Learning {
			switch {
			case l.Regime != regime:
			case l.State == StillLearning:
				arms = append(arms, fmt.Sprintf("%s (%.3f after %d steps, seeds spread by %.3f)", l.Arm, l.Gain, l.Steps, l.Spread))
			case l.State == TooShort:
				arms = append(arms, fmt.Sprintf("%s (%d steps are too few to tell)", l.Arm, l.Steps))
			}
		}
		if len(arms) > 0 {
			out = append(out, Warning{"still-learning", "", fmt.Sprintf(
				"Still learning when stopped (%s), with what another quarter of the steps would take off the loss: %s; give more --steps before believing a small difference",
				regime, strings.Join(arms, ", "))})
		}
	}
	return out
}
