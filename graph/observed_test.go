package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/valid"
	"unetbench/graph"
)

// pooled pools twice by 2 px and magnifies back, with no skip to say that px
// were lost.
func pooled(ceil bool) *graph.Graph {
	two := [2]int{2, 2}
	g := &graph.Graph{Name: "pooled"}
	x := g.Add("in", graph.Input, graph.Node{Channels: 1})
	x = g.Add("pool0", graph.MaxPool, graph.Node{Kernel: two, Stride: two, Ceil: ceil}, x)
	x = g.Add("pool1", graph.MaxPool, graph.Node{Kernel: two, Stride: two, Ceil: ceil}, x)
	g.Add("up", graph.Resize, graph.Node{Factor: 4, Interp: graph.Nearest}, x)
	return g
}

func TestObserved(t *testing.T) {
	for _, x := range []struct {
		g    *graph.Graph
		want graph.Observation
	}{
		{build(t, padded.Arch, narrow(3, arch.Transposed)), graph.Observation{
			Tried: 40, Accepted: [][2]int{{8, 8}, {16, 16}, {24, 24}, {32, 32}, {40, 40}}, Aligned: graph.Sides{Step: 8, Min: 8}}},
		// Off its grid the valid network crops oddly and loses px.
		{build(t, valid.Arch, narrow(2, arch.Transposed)), graph.Observation{
			Tried: 60, Accepted: [][2]int{{44, 60}}, Floored: [][2]int{{45, 47}, {49, 51}, {53, 55}, {57, 59}}, Aligned: graph.Sides{Step: 4, Min: 44}}},
		// Shorter than its windows it runs in ONNX Runtime, which makes 4 px of 1.
		{pooled(false), graph.Observation{Tried: 40, Accepted: [][2]int{{1, 40}}, Floored: [][2]int{{1, 3}, {5, 7}, {9, 11}, {13, 15},
			{17, 19}, {21, 23}, {25, 27}, {29, 31}, {33, 35}, {37, 39}}, Aligned: graph.Sides{Step: 4, Min: 4}}},
	} {
		h, w := x.g.Observed()
		if !cmp.Equal(h, x.want) || !cmp.Equal(h, w) {
			t.Errorf("%s: %+v and %+v, want %+v", x.g.Name, h, w, x.want)
		}
	}
	for ceil, want := range map[bool]bool{false: false, true: true} {
		if _, err := pooled(ceil).Infer(graph.Square(1)); (err == nil) != want {
			t.Errorf("ceil %v: 1 px: %v", ceil, err)
		}
	}
}
