package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
)

// configs draws a network, narrow since width has no part in geometry.
var configs = rapid.Custom(func(t *rapid.T) arch.Config {
	return arch.Config{
		In: 1, Classes: 2, Width: 1,
		Pools:   rapid.IntRange(1, 4).Draw(t, "pools"),
		Up:      rapid.SampledFrom(arch.Ups()).Draw(t, "up"),
		Norm:    rapid.SampledFrom(arch.Norms()).Draw(t, "norm"),
		Padding: graph.Padding(rapid.IntRange(0, 3).Draw(t, "padding")),
		Interp:  graph.Interp(rapid.IntRange(0, 2).Draw(t, "interp")),
	}
})

func draw(t *rapid.T) (*graph.Graph, graph.Sizes) {
	g, err := rapid.SampledFrom(variants).Draw(t, "variant").Build(configs.Draw(t, "config"))
	if err != nil {
		t.Fatal(err)
	}
	sizes, err := g.Sizes()
	if err != nil {
		t.Fatal(err)
	}
	return g, sizes
}

// A side is legal exactly if the network runs on it and nothing is floored.
func TestLegalMeansNothingIsFloored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, sizes := draw(t)
		in := graph.Size{H: rapid.IntRange(1, 400).Draw(t, "height"), W: sizes.W.Above(200)}
		shapes, err := g.Infer(in)
		exact := err == nil
		for _, n := range g.Nodes {
			if err != nil {
				break
			}
			switch x, y := 0, shapes[n.ID]; n.Op {
			case graph.MaxPool:
				x = shapes[n.In[0].ID].H
				exact = exact && x == 2*y.H
			case graph.Crop:
				x = shapes[n.In[0].ID].H
				exact = exact && (x-y.H)%2 == 0
			}
		}
		if sizes.H.Legal(in.H) != exact || (g.CheckLegal(in) == nil) != exact {
			t.Fatalf("%s: %v: legal sizes are %v, CheckLegal says %v, but the shapes say %v (%v)", g.Name, in, sizes.H, g.CheckLegal(in), exact, err)
		}
	})
}

func TestNearestLegal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		_, sizes := draw(t)
		s, n := sizes.H, rapid.IntRange(-50, 1000).Draw(t, "n")
		above, below := s.Above(n), s.Below(n)
		if !s.Legal(above) || above < n || above-s.Step >= max(n, s.Min) {
			t.Fatalf("%v: above %d comes %d", s, n, above)
		}
		if below == 0 {
			if n >= s.Min {
				t.Fatalf("%v: nothing below %d", s, n)
			}
		} else if !s.Legal(below) || below > n || below+s.Step <= n {
			t.Fatalf("%v: below %d comes %d", s, n, below)
		}
		if s.Legal(n) && (above != n || below != n) {
			t.Fatalf("%v: %d is legal, but its neighbours are %d and %d", s, n, below, above)
		}
	})
}

// Height and width don't mix, larger inputs never give smaller maps, and at
// legal sizes every output is the input less the shrink.
func TestInferIsMonotoneAndSeparable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, sizes := draw(t)
		a := rapid.IntRange(1, 300).Draw(t, "a")
		b := rapid.IntRange(a, 300).Draw(t, "b")
		sa, errA := g.Infer(graph.Square(a))
		sb, errB := g.Infer(graph.Square(b))
		if errA != nil || errB != nil {
			return
		}
		mixed, err := g.Infer(graph.Size{H: a, W: b})
		if err != nil {
			t.Fatal(err)
		}
		for i, n := range g.Nodes {
			if mixed[i].H != sa[i].H || mixed[i].W != sb[i].W {
				t.Fatalf("%s: %v at %d×%d, but %v and %v at the squares", n.Name, mixed[i], a, b, sa[i], sb[i])
			}
			if sb[i].H < sa[i].H {
				t.Fatalf("%s: %v at %d, %v at %d", n.Name, sa[i], a, sb[i], b)
			}
		}
		if f := g.Footprint().H; sizes.H.Legal(a) && sa[g.Output().ID].H != a-f.Shrink {
			t.Fatalf("%s: %d in, %v out, shrink %d", g.Name, a, sa[g.Output().ID], f.Shrink)
		}
	})
}

