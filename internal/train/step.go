package train

import (
	"fmt"
	"math"
	"slices"
	"time"

	"unetbench/graph"
)

// A Network is what training needs of the engine: one batch size, one input size.
type Network interface {
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

// A Stepper does the steps of a training, one after another.
type Stepper struct {
	// Loss and Adam are what loss and optimiser took of the latest step.
	Loss, Adam time.Duration

	job       *Job
	net       Network
	w         graph.Weights
	optimiser *adam
	logits    *graph.Map
	gradients []*graph.Map // of the loss by the logits
	equal     []float32    // weights where no others are given: all 1
	taken     int
}

// NewStepper prepares to train net from the weights w, which the steps change.
// Of the job it reads the graph, the batch and the rates of the recipe, the
// window's output, the seed, the threads and the kernel.
func NewStepper(job *Job, net Network, w graph.Weights) *Stepper {
	s := &Stepper{job: job, net: net, w: w, optimiser: newAdam(job, w), logits: graph.NewMap(net.OutShape())}
	s.equal = slices.Repeat([]float32{1}, job.Window.Out*job.Window.Out)
	for range job.Recipe.Batch {
		s.gradients = append(s.gradients, graph.NewMap(net.OutShape()))
	}
	return s
}

// Step takes a step on the inputs that net holds: labels are those of the
// pixels in the centre of each output, weights what their losses count; nil for
// 1. It returns the mean weighted loss, in nats per pixel, or a *DivergedError.
func (s *Stepper) Step(labels [][]uint8, weights [][]float32) (loss float64, err error) {
	out := s.job.Window.Out
	pixels := float64(len(labels) * out * out)
	s.net.SetWeights(s.w)
	s.net.SetSeed(s.job.Seed + uint64(s.taken+1)*dropoutStream)
	s.net.Forward()
	began := time.Now()
	for i, l := range labels {
		weight := s.equal
		if weights != nil {
			weight = weights[i]
		}
		s.net.Output(i, s.logits)
		loss += crossEntropy(s.logits, s.gradients[i], l, weight, out, float32(1/pixels))
	}
	s.Loss = time.Since(began)
	loss /= pixels
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return loss, s.diverged(fmt.Sprintf("the loss is %g", loss))
	}
	g := s.net.Backward(s.gradients)
	began = time.Now()
	broken := s.optimiser.step(s.taken, s.w, g)
	s.Adam = time.Since(began)
	if broken >= 0 {
		return loss, s.diverged("the gradient of " + s.job.Graph.Params[broken].Name + " overflows")
	}
	s.taken++
	return loss, nil
}

func (s *Stepper) diverged(what string) error {
	return &DivergedError{s.taken + 1, what, s.job.Recipe}
}

// Average is the running average of the weights; the next step changes it.
func (s *Stepper) Average() graph.Weights { return s.optimiser.average }
