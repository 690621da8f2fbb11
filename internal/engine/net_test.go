package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"unetbench/arch"
	"unetbench/arch/fastai"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/engine/reference"
	"unetbench/internal/kernel"
)

var variants = []arch.Arch{valid.Arch, valid.NoSkip, padded.Arch, resized.Skip, resized.Up, fastai.Arch}

// legal is a small input side that the variant accepts without flooring.
func legal(t testing.TB, g *graph.Graph, least int) graph.Size {
	t.Helper()
	s, err := g.Sizes()
	if err != nil {
		t.Fatal(err)
	}
	return graph.Size{H: s.H.Above(least), W: s.W.Above(least + 1)}
}

// forEachNet builds every variant with every upsampling, by the batch's norm and
// one of the others in turn; with -short (the race detector is slow) with one of
// each.
func forEachNet(t *testing.T, pools, width int, f func(t *testing.T, g *graph.Graph)) {
	others := []arch.NormKind{arch.NormNone, arch.NormInstance, arch.NormGroup}
	for i, a := range variants {
		for j, up := range arch.Ups() {
			for _, norm := range []arch.NormKind{arch.NormBatch, others[(i+j)%3]} {
				if a == fastai.Arch && up != arch.Transposed && up != arch.UpShuffle {
					continue // it knows these two: with and without blur
				}
				if testing.Short() && (up != arch.Transposed || norm != arch.NormBatch) {
					continue
				}
				t.Run(fmt.Sprintf("%s/%v/%v", a.Name(), up, norm), func(t *testing.T) {
					c := arch.Default()
					c.Pools, c.Width, c.Up, c.Norm, c.Dropout = pools, width, up, norm, 0.3
					g, err := a.Build(c)
					if err != nil {
						t.Fatal(err)
					}
					f(t, g)
				})
			}
		}
	}
}

func TestUNets(t *testing.T) {
	forEachNet(t, 1, 2, func(t *testing.T, g *graph.Graph) {
		x := newFixture(t, g, legal(t, g, 20), 2)
		for _, k := range kernel.Sets {
			o := engine.Options{Kernel: k, Threads: 1}
			x.forward(t, o, 2e-5)
			x.gradients(t, o, 1, 2e-3)
		}
	})
}

// Every padding, two poolings.
func TestPaddings(t *testing.T) {
	for _, p := range []graph.Padding{graph.PadZero, graph.PadReflect, graph.PadReplicate, graph.PadCircular} {
		c := arch.Default()
		c.Pools, c.Width, c.Padding, c.In, c.Classes = 2, 3, p, 3, 3
		g, err := padded.Arch.Build(c)
		if err != nil {
			t.Fatal(err)
		}
		x := newFixture(t, g, graph.Size{H: 8, W: 12}, 2)
		x.forward(t, engine.Options{}, 2e-5)
		x.gradients(t, engine.Options{}, 1, 2e-3)
	}
}

// trainStep returns everything that a training step computes.
func trainStep(t testing.TB, x *fixture, o engine.Options) [][]float32 {
	n := x.net(t, o)
	n.Forward()
	var all [][]float32
	for i := range x.in {
		m := graph.NewMap(x.shape)
		n.Output(i, m)
		all = append(all, m.Pix)
	}
	if o.Train {
		all = append(all, n.Backward(x.dout)...)
		all = append(all, n.Weights()...)
	}
	return all
}

func sameBits(a, b [][]float32) bool {
	return slices.EqualFunc(a, b, func(a, b []float32) bool { return slices.Equal(a, b) })
}

func TestThreadsAgree(t *testing.T) {
	check := func(t *testing.T, x *fixture) {
		for _, k := range kernel.Sets {
			for _, train := range []bool{false, true} {
				o := engine.Options{Kernel: k, Train: train, Threads: 1}
				want := trainStep(t, x, o)
				for _, o.Threads = range []int{2, 3, 7} {
					if !sameBits(trainStep(t, x, o), want) {
						t.Errorf("%s kernel, training %v: %d threads give other bits than one", k.Name, train, o.Threads)
					}
				}
			}
		}
	}
	forEachOp(t, check)
	forEachNet(t, 2, 4, func(t *testing.T, g *graph.Graph) { check(t, newFixture(t, g, legal(t, g, 60), 2)) })
}