// The sizes of the paper and of the thread.
func TestSizesOfThePaper(t *testing.T) {
	for _, x := range []struct {
		a    arch.Arch
		want graph.Sides
	}{
		{valid.Arch, graph.Sides{Step: 16, Offset: 12, Min: 188}},
		{valid.NoSkip, graph.Sides{Step: 16, Offset: 12, Min: 188}},
		{resized.Skip, graph.Sides{Step: 16, Offset: 12, Min: 188}},
		{resized.Up, graph.Sides{Step: 16, Offset: 12, Min: 140}},
		{padded.Arch, graph.Sides{Step: 16, Offset: 0, Min: 16}},
	} {
		g := build(t, x.a, arch.Ronneberger2015())
		if s, err := g.Sizes(); err != nil || s.H != x.want || s.W != x.want {
			t.Errorf("%s: %+v, %v; want %+v", x.a.Name(), s, err, x.want)
		}
	}
}

// What goes into and comes out of a node at 572 px, level by level.
func TestJoinsAt572(t *testing.T) {
	for _, x := range []struct {
		a     arch.Arch
		joint string // node that fits one map to the other, per level
		pairs [][2]int
	}{
		{valid.Arch, "crop", [][2]int{{568, 392}, {280, 200}, {136, 104}, {64, 56}}},
		{resized.Skip, "resize", [][2]int{{568, 392}, {280, 200}, {136, 104}, {64, 56}}},
		{resized.Up, "resize", [][2]int{{552, 568}, {264, 280}, {120, 136}, {56, 64}}},
	} {
		g := build(t, x.a, narrow(4, arch.Transposed))
		s, err := g.Infer(graph.Square(572))
		if err != nil {
			t.Fatal(err)
		}
		for l, want := range x.pairs {
			n := g.Node(fmt.Sprintf("dec%d.%s", l, x.joint))
			if got := [2]int{s[n.In[0].ID].H, s[n.ID].W}; got != want {
				t.Errorf("%s: %s: %v, want %v", x.a.Name(), n.Name, got, want)
			}
		}
		if x.a == resized.Up {
			if n := g.Output(); n.Op != graph.Resize || s[n.In[0].ID].H != 564 || s[n.ID].H != 572 {
				t.Errorf("logits: %v becomes %v", s[n.In[0].ID], s[n.ID])
			}
		}
	}
}

func TestSizeErrors(t *testing.T) {
	for _, x := range []struct {
		a    arch.Arch
		in   graph.Size
		call func(*graph.Graph, graph.Size) error
		want string
	}{
		{valid.Arch, graph.Square(512), (*graph.Graph).CheckLegal,
			"valid: enc3.pool (MaxPool): input 512×512 is not legal: a height of 121 px is floored to 120; nearest legal input sides 508, 524"},
		{valid.Arch, graph.Size{H: 572, W: 512}, (*graph.Graph).CheckLegal,
			"valid: enc3.pool (MaxPool): input 572×512 is not legal: a width of 121 px is floored to 120; nearest legal input heights 572, widths 508, 524"},
		{valid.Arch, graph.Square(100), infer,
			"valid: enc4.conv0 (Conv): input 100×100 leaves nothing: output would be 32×0×0; nearest legal input sides 188"},
		{padded.Arch, graph.Square(152), infer,
			"padded: dec3.concat (Concat): sizes differ: 16×19×19 and 16×18×18; nearest legal input sides 144, 160"},
		{padded.Arch, graph.Size{H: 160, W: 152}, infer,
			"padded: dec3.concat (Concat): sizes differ: 16×20×19 and 16×20×18; nearest legal input heights 160, widths 144, 160"},
		{resized.Up, graph.Square(0), infer,
			"resized-up: in (Input): input 0×0 leaves nothing: output would be 1×0×0; nearest legal input sides 140"},
	} {
		if err := x.call(build(t, x.a, narrow(4, arch.Transposed)), x.in); err == nil || err.Error() != x.want {
			t.Errorf("%s %v:\n got %v\nwant %v", x.a.Name(), x.in, err, x.want)
		}
	}
}

func infer(g *graph.Graph, in graph.Size) error {
	_, err := g.Infer(in)
	return err
}

// Reflection needs more px than it mirrors, circular padding as many.
func TestPaddingNeedsPixels(t *testing.T) {
	for mode, least := range map[graph.Padding]int{graph.PadZero: 4, graph.PadReplicate: 4, graph.PadCircular: 4, graph.PadReflect: 8} {
		c := narrow(2, arch.Transposed)
		c.Padding = mode
		g := build(t, padded.Arch, c)
		if s, err := g.Sizes(); err != nil || s.H.Min != least {
			t.Errorf("%v: %+v, %v; want at least %d px", mode, s, err, least)
		}
		if err := infer(g, graph.Square(4)); (err == nil) != (least == 4) {
			t.Errorf("%v: 4 px: %v", mode, err)
		} else if err != nil && !strings.Contains(err.Error(), "enc2.pad0 (Pad): cannot pad 1 px by 1 px in mode reflect; nearest legal input sides 8") {
			t.Error(err)
		}
	}
}

