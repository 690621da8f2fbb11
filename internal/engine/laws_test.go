package engine_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/graph/graphtest"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
)

// drawUNet draws a U-Net of one of those variants.
func drawUNet(t *rapid.T, of ...arch.Arch) *graph.Graph {
	c := arch.Config{
		In: 1, Classes: 2,
		Pools:   rapid.SampledFrom([]int{1, 1, 1, 2, 2, 3}).Draw(t, "pools"),
		Width:   rapid.IntRange(1, 3).Draw(t, "width"),
		Up:      rapid.SampledFrom(arch.Ups()).Draw(t, "up"),
		Norm:    rapid.SampledFrom([]arch.NormKind{arch.NormNone, arch.NormBatch}).Draw(t, "norm"),
		Padding: graph.Padding(rapid.IntRange(0, 3).Draw(t, "padding")),
		Interp:  graph.Interp(rapid.IntRange(0, 2).Draw(t, "interp")),
	}
	g, err := rapid.SampledFrom(of).Draw(t, "variant").Build(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// drawNet draws a network without interpolation to a size: a U-Net, or any.
func drawNet(t *rapid.T) *graph.Graph {
	if rapid.Bool().Draw(t, "U-Net") {
		return drawUNet(t, valid.Arch, valid.NoSkip, padded.Arch)
	}
	modes := []graph.Padding{graph.PadZero, graph.PadReflect, graph.PadReplicate, graph.PadCircular}
	g := graphtest.Draw(t, graphtest.Menu{Pools: []int{2}, Depth: 2, Modes: modes})
	if _, err := g.Sizes(); err != nil {
		t.Skip(err)
	}
	return g
}

// opens are weights with which a network is a mean of what it reads, positive
// for positive input, so that no rectifier closes: an output px answers to an
// input px exactly if it depends on it.
func opens(g *graph.Graph) graph.Weights {
	w, r := g.InitWeights(1), rand.New(rand.NewPCG(8, 9))
	for i, p := range g.Params {
		if len(p.Shape) != 4 {
			continue // norms start as the identity, biases at 0
		}
		fan := p.Shape[1] * p.Shape[2] * p.Shape[3]
		for _, n := range g.Nodes {
			if n.Op == graph.ConvTranspose && n.Params[0] == i {
				fan = p.Shape[0]
			}
		}
		for j := range w[i] {
			w[i][j] = (0.5 + r.Float32()) / float32(fan)
		}
	}
	return w
}

// struck is so much more than nothing that the weights of a long path do not
// bring it down to 0.
const struck = 1e20

// predict runs g in exact mode; k may be nil.
func predict(t rapid.TB, g *graph.Graph, w graph.Weights, k *kernel.Set, x *graph.Map) *graph.Map {
	t.Helper()
	y, err := engine.NewPredictor(g, w, engine.Options{Exact: true, Threads: 1, Kernel: k}).Predict(x)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// answers reports for each line of m along an axis (0: rows, 1: columns)
// whether anything in it is not 0.
func answers(m *graph.Map, axis int) []bool {
	lines := make([]bool, []int{m.H, m.W}[axis])
	for i, v := range m.Pix {
		if v != 0 {
			lines[[]int{i / m.W % m.H, i % m.W}[axis]] = true
		}
	}
	return lines
}

// strike runs g on images of that size that are 0 but for one line each, and
// returns the first and last input line that each output line answers to.
func strike(t rapid.TB, g *graph.Graph, size graph.Size, axis int) (first, last []int) {
	t.Helper()
	in := graph.Shape{C: 1, H: size.H, W: size.W}
	const batch = 16
	net, err := engine.New(g, size, batch, engine.Options{Exact: true, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	net.SetWeights(opens(g))
	out := graph.NewMap(net.OutShape())
	lines := []int{size.H, size.W}[axis]
	for from := 0; from < lines; from += batch {
		for b := range batch {
			x := graph.NewMap(in)
			for i := range x.Pix {
				if []int{i / in.W, i % in.W}[axis] == from+b {
					x.Pix[i] = struck
				}
			}
			net.SetInput(b, x)
		}
		net.Forward()
		for b := range min(batch, lines-from) {
			net.Output(b, out)
			for i, yes := range answers(out, axis) {
				if first == nil {
					first, last = slices.Repeat([]int{-1}, []int{out.H, out.W}[axis]), make([]int, []int{out.H, out.W}[axis])
				}
				if !yes {
					continue
				}
				if first[i] < 0 {
					first[i] = from + b
				}
				last[i] = from + b
			}
		}
	}
	return first, last
}

// Step, shrink and reach, phase by phase, are what the running network answers
// to when each line of its input is struck alone.
func TestReachOfRunningNetwork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawNet(t)
		sizes, _ := g.Sizes()
		axis := rapid.IntRange(0, 1).Draw(t, "axis")
		f, size := g.Footprint().H, graph.Size{H: sizes.H.Min, W: sizes.W.Min}
		n := &size.H
		if axis == 1 {
			f, n = g.Footprint().W, &size.W
		}
		*n = []graph.Sides{sizes.H, sizes.W}[axis].Above(max(f.Shrink, 0) + f.ReachUp + f.ReachDown + 2*f.Step)
		first, last := strike(t, g, size, axis)
		if *n-len(first) != f.Shrink {
			t.Fatalf("%d px become %d, shrink %d", *n, len(first), f.Shrink)
		}
		seen := map[int][2]int{}
		for i := range first {
			at := i + f.Before
			if at < f.ReachUp || at >= *n-f.ReachDown {
				continue // may be clipped
			}
			got := [2]int{at - first[i], last[i] - at}
			if want := f.Reach[i%f.Step]; got != want {
				t.Fatalf("output px %d answers to px %d … %d of %d, footprint %+v", i, first[i], last[i], *n, f)
			}
			seen[i%f.Step] = got
		}
		if len(seen) != f.Step {
			t.Fatalf("saw phases %v, step %d", seen, f.Step)
		}
		if g.Name == "drawn" {
			return // a doubling right behind a halving may leave fewer phases
		}
		for s := 1; s < f.Step; s++ {
			same := true
			for i := range seen {
				same = same && seen[i] == seen[(i+s)%f.Step]
			}
			if same {
				t.Fatalf("what px answer to repeats every %d px, step %d", s, f.Step)
			}
		}
	})
}

// Every legal size runs and loses the shrink; what runs without being legal has
// the shape that was inferred, and is called not legal.
func TestLegalSizesRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawUNet(t, variants...)
		sizes, err := g.Sizes()
		if err != nil {
			t.Fatal(err)
		}
		f := g.Footprint()
		side := func(s graph.Sides) int { return s.Min + rapid.IntRange(-2, 2*s.Step).Draw(t, "side") }
		in := graph.Size{H: side(sizes.H), W: side(sizes.W)}
		shapes, refused := g.Infer(in)
		legal := sizes.H.Legal(in.H) && sizes.W.Legal(in.W)
		net, err := engine.New(g, in, 1, engine.Options{Exact: true, Threads: 1})
		if (err == nil) != (refused == nil) || legal && err != nil || legal != (g.CheckLegal(in) == nil) {
			t.Fatalf("%s at %v: legal %v (%v), inferred %v, run %v", g.Name, in, legal, g.CheckLegal(in), refused, err)
		}
		if err != nil {
			return
		}
		net.SetWeights(opens(g))
		x := noise(rand.New(rand.NewPCG(1, 2)), shapes[0])
		net.SetInput(0, x)
		net.Forward()
		out := net.OutShape()
		net.Output(0, graph.NewMap(out))
		if out != shapes[g.Output().ID] {
			t.Fatalf("%s at %v puts out %v, inferred %v", g.Name, in, out, shapes[g.Output().ID])
		}
		if legal && (out.H != in.H-f.H.Shrink || out.W != in.W-f.W.Shrink) {
			t.Fatalf("%s at %v puts out %v, footprint %+v", g.Name, in, out, f)
		}
	})
}

