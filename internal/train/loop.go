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
	sampler := NewSampler(job.Seed, job.Examples, r.Patch)
	stepper := NewStepper(job, net, w)
	record := recorder{block: r.Block}
	input := graph.NewMap(graph.Shape{C: job.Graph.Input().Channels, H: win.In, W: win.In})
	labels := make([][]uint8, r.Batch)
	for i := range labels {
		labels[i] = make([]uint8, win.Out*win.Out)
	}

	for t := range r.Steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for i := range r.Batch {
			patch := sampler.Next()
			win.Cut(input, labels[i], &job.Examples[patch.Image], patch)
			net.SetInput(i, input)
			record.tally(labels[i])
		}
		loss, err := stepper.Step(labels)
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
