package engine_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/engine/reference"
)

// noise is a map of standard normal values.
func noise(r *rand.Rand, s graph.Shape) *graph.Map {
	m := graph.NewMap(s)
	for i := range m.Pix {
		m.Pix[i] = float32(r.NormFloat64())
	}
	return m
}

// weights are random weights with positive running variances, biases and
// norms away from their start.
func weights(g *graph.Graph, seed uint64) graph.Weights {
	w := g.InitWeights(seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for i, p := range g.Params {
		for j := range w[i] {
			switch {
			case !p.Trainable && p.Init.Mean == 1: // variance
				w[i][j] = 0.5 + r.Float32()
			case len(p.Shape) == 1:
				w[i][j] += 0.3 * float32(r.NormFloat64())
			}
		}
	}
	return w
}

// A fixture is a graph with data to run it on.
type fixture struct {
	g     *graph.Graph
	w     graph.Weights
	in    []*graph.Map
	dout  []*graph.Map
	shape graph.Shape // of the output
}

func newFixture(t testing.TB, g *graph.Graph, size graph.Size, batch int) *fixture {
	t.Helper()
	shapes, err := g.Infer(size)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{g: g, w: weights(g, 7), shape: shapes[g.Output().ID]}
	r := rand.New(rand.NewPCG(3, 4))
	for range batch {
		f.in = append(f.in, noise(r, shapes[0]))
		f.dout = append(f.dout, noise(r, f.shape))
	}
	return f
}

// net compiles the fixture's graph and gives it the inputs.
func (f *fixture) net(t testing.TB, o engine.Options) *engine.Net {
	t.Helper()
	n, err := engine.New(f.g, f.in[0].Size(), len(f.in), o)
	if err != nil {
		t.Fatal(err)
	}
	w := make(graph.Weights, len(f.w))
	for i := range w {
		w[i] = append([]float32(nil), f.w[i]...)
	}
	n.SetWeights(w)
	n.SetSeed(11)
	for i, m := range f.in {
		n.SetInput(i, m)
	}
	return n
}

// mode is the reference's way of running what the engine runs with o.
func (f *fixture) mode(train bool) reference.Mode {
	return reference.Mode{Train: train, Dropped: engine.DroppedForTest(f.g, f.in[0].Size(), 11)}
}

func (f *fixture) reference(t testing.TB, w reference.Weights, in []*reference.Map, train bool) [][]*reference.Map {
	t.Helper()
	v, err := reference.Forward(f.g, w, in, f.mode(train))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (f *fixture) input() []*reference.Map {
	var in []*reference.Map
	for _, m := range f.in {
		in = append(in, reference.From(m))
	}
	return in
}

// close fails where got is further from want than tol times want's range.
func near(t testing.TB, what string, got []float32, want []float64, tol float64) {
	t.Helper()
	most := 1e-3
	for _, v := range want {
		most = max(most, math.Abs(v))
	}
	for i, v := range got {
		if d := math.Abs(float64(v) - want[i]); !(d <= tol*most) {
			t.Fatalf("%s: value %d is %v, want %v (range %.3g)", what, i, v, want[i], most)
		}
	}
}

// forward compares every output with the reference's.
func (f *fixture) forward(t *testing.T, o engine.Options, tol float64) {
	t.Helper()
	n := f.net(t, o)
	n.Forward()
	want := f.reference(t, reference.FromWeights(f.w), f.input(), o.Train)[f.g.Output().ID]
	got := graph.NewMap(f.shape)
	for i := range f.in {
		n.Output(i, got)
		near(t, f.g.Name+" output", got.Pix, want[i].Pix, tol)
	}
}

// loss is the sum of outputs times dout: what Backward differentiates.
func (f *fixture) loss(t testing.TB, w reference.Weights, in []*reference.Map) float64 {
	s := 0.0
	for i, m := range f.reference(t, w, in, true)[f.g.Output().ID] {
		for j, v := range m.Pix {
			s += v * float64(f.dout[i].Pix[j])
		}
	}
	return s
}

// gradients compares the derivative of the loss along random directions, one
// per parameter and input map, with central differences of the reference.
func (f *fixture) gradients(t *testing.T, o engine.Options, directions int, tol float64) {
	t.Helper()
	o.Train, o.InputGrad = true, true
	n := f.net(t, o)
	n.Forward()
	grads := n.Backward(f.dout)
	w, in := reference.FromWeights(f.w), f.input()
	r := rand.New(rand.NewPCG(5, 6))
	check := func(what string, values []float64, grad []float32) {
		for range directions {
			old := append([]float64(nil), values...)
			dir := make([]float64, len(values))
			got, scale := 0.0, 0.0
			for i := range dir {
				dir[i] = r.NormFloat64()
				got += dir[i] * float64(grad[i])
				scale += math.Abs(dir[i] * float64(grad[i]))
			}
			const h = 1e-6
			at := func(h float64) float64 {
				for i := range values {
					values[i] = old[i] + h*dir[i]
				}
				return f.loss(t, w, in)
			}
			want := (at(h) - at(-h)) / (2 * h)
			copy(values, old)
			if !(math.Abs(got-want) <= tol*max(scale, math.Abs(want), 1e-2)) {
				t.Errorf("%s: derivative by %s is %v, want %v", f.g.Name, what, got, want)
			}
		}
	}
	for i, p := range f.g.Params {
		if p.Trainable {
			check(p.Name, w[i], grads[i])
		}
	}
	dx := graph.NewMap(f.in[0].Shape)
	for i := range in {
		n.InputGrad(i, dx)
		check("input", in[i].Pix, dx.Pix)
	}
}