// Sizes are accepted without being legal, and run: `resized` by the hundred.
func TestAcceptedSizesRun(t *testing.T) {
	for _, v := range variants {
		g, err := v.Build(arch.Config{In: 1, Classes: 2, Width: 2, Pools: 2, Up: arch.Transposed})
		if err != nil {
			t.Fatal(err)
		}
		accepted := 0
		for n := 1; n < 100; n++ {
			in := graph.Square(n)
			if _, err := g.Infer(in); err != nil || g.CheckLegal(in) == nil {
				continue
			}
			if accepted++; accepted > 3 {
				continue
			}
			if _, err := engine.New(g, in, 1, engine.Options{Threads: 1}); err != nil {
				t.Errorf("%s: %v is accepted and does not run: %v", g.Name, in, err)
			}
		}
		t.Logf("%s: %d of 99 sizes", g.Name, accepted)
		if v.Name() != "padded" && accepted == 0 {
			t.Errorf("%s accepts no size that is not legal", g.Name)
		}
	}
}

// cut is the window of m of that size that begins at (y, x).
func cut(m *graph.Map, y, x int, size graph.Size) *graph.Map {
	w := graph.NewMap(graph.Shape{C: m.C, H: size.H, W: size.W})
	for c := range m.C {
		for r := range size.H {
			copy(w.Plane(c)[r*size.W:][:size.W], m.Plane(c)[(y+r)*m.W+x:])
		}
	}
	return w
}

