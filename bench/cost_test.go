package bench

import (
	"testing"

	"unetbench/arch"
	"unetbench/graph"
	"unetbench/internal/tile"
)

// TestCostSide: on an image of costSide px no two tiles overlap by more than
// others do, whatever their side; on one of a fixed side the last ones may, and
// large tiles look dearer than they are.
func TestCostSide(t *testing.T) {
	for _, v := range Variants {
		g, err := v.Build(arch.Ronneberger2015())
		if err != nil {
			t.Fatal(err)
		}
		geometry, err := tile.NewGeometry(g)
		if err != nil {
			t.Fatal(err)
		}
		sizes, err := g.Sizes()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{256, 572, 1024, 2044} {
			side := sizes.H.Above(want)
			if side-geometry.H.Before-geometry.H.After < geometry.H.Step {
				continue
			}
			for _, overlap := range []int{0, geometry.H.Step} {
				if side-geometry.H.Before-geometry.H.After-overlap < geometry.H.Step {
					continue
				}
				n := costSide(geometry, side, overlap)
				plan, err := tile.New(graph.Square(n), geometry, tile.Spec{Tile: side, Overlap: overlap})
				if err != nil {
					t.Fatal(err)
				}
				ys, _, err := gridOf(plan)
				if err != nil {
					t.Fatal(err)
				}
				for i := 2; i < len(ys); i++ {
					if d, first := ys[i].from-ys[i-1].from, ys[1].from-ys[0].from; d != first {
						t.Errorf("%s, tiles of %d px, overlap %d, image of %d: tile %d is %d px from the one before it, others %d", v.Name(), side, overlap, n, i, d, first)
					}
				}
				if n < costImage || n >= costImage+side {
					t.Errorf("%s, tiles of %d px: an image of %d px", v.Name(), side, n)
				}
			}
		}
	}
}
