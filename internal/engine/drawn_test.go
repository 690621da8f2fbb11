package engine_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"unetbench/graph"
	"unetbench/graph/graphtest"
	"unetbench/internal/engine"
	"unetbench/internal/engine/reference"
	"unetbench/internal/kernel"
)

// Any network of the ops, in whatever company: values, gradients and bits for
// any number of threads, on every kernel.
func TestDrawnNetworks(t *testing.T) {
	modes := []graph.Padding{graph.PadZero, graph.PadReflect, graph.PadReplicate, graph.PadCircular}
	rapid.Check(t, func(r *rapid.T) {
		g := graphtest.Draw(r, graphtest.Menu{Pools: []int{2}, Depth: 2, Modes: modes, Resize: true})
		for _, n := range g.Nodes {
			if n.Op == graph.Norm {
				n.Epsilon = 0.1 // a chain of norms of a constant blows rounding up 300 times each by the usual 1e-5
			}
		}
		in := graph.Size{H: rapid.IntRange(5, 24).Draw(r, "h"), W: rapid.IntRange(5, 24).Draw(r, "w")}
		if _, err := g.Infer(in); err != nil {
			r.Skip(err)
		}
		defer func() {
			for _, n := range g.Nodes {
				if t.Failed() {
					t.Logf("%v: %+v", in, *n)
				}
			}
		}()
		x := newFixture(t, g, in, 2)
		k := rapid.SampledFrom(kernel.Sets).Draw(r, "kernel")
		o := engine.Options{Kernel: k, Threads: 1, Keep: rapid.Bool().Draw(r, "keep"), Exact: rapid.Bool().Draw(r, "exact")}
		x.forward(t, o, 1e-5)
		if wrong := wrongGradients(t, x, o); len(wrong) > 0 {
			r.Fatal(wrong)
		}
		o.Train = true
		x.forward(t, o, 1e-4)
		want := trainStep(t, x, o)
		if o.Threads = rapid.SampledFrom([]int{2, 3, 7}).Draw(r, "threads"); !sameBits(trainStep(t, x, o), want) {
			r.Fatalf("%d threads give other bits than one", o.Threads)
		}
	})
}

// wrongGradients lists the parameters, and the input, by which the derivative of
// the loss is not the reference's along any of a few directions. One along which
// a rectifier or a maximum turns over within the difference is no evidence.
func wrongGradients(t *testing.T, f *fixture, o engine.Options) (wrong []string) {
	o.Train, o.InputGrad = true, true
	n := f.net(t, o)
	n.Forward()
	grads := n.Backward(f.dout)
	dx := graph.NewMap(f.in[0].Shape)
	n.InputGrad(0, dx)
	w, in := reference.FromWeights(f.w), f.input()
	r := rand.New(rand.NewPCG(5, 6))
	// Norms of almost nothing blow rounding up, for all that lies before them.
	largest := 1.0
	for _, g := range grads {
		for _, v := range g {
			largest = max(largest, math.Abs(float64(v)))
		}
	}
	check := func(what string, values []float64, grad []float32) {
		var off []string
		for range 4 {
			const h = 1e-7
			old, dir := slices.Clone(values), make([]float64, len(values))
			got, scale := 0.0, 0.0
			for i := range dir {
				dir[i] = r.NormFloat64()
				got += dir[i] * float64(grad[i])
				scale += math.Abs(dir[i] * float64(grad[i]))
			}
			at := func(h float64) float64 {
				for i := range values {
					values[i] = old[i] + h*dir[i]
				}
				return f.loss(t, w, in)
			}
			want := (at(h) - at(-h)) / (2 * h)
			copy(values, old)
			if math.Abs(got-want) <= 2e-3*max(scale, math.Abs(want), largest) {
				return
			}
			off = append(off, fmt.Sprintf("%s: %v, want %v", what, got, want))
		}
		wrong = append(wrong, off...)
	}
	for i, p := range f.g.Params {
		if p.Trainable {
			check(p.Name, w[i], grads[i])
		}
	}
	check("input", in[0].Pix, dx.Pix)
	return wrong
}
