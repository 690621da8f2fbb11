package train

import (
	"context"
	"fmt"
	"math"

	"unetbench/graph"
)

// A network is what training needs of the engine: one batch size, one input size.
type network interface {
	SetWeights(graph.Weights) // kept: Forward moves the running statistics in them
	SetSeed(uint64)           // of the dropout masks
	SetInput(i int, m *graph.Map)
	Forward()
	OutShape() graph.Shape
	Output(i int, dst *graph.Map)
	Backward(dout []*graph.Map) graph.Weights
}

// dropoutStream keeps the dropout masks apart from the other streams of a seed.
const dropoutStream = 0x9e3779b97f4a7c15

// loop trains net from the weights w, which it changes.
func (job *Job) loop(ctx context.Context, net network, w graph.Weights) (*Result, error) {
	r, win := job.Recipe, job.Window
	shape := net.OutShape()
	if err := job.checkOutput(shape); err != nil {
		return nil, err
	}
	sampler := NewSampler(job.Seed, job.Examples, r.Patch)
	optimiser := newAdam(r, job.Graph.Params, w)
	record := recorder{block: r.Block}
	input := graph.NewMap(graph.Shape{C: job.Graph.Input().Channels, H: win.In, W: win.In})
	logits := graph.NewMap(shape)
	labels := make([][]uint8, r.Batch)
	gradients := make([]*graph.Map, r.Batch)
	for i := range r.Batch {
		labels[i] = make([]uint8, win.Out*win.Out)
		gradients[i] = graph.NewMap(shape)
	}
	pixels := float64(r.Batch * win.Out * win.Out)

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
		net.SetWeights(w)
		net.SetSeed(job.Seed + uint64(t+1)*dropoutStream)
		net.Forward()
		loss := 0.0
		for i := range r.Batch {
			net.Output(i, logits)
			loss += crossEntropy(logits, gradients[i], labels[i], win.Out, float32(1/pixels))
		}
		loss /= pixels
		if math.IsNaN(loss) || math.IsInf(loss, 0) {
			return nil, &DivergedError{t + 1, fmt.Sprintf("the loss is %g", loss), r}
		}
		if i := optimiser.step(t, w, net.Backward(gradients)); i >= 0 {
			return nil, &DivergedError{t + 1, "the gradient of " + job.Graph.Params[i].Name + " overflows", r}
		}
		record.add(t+1, r.Steps, loss)
		if job.Progress != nil {
			job.Progress(t+1, loss)
		}
	}
	return &Result{Weights: optimiser.average, Curve: record.curve, Chance: record.chance()}, nil
}