// differing returns how far along axis, from either end and up to the middle,
// there are lines in which a and b differ.
func differing(a, b *graph.Map, axis int) (top, bottom int) {
	n := []int{a.H, a.W}[axis]
	for i := range a.Pix {
		if a.Pix[i] == b.Pix[i] {
			continue
		}
		if at := []int{i / a.W % a.H, i % a.W}[axis]; at < n/2 {
			top = max(top, at+1)
		} else {
			bottom = max(bottom, n-at)
		}
	}
	return top, bottom
}

// In exact mode a tile on the step has the bits of the whole where it is at
// least the halo away from its edges, and not a px earlier; off the step it has
// them nowhere.
func TestTilesOfRunningNetwork(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawNet(t)
		sizes, _ := g.Sizes()
		f := g.Footprint()
		side := func(s graph.Sides, a graph.Axis) (tile, before, whole int) {
			tile = s.Above(max(a.Shrink, 0) + a.HaloTop + a.HaloBottom + 2*a.Step + rapid.IntRange(0, 5).Draw(t, "more"))
			before = a.Step * rapid.IntRange(1, 3).Draw(t, "before")
			reach := (a.ReachUp + a.ReachDown) / a.Step * a.Step // so that the whole's own border stays out
			return tile, before + reach, s.Above(tile + before + 2*reach + 2*a.Step)
		}
		h, y, allH := side(sizes.H, f.H)
		w, x, allW := side(sizes.W, f.W)
		k := rapid.SampledFrom(kernel.Sets).Draw(t, "kernel")
		weights := weights(g, 5)
		if rapid.Bool().Draw(t, "open") {
			weights = opens(g)
		}
		img := noise(rand.New(rand.NewPCG(3, 4)), graph.Shape{C: 1, H: allH, W: allW})
		whole := predict(t, g, weights, k, img)
		tile := predict(t, g, weights, k, cut(img, y, x, graph.Size{H: h, W: w}))
		want := cut(whole, y, x, tile.Size())
		in := graph.Size{H: tile.H - f.H.HaloTop - f.H.HaloBottom, W: tile.W - f.W.HaloTop - f.W.HaloBottom}
		if !slices.Equal(cut(tile, f.H.HaloTop, f.W.HaloTop, in).Pix, cut(want, f.H.HaloTop, f.W.HaloTop, in).Pix) {
			t.Fatalf("a tile of %d×%d px at (%d, %d) differs from the whole beyond its halo, footprint %+v", h, w, y, x, f)
		}
		// Whatever is mirrored, repeated or 0 beyond an edge, a px less will not do:
		// only the image outside the tile is struck.
		if g.Name == "drawn" { // padding behind a crop is wrong without hiding anything of the image
			return
		}
		for i := range img.Pix {
			if img.Pix[i] = struck; i/allW >= y && i/allW < y+h && i%allW >= x && i%allW < x+w {
				img.Pix[i] = 0
			}
		}
		whole = cut(predict(t, g, opens(g), k, img), y, x, tile.Size())
		for i := range whole.Pix {
			r, c := i/tile.W%tile.H, i%tile.W
			inner := r >= f.H.HaloTop && r < tile.H-f.H.HaloBottom && c >= f.W.HaloTop && c < tile.W-f.W.HaloBottom
			if inner != (whole.Pix[i] == 0) {
				t.Fatalf("output px (%d, %d) of a tile that puts out %v answers %v to what lies outside it, footprint %+v", r, c, tile.Size(), whole.Pix[i], f)
			}
		}
		if f.H.Step == 1 {
			return
		}
		// With positive values no rectifier hides the difference.
		for i, v := range noise(rand.New(rand.NewPCG(3, 4)), img.Shape).Pix {
			img.Pix[i] = v * v
		}
		off := rapid.IntRange(1, f.H.Step-1).Draw(t, "off the step")
		whole = predict(t, g, opens(g), k, img)
		tile = predict(t, g, opens(g), k, cut(img, y+off, x, graph.Size{H: h, W: w}))
		same := 0
		for i, v := range cut(whole, y+off, x, tile.Size()).Pix {
			if v == tile.Pix[i] {
				same++
			}
		}
		if same > len(tile.Pix)/50 { // rounding makes a few equal
			t.Fatalf("a tile %d px off the step of %d has the whole's bits in %d of %v", off, f.H.Step, same, tile.Shape)
		}
	})
}

