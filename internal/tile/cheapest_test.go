package tile

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"unetbench/graph"
)

// Cheapest tiles are exact, small enough, and no dearer than any square ones.
func TestCheapestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := fakeNet{pools: rapid.IntRange(1, 2).Draw(t, "pools"), padded: rapid.Bool().Draw(t, "padded")}
		g := n.geometry()
		size := graph.Size{H: rapid.IntRange(1, 120).Draw(t, "h"), W: rapid.IntRange(1, 120).Draw(t, "w")}
		px := rapid.IntRange(1, 200*200).Draw(t, "px")
		p, err := Cheapest(size, g, px)
		if err != nil {
			if !strings.Contains(err.Error(), "no tiles of at most") {
				t.Fatal(err)
			}
			p = nil
		}
		for side := g.H.Min; side*side <= px; side += g.H.Step {
			overlap, err := g.ExactOverlap(side)
			if err != nil {
				continue
			}
			q, err := New(size, g, Spec{Tile: side, Overlap: overlap})
			if err != nil {
				t.Fatal(err)
			}
			if p == nil {
				t.Fatalf("no tiles of %d px, but %d² is exact", px, side)
			}
			if reads(p) > reads(q) {
				t.Fatalf("%d px read by the cheapest tiles, %v; %d by tiles of %d", reads(p), p.Tiles[0].Read.Size(), reads(q), side)
			}
		}
		if p == nil {
			return
		}
		checkPartition(t, p)
		if r := p.Tiles[0].Read; !p.Exact || r.Dx()*r.Dy() > px {
			t.Fatalf("exact %v, tiles of %v px, at most %d", p.Exact, r.Size(), px)
		}
		img := noise(19, size.H, size.W)
		whole, err := Whole(size, g)
		if !slices.Equal(predict(t, p, nil, n, img, 0), predict(t, whole, err, n, img, 0)) {
			t.Fatal("the cheapest tiles differ from the whole image")
		}
	})
}

func reads(p *Plan) (px int) {
	for _, tl := range p.Tiles {
		px += tl.Read.Dx() * tl.Read.Dy()
	}
	return px
}

// With room for all, the cheapest plan is the whole image; where tiles are
// never exact, it is that or nothing.
func TestCheapestOfAll(t *testing.T) {
	size := graph.Size{H: 130, W: 77}
	for _, n := range []fakeNet{{pools: 2}, {pools: 2, padded: true}, {pools: 2, resize: true}} {
		whole, err := Whole(size, n.geometry())
		if err != nil {
			t.Fatal(err)
		}
		p, err := Cheapest(size, n.geometry(), math.MaxInt)
		if err != nil || len(p.Tiles) != 1 || p.Tiles[0] != whole.Tiles[0] {
			t.Errorf("%+v: %v, %v; want the whole image", n, p, err)
		}
	}
	if _, err := Cheapest(size, fakeNet{pools: 2, resize: true}.geometry(), 1000); err == nil {
		t.Error("resized has exact tiles")
	}
}
