package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
)

// standardised subtracts the mean of a map from it and divides it by its
// deviation, node by node, as exporters write it.
func standardised() *graph.Graph {
	g := &graph.Graph{Name: "standardised"}
	scale := func(name string, x *graph.Node) *graph.Node {
		p := []int{g.AddParam(graph.Param{Name: name + ".scale", Shape: []int{1}}), g.AddParam(graph.Param{Name: name + ".shift", Shape: []int{1}})}
		return g.Add(name, graph.ScaleShift, graph.Node{Params: p}, x)
	}
	in := g.Add("in", graph.Input, graph.Node{Channels: 1})
	mean := g.Add("mean", graph.Reduce, graph.Node{Over: graph.OverMap}, in)
	less := g.Add("less", graph.Sum, graph.Node{}, in, scale("minus", mean))
	square := g.Add("square", graph.Product, graph.Node{}, less, less)
	variance := g.Add("variance", graph.Reduce, graph.Node{Over: graph.OverMap}, square)
	root := g.Add("root", graph.Pointwise, graph.Node{Func: graph.Sqrt}, scale("epsilon", variance))
	inverse := g.Add("inverse", graph.Pointwise, graph.Node{Func: graph.Reciprocal}, root)
	g.Add("out", graph.Product, graph.Node{}, less, inverse)
	return g
}

// gated multiplies a map by what a layer makes of its means over some axes.
func gated(over graph.Over) *graph.Graph {
	g := &graph.Graph{Name: "gated"}
	in := g.Add("in", graph.Input, graph.Node{Channels: 1})
	one := [2]int{1, 1}
	p := []int{g.AddParam(graph.Param{Name: "w", Shape: []int{1, 1, 1, 1}}), g.AddParam(graph.Param{Name: "b", Shape: []int{1}})}
	x := g.Add("squeeze", graph.Reduce, graph.Node{Over: over}, in)
	x = g.Add("excite", graph.Conv, graph.Node{Channels: 1, Kernel: one, Stride: one, Params: p}, x)
	x = g.Add("gate", graph.Pointwise, graph.Node{Func: graph.Sigmoid}, x)
	g.Add("out", graph.Product, graph.Node{}, in, x)
	return g
}

// changed is a variant with changed nodes.
func changed(t *testing.T, a arch.Arch, c arch.Config, f func(*graph.Node)) *graph.Graph {
	g := build(t, a, c)
	for _, n := range g.Nodes {
		f(n)
	}
	return g
}

func TestCauses(t *testing.T) {
	instance := narrow(1, arch.Transposed)
	instance.Norm = arch.NormInstance
	align := func(n *graph.Node) {
		if n.Op == graph.Resize {
			n.Interp = graph.BilinearAlign
		}
	}
	for _, x := range []struct {
		g    *graph.Graph
		want []string // causes, each with the first of its nodes and their number
	}{
		{build(t, padded.Arch, narrow(2, arch.Transposed)), []string{"missing_context enc0.pad0 10", "grid_phase enc1.pool 2"}},
		// Nothing is invented: the context is read.
		{build(t, valid.Arch, narrow(2, arch.Transposed)), []string{"missing_context enc0.conv0 10", "grid_phase enc1.pool 2"}},
		{build(t, resized.Skip, narrow(2, arch.Transposed)), []string{"size_dependent_resize dec1.resize 2", "missing_context enc0.conv0 10", "grid_phase enc1.pool 2"}},
		{build(t, padded.Arch, instance), []string{"input_statistics enc0.norm0 6", "missing_context enc0.pad0 6", "grid_phase enc1.pool 1"}},
		{changed(t, padded.Arch, narrow(1, arch.UpBilinear), align), []string{"size_dependent_resize dec0.up 1", "missing_context enc0.pad0 7", "grid_phase enc1.pool 1"}},
		{standardised(), []string{"input_statistics mean 2"}},
		{gated(graph.OverMap), []string{"global_pooling squeeze 1"}},
		{gated(graph.OverWidth), []string{"global_pooling squeeze 1"}},
		{gated(graph.OverChannels), nil},
	} {
		var got []string
		for _, c := range x.g.Causes() {
			got = append(got, fmt.Sprintf("%v %s %d", c.Cause, c.Nodes[0].Name, len(c.Nodes)))
		}
		if strings.Join(got, ", ") != strings.Join(x.want, ", ") {
			t.Errorf("%s: %q, want %q", x.g.Name, got, x.want)
		}
	}
	f := gated(graph.OverWidth).Footprint()
	if !f.H.Equivariant || f.W.Equivariant || f.H.HaloTop != 0 || f.W.HaloTop != -1 {
		t.Errorf("means over the width: footprint %+v", f)
	}
}

// What is local where resizes or statistics span the map: as measured on such
// networks of two and three poolings with all that is global taken out.
func TestLocalFootprint(t *testing.T) {
	instance := narrow(3, arch.Transposed)
	instance.Norm = arch.NormInstance
	for _, x := range []struct {
		g        *graph.Graph
		up, down []int // reach by phase
		halo     int
	}{
		{changed(t, padded.Arch, narrow(2, arch.UpBilinear), func(n *graph.Node) {
			if n.Op == graph.Resize {
				n.Interp = graph.BilinearAlign
			}
		}), []int{26, 23, 24, 25}, []int{25, 24, 23, 26}, 25},
		{build(t, padded.Arch, instance), []int{46, 47, 48, 49, 50, 51, 44, 45}, []int{45, 44, 51, 50, 49, 48, 47, 46}, 46},
		{build(t, resized.Skip, narrow(2, arch.Transposed)), []int{20, 21, 22, 23}, []int{23, 22, 21, 20}, 0},
	} {
		f := x.g.LocalFootprint().H
		var up, down []int
		for _, r := range f.Reach {
			up, down = append(up, r[0]), append(down, r[1])
		}
		if fmt.Sprint(up, down) != fmt.Sprint(x.up, x.down) || f.Equivariant || f.HaloTop != x.halo || f.HaloBottom != x.halo {
			t.Errorf("%s: %+v, want reach %v up, %v down and halo %d", x.g.Name, f, x.up, x.down, x.halo)
		}
		if whole := x.g.Footprint().H; whole.ReachUp != -1 || whole.HaloTop != -1 || whole.Reach != nil {
			t.Errorf("%s: %+v, want no reach", x.g.Name, whole)
		}
	}
}