// What the thread asks of four poolings: a halo of 94 px with transposed
// convolutions, of 109 with bilinear doubling by half-pixels, 96 and 112 on the
// step; none is enough with aligned corners, nor where maps are resized.
func TestHaloOfRunningNetwork(t *testing.T) {
	aligned := func(g *graph.Graph) {
		for _, n := range g.Nodes {
			if n.Op == graph.Resize {
				n.Interp = graph.BilinearAlign
			}
		}
	}
	for _, x := range []struct {
		name           string
		a              arch.Arch
		up             arch.Up
		edit           func(*graph.Graph)
		halo, rounded  int // 0: none is enough
		tile, wholeMin int
	}{
		{"transposed", padded.Arch, arch.Transposed, nil, 94, 96, 256, 512},
		{"bilinear", padded.Arch, arch.UpBilinear, nil, 109, 112, 256, 512},
		{"aligned corners", padded.Arch, arch.UpBilinear, aligned, 0, 0, 512, 768},
		{"resized-skip", resized.Skip, arch.Transposed, nil, 0, 0, 508, 764},
		{"resized-up", resized.Up, arch.Transposed, nil, 0, 0, 508, 764},
	} {
		g, err := x.a.Build(arch.Config{In: 1, Classes: 2, Pools: 4, Width: 1, Up: x.up})
		if err != nil {
			t.Fatal(err)
		}
		if x.edit != nil {
			x.edit(g)
		}
		f := g.Footprint().H
		sizes, err := g.Sizes()
		if err != nil {
			t.Fatal(err)
		}
		// A strip: what happens along the height does not need more width.
		width, before := sizes.W.Min, 128
		img := noise(rand.New(rand.NewPCG(6, 7)), graph.Shape{C: 1, H: x.wholeMin, W: width})
		for i, v := range img.Pix {
			img.Pix[i] = v * v
		}
		w := opens(g)
		whole := predict(t, g, w, nil, img)
		tile := predict(t, g, w, nil, cut(img, before, 0, graph.Size{H: x.tile, W: width}))
		top, bottom := differing(tile, cut(whole, before, 0, tile.Size()), 0)
		if x.halo == 0 {
			if top != tile.H/2 || bottom != tile.H-tile.H/2 || f.HaloTop != -1 {
				t.Errorf("%s: a tile of %d px has the whole's bits from px %d to the last but %d, halo %d", x.name, x.tile, top, bottom, f.HaloTop)
			}
			continue
		}
		if top > x.halo || bottom > x.halo || f.HaloTop != x.halo || f.HaloBottom != x.halo {
			t.Errorf("%s: a tile differs in its first %d and last %d px, footprint %d and %d, want at most %d", x.name, top, bottom, f.HaloTop, f.HaloBottom, x.halo)
		}
		for i := range img.Pix { // the last of the halo weighs less than a rounding: strike
			if img.Pix[i] = struck; i/width >= before && i/width < before+x.tile {
				img.Pix[i] = 0
			}
		}
		top, bottom = differing(cut(predict(t, g, w, nil, img), before, 0, tile.Size()), graph.NewMap(tile.Shape), 0)
		if top != x.halo || bottom != x.halo || (top+f.Step-1)/f.Step*f.Step != x.rounded {
			t.Errorf("%s: the first %d and last %d px of a tile answer to what lies outside it, want %d", x.name, top, bottom, x.halo)
		}
	}
}
