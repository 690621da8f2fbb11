package graph_test

import (
	"slices"
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
	shapes := make([]graph.Shape, len(g.Nodes))
	px := func(l *graph.Length) int {
		n, err := l.Eval(shapes)
		if err != nil {
			panic(err)
		}
		return n
	}
	for _, node := range g.Nodes {
		y := n
		if node.Op != graph.Input {
			x := length[node.In[0].ID]
			y = x
			switch node.Op {
			case graph.Conv, graph.MaxPool, graph.AvgPool:
				at := windows(node, axis, x)
				y = len(at)
				exact = exact && y > 0 && at[y-1]+node.Kernel[axis] == x
			case graph.ConvTranspose:
				y = (x-1)*node.Stride[axis] + node.Kernel[axis]
			case graph.PixelShuffle:
				y = x * node.Factor
			case graph.Pad:
				pads := []int{node.Pads[axis], node.Pads[axis+2]}
				if node.Lengths != nil {
					pads = []int{px(node.Lengths[axis]), px(node.Lengths[axis+2])}
				}
				for _, p := range pads {
					if node.Padding == graph.PadReflect && p >= x || node.Padding == graph.PadCircular && p > x {
						return nil, false, false
					}
					y += p
				}
			case graph.Crop:
				if node.Like == nil {
					at := px(node.Lengths[axis])
					if y = px(node.Lengths[axis+2]); y < 0 || at < 0 || at+y > x {
						return nil, false, false
					}
					break
				}
				y = length[node.Like.ID]
				if x < y {
					return nil, false, false
				}
				exact = exact && (x-y)%2 == 0
			case graph.Resize:
				switch {
				case node.Like != nil:
					y = length[node.Like.ID]
				case node.Lengths != nil:
					y = px(node.Lengths[axis])
				case node.Factor > 0:
					y = x * node.Factor
				default:
					y = int(float32(x) * float32(node.Scale[axis]))
				}
			case graph.Reduce:
				if node.Over&(graph.OverHeight<<axis) != 0 {
					y = 1
				}
			case graph.Concat, graph.Sum, graph.Product:
				for _, m := range node.In {
					one := length[m.ID] == 1 && node.Op != graph.Concat
					if y == 1 && node.Op != graph.Concat {
						y = length[m.ID]
					}
					if length[m.ID] != y && !one {
						return nil, false, false
					}
				}
			}
		}
		if y < 1 {
			return nil, false, false
		}
		length[node.ID], shapes[node.ID] = y, graph.Shape{C: 1, H: y, W: y}
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

// imported is what only imported networks are made of.
var imported = graphtest.Menu{Pools: []int{2, 3}, Depth: 2, Modes: allModes, Imported: true, Statistics: true}

// Also of imported networks, whose windows overlap and reach into padding, the
// shapes are those found by laying windows. Every legal size runs and gives the
// input less the shrink, and those that run were all tried.
func TestDrawnImportedSizes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, imported)
		if err := g.Check(); err != nil {
			t.Fatal(err)
		}
		sizes, err := g.Sizes()
		if err != nil {
			t.Skip(err)
		}
		f := g.Footprint()
		h, w := g.Observed()
		for axis, o := range []graph.Observation{h, w} {
			legal, shrink := []graph.Sides{sizes.H, sizes.W}[axis], []int{f.H.Shrink, f.W.Shrink}[axis]
			in := graph.Size{H: sizes.H.Above(64), W: sizes.W.Above(64)}
			runs, floored := map[int]bool{}, map[int]bool{}
			fill := func(of map[int]bool, runs [][2]int) {
				for _, r := range runs {
					for n := r[0]; n <= r[1]; n++ {
						of[n] = true
					}
				}
			}
			fill(runs, o.Accepted)
			fill(floored, o.Floored)
			for n := 1; n <= o.Tried; n++ {
				*[]*int{&in.H, &in.W}[axis] = n
				want, ok, _ := walk(g, axis, n)
				shapes, err := g.Infer(in)
				short := runs[n] && !ok && slices.ContainsFunc(g.Nodes, func(n *graph.Node) bool { // that only ONNX Runtime pools
					return n.Op == graph.MaxPool || n.Op == graph.AvgPool
				})
				if ok != (err == nil) || runs[n] != (ok || short) || floored[n] != (runs[n] && !legal.Legal(n)) {
					t.Fatalf("axis %d, %d px: runs %v, Infer says %v; %+v", axis, n, ok, err, o)
				}
				for i, s := range shapes {
					if got := []int{s.H, s.W}[axis]; got != want[i] {
						t.Fatalf("axis %d, %d px: %s is %d px, Infer says %v", axis, n, g.Nodes[i].Name, want[i], s)
					}
				}
				out := 0
				if ok {
					out = want[len(want)-1]
				}
				if legal.Legal(n) && n-out != shrink {
					t.Fatalf("axis %d: legal %d px become %d, shrink %d", axis, n, out, shrink)
				}
				if aligned := o.Aligned.Step > 0 && o.Aligned.Legal(n); ok && aligned && n-out != shrink || ok && !aligned && n-out == shrink {
					t.Fatalf("axis %d: %d px become %d, shrink %d, aligned %+v", axis, n, out, shrink, o.Aligned)
				}
			}
		}
	})
}