// Reused buffers, borders and scratch hold whatever was there before: a second
// step after NaN everywhere must give the bits of the first.
func TestGarbageStaysOut(t *testing.T) {
	forEachNet(t, 2, 3, func(t *testing.T, g *graph.Graph) {
		x := newFixture(t, g, legal(t, g, 60), 2)
		for _, train := range []bool{false, true} {
			n := x.net(t, engine.Options{Train: train, Threads: 1})
			want := trainStep(t, x, engine.Options{Train: train, Threads: 1})
			n.PoisonForTest()
			for i, m := range x.in {
				n.SetInput(i, m)
			}
			n.Forward()
			var got [][]float32
			for i := range x.in {
				m := graph.NewMap(x.shape)
				n.Output(i, m)
				got = append(got, m.Pix)
			}
			if train {
				got = append(got, n.Backward(x.dout)...)
				got = append(got, n.Weights()...)
			}
			if !sameBits(got, want) {
				t.Errorf("training %v: what was in memory changes the result", train)
			}
		}
	})
}

// The same receptive field gives the same bits wherever it lies: a window moved
// by the network's step predicts what the whole image did there.
func TestPositionDoesNotMatter(t *testing.T) {
	c := arch.Default()
	c.Pools, c.Width = 2, 8
	// The other two replicate the edge of the map that they enlarge.
	for _, up := range []arch.Up{arch.Transposed, arch.UpNearest, arch.UpShuffle} {
		c.Up = up
		g, err := valid.Arch.Build(c)
		if err != nil {
			t.Fatal(err)
		}
		sizes, err := g.Sizes()
		if err != nil {
			t.Fatal(err)
		}
		step := sizes.W.Step
		tile := sizes.W.Above(60)
		for _, k := range kernel.Sets {
			o := engine.Options{Kernel: k, Threads: 1, Exact: true}
			x := newFixture(t, g, graph.Square(tile+3*step), 1)
			p := engine.NewPredictor(g, x.w, o)
			whole, err := p.Predict(x.in[0])
			if err != nil {
				t.Fatal(err)
			}
			m := graph.NewMap(graph.Shape{C: 1, H: tile, W: tile})
			y0, x0 := 2*step, step
			for y := range tile {
				copy(m.Pix[y*tile:(y+1)*tile], x.in[0].Pix[(y+y0)*x.in[0].W+x0:])
			}
			part, err := p.Predict(m)
			if err != nil {
				t.Fatal(err)
			}
			for c := range part.C {
				for y := range part.H {
					for z := range part.W {
						if a, b := part.At(c, y, z), whole.At(c, y+y0, z+x0); a != b {
							t.Fatalf("%v, %s kernel: (%d, %d, %d) is %v in the window, %v in the whole", up, k.Name, c, y, z, a, b)
						}
					}
				}
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, x := range []struct {
		batch int
		want  string
		make  func(b builder, x *graph.Node)
	}{
		{0, "net: batch of 0: want 1 or more", func(b builder, x *graph.Node) { b.conv("c", x, 1, 1, 1, 1) }},
	} {
		b := builder{&graph.Graph{Name: "net"}}
		x.make(b, b.in(1))
		if _, err := engine.New(b.Graph, graph.Square(9), x.batch, engine.Options{}); err == nil || err.Error() != x.want {
			t.Errorf("got %v, want %s", err, x.want)
		}
	}
}

func TestRunningStatistics(t *testing.T) {
	b := builder{&graph.Graph{Name: "norm"}}
	b.norm("n", b.in(1), 1)
	x := newFixture(t, b.Graph, graph.Size{H: 1, W: 2}, 2)
	x.w = graph.Weights{{1}, {0}, {1}, {2}}
	copy(x.in[0].Pix, []float32{1, 2})
	copy(x.in[1].Pix, []float32{3, 6})
	n := x.net(t, engine.Options{Train: true, Threads: 1})
	n.Forward()
	// The mean is 3, the unbiased variance (4+1+0+9)/3.
	near(t, "running statistics", []float32{n.Weights()[2][0], n.Weights()[3][0]}, []float64{.9*1 + .1*3, .9*2 + .1*14/3}, 1e-6)
}

// Intervene on a skip changes what the decoder reads, not what is pooled.
func TestIntervene(t *testing.T) {
	c := arch.Default()
	c.Pools, c.Width = 2, 4
	for _, a := range variants {
		g, err := a.Build(c)
		if err != nil {
			t.Fatal(err)
		}
		x := newFixture(t, g, legal(t, g, 60), 1)
		n := x.net(t, engine.Options{Keep: true, Threads: 1})
		n.Forward()
		cat, pool := g.Node("dec0.concat"), g.Node("enc1.pool")
		pooled, joined := n.Value(pool, 0), n.Value(cat, 0)
		calls := 0
		if err := n.Intervene(cat, func(m *graph.Map) {
			calls++
			clear(m.Pix[:m.Len()/2])
		}); err != nil {
			t.Fatal(err)
		}
		n.SetWeights(x.w)
		n.Forward()
		got := n.Value(cat, 0)
		clear(joined.Pix[:joined.Len()/2])
		if calls != 1 || !slices.Equal(got.Pix, joined.Pix) {
			t.Errorf("%s: %d calls; the skip is not what f made of it", a.Name(), calls)
		}
		if !slices.Equal(n.Value(pool, 0).Pix, pooled.Pix) {
			t.Errorf("%s: the pooled path has changed", a.Name())
		}
		if err := n.Intervene(cat, nil); err != nil {
			t.Fatal(err)
		}
		n.SetWeights(x.w)
		n.Forward()
		out := graph.NewMap(x.shape)
		n.Output(0, out)
		if want := trainStep(t, x, engine.Options{Keep: true, Threads: 1})[0]; !slices.Equal(out.Pix, want) {
			t.Errorf("%s: ending an intervention does not restore the network", a.Name())
		}
	}
}

// Value is the reference's value of every node.
func TestValues(t *testing.T) {
	forEachNet(t, 1, 2, func(t *testing.T, g *graph.Graph) {
		x := newFixture(t, g, legal(t, g, 20), 2)
		n := x.net(t, engine.Options{Keep: true, Threads: 1})
		n.Forward()
		want := x.reference(t, reference.FromWeights(x.w), x.input(), false)
		for _, node := range g.Nodes {
			for i := range x.in {
				near(t, node.Name, n.Value(node, i).Pix, want[node.ID][i].Pix, 2e-5)
			}
		}
	})
}

func TestNoAllocations(t *testing.T) {
	for _, a := range variants {
		c := arch.Default()
		c.Pools, c.Width, c.Dropout = 2, 4, 0.5
		g, err := a.Build(c)
		if err != nil {
			t.Fatal(err)
		}
		x := newFixture(t, g, legal(t, g, 60), 2)
		out := graph.NewMap(x.shape)
		for _, o := range []engine.Options{{Threads: 1}, {Threads: 1, Train: true}, {Threads: 3, Train: true}} {
			n := x.net(t, o)
			step := func() {
				n.SetWeights(x.w)
				for i, m := range x.in {
					n.SetInput(i, m)
				}
				n.Forward()
				n.Output(0, out)
				if o.Train {
					n.Backward(x.dout)
				}
			}
			if got := testing.AllocsPerRun(3, step); got != 0 {
				t.Errorf("%s, %+v: %v allocations per step", a.Name(), o, got)
			}
		}
	}
}

func TestPredictor(t *testing.T) {
	g, err := valid.Arch.Build(arch.Default())
	if err != nil {
		t.Fatal(err)
	}
	x := newFixture(t, g, legal(t, g, 90), 1)
	p := engine.NewPredictor(g, x.w, engine.Options{Threads: 1})
	want := trainStep(t, x, engine.Options{Threads: 1})[0]
	for range 2 {
		for add := range 6 { // more sizes than are kept
			size := legal(t, g, 90+8*add)
			m := graph.NewMap(graph.Shape{C: 1, H: size.H, W: size.W})
			if add == 0 {
				m = x.in[0]
			}
			got, err := p.Predict(m)
			if err != nil {
				t.Fatal(err)
			}
			if add == 0 && !slices.Equal(got.Pix, want) {
				t.Error("Predict differs from Forward")
			}
		}
	}
	if _, err := p.Predict(graph.NewMap(graph.Shape{C: 3, H: 96, W: 96})); err == nil {
		t.Error("three channels into a grey network: no error")
	}
	if _, err := p.Predict(graph.NewMap(graph.Shape{C: 1, H: 10, W: 96})); err == nil {
		t.Error("10 px into a valid network: no error")
	}
}
