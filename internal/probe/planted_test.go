package probe_test

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/probe"
)

// TestFaintInfluence: what float32 does not show the wiring knows.
func TestFaintInfluence(t *testing.T) {
	n := build(t, padded.Arch, config(nil))
	for i, q := range n.Graph.Params {
		if strings.HasPrefix(q.Name, "enc2.") && strings.HasSuffix(q.Name, "weight") {
			for j := range n.Weights[i] {
				n.Weights[i][j] *= 1e-7
			}
		}
	}
	r := run(t, n)
	h := r.Axes.H
	if r.Verdict != probe.Exact || *h.HaloTop != 22 || *h.Measured.HaloTop >= 16 || *h.HaloAt["1e-06"] >= 16 {
		t.Errorf("%s, halo %d by the wiring, %d by bits, %d at 1e-6", r.Verdict, *h.HaloTop, *h.Measured.HaloTop, *h.HaloAt["1e-06"])
	}
}

// gated is a 3×3 convolution times the mean over the map, to the power of
// strength: x·(1 + strength·mean).
func gated(strength float32) probe.Network {
	g := &graph.Graph{Name: "gated"}
	in := g.Add("input", graph.Input, graph.Node{Channels: 1})
	pad := g.Add("pad", graph.Pad, graph.Node{Pads: [4]int{1, 1, 1, 1}}, in)
	w := g.AddParam(graph.Param{Name: "w", Shape: []int{1, 1, 3, 3}, Trainable: true})
	b := g.AddParam(graph.Param{Name: "b", Shape: []int{1}, Trainable: true})
	conv := g.Add("conv", graph.Conv, graph.Node{Channels: 1, Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}, Params: []int{w, b}}, pad)
	mean := g.Add("mean", graph.Reduce, graph.Node{Over: graph.OverMap}, conv)
	scale := g.AddParam(graph.Param{Name: "scale", Shape: []int{1}})
	shift := g.AddParam(graph.Param{Name: "shift", Shape: []int{1}})
	gate := g.Add("gate", graph.ScaleShift, graph.Node{Params: []int{scale, shift}}, mean)
	g.Add("out", graph.Product, graph.Node{}, conv, gate)
	return probe.Network{Graph: g, Weights: graph.Weights{{.1, -.2, .3, .4, .5, -.6, .7, .8, -.9}, {.5}, {strength}, {1}}}
}

