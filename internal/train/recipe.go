package train

import (
	"fmt"
	"math"
)

// A Recipe is how a network is trained. It is the same for all variants: a
// weaker one costs more than any wiring does, and would decide a comparison.
type Recipe struct {
	Steps   int     // optimiser steps
	Batch   int     // windows per step
	Patch   int     // side of the reference patch that positions are drawn for, px
	Elastic float64 // standard deviation of the elastic displacements, px; 0 for none
	Span    int     // side of the square that their grid spans, px: see Bend
	Rate    float64 // Adam's step size after the warm-up
	Warmup  int     // steps over which the rate rises linearly
	Beta1   float64 // decay of Adam's first moment
	Beta2   float64 // decay of Adam's second moment
	Eps     float64 // added to the root of the second moment
	EMA     float64 // largest decay of the running average of the weights, 0 for none
	Block   int     // steps averaged into one point of the learning curve
}

// DefaultRecipe is the recipe under which a pilot found every variant to train
// stably in 400 steps. Adam's constants are those of Kingma and Ba 2015.
func DefaultRecipe() Recipe {
	return Recipe{Steps: 400, Batch: 2, Patch: 116, Rate: 3e-3, Warmup: 20,
		Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, EMA: 0.99, Block: 10}
}

// Validate says what is wrong with r, and what would be right.
func (r Recipe) Validate() error {
	switch {
	case r.Steps < 1:
		return fmt.Errorf("recipe: %d steps: want at least 1", r.Steps)
	case r.Batch < 1:
		return fmt.Errorf("recipe: batch of %d: want at least 1", r.Batch)
	case r.Patch < 1:
		return fmt.Errorf("recipe: patch of %d px: want at least 1", r.Patch)
	case !(r.Elastic >= 0) || math.IsInf(r.Elastic, 0):
		return fmt.Errorf("recipe: elastic displacements of %g px: want 0 (none) or more", r.Elastic)
	case r.Elastic > 0 && r.Span < 1:
		return fmt.Errorf("recipe: elastic grid of %d px: want at least 1", r.Span)
	case !(r.Rate > 0) || math.IsInf(r.Rate, 0):
		return fmt.Errorf("recipe: rate %g: want a number above 0", r.Rate)
	case r.Warmup < 0:
		return fmt.Errorf("recipe: warm-up of %d steps: want 0 or more", r.Warmup)
	case !(r.Beta1 >= 0 && r.Beta1 < 1), !(r.Beta2 >= 0 && r.Beta2 < 1):
		return fmt.Errorf("recipe: Adam decays %g, %g: want them from 0 to below 1", r.Beta1, r.Beta2)
	case !(r.Eps > 0):
		return fmt.Errorf("recipe: epsilon %g: want it above 0", r.Eps)
	case !(r.EMA >= 0 && r.EMA < 1):
		return fmt.Errorf("recipe: averaging decay %g: want it from 0 to below 1", r.EMA)
	case r.Block < 1:
		return fmt.Errorf("recipe: learning curve in blocks of %d steps: want at least 1", r.Block)
	}
	return nil
}

// RateAt is the step size of step t, counted from 0.
func (r Recipe) RateAt(t int) float64 {
	if t < r.Warmup {
		return r.Rate * float64(t+1) / float64(r.Warmup)
	}
	return r.Rate
}

// DecayAt is the decay of the running average after step t, counted from 0:
// min(EMA, (1+t)/(10+t)), so that the first, bad weights are soon forgotten.
func (r Recipe) DecayAt(t int) float64 {
	return min(r.EMA, float64(1+t)/float64(10+t))
}