// Any network's shrink, reach and halo are what the slow interpreter finds; off
// the step, no px of a tile equals the whole's.
func TestDrawnFootprint(t *testing.T) {
	drawnFootprint(t, graphtest.Menu{Pools: []int{2, 3}, Depth: 2, Modes: allModes})
}

// So are those of imported networks, and what is local in them where a map's
// statistics enter; then no px of a tile equals the whole's.
func TestDrawnImportedFootprint(t *testing.T) { drawnFootprint(t, imported) }

func drawnFootprint(t *testing.T, menu graphtest.Menu) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, menu)
		sizes, err := g.Sizes()
		if err != nil {
			t.Skip(err)
		}
		f, local := g.Footprint(), g.LocalFootprint()
		if f.H.Equivariant && f.W.Equivariant && !cmp.Equal(f, local) {
			t.Fatalf("footprint %+v, of what is local %+v", f, local)
		}
		run := func(axis int, in []pixel) []pixel { return alongAs(t, g, axis, in, true)[g.Output().ID] }
		for axis, f := range []graph.Axis{local.H, local.W} {
			sides := []graph.Sides{sizes.H, sizes.W}[axis]
			if f.Step != sides.Step || len(f.Reach) != f.Step || f.Before+f.After != f.Shrink {
				t.Fatalf("axis %d: sides %+v, footprint %+v", axis, sides, f)
			}
			n := sides.Above(max(f.Shrink, 0) + 2*(f.ReachUp+f.ReachDown) + 4*f.Step)
			out := run(axis, line(0, n))
			if n-len(out) != f.Shrink {
				t.Fatalf("axis %d: %d px become %d, shrink %d", axis, n, len(out), f.Shrink)
			}
			seen := make([]bool, f.Step)
			for i, p := range out {
				at := i + f.Before
				if at < f.ReachUp || at >= n-f.ReachDown || i < f.HaloTop || i >= len(out)-f.HaloBottom {
					continue // what it would read may be missing
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
			whole := run(axis, line(0, sides.Above(n+2*away)))
			if !f.Equivariant {
				whole := along(t, g, axis, line(0, sides.Above(n+2*away)))[g.Output().ID]
				for i, p := range along(t, g, axis, line(away, n))[g.Output().ID] {
					if p.hash == whole[i+away].hash {
						t.Fatalf("axis %d: px %d of a tile equals the whole's, though statistics differ", axis, i)
					}
				}
			}
			for off := range min(f.Step, 3) {
				top, bottom, same := 0, 0, 0
				for i, p := range run(axis, line(away+off, n)) {
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
