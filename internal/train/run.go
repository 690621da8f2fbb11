package train

import (
	"context"
	"time"

	"unetbench/graph"
	"unetbench/internal/engine"
)

// Run trains job's network from the weights that its seed gives. It ends early
// with ctx.Err when ctx does, and with a *DivergedError when loss or gradients
// overflow.
func Run(ctx context.Context, job Job) (*Result, error) {
	if err := job.check(); err != nil {
		return nil, err
	}
	in := graph.Square(job.Window.In)
	cost, err := job.Graph.TotalCost(in)
	if err != nil {
		return nil, err
	}
	net, err := engine.New(job.Graph, in, job.Recipe.Batch, engine.Options{Threads: job.Threads, Kernel: job.Kernel, Exact: job.Exact, Train: true})
	if err != nil {
		return nil, err
	}
	started := time.Now()
	result, err := job.loop(ctx, net, job.Graph.InitWeights(job.Seed))
	if err != nil {
		return nil, err
	}
	result.Seconds = time.Since(started).Seconds()
	result.MACs = cost.MACs * int64(job.Recipe.Batch) * int64(job.Recipe.Steps)
	return result, nil
}
