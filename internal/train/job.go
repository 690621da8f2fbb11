package train

import (
	"fmt"

	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/kernel"
)

// A Job is one network to be trained.
type Job struct {
	Graph    *graph.Graph
	Examples []data.Example
	Weights  [][]float32 // of every pixel's loss, per example like its labels: see WeightMaps; nil: 1
	Window   Window
	Recipe   Recipe
	Seed     uint64                       // of the first weights, the patches and the dropout masks
	Threads  int                          // 0 for all; the result is the same for any number
	Kernel   *kernel.Set                  // nil for the best that the machine runs
	Exact    bool                         // direct convolution only: see engine.Options
	Progress func(step int, loss float64) // called after each step, counted from 1; may be nil
}

// A Result is a trained network and what became of it on the way.
type Result struct {
	Weights graph.Weights // the running average, to be evaluated and saved
	Curve   []Point
	Chance  float64 // loss of the best constant prediction on the pixels supervised; see Alive
	Seconds float64 // wall-clock
	MACs    int64   // multiply-accumulates of all forward passes (the backward ones take about twice as many)
}

// A DivergedError says at which step, counted from 1, a loss or gradient
// stopped being a number.
type DivergedError struct {
	Step   int
	What   string // "the loss is NaN"
	Recipe Recipe
}

func (e *DivergedError) Error() string {
	return fmt.Sprintf("training diverged at step %d: %s; lower the rate (%g), lengthen the warm-up (%d steps) or use batch normalisation",
		e.Step, e.What, e.Recipe.Rate, e.Recipe.Warmup)
}
