package tile

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"unetbench/graph"
)

// TestSizedLaws: every tile has the one size, they cover the image, and where
// halo and image allow it they give what the whole gives.
func TestSizedLaws(t *testing.T) {
	exact := 0
	rapid.Check(t, func(t *rapid.T) {
		n := fakeNet{pools: rapid.IntRange(1, 2).Draw(t, "pools"), padded: rapid.Bool().Draw(t, "padded")}
		if !n.padded {
			n.resize = rapid.Bool().Draw(t, "resize")
		}
		g := n.geometry()
		side := func(a Axis, label string) int { return a.Min + a.Step*rapid.IntRange(0, 30).Draw(t, label) }
		tile := graph.Size{H: side(g.H, "tile h"), W: side(g.W, "tile w")}
		size := graph.Size{H: rapid.IntRange(1, 120).Draw(t, "h"), W: rapid.IntRange(1, 120).Draw(t, "w")}
		p, err := Sized(size, g, tile)
		if err != nil {
			t.Fatal(err)
		}
		checkPartition(t, p)
		for _, tl := range p.Tiles {
			if tl.Read.Dy() != tile.H || tl.Read.Dx() != tile.W {
				t.Fatalf("a tile reads %v, not %v", tl.Read, tile)
			}
		}
		whole, err := Whole(size, g)
		if err != nil {
			t.Fatal(err)
		}
		r := whole.Tiles[0].Read
		if !p.Exact || tile.H > r.Dy() || tile.W > r.Dx() {
			return
		}
		exact++
		img := noise(5, size.H, size.W)
		if !slices.Equal(predict(t, p, nil, n, img, 0), predict(t, whole, nil, n, img, 0)) {
			t.Fatal("tiles differ from the whole image")
		}
	})
	if exact == 0 {
		t.Error("nothing was exact")
	}
}

// TestLargest: tiles fill what they may read, down to the smallest legal ones.
func TestLargest(t *testing.T) {
	g := fakeNet{pools: 2, resize: true}.geometry()
	for _, c := range []struct {
		size graph.Size
		px   int
		want graph.Size // of a tile; 0: none
	}{
		{graph.Size{H: 300, W: 300}, 100 * 100, graph.Size{H: 100, W: 100}},
		{graph.Size{H: 300, W: 300}, 103*103 + 2, graph.Size{H: 100, W: 104}},
		{graph.Size{H: 20, W: 400}, 100 * 100, graph.Size{H: 60, W: 164}},
		{graph.Size{H: 20, W: 20}, 1 << 30, graph.Size{H: 60, W: 60}},
		{graph.Size{H: 300, W: 300}, 1000, graph.Size{}},
	} {
		p, err := Largest(c.size, g, c.px)
		if c.want == (graph.Size{}) {
			if err == nil || !strings.Contains(err.Error(), "the smallest legal ones are 44×44") {
				t.Error(err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if r := p.Tiles[0].Read; r.Dy() != c.want.H || r.Dx() != c.want.W {
			t.Errorf("%v in %d px: tiles of %v; want %v", c.size, c.px, r.Size(), c.want)
		}
	}
}
