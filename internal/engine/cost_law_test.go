package engine_test

import (
	"testing"

	"pgregory.net/rapid"

	"unetbench/graph"
	"unetbench/graph/graphtest"
	"unetbench/internal/engine/reference"
)

// products counts the multiply-accumulates that the slow interpreter makes for
// one node: it runs the node alone, every input value and weight a 1 and the
// bias 0, so that each product adds 1 to what it puts out.
func products(t *rapid.T, g *graph.Graph, n *graph.Node, shapes []graph.Shape) int64 {
	alone := &graph.Graph{Name: g.Name}
	x := shapes[n.In[0].ID]
	in := alone.Add("in", graph.Input, graph.Node{Channels: x.C})
	op := *n
	op.Params = nil
	var w reference.Weights
	for i, p := range n.Params {
		op.Params = append(op.Params, alone.AddParam(g.Params[p]))
		values := make([]float64, g.Params[p].Len())
		for j := range values {
			values[j] = float64(1 - i)
		}
		w = append(w, values)
	}
	alone.Add(n.Name, n.Op, op, in)
	ones := reference.From(graph.NewMap(x))
	for i := range ones.Pix {
		ones.Pix[i] = 1
	}
	v, err := reference.Forward(alone, w, []*reference.Map{ones}, reference.Mode{})
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, y := range v[1][0].Pix {
		sum += y
	}
	return int64(sum)
}

// What a network costs is what the slow interpreter multiplies, node by node,
// whatever the network, its kernels, strides and size.
func TestCostIsCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var g *graph.Graph
		in := graph.Size{H: rapid.IntRange(7, 30).Draw(t, "h"), W: rapid.IntRange(7, 30).Draw(t, "w")}
		switch rapid.IntRange(0, 2).Draw(t, "net") {
		case 0: // one op, strides and all
			b := builder{&graph.Graph{Name: "one"}}
			some := func(what string) int { return rapid.IntRange(1, 4).Draw(t, what) }
			c := some("in")
			x := b.conv("c", b.in(c), c, some("out"), some("kernel"), some("kernel"))
			x.Stride = [2]int{some("stride"), some("stride")}
			b.transpose("t", x, x.Channels, some("out"), some("kernel"))
			g = b.Graph
		case 1:
			g = graphtest.Draw(t, graphtest.Menu{Pools: []int{2, 3}, Depth: 2, Modes: []graph.Padding{graph.PadZero}, Resize: true})
		default:
			g = drawUNet(t, variants...)
			sizes, err := g.Sizes()
			if err != nil {
				t.Fatal(err)
			}
			in = graph.Size{H: sizes.H.Above(in.H), W: sizes.W.Above(in.W)}
		}
		shapes, err := g.Infer(in)
		if err != nil {
			t.Skip(err)
		}
		total, weights := int64(0), int64(0)
		for id, c := range g.Costs(shapes) {
			n, want := g.Nodes[id], int64(0)
			if n.Op == graph.Conv || n.Op == graph.ConvTranspose {
				want = products(t, g, n, shapes)
			}
			if c.MACs != want {
				t.Fatalf("%s at %v: %s %v costs %d, counted %d", g.Name, in, n.Name, n.Op, c.MACs, want)
			}
			total, weights = total+want, weights+c.Params
		}
		if c, err := g.TotalCost(in); err != nil || c.MACs != total || weights != int64(g.ParamCount()) {
			t.Fatalf("%s at %v costs %+v, %v; counted %d, and %d weights of %d", g.Name, in, c, err, total, weights, g.ParamCount())
		}
	})
}
