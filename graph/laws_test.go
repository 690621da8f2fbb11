package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"unetbench/graph"
	"unetbench/graph/graphtest"
)

var allModes = []graph.Padding{graph.PadZero, graph.PadReflect, graph.PadReplicate, graph.PadCircular}

// walk is the lengths of all nodes along one axis for an input of n px, found by
// laying windows one after another: whether the network runs, and whether it
// does so exactly, leaving no px over anywhere.
func walk(g *graph.Graph, axis, n int) (length []int, runs, exact bool) {
	length, exact = make([]int, len(g.Nodes)), true
	for _, node := range g.Nodes {
		y := n
		if node.Op != graph.Input {
			x := length[node.In[0].ID]
			y = x
			switch node.Op {
			case graph.Conv, graph.MaxPool, graph.AvgPool:
				y = 0
				end := 0
				for i := 0; i+node.Kernel[axis] <= x; i += node.Stride[axis] {
					y, end = y+1, i+node.Kernel[axis]
				}
				exact = exact && end == x
			case graph.ConvTranspose:
				y = x * node.Stride[axis]
			case graph.PixelShuffle:
				y = x * node.Factor
			case graph.Pad:
				for _, p := range []int{node.Pads[axis], node.Pads[axis+2]} {
					if node.Padding == graph.PadReflect && p >= x || node.Padding == graph.PadCircular && p > x {
						return nil, false, false
					}
					y += p
				}
			case graph.Crop:
				y = length[node.Like.ID]
				if x < y {
					return nil, false, false
				}
				exact = exact && (x-y)%2 == 0
			case graph.Resize:
				if y = x * node.Factor; node.Like != nil {
					y = length[node.Like.ID]
				}
			case graph.Concat:
				for _, m := range node.In {
					if length[m.ID] != x {
						return nil, false, false
					}
				}
			}
		}
		if y < 1 {
			return nil, false, false
		}
		length[node.ID] = y
	}
	return length, true, exact
}

// Any network's shapes, and the sizes at which it runs and is legal, are those
// found by trying them all. What runs without being legal is named as such.
func TestDrawnSizes(t *testing.T) {
	const most = 130
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, graphtest.Menu{Pools: []int{2, 3}, Depth: 2, Modes: allModes, Resize: true})
		if err := g.Check(); err != nil {
			t.Fatal(err)
		}
		sizes, none := g.Sizes()
		var exacts [2]int
		for n := 1; n <= most; n++ {
			h, runsH, exactH := walk(g, 0, n)
			w, runsW, exactW := walk(g, 1, n)
			shapes, err := g.Infer(graph.Square(n))
			if (err == nil) != (runsH && runsW) {
				t.Fatalf("%d px: runs %v and %v, Infer says %v", n, runsH, runsW, err)
			}
			for i, s := range shapes {
				if s.H != h[i] || s.W != w[i] {
					t.Fatalf("%d px: %s is %d×%d, Infer says %v", n, g.Nodes[i].Name, h[i], w[i], s)
				}
			}
			for axis, exact := range []bool{exactH, exactW} {
				if exact {
					exacts[axis]++
				}
			}
			if none != nil {
				continue
			}
			if sizes.H.Legal(n) != exactH || sizes.W.Legal(n) != exactW {
				t.Fatalf("%d px: exact %v and %v, legal sizes are %+v", n, exactH, exactW, sizes)
			}
			if err := g.CheckLegal(graph.Square(n)); (err == nil) != (exactH && exactW) {
				t.Fatalf("%d px: exact %v and %v, CheckLegal says %v", n, exactH, exactW, err)
			}
		}
		if none != nil && exacts[0] > 0 && exacts[1] > 0 {
			t.Fatalf("%d and %d lengths are exact, Sizes says %v", exacts[0], exacts[1], none)
		}
	})
}

// Any network's shrink, reach and halo are what the slow interpreter finds; off
// the step, no px of a tile equals the whole's.
func TestDrawnFootprint(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, graphtest.Menu{Pools: []int{2, 3}, Depth: 2, Modes: allModes})
		sizes, err := g.Sizes()
		if err != nil {
			t.Skip(err)
		}
		f := g.Footprint()
		for axis, f := range []graph.Axis{f.H, f.W} {
			sides := []graph.Sides{sizes.H, sizes.W}[axis]
			if f.Step != sides.Step || !f.Equivariant || len(f.Reach) != f.Step || f.Before+f.After != f.Shrink {
				t.Fatalf("axis %d: sides %+v, footprint %+v", axis, sides, f)
			}
			n := sides.Above(max(f.Shrink, 0) + 2*(f.ReachUp+f.ReachDown) + 4*f.Step)
			out := along(t, g, axis, line(0, n))[g.Output().ID]
			if n-len(out) != f.Shrink {
				t.Fatalf("axis %d: %d px become %d, shrink %d", axis, n, len(out), f.Shrink)
			}
			seen := make([]bool, f.Step)
			for i, p := range out {
				at := i + f.Before
				if at < f.ReachUp || at >= n-f.ReachDown {
					continue
				}
				if got, want := [2]int{at - p.lo, p.hi - at}, f.Reach[i%f.Step]; got != want {
					t.Fatalf("axis %d: output px %d reaches %v, footprint %+v", axis, i, got, f)
				}
				seen[i%f.Step] = true
			}
			for phase, ok := range seen {
				if !ok {
					t.Fatalf("axis %d: phase %d was not seen", axis, phase)
				}
			}

			away := (f.ReachUp+f.ReachDown)/f.Step*f.Step + 2*f.Step
			whole := along(t, g, axis, line(0, sides.Above(n+2*away)))[g.Output().ID]
			for off := range min(f.Step, 3) {
				top, bottom, same := 0, 0, 0
				for i, p := range along(t, g, axis, line(away+off, n))[g.Output().ID] {
					switch {
					case p.hash == whole[i+away+off].hash:
						same++
					case i < len(out)/2:
						top = i + 1
					default:
						bottom = max(bottom, len(out)-i)
					}
				}
				if off == 0 && (top != f.HaloTop || bottom != f.HaloBottom) {
					t.Fatalf("axis %d: a tile differs from the whole in its first %d and last %d px, footprint %+v", axis, top, bottom, f)
				}
				if off > 0 && same > 0 {
					t.Fatalf("axis %d: %d px of a tile %d px off the step equal the whole", axis, same, off)
				}
			}
		}
	})
}

// Between two input px, as even kernels put an output px, it counts as the
// latter, for its reach as for its context.
func TestEvenKernels(t *testing.T) {
	two, one := [2]int{2, 2}, [2]int{1, 1}
	for pad, want := range []graph.Axis{
		{Step: 1, Shrink: 1, Before: 1, Equivariant: true, ReachUp: 1},
		{Step: 1, Equivariant: true, ReachUp: 1, HaloTop: 1},
		{Step: 1, Shrink: -1, Before: -1, Equivariant: true, ReachUp: 1, HaloTop: 2},
	} {
		g := &graph.Graph{Name: "even"}
		x := g.Add("in", graph.Input, graph.Node{Channels: 1})
		x = g.Add("pad", graph.Pad, graph.Node{Pads: [4]int{pad, pad, 0, 0}}, x)
		g.Add("mean", graph.AvgPool, graph.Node{Kernel: two, Stride: one}, x)
		got := g.Footprint().H
		reach := got.Reach
		if got.Reach = nil; !cmp.Equal(got, want) || !cmp.Equal(reach, [][2]int{{1, 0}}) {
			t.Errorf("padded by %d: %+v, reach %v, want %+v", pad, got, reach, want)
		}
	}
}
