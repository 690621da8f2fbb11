package train

import (
	"context"

	"unetbench/graph"
)

// loop trains net from the weights w, which it changes.
func (job *Job) loop(ctx context.Context, net Network, w graph.Weights) (*Result, error) {
	r, win := job.Recipe, job.Window
	if err := job.checkOutput(net.OutShape()); err != nil {
		return nil, err
	}
	sampler := NewSampler(job.Seed, job.Examples, r)
	stepper := NewStepper(job, net, w)
	record := recorder{block: r.Block}
	input := graph.NewMap(graph.Shape{C: job.Graph.Input().Channels, H: win.In, W: win.In})
	labels := make([][]uint8, r.Batch)
	var weights [][]float32
	for i := range labels {
		labels[i] = make([]uint8, win.Out*win.Out)
		if job.Weights != nil {
			weights = append(weights, make([]float32, win.Out*win.Out))
		}
	}

	for t := range r.Steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i := range r.Batch {
			patch := sampler.Next()
			ex := &job.Examples[patch.Image]
			win.Cut(input, labels[i], ex, patch)
			net.SetInput(i, input)
			if weights == nil {
				record.tally(labels[i], stepper.equal)
				continue
			}
			cutTruth(win, weights[i], job.Weights[patch.Image], ex, patch)
			record.tally(labels[i], weights[i])
		}
		loss, err := stepper.Step(labels, weights)
		if err != nil {
			return nil, err
		}
		record.add(t+1, r.Steps, loss)
		if job.Progress != nil {
			job.Progress(t+1, loss)
		}
	}
	return &Result{Weights: stepper.Average(), Curve: record.curve, Chance: record.chance()}, nil
}
