package graph_test

import (
	"fmt"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
)

func cost(t *testing.T, a arch.Arch, c arch.Config, n int) graph.Cost {
	t.Helper()
	total, err := build(t, a, c).TotalCost(graph.Square(n))
	if err != nil {
		t.Fatal(err)
	}
	return total
}

// Published and derived costs, to the digits in which they are stated.
func TestCostOfThePaper(t *testing.T) {
	paper := arch.Ronneberger2015()
	v := float64(cost(t, valid.Arch, paper, 572).MACs)
	p := float64(cost(t, padded.Arch, paper, 512).MACs)
	for _, x := range []struct{ what, got, want string }{
		{"valid 572→388, GMAC", fmt.Sprintf("%.1f", v/1e9), "150.4"},
		{"padded 512, GMAC", fmt.Sprintf("%.1f", p/1e9), "192.4"},
		{"valid 572→388, MMAC per output px", fmt.Sprintf("%.3f", v/388/388/1e6), "0.999"},
		{"padded, MMAC per output px", fmt.Sprintf("%.3f", p/512/512/1e6), "0.734"},
	} {
		if x.got != x.want {
			t.Errorf("%s: %s, want %s", x.what, x.got, x.want)
		}
	}
	for n, want := range map[int]string{316: "2.36", 444: "1.58", 572: "1.36", 1020: "1.15", 2044: "1.07"} {
		per := float64(cost(t, valid.Arch, paper, n).MACs) / float64((n-184)*(n-184))
		if got := fmt.Sprintf("%.2f", per/(p/512/512)); got != want {
			t.Errorf("valid at %d: %s times the padded net's arithmetic, want %s", n, got, want)
		}
	}
	if a, b := v, float64(cost(t, valid.NoSkip, paper, 572).MACs); a != b {
		t.Errorf("no-skip takes %v multiply-accumulates, valid %v", b, a)
	}
}

// The default network at its training windows, per supervised pixel.
func TestCostOfTheRecipe(t *testing.T) {
	for _, x := range []struct {
		a       arch.Arch
		in, out int
		want    string
	}{
		{valid.Arch, 204, 116, "14.3 k"}, {resized.Skip, 204, 116, "14.3 k"}, {valid.NoSkip, 204, 116, "14.3 k"},
		{padded.Arch, 120, 116, "9.4 k"}, {resized.Up, 204, 116, "21.6 k"},
	} {
		per := float64(cost(t, x.a, arch.Default(), x.in).MACs) / float64(x.out*x.out)
		if got := fmt.Sprintf("%.1f k", per/1e3); got != x.want {
			t.Errorf("%s %d/%d: %s multiply-accumulates per px, want %s", x.a.Name(), x.in, x.out, got, x.want)
		}
	}
}

// Interpolation stands in a column of its own: 4 for each value that a
// bilinear resize writes, nothing for nearest neighbours or for a crop.
func TestInterpolationCost(t *testing.T) {
	c := arch.Ronneberger2015()
	if got := cost(t, valid.Arch, c, 572).Interp; got != 0 {
		t.Errorf("valid interpolates %d times", got)
	}
	want := int64(4 * (64*392*392 + 128*200*200 + 256*104*104 + 512*56*56))
	if got := cost(t, resized.Skip, c, 572).Interp; got != want {
		t.Errorf("resized-skip: %d, want %d", got, want)
	}
	want = 4 * (64*568*568 + 128*280*280 + 256*136*136 + 512*64*64 + 2*572*572)
	if got := cost(t, resized.Up, c, 572).Interp; got != want {
		t.Errorf("resized-up: %d, want %d", got, want)
	}
	c.Interp = graph.Nearest
	if got := cost(t, resized.Skip, c, 572).Interp; got != 0 {
		t.Errorf("resized-skip by nearest neighbours: %d", got)
	}
}

// One small case by hand, node by node.
func TestCostByHand(t *testing.T) {
	g := &graph.Graph{Name: "hand"}
	in := g.Add("in", graph.Input, graph.Node{Channels: 2})
	params := []int{
		g.AddParam(graph.Param{Name: "c.weight", Shape: []int{3, 2, 3, 3}, Trainable: true}),
		g.AddParam(graph.Param{Name: "c.bias", Shape: []int{3}, Trainable: true}),
	}
	c := g.Add("c", graph.Conv, graph.Node{Channels: 3, Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}, Params: params}, in)
	g.Add("half", graph.Resize, graph.Node{Factor: 2, Level: 1}, c)
	var scale []int
	for _, name := range []string{"gamma", "beta"} {
		scale = append(scale, g.AddParam(graph.Param{Name: name, Shape: []int{3}, Trainable: true}))
	}
	g.Add("norm", graph.Norm, graph.Node{Stats: graph.InstanceStatistics, Params: scale}, g.Output())
	shapes, err := g.Infer(graph.Size{H: 6, W: 5})
	if err != nil {
		t.Fatal(err)
	}
	got := g.Costs(shapes)
	want := []graph.Cost{
		{},
		{MACs: 9 * 2 * 3 * 4 * 3, Params: 57, Bytes: 4 * (2*6*5 + 57 + 3*4*3)},
		{Interp: 4 * 3 * 8 * 6, Bytes: 4 * (3*4*3 + 3*8*6)},
		{Params: 6, Bytes: 4 * (6 + 3*3*8*6)}, // read for the statistics, read again, written
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s: %+v, want %+v", g.Nodes[i].Name, got[i], want[i])
		}
	}
	levels, err := g.LevelCosts(graph.Size{H: 6, W: 5})
	if err != nil || len(levels) != 2 || levels[0] != want[1].Plus(want[3]) || levels[1] != want[2] {
		t.Errorf("levels %+v, %v", levels, err)
	}
}
