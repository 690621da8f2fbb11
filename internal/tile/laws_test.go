package tile_test

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/graph/graphtest"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
)

var modes = []graph.Padding{graph.PadZero, graph.PadReflect, graph.PadReplicate, graph.PadCircular}

// drawNet draws a U-Net of any variant, or any network without interpolation to
// a size.
func drawNet(t *rapid.T) *graph.Graph {
	if rapid.Bool().Draw(t, "any") {
		// Where it mirrors many px of a small map, a px at the image's border
		// reads further inwards than the reach, which no halo knows of.
		return graphtest.Draw(t, graphtest.Menu{Pools: []int{2}, Depth: 2, Modes: []graph.Padding{graph.PadZero, graph.PadReplicate, graph.PadCircular}})
	}
	g, err := rapid.SampledFrom([]arch.Arch{valid.Arch, valid.NoSkip, padded.Arch, padded.Arch, resized.Skip, resized.Up}).Draw(t, "variant").Build(arch.Config{
		In: 1, Classes: 2,
		Pools:   rapid.IntRange(1, 2).Draw(t, "pools"),
		Width:   rapid.IntRange(1, 3).Draw(t, "width"),
		Up:      rapid.SampledFrom(arch.Ups()).Draw(t, "up"),
		Norm:    rapid.SampledFrom([]arch.NormKind{arch.NormNone, arch.NormBatch}).Draw(t, "norm"),
		Padding: rapid.SampledFrom(modes).Draw(t, "padding"),
		Interp:  graph.Interp(rapid.IntRange(0, 2).Draw(t, "interp")),
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// Whatever the network, the image, the tile and the overlap: tiles that are
// called exact have the bits of the whole, and so do those of the smallest
// exact overlap. Tiles that are not exact differ, if they lack half of the halo.
func TestExactTilesAreTheWhole(t *testing.T) {
	exact, inexact := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		g := drawNet(t)
		if _, err := g.Sizes(); err != nil {
			t.Skip(err)
		}
		geometry, err := tile.NewGeometry(g)
		if err != nil {
			t.Skip(err)
		}
		a, b := geometry.H, geometry.W
		context := max(a.Before+a.After, b.Before+b.After)
		halo := max(a.HaloBefore+a.HaloAfter, b.HaloBefore+b.HaloAfter, 0)
		side := a.Above(context + halo + rapid.IntRange(1, 4).Draw(t, "steps")*a.Step)
		size := graph.Size{H: rapid.IntRange(1, 2*side).Draw(t, "h"), W: side - context + rapid.IntRange(1, side).Draw(t, "w")}
		spec := tile.Spec{Tile: side, Overlap: rapid.IntRange(0, side-context-1).Draw(t, "overlap")}
		smallest, none := geometry.ExactOverlap(side)
		if none == nil && rapid.Bool().Draw(t, "smallest") {
			spec.Overlap = smallest
		}
		plan, err := tile.New(size, geometry, spec)
		if err != nil {
			t.Skip(err) // the overlap leaves no stride, or the sides differ
		}
		whole, err := tile.Whole(size, geometry)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(1, 2))
		img := graph.NewMap(graph.Shape{C: 1, H: size.H, W: size.W})
		for i := range img.Pix {
			img.Pix[i] = float32(r.NormFloat64())
		}
		w := g.InitWeights(3)
		for i, p := range g.Params {
			for j := range w[i] { // open rectifiers, so that what differs shows
				if len(p.Shape) == 4 {
					w[i][j] = max(w[i][j], -0.3*w[i][j])
				}
			}
		}
		p := engine.NewPredictor(g, w, engine.Options{Exact: true, Threads: 1})
		got, err := plan.Predict(p, img, 0)
		if err != nil {
			t.Fatal(err)
		}
		want, err := whole.Predict(p, img, 0)
		if err != nil {
			t.Fatal(err)
		}
		wrong := 0
		for i, v := range want.Pix {
			if got.Pix[i] != v {
				wrong++
			}
		}
		switch {
		case plan.Exact && wrong > 0:
			t.Fatalf("%s: %d of %v values differ, yet the plan is exact: %v px, %+v, geometry %+v", g.Name, wrong, want.Shape, size, spec, geometry)
		case !plan.Exact && none == nil && spec.Overlap >= smallest:
			t.Fatalf("%s: overlap %d is not exact, %d would be", g.Name, spec.Overlap, smallest)
		case plan.Exact && len(plan.Tiles) > 1:
			exact++
		case !plan.Exact && g.Name != "drawn" && (none != nil || plan.MinOverlap <= halo/2):
			if wrong == 0 && len(img.Pix) > 100 { // a smaller one, mirrored, may repeat itself
				t.Fatalf("%s: no value differs, yet the plan is not exact: %v px, %+v, geometry %+v", g.Name, size, spec, geometry)
			}
			inexact++
		}
	})
	if exact == 0 || inexact == 0 {
		t.Errorf("%d plans of several tiles were exact, %d not", exact, inexact)
	}
}