// TestGlobalInfluence: what depends on the whole map never goes away, even
// where it is too little to be seen.
func TestGlobalInfluence(t *testing.T) {
	img := graph.NewMap(graph.Shape{C: 1, H: 96, W: 96})
	for i := range img.Pix {
		img.Pix[i] = float32(math.Sin(float64(i * i % 1009)))
	}
	seen, err := probe.Run(context.Background(), gated(0.5), []*graph.Map{img}, nil, probe.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if seen.Verdict != probe.Never || seen.Axes.H.Measured.Verdict != probe.Never || seen.Cause[0] != "global_pooling" {
		t.Errorf("%s, measured %s, causes %v", seen.Verdict, seen.Axes.H.Measured.Verdict, seen.Cause)
	}
	if b := seen.Causes[0].Blame; len(b) != 1 || b[0].Node != "mean" || math.Abs(b[0].Alone-1) > 1e-3 {
		t.Errorf("blamed %v, want mean for all", b)
	}
	shares(t, seen)
	hidden := run(t, gated(1e-10))
	if hidden.Verdict != probe.Never || hidden.Axes.H.Measured.Verdict != probe.Exact || len(hidden.Notes) == 0 {
		t.Errorf("%s, measured %s, notes %v", hidden.Verdict, hidden.Axes.H.Measured.Verdict, hidden.Notes)
	}
	if hidden.Axes.H.HaloTop != nil || !slices.Equal(hidden.Axes.H.LocalHalo, []int{1, 1}) {
		t.Errorf("halo %v, local %v", hidden.Axes.H.HaloTop, hidden.Axes.H.LocalHalo)
	}
}

// TestOneSize: a network that runs at one size only is judged by its wiring.
func TestOneSize(t *testing.T) {
	g := &graph.Graph{Name: "fixed"}
	in := g.Add("input", graph.Input, graph.Node{Channels: 1})
	small := g.Add("pool", graph.MaxPool, graph.Node{Kernel: [2]int{2, 2}, Stride: [2]int{2, 2}}, in)
	large := g.Add("resize", graph.Resize, graph.Node{Lengths: []*graph.Length{graph.Px(12), graph.Px(12)}}, small)
	g.Add("out", graph.Concat, graph.Node{}, in, large)
	n := probe.Network{Graph: g, Weights: graph.Weights{}}
	if _, err := probe.Run(context.Background(), n, nil, nil, probe.Options{}); err == nil || !strings.Contains(err.Error(), "no size") {
		t.Errorf("without its size: %v", err)
	}
	r, err := probe.Run(context.Background(), n, nil, nil, probe.Options{Fixed: &graph.Size{H: 12, W: 12}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != probe.Never || r.Cause[0] != "size_dependent_resize" || r.Axes.H.Measured != nil || len(r.Notes) == 0 {
		t.Errorf("%s, %v, %v", r.Verdict, r.Cause, r.Notes)
	}
	if want := [][2]int{{12, 12}}; !slices.Equal(r.Axes.H.Accepted, want) {
		t.Errorf("accepts %v, want %v", r.Axes.H.Accepted, want)
	}
}

// A liar adds to a network's output what depends on the size of its input.
type liar struct{ *engine.Predictor }

func (l liar) Predict(x *graph.Map) (*graph.Map, error) {
	y, err := l.Predictor.Predict(x)
	for i := range y.Pix {
		y.Pix[i] += float32(x.H) / 1000
	}
	return y, err
}

// TestContradiction: a measurement that refutes the wiring wins, and is told.
func TestContradiction(t *testing.T) {
	n := build(t, padded.Arch, config(nil))
	n.Runner = liar{engine.NewPredictor(n.Graph, n.Weights, engine.Options{})}
	r := run(t, n)
	if r.Verdict != probe.Never || len(r.Contradictions) == 0 {
		t.Errorf("%s, %v", r.Verdict, r.Contradictions)
	}
}

// TestRunner: another runner is measured as the engine is, above its noise.
func TestRunner(t *testing.T) {
	n := build(t, padded.Arch, config(nil))
	n.Runner = engine.NewPredictor(n.Graph, n.Weights, engine.Options{Threads: 1})
	r := run(t, n)
	if r.Verdict != probe.Exact || len(r.Contradictions) > 0 || value(r.Axes.H.Measured.HaloTop) > 22 {
		t.Errorf("%s, %v, halo %d", r.Verdict, r.Contradictions, value(r.Axes.H.Measured.HaloTop))
	}
}

// TestUndecided: tiles too small to see the halo settle nothing.
func TestUndecided(t *testing.T) {
	n := build(t, padded.Arch, config(func(c *arch.Config) { c.Pools = 3 }))
	l, err := engine.Bytes(n.Graph, graph.Size{H: 224, W: 64}, engine.Options{Threads: 1, Exact: true})
	if err != nil {
		t.Fatal(err)
	}
	r, err := probe.Run(context.Background(), n, nil, nil, probe.Options{Memory: l, Threads: 1, Time: 1})
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict != probe.Undecided || r.Tested >= 46 || *r.Axes.H.HaloTop != 46 || len(r.Notes) == 0 {
		t.Errorf("%s up to %d, halo %d by the wiring, notes %q", r.Verdict, r.Tested, *r.Axes.H.HaloTop, r.Notes)
	}
	if _, err := probe.Run(context.Background(), n, nil, nil, probe.Options{Memory: 1000}); err == nil || !strings.Contains(err.Error(), "give more") {
		t.Errorf("with 1000 bytes: %v", err)
	}
}

// TestCheckerboard: sub-pixel convolution writes none as it is initialised, a
// transposed one does.
func TestCheckerboard(t *testing.T) {
	for up, pattern := range map[arch.Up]bool{arch.Transposed: true, arch.UpShuffle: false, arch.UpBilinear: false} {
		r := run(t, build(t, padded.Arch, config(func(c *arch.Config) { c.Up = up })))
		if got := r.Checkerboard.Max; got > 1e-4 != pattern {
			t.Errorf("%v: %g", up, got)
		}
	}
}

// TestMasks: the network's own answer as masks is right everywhere in one piece,
// and wrong somewhere near the edges of tiles.
func TestMasks(t *testing.T) {
	n := build(t, padded.Arch, config(nil))
	img := graph.NewMap(graph.Shape{C: 1, H: 300, W: 272})
	for i := range img.Pix {
		img.Pix[i] = float32(math.Sin(float64(i)*0.7) + math.Cos(float64(i*i%1009)))
	}
	x := graph.NewMap(graph.Shape{C: 1, H: 300, W: 272})
	copy(x.Pix, img.Pix)
	y, err := engine.NewPredictor(n.Graph, n.Weights, engine.Options{}).Predict(x)
	if err != nil {
		t.Fatal(err)
	}
	mask := make([]uint8, 300*272)
	for i := range mask {
		if y.Pix[len(mask)+i] > y.Pix[i] {
			mask[i] = 1
		}
	}
	r, err := probe.Run(context.Background(), n, []*graph.Map{img}, [][]uint8{mask}, probe.Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := r.Accuracy
	if a == nil || a.Whole != 1 || len(a.Border) != 6 || len(a.Edge) == 0 {
		t.Fatalf("%+v", a)
	}
	if a.Edge[0].Whole != 1 || a.Edge[0].Tiled >= 1 || a.Edge[0].Tiled < 0.5 {
		t.Errorf("at tile edges %+v", a.Edge[0])
	}
}

// TestRecommended: with little memory tiles are exact, on the step and cheaper
// than other programs' that are.
func TestRecommended(t *testing.T) {
	n := build(t, padded.Arch, config(nil))
	memory, err := engine.Bytes(n.Graph, graph.Square(600), engine.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	o := probe.Options{Threads: 1, Memory: memory}
	r, err := probe.Run(context.Background(), n, nil, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	best := r.Recommended
	if best == nil || !best.Exact || best.Tiles < 4 || best.Error != 0 || best.Bytes > memory || best.Overlap < 44 || best.Seconds <= 0 {
		t.Errorf("recommended %+v", best)
	}
	for i := 1; i < len(r.Pareto); i++ {
		if p, q := r.Pareto[i-1], r.Pareto[i]; q.MACPerPx < p.MACPerPx || q.Error >= p.Error {
			t.Errorf("%+v after %+v", q, p)
		}
	}
	for _, k := range r.Tilers {
		if k.Refused == "" && k.Exact != (k.Max < 1e-4) {
			t.Errorf("%s: exact %t, but differs by %g", k.Name, k.Exact, k.Max)
		}
	}
	o.Tolerance = 0.5
	loose, err := probe.Run(context.Background(), n, nil, nil, o)
	if err != nil {
		t.Fatal(err)
	}
	if loose.Recommended.MACPerPx >= best.MACPerPx || loose.Recommended.Error > o.Tolerance {
		t.Errorf("with tolerance %+v, without %+v", loose.Recommended, best)
	}
}

// TestJSON: what the schema promises is there, nulls included.
func TestJSON(t *testing.T) {
	b, err := json.Marshal(run(t, build(t, padded.Arch, config(func(c *arch.Config) { c.Norm = arch.NormInstance }))))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Verdict      string
		Cause        []string
		Axes         map[string]map[string]json.RawMessage
		Checkerboard json.RawMessage
		Recommended  map[string]json.RawMessage
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if got.Verdict != "never" || got.Cause[0] != "input_statistics" || got.Checkerboard == nil {
		t.Errorf("%+v", got)
	}
	for _, k := range []string{"step", "shrink", "halo_top", "halo_bottom", "halo_at", "reach_up", "reach_down", "up_by_phase", "legal", "accepted"} {
		if _, ok := got.Axes["W"][k]; !ok {
			t.Errorf("no axes.W.%s", k)
		}
	}
	if string(got.Axes["H"]["halo_top"]) != "null" {
		t.Errorf("halo_top %s", got.Axes["H"]["halo_top"])
	}
	for _, k := range []string{"tile", "overlap", "blend", "mac_per_px", "error"} {
		if _, ok := got.Recommended[k]; !ok {
			t.Errorf("no recommended.%s", k)
		}
	}
}

// TestSame: the same seed gives the same answer for any number of threads.
func TestSame(t *testing.T) {
	n := build(t, padded.Arch, config(nil))
	var all []string
	for _, threads := range []int{1, 3} {
		r, err := probe.Run(context.Background(), n, nil, nil, probe.Options{Threads: threads, Seed: 3, Time: 1})
		if err != nil {
			t.Fatal(err)
		}
		r.Seconds = 0
		for i := range r.Pareto { // each thread has memory of its own
			r.Pareto[i].Bytes = 0
		}
		r.Recommended.Bytes = 0
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(b))
	}
	if all[0] != all[1] {
		t.Errorf("%s\n%s", all[0], all[1])
	}
}
