package tile_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
)

// The laws of the integer networks hold for real ones, float32 for float32:
// tiles equal the whole image for valid at any overlap and for padded from its
// halos on, not a step before; for resized at none.
func TestTiledEqualsWhole(t *testing.T) {
	cfg := arch.Default()
	cfg.Pools, cfg.Width = 2, 4
	size := graph.Size{H: 97, W: 90}
	r := rand.New(rand.NewPCG(1, 2))
	img := graph.NewMap(graph.Shape{C: 1, H: size.H, W: size.W})
	for i := range img.Pix {
		img.Pix[i] = float32(r.NormFloat64())
	}
	for _, c := range []struct {
		arch  arch.Arch
		up    arch.Up
		side  int // at least, of a tile's input
		never bool
	}{
		{arch: valid.Arch, side: 84}, {arch: valid.Arch, up: arch.UpBilinear, side: 84}, {arch: valid.NoSkip, side: 84},
		{arch: padded.Arch, side: 64}, {arch: padded.Arch, up: arch.UpShuffleBlur, side: 72},
		{arch: resized.Skip, side: 84, never: true}, {arch: resized.Up, side: 84, never: true},
	} {
		cfg.Up = c.up
		g, err := c.arch.Build(cfg)
		if err != nil {
			t.Fatal(err)
		}
		geometry, err := tile.NewGeometry(g)
		if err != nil {
			t.Fatal(err)
		}
		p := engine.NewPredictor(g, g.InitWeights(3), engine.Options{Exact: true})
		predict := func(plan *tile.Plan, err error) []float32 {
			if err != nil {
				t.Fatal(err)
			}
			m, err := plan.Predict(p, img, 0)
			if err != nil {
				t.Fatal(err)
			}
			return m.Pix
		}
		want := predict(tile.Whole(size, geometry))
		side := geometry.H.Above(c.side)
		most := side - geometry.H.Before - geometry.H.After - geometry.H.Step
		exact, inexact := 0, 0
		for overlap := most % 4; overlap <= most; overlap += 4 {
			plan, err := tile.New(size, geometry, tile.Spec{Tile: side, Overlap: overlap})
			equal := slices.Equal(predict(plan, err), want)
			if len(plan.Tiles) < 2 {
				t.Fatalf("%s: one tile", g.Name)
			}
			if equal != plan.Exact || equal && c.never {
				t.Errorf("%s, up %v, overlap %d: tiles equal the whole image: %v, the plan says %v", g.Name, c.up, overlap, equal, plan.Exact)
			}
			if equal {
				exact++
			} else {
				inexact++
			}
		}
		if !c.never && exact == 0 || c.arch == padded.Arch && inexact == 0 {
			t.Errorf("%s, up %v: %d overlaps exact, %d not", g.Name, c.up, exact, inexact)
		}
	}
}
