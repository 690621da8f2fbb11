// Package claims tries what was published, and what a forum thread said, about
// the borders, tiles and joins of U-Nets: each claim is a small experiment and a
// rule, fixed before the experiment ran, that says whether it was reproduced.
//
// A claim that fails is a finding about the claim at this scale, not a fault:
// the networks are small, the images are drawn, and a minute is short. Where
// that is too little to decide, the verdict is not reproduced, and it says so.
package claims

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// A Verdict is what a claim's rule says of its experiment.
type Verdict string

const (
	Reproduced    Verdict = "reproduced"
	NotReproduced Verdict = "not reproduced"
	NotTestable   Verdict = "not testable here"
)

// A Claim is a published statement with the experiment that tries it.
type Claim struct {
	ID         string // "odena-overlap"
	Source     string // "Odena et al. 2016"
	Said       string // the claim, in one sentence
	Experiment string // in one sentence; of a claim that is not testable, why
	Rule       string // when it counts as reproduced, in words: what judge does
	Trains     bool   // networks are trained, which takes longer

	measure func(context.Context, *Lab) (Figures, []string, error) // nil: not testable
	judge   func(Figures) (ok bool, why string)
	catch   func(Figures) string // what is true besides, and spoils it; may be nil
}

// A Result is a claim that was tried.
type Result struct {
	Claim
	Verdict Verdict
	Why     string // in one sentence
	Figures Figures
	Notes   []string // what else the experiment found
}

// All lists the claims: the thread's own first, then the literature's.
func All() []Claim {
	return slices.Concat(threadSizes, threadWork, threadJoins, tiling, checkerboards, padding, tileSizes, windows, shifts, norms, untestable)
}

// Named returns the claims of those IDs, in the order of All; none means all.
func Named(ids []string) ([]Claim, error) {
	all := All()
	var known []string
	for _, c := range all {
		known = append(known, c.ID)
	}
	for _, id := range ids {
		if !slices.Contains(known, id) {
			return nil, fmt.Errorf("no claim %q; want some of %s", id, strings.Join(known, ", "))
		}
	}
	if len(ids) == 0 {
		return all, nil
	}
	return slices.DeleteFunc(all, func(c Claim) bool { return !slices.Contains(ids, c.ID) }), nil
}

// Try runs the claim's experiment and judges it.
func (c Claim) Try(ctx context.Context, l *Lab) (Result, error) {
	if c.measure == nil {
		return Result{Claim: c, Verdict: NotTestable, Why: c.Experiment}, nil
	}
	f, notes, err := c.measure(ctx, l)
	if err != nil {
		return Result{}, fmt.Errorf("claim %s: %w", c.ID, err)
	}
	r := Result{Claim: c, Verdict: NotReproduced, Figures: f, Notes: notes}
	ok, why := c.judge(f)
	if r.Why = why; ok {
		r.Verdict = Reproduced
	}
	return r, nil
}

// Catch is what limits a claim that was reproduced, or "".
func (r Result) Catch() string {
	if r.catch == nil {
		return ""
	}
	return r.catch(r.Figures)
}
