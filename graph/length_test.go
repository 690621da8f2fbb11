package graph_test

import (
	"strings"
	"testing"

	"unetbench/graph"
)

// multiple pads its input to a multiple of 4 at the end, pools by it, magnifies
// and cuts back what it padded, as networks do that take any size. at says where,
// given how much is over.
func multiple(mode graph.Padding, at func(over *graph.Length) *graph.Length) *graph.Graph {
	g := &graph.Graph{Name: "multiple"}
	in := g.Add("in", graph.Input, graph.Node{Channels: 1})
	zero, four := graph.Px(0), graph.Px(4)
	rest := func(axis int) *graph.Length { return four.Minus(graph.Side(in, axis).Mod(four)).Mod(four) }
	x := g.Add("pad", graph.Pad, graph.Node{Padding: mode, Lengths: []*graph.Length{zero, zero, rest(0), rest(1)}}, in)
	pool := [2]int{4, 4}
	x = g.Add("pool", graph.MaxPool, graph.Node{Kernel: pool, Stride: pool}, x)
	up := g.Add("up", graph.Resize, graph.Node{Factor: 4, Interp: graph.Bilinear}, x)
	over := func(axis int) *graph.Length { return at(graph.Side(up, axis).Minus(graph.Side(in, axis))) }
	g.Add("cut", graph.Crop, graph.Node{Lengths: []*graph.Length{over(0), over(1), graph.Side(in, 0), graph.Side(in, 1)}}, up)
	return g
}

// A network that pads to a multiple inside takes every size, and shows its step
// all the same.
func TestPaddedToAMultiple(t *testing.T) {
	for _, g := range []*graph.Graph{
		multiple(graph.PadZero, func(over *graph.Length) *graph.Length { return graph.Px(0) }),
		multiple(graph.PadReplicate, func(over *graph.Length) *graph.Length { return over.Over(graph.Px(2)) }),
		multiple(graph.PadZero, func(over *graph.Length) *graph.Length { return over.Most(graph.Px(0)).Least(graph.Px(3)) }),
	} {
		want := graph.Sides{Step: 4, Min: 4}
		s, err := g.Sizes()
		if err != nil || s.H != want || s.W != want {
			t.Errorf("sizes %+v, %v, want %+v", s, err, want)
		}
		h, w := g.Observed()
		for _, o := range []graph.Observation{h, w} {
			if o.Aligned != (graph.Sides{Step: 1, Min: 1}) || o.Least() != 1 || len(o.Floored) != 10 {
				t.Errorf("observed %+v", o)
			}
		}
		if f := g.Footprint().W; !f.Equivariant || f.Step != 4 || f.HaloTop != 2 || f.HaloBottom != 2 || f.ReachUp != 5 || f.ReachDown != 5 {
			t.Errorf("footprint %+v", f)
		}
		want2 := "multiple: pad (Pad): input 8×9 is not legal: its width of 12 px is not in the ratio to the input's that it has at legal ones; nearest legal input heights 8, widths 8, 12"
		if err := g.CheckLegal(graph.Size{H: 8, W: 9}); err == nil || err.Error() != want2 {
			t.Errorf("%v, want %s", err, want2)
		}
	}
}

// Padding, cutting and interpolating by lengths that grow with the input tie
// every px to the input's length.
func TestLengthsThatGrow(t *testing.T) {
	half := func(n *graph.Node, axis int) *graph.Length { return graph.Side(n, axis).Over(graph.Px(2)) }
	px := graph.Px
	for _, x := range []struct {
		name    string
		op      graph.Op
		lengths func(in *graph.Node) []*graph.Length
	}{
		{"cut from the middle on", graph.Crop, func(in *graph.Node) []*graph.Length {
			return []*graph.Length{half(in, 0), half(in, 1), half(in, 0), half(in, 1)}
		}},
		{"padded by half", graph.Pad, func(in *graph.Node) []*graph.Length {
			return []*graph.Length{half(in, 0), half(in, 1), px(0), px(0)}
		}},
		{"to a fixed size", graph.Resize, func(in *graph.Node) []*graph.Length { return []*graph.Length{px(16), px(16)} }},
		{"to one px more", graph.Resize, func(in *graph.Node) []*graph.Length {
			return []*graph.Length{graph.Side(in, 0).Plus(px(1)), graph.Side(in, 1).Plus(px(1))}
		}},
	} {
		g := &graph.Graph{Name: x.name}
		in := g.Add("in", graph.Input, graph.Node{Channels: 1})
		g.Add("n", x.op, graph.Node{Lengths: x.lengths(in)}, in)
		c := g.Causes()
		if f := g.Footprint().H; f.Equivariant || f.HaloTop != -1 || len(c) == 0 || c[0].Cause != graph.SizeDependentResize || c[0].Nodes[0].Name != "n" {
			t.Errorf("%s: footprint %+v, causes %v", x.name, f, c)
		}
		if l := g.LocalFootprint().H; (l.ReachUp >= 0) != (x.name == "to one px more") {
			t.Errorf("%s: of what is local %+v", x.name, l)
		}
	}
}

// A length that no fixed ratio gives leaves no legal size, and says why.
func TestLengthsThatAreNotLinear(t *testing.T) {
	for want, l := range map[string]func(in *graph.Node) *graph.Length{
		"not linear in the input's size":           func(in *graph.Node) *graph.Length { return graph.Side(in, 0).Times(graph.Side(in, 0)) },
		"the width of in sets a length across it":  func(in *graph.Node) *graph.Length { return graph.Side(in, 1) },
		"a size divided by 0 px is not linear":     func(in *graph.Node) *graph.Length { return graph.Side(in, 0).Over(graph.Px(0)) },
		"a size divided by k px is not linear in ": func(in *graph.Node) *graph.Length { return graph.Px(64).Over(graph.Side(in, 0)) },
	} {
		g := &graph.Graph{Name: "odd"}
		in := g.Add("in", graph.Input, graph.Node{Channels: 1})
		g.Add("n", graph.Resize, graph.Node{Lengths: []*graph.Length{l(in), graph.Side(in, 1)}}, in)
		if _, err := g.Sizes(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A magnification that files hold as float32 gives ONNX Runtime's lengths.
func TestScaleRoundsAsFloat32(t *testing.T) {
	g := &graph.Graph{Name: "scale"}
	in := g.Add("in", graph.Input, graph.Node{Channels: 1})
	s := float64(float32(5) / 3) // a little less than 5/3
	g.Add("r", graph.Resize, graph.Node{Scale: [2]float64{s, s}}, in)
	shapes, err := g.Infer(graph.Size{H: 60, W: 61})
	if want := (graph.Shape{C: 1, H: 100, W: 101}); err != nil || shapes[1] != want {
		t.Errorf("%v, %v, want %v", shapes[1], err, want)
	}
}
