package bench

import (
	"unetbench/arch"
	"unetbench/internal/train"
)

// What Options.Loss, Augment and Cells may name.
var (
	Losses   = []string{"cross-entropy", "border-weighted"}
	Augments = []string{"flips", "elastic"}
	CellSets = []string{"auto", train.Background.String(), train.Foreground.String()}
)

// elasticSigma is the standard deviation of elastic displacements, px
// (Ronneberger 2015).
const elasticSigma = 10

// A training is what all runs of a comparison share but the number of steps.
type training struct {
	recipe  train.Recipe
	weights [][]float32 // of every pixel's loss, per training image; nil: 1
}

// newTraining prepares to train as o says; o.Cells is resolved from "auto". The
// grid of elastic displacements spans what the reference reads, as the paper's
// spans its tile.
func newTraining(o *Options) (*training, error) {
	t := &training{recipe: train.DefaultRecipe()}
	t.recipe.Patch = OutputPatch
	if o.Augment == "elastic" {
		span, err := referenceWindow(o.Net, OutputPatch)
		if err != nil {
			return nil, err
		}
		t.recipe.Elastic, t.recipe.Span = elasticSigma, span
	}
	if o.Loss != "border-weighted" {
		o.Cells = ""
		return t, nil
	}
	if o.Cells == "auto" {
		o.Cells = train.FindCells(o.Train).String()
	}
	cells, err := train.ParseCells(o.Cells)
	if err != nil {
		return nil, err
	}
	t.weights = train.WeightMaps(o.Train, cells)
	o.Note("weighted-loss", "Trained with a weighted loss, so what the networks take for probabilities favours rare classes and borders, and Dice at the threshold of ½ is lower than it could be: read Dice at the best threshold and average precision beside it")
	return t, nil
}

// referenceWindow is the side that the reference reads to predict patch px.
func referenceWindow(c arch.Config, patch int) (int, error) {
	g, err := Variants[0].Build(c)
	if err != nil {
		return 0, err
	}
	s, err := g.Sizes()
	if err != nil {
		return 0, err
	}
	return s.H.Above(patch + g.Footprint().H.Shrink), nil
}

// job trains c from seed.
func (t *training) job(o *Options, c Contestant, seed uint64, threads int) train.Job {
	r := t.recipe
	r.Steps = c.Steps
	return train.Job{Graph: c.Graph, Seed: seed, Examples: o.Train, Weights: t.weights, Window: c.Window,
		Recipe: r, Threads: threads, Kernel: o.kernels(), Exact: o.Exact}
}
