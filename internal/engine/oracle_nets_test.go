package engine_test

import (
	"fmt"
	"math"
	"testing"

	"unetbench/arch"
	"unetbench/arch/fastai"
	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
	"unetbench/internal/oracle"
)

// netTolerances are those of whole networks' values: roundings of some ten
// layers add up, and norms divide by deviations less than 1. gradTolerances are
// those of gradients, on inputs whose values keep away from the kinks of ReLU and
// max pooling (testdata/oracles/kinks.py): one that rounding carries across opens
// or shuts a path, and moves a gradient by 2e-3.
var (
	netTolerances  = map[bool]float64{true: 5e-6, false: 2e-5} // by Options.Exact
	gradTolerances = map[bool]float64{true: 5e-5, false: 1e-4}
)

// TestFastaiAgainstItself holds the preset's blocks against those of fastai's own
// DynamicUnet: values in training and in prediction, and every gradient; at an
// odd size, too, where the decoder is resized.
func TestFastaiAgainstItself(t *testing.T) {
	f := oracle.Open(t, "../../testdata/oracles/fastai.safetensors")
	var names []string
	f.Note("params", &names)
	for _, run := range []string{"small", "smoke", "sharp"} {
		var r struct {
			Height, Width, Stride, Pools, Channels int
			Blur                                   bool
			Roll                                   [2]int
			Nodes                                  []string
		}
		f.Note(run, &r)
		c := arch.Default()
		c.Pools, c.Width = r.Pools, r.Channels
		if !r.Blur {
			c.Up = arch.UpShuffle
		}
		g, err := fastai.Arch.Build(c)
		if err != nil {
			t.Fatal(err)
		}
		w := reorder(t, f.Weights("weights", named(t, g, names), oracle.All), g, names)
		x := oracle.Window(f.Maps("x"), graph.Size{H: r.Height, W: r.Width}, r.Roll)
		worst := deviations{}
		for _, k := range kernel.Sets {
			for _, exact := range []bool{true, false} {
				mode := "fast"
				if exact {
					mode = "exact"
				}
				for _, train := range []bool{false, true} {
					n := netOf(t, g, w, x, engine.Options{Kernel: k, Exact: exact, Threads: 1, Keep: true, Train: train})
					n.Forward()
					phase := map[bool]string{true: "/train/", false: "/eval/"}[train]
					for _, node := range r.Nodes {
						var got []float32
						for i := range x {
							got = append(got, oracle.Thin(n.Value(g.Node(node), i), r.Stride).Pix...)
						}
						worst.add(t, mode+phase+node, oracle.Apart(got, f.Values(run+phase+node), 0.1), netTolerances[exact])
					}
				}
				n := netOf(t, g, w, x, engine.Options{Kernel: k, Exact: exact, Threads: 1, Train: true})
				n.Forward()
				var dout []*graph.Map
				for _, m := range f.Maps(run + "/dy") {
					d := graph.NewMap(n.OutShape())
					for c := range m.C {
						for y := range m.H {
							for z := range m.W {
								d.Plane(c)[y*r.Stride*d.W+z*r.Stride] = m.At(c, y, z)
							}
						}
					}
					dout = append(dout, d)
				}
				grads := n.Backward(dout)
				want := reorder(t, f.Weights(run+"/grad", named(t, g, names), oracle.Trainable), g, names)
				for i, p := range g.Params {
					if p.Trainable && !oracle.Silent(want[i]) {
						worst.add(t, mode+"/grad", oracle.Apart(grads[i], want[i], 0.1), gradTolerances[exact])
					}
				}
			}
		}
		t.Logf("%s (%d×%d, blur %v): %v", run, r.Height, r.Width, r.Blur, worst)
	}
}

// TestVariantsAgainstPyTorch: logits in prediction and in training, and every
// gradient of the mean cross-entropy, of each variant with each of its settings.
func TestVariantsAgainstPyTorch(t *testing.T) {
	f := oracle.Open(t, "../../testdata/oracles/unets.safetensors")
	worst := deviations{}
	for _, name := range f.Names() {
		u := oracle.OpenNet(f, name, variants)
		for _, k := range kernel.Sets {
			for _, exact := range []bool{true, false} {
				mode := fmt.Sprintf("%s exact=%v ", name, exact)
				run := func(train bool, tensor string) *engine.Net {
					n := netOf(t, u.Graph, u.Weights, u.Inputs, engine.Options{Kernel: k, Exact: exact, Threads: 1, Train: train})
					n.Forward()
					var got []float32
					m := graph.NewMap(n.OutShape())
					for i := range u.Inputs {
						n.Output(i, m)
						got = append(got, oracle.Thin(m, oracle.Stride).Pix...)
					}
					worst.add(t, mode+tensor, oracle.Apart(got, f.Values(name+"/"+tensor), 0.1), netTolerances[exact])
					return n
				}
				run(false, "eval")
				n := run(true, "y")
				var dout []*graph.Map
				for i := range u.Inputs {
					z := graph.NewMap(n.OutShape())
					n.Output(i, z)
					dout = append(dout, crossEntropyGradient(z, u.Labels, u.Out, len(u.Inputs)))
				}
				grads := n.Backward(dout)
				want := f.Weights(name+"/grad", u.Graph.Params, oracle.Trainable)
				for i, p := range u.Graph.Params {
					if p.Trainable && !oracle.Silent(want[i]) {
						worst.add(t, mode+"grad", oracle.Apart(grads[i], want[i], 0.01), gradTolerances[exact])
					}
				}
			}
		}
	}
	t.Log(worst)
}

// crossEntropyGradient is softmax minus one-hot over the centre of the two
// logits, divided by the pixels of the batch.
func crossEntropyGradient(z *graph.Map, labels []uint8, out, batch int) *graph.Map {
	d := graph.NewMap(z.Shape)
	top, left := (z.H-out)/2, (z.W-out)/2
	for y := range out {
		for x := range out {
			i := (top+y)*z.W + left + x
			p := 1 / (1 + math.Exp(float64(z.Plane(0)[i]-z.Plane(1)[i]))) // of class 1
			g := float32((p - float64(labels[y*out+x])) / float64(batch*out*out))
			d.Plane(0)[i], d.Plane(1)[i] = -g, g
		}
	}
	return d
}

// named are g's parameters in the order of names.
func named(t *testing.T, g *graph.Graph, names []string) []graph.Param {
	t.Helper()
	if len(names) != len(g.Params) {
		t.Fatalf("%d parameters, the fixture has %d", len(g.Params), len(names))
	}
	by := map[string]graph.Param{}
	for _, p := range g.Params {
		by[p.Name] = p
	}
	var out []graph.Param
	for _, n := range names {
		if _, ok := by[n]; !ok {
			t.Fatalf("%s has no parameter %s", g.Name, n)
		}
		out = append(out, by[n])
	}
	return out
}

// reorder brings w, in the order of names, into the order of g.
func reorder(t *testing.T, w graph.Weights, g *graph.Graph, names []string) graph.Weights {
	t.Helper()
	by := map[string][]float32{}
	for i, n := range names {
		by[n] = w[i]
	}
	var out graph.Weights
	for _, p := range g.Params {
		out = append(out, by[p.Name])
	}
	return out
}
