package onnx_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"unetbench/graph"
	"unetbench/graph/graphtest"
	"unetbench/internal/onnx"
)

// again is g as it comes back from a file.
func again(t rapid.TB, g *graph.Graph, w graph.Weights, o exportOptions) *onnx.Network {
	t.Helper()
	m, err := onnx.Export(g, w, o)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if m, err = onnx.Decode(raw, nil); err != nil {
		t.Fatal(err)
	}
	net, err := onnx.Import(m, g.Name, onnx.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return net
}

// rewritten are the networks that come back as other arithmetic: a group norm's
// scale and shift stand behind it, and are rounded in between.
func rewritten(g *graph.Graph) bool {
	return slices.ContainsFunc(g.Nodes, func(n *graph.Node) bool {
		return n.Stats == graph.GroupStatistics || n.Op == graph.ScaleShift
	})
}

// respelt are the networks of which a node comes back as none, or as two, which is
// counted in bytes: what does nothing is left out, and Pads by copies that also cut
// off are a Pad and a Crop.
func respelt(g *graph.Graph) bool {
	return slices.ContainsFunc(g.Nodes, func(n *graph.Node) bool {
		cuts := min(n.Pads[0], n.Pads[1], n.Pads[2], n.Pads[3]) < 0 && n.Padding != graph.PadZero
		nothing := n.Pads == [4]int{} && n.Lengths == nil
		return n.Op == graph.Pad && (cuts || nothing) || n.Op == graph.Pointwise && n.Func == graph.Identity
	})
}

// same holds what every reader of a graph says of h against what it says of g.
func same(t rapid.TB, g, h *graph.Graph, size graph.Size) {
	t.Helper()
	gs, gerr := g.Sizes()
	hs, herr := h.Sizes()
	if (gerr == nil) != (herr == nil) || gs != hs {
		t.Errorf("legal sizes %v (%v), were %v (%v)", hs, herr, gs, gerr)
	}
	if was, is := g.Footprint(), h.Footprint(); !reflect.DeepEqual(was, is) {
		t.Errorf("footprint %+v, was %+v", is, was)
	}
	was, err := g.Infer(size)
	if err != nil {
		t.Fatal(err)
	}
	is, err := h.Infer(size)
	if err != nil {
		t.Fatal(err)
	}
	if was[g.Output().ID] != is[h.Output().ID] {
		t.Errorf("output %v, was %v", is[h.Output().ID], was[g.Output().ID])
	}
	if !rewritten(g) {
		a, _ := g.TotalCost(size)
		b, _ := h.TotalCost(size)
		if respelt(g) {
			a.Bytes, b.Bytes = 0, 0
		}
		if a != b {
			t.Errorf("cost %+v, was %+v", b, a)
		}
	}
}

// TestRoundTrip: a network comes back from its file as it was.
func TestRoundTrip(t *testing.T) {
	for _, n := range networks(t) {
		if n.options.Softmax {
			continue // it comes back with it
		}
		t.Run(n.name, func(t *testing.T) {
			net := again(t, n.graph, n.weights, n.options)
			for _, size := range n.sizes {
				same(t, n.graph, net.Graph, size)
				was, is := run(t, n.graph, n.weights, size), run(t, net.Graph, net.Weights, size)
				if rewritten(n.graph) {
					if d := apart(was, is); !(d < 1e-5) {
						t.Errorf("input %v: off by %g", size, d)
					}
				} else if was.Shape != is.Shape || !slices.Equal(was.Pix, is.Pix) {
					t.Errorf("input %v: off by %g", size, apart(was, is))
				}
			}
		})
	}
}

// TestRoundTripOfDrawnNetworks: likewise of random wirings.
func TestRoundTripOfDrawnNetworks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, graphtest.Menu{Pools: []int{2, 3}, Depth: 2, Resize: true,
			Modes: []graph.Padding{graph.PadZero, graph.PadReflect, graph.PadReplicate, graph.PadCircular}})
		s, err := g.Sizes()
		if err != nil {
			t.Skip("no legal size")
		}
		size := graph.Size{H: s.H.Above(s.H.Min + 1), W: s.W.Min}
		w := drawn(g)
		net := again(t, g, w, exportOptions{})
		same(t, g, net.Graph, size)
		if was, is := run(t, g, w, size), run(t, net.Graph, net.Weights, size); !slices.Equal(was.Pix, is.Pix) {
			t.Fatalf("input %v: off by %g", size, apart(was, is))
		}
	})
}

// apart is the largest deviation of b from a.
func apart(a, b *graph.Map) float64 {
	d := 0.0
	for i, v := range a.Pix {
		d = max(d, float64(v-b.Pix[i]), float64(b.Pix[i]-v))
	}
	return d
}