// Axes are apart: a network that pools along the height only, with kernels
// that differ, has a step and a context along each axis of its own.
func TestAxesAreApart(t *testing.T) {
	g := &graph.Graph{Name: "tall"}
	in := g.Add("in", graph.Input, graph.Node{Channels: 1})
	a := g.Add("a", graph.Conv, graph.Node{Channels: 1, Kernel: [2]int{5, 3}, Stride: [2]int{1, 1}}, in)
	p := g.Add("p", graph.MaxPool, graph.Node{Kernel: [2]int{3, 1}, Stride: [2]int{3, 1}}, a)
	u := g.Add("u", graph.Resize, graph.Node{Like: a, Interp: graph.Nearest}, p)
	g.Add("c", graph.Concat, graph.Node{}, a, u)
	s, err := g.Sizes()
	if err != nil {
		t.Fatal(err)
	}
	if want := (graph.Sizes{H: graph.Sides{Step: 3, Offset: 1, Min: 7}, W: graph.Sides{Step: 1, Offset: 0, Min: 3}}); s != want {
		t.Errorf("sizes %+v, want %+v", s, want)
	}
	f := g.Footprint()
	if h := f.H; h.Before != 2 || h.After != 2 || h.ReachUp != 4 || h.ReachDown != 4 || !h.Equivariant || len(h.Reach) != 3 {
		t.Errorf("height: %+v", h)
	}
	if w := f.W; w.Before != 1 || w.After != 1 || w.ReachUp != 1 || w.ReachDown != 1 || w.Step != 1 {
		t.Errorf("width: %+v", w)
	}
}

// A network that no size suits says so.
func TestNoLegalSize(t *testing.T) {
	g := &graph.Graph{Name: "odd"}
	in := g.Add("in", graph.Input, graph.Node{Channels: 1})
	a := g.Add("a", graph.Conv, graph.Node{Channels: 1, Kernel: [2]int{2, 2}, Stride: [2]int{1, 1}}, in)
	g.Add("join", graph.Concat, graph.Node{}, in, a)
	_, err := g.Sizes()
	if err == nil || err.Error() != "odd: join (Concat): no input size is legal: sizes differ: k px and k-1 px" {
		t.Error(err)
	}
	if f := g.Footprint(); f.H.Step != 0 || f.H.HaloTop != -1 {
		t.Errorf("footprint %+v", f)
	}
	if _, err := g.Infer(graph.Square(9)); err == nil || !strings.Contains(err.Error(), "odd: join (Concat): sizes differ") {
		t.Error(err)
	}
}

// An output of another resolution than the input is named, not taken for a
// network that loses px.
func TestOutputOfAnotherResolution(t *testing.T) {
	g := &graph.Graph{Name: "half"}
	in := g.Add("in", graph.Input, graph.Node{Channels: 1})
	g.Add("pool", graph.MaxPool, graph.Node{Kernel: [2]int{2, 2}, Stride: [2]int{2, 2}}, in)
	err := g.CheckResolution()
	if err == nil || err.Error() != "half: pool (MaxPool): the output's height is 1/2 of the input's; add a Resize behind it, or cut the file before the pooling" {
		t.Error(err)
	}
	if f := g.Footprint().H; f.Step != 0 || f.ReachUp != -1 || f.HaloTop != -1 {
		t.Errorf("footprint %+v", f)
	}
	if err := build(t, valid.Arch, narrow(2, arch.Transposed)).CheckResolution(); err != nil {
		t.Error(err)
	}
}

// What rounds an illegal size is named for every op that can.
func TestWhatRounds(t *testing.T) {
	two := [2]int{2, 2}
	const up = "a width of 9 px becomes 5, rounded up"
	for _, x := range []struct {
		n    graph.Node
		want string
	}{
		{graph.Node{Kernel: two, Stride: two}, "a width of 9 px is floored to 8"},
		{graph.Node{Kernel: two, Stride: two, Ceil: true}, up},
		{graph.Node{Kernel: [2]int{3, 3}, Stride: two, Pads: [4]int{1, 1, 1, 1}}, up},
	} {
		g := &graph.Graph{Name: "rounds"}
		g.Add("n", graph.MaxPool, x.n, g.Add("in", graph.Input, graph.Node{Channels: 1}))
		want := "rounds: n (MaxPool): input 8×9 is not legal: " + x.want + "; nearest legal input heights 8, widths 8, 10"
		if err := g.CheckLegal(graph.Size{H: 8, W: 9}); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
