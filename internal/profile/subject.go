package profile

import (
	"math/rand/v2"
	"runtime/debug"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/train"
)

// A subject is a network that is ready to run.
type subject struct {
	graph         *graph.Graph
	net           *engine.Net
	batch         int
	input, output *graph.Map
	stepper       *train.Stepper // nil for predictions
	labels        [][]uint8
}

func newSubject(g *graph.Graph, o Options) (*subject, error) {
	net, err := engine.New(g, graph.Square(o.Size), o.Batch,
		engine.Options{Threads: o.Threads, Kernel: o.Kernel, Train: o.Train, Exact: o.Exact})
	if err != nil {
		return nil, err
	}
	net.Profile()
	random := rand.New(rand.NewPCG(o.Seed, 0))
	s := &subject{graph: g, net: net, batch: o.Batch,
		input: graph.NewMap(graph.Shape{C: g.Input().Channels, H: o.Size, W: o.Size})}
	for i := range s.input.Pix {
		s.input.Pix[i] = float32(random.NormFloat64())
	}
	out := net.OutShape()
	if !o.Train {
		s.output = graph.NewMap(out)
		net.SetWeights(g.InitWeights(o.Seed))
		debug.FreeOSMemory() // what was packed goes before the first pass touches the arena
		return s, nil
	}
	for range o.Batch {
		l := make([]uint8, out.H*out.W)
		for i := range l {
			l[i] = uint8(random.IntN(min(out.C, 256)))
		}
		s.labels = append(s.labels, l)
	}
	recipe := train.DefaultRecipe()
	recipe.Batch = o.Batch
	recipe.Rate = 1e-6 // there is nothing to learn, and no network must diverge on noise
	s.stepper = train.NewStepper(&train.Job{Graph: g, Window: train.Window{In: o.Size, Out: out.H}, Recipe: recipe,
		Seed: o.Seed, Threads: o.Threads, Kernel: o.Kernel}, net, g.InitWeights(o.Seed))
	return s, nil
}

// pass is what is timed: inputs in, then a prediction and its outputs, or a
// training step.
func (s *subject) pass() error {
	for i := range s.batch {
		s.net.SetInput(i, s.input)
	}
	if s.stepper != nil {
		_, err := s.stepper.Step(s.labels, nil)
		return err
	}
	s.net.Forward()
	for i := range s.batch {
		s.net.Output(i, s.output)
	}
	return nil
}
