package graph_test

import (
	"strings"
	"testing"

	"unetbench/arch"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
)

func TestCheckFindsBadWiring(t *testing.T) {
	for _, x := range []struct {
		a     arch.Arch
		spoil func(*graph.Graph)
		want  string
	}{
		{valid.Arch, func(g *graph.Graph) { g.Nodes = g.Nodes[1:] }, "first node must be the input"},
		{valid.Arch, func(g *graph.Graph) { g.Nodes[3].Name = g.Nodes[2].Name }, "two nodes have this name"},
		{valid.Arch, func(g *graph.Graph) { g.Params[3].Name = g.Params[2].Name }, "two parameters are called"},
		{valid.Arch, func(g *graph.Graph) { g.Nodes[2], g.Nodes[3] = g.Nodes[3], g.Nodes[2] }, "ID 3 at place 2"},
		{valid.Arch, func(g *graph.Graph) { g.Nodes[2].In[0] = g.Nodes[5] }, "enc0.norm1 does not come before it"},
		{valid.Arch, func(g *graph.Graph) { g.Node("dec1.crop").Like = g.Output() }, "head does not come before it"},
		{valid.Arch, func(g *graph.Graph) { g.Node("dec1.crop").Like = nil }, "dec1.crop (Crop): no node gives the size"},
		{resized.Up, func(g *graph.Graph) { g.Output().Like = nil }, "resize (Resize): neither a node nor a factor"},
		{valid.Arch, func(g *graph.Graph) { g.Node("dec1.concat").In = nil }, "0 operands, want 2"},
		{valid.Arch, func(g *graph.Graph) { g.Node("head").Kernel = [2]int{} }, "want 1 or more"},
		{valid.Arch, func(g *graph.Graph) {
			g.Node("enc1.pool").Dilation = [2]int{2, 2}
			g.Node("enc1.pool").Op = graph.AvgPool
		}, "only Conv and MaxPool have one"},
		{valid.Arch, func(g *graph.Graph) { g.Node("head").Params = nil }, "head (Conv): 0 parameters, want 2"},
		{valid.Arch, func(g *graph.Graph) { g.Node("head").Params[0] = 9999 }, "parameter 9999"},
		{valid.Arch, func(g *graph.Graph) { g.Node("enc1.norm0").Stats = graph.InstanceStatistics }, "enc1.norm0 (Norm): 4 parameters, want 2"},
		{valid.Arch, func(g *graph.Graph) { g.Node("enc1.norm0").Groups = 4 }, "4 groups by batch statistics"},
		{valid.Arch, func(g *graph.Graph) { g.Node("enc1.norm0").Stats = graph.GroupStatistics }, "0 groups by group statistics"},
		{valid.Arch, func(g *graph.Graph) {
			n := g.Node("enc1.norm0")
			n.Stats, n.Groups, n.Params = graph.GroupStatistics, 3, n.Params[:2]
		}, "16 channels are no multiple of 3 groups"},
		{valid.Arch, func(g *graph.Graph) { g.Node("enc1.norm0").Stats = 9 }, "Statistics(9)"},
		{valid.Arch, func(g *graph.Graph) { g.Params[0].Shape[1]++ }, "enc0.conv0.weight has shape [8 2 3 3], want [8 1 3 3]"},
		{valid.Arch, func(g *graph.Graph) { g.AddParam(graph.Param{Name: "spare"}) }, "parameter spare belongs to no node"},
	} {
		g := build(t, x.a, arch.Default())
		if err := g.Check(); err != nil {
			t.Fatal(err)
		}
		x.spoil(g)
		if err := g.Check(); err == nil || !strings.Contains(err.Error(), x.want) || !strings.HasPrefix(err.Error(), g.Name+": ") {
			t.Errorf("error %v, want %q", err, x.want)
		}
	}
}
