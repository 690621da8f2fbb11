package tile

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"unetbench/graph"
)

// work is what a fakeNet might cost.
var work = Costs{
	MACs:  func(s graph.Size) (int64, error) { return 18 * int64(s.H*s.W), nil },
	Bytes: func(s graph.Size) (int64, error) { return 64*int64(s.H*s.W) + 1000, nil },
}

// A recommended plan covers the image with legal tiles, fits into memory, errs
// no more than allowed, and no square tiles that do all that are cheaper.
func TestRecommendLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := fakeNet{pools: rapid.IntRange(1, 2).Draw(t, "pools"), padded: rapid.Bool().Draw(t, "padded"), instanceShift: rapid.Bool().Draw(t, "shift")}
		g := n.geometry()
		if n.padded && !n.instanceShift && rapid.Bool().Draw(t, "uneven") {
			g.H.HaloAfter += 3
		}
		size := graph.Size{H: rapid.IntRange(1, 120).Draw(t, "h"), W: rapid.IntRange(1, 120).Draw(t, "w")}
		curve := Curve{}
		e := 1.0
		for px := 0; px < 30; px += rapid.IntRange(1, 9).Draw(t, "px") {
			curve[px] = e
			e *= rapid.Float64Range(0, 1).Draw(t, "less")
		}
		memory := rapid.Int64Range(1000, 1500000).Draw(t, "memory")
		tolerance := rapid.SampledFrom([]float64{0, 0.01, 0.5, 1}).Draw(t, "tolerance")
		all, best, err := Recommend(size, g, work, curve, memory, tolerance)
		if (err == nil) != (best >= 0) {
			t.Fatalf("best %d, error %v", best, err)
		}
		if err != nil && !strings.Contains(err.Error(), "give more") {
			t.Fatal(err)
		}
		for i, k := range all {
			checkPartition(t, k.Plan)
			if !g.H.Legal(k.Tile.H) || !g.W.Legal(k.Tile.W) || k.Bytes > memory {
				t.Fatalf("tiles of %v px, %d bytes of %d", k.Tile, k.Bytes, memory)
			}
			if k.Plan.Exact != (k.Error == 0) && k.Plan.Exact {
				t.Fatalf("an exact plan errs by %g", k.Error)
			}
			if i > 0 && k.MACs < all[i-1].MACs {
				t.Fatal("not the cheapest first")
			}
			if best >= 0 && i < best && k.Error <= tolerance {
				t.Fatalf("candidate %d errs by %g and is cheaper than the best", i, k.Error)
			}
			for _, o := range all {
				if k.Front && (o.MACs < k.MACs && o.Error <= k.Error || o.MACs <= k.MACs && o.Error < k.Error) {
					t.Fatalf("%+v is on the front, yet %+v is better", k, o)
				}
			}
		}
		if best >= 0 && (all[best].Error > tolerance || !all[best].Front) {
			t.Fatalf("best: %+v", all[best])
		}
		for side := g.H.Min; side <= 160; side += g.H.Step {
			for overlap := 0; overlap < g.H.out(side); overlap++ {
				p, err := New(size, g, Spec{Tile: side, Overlap: overlap})
				if err != nil {
					break
				}
				k, err := Weigh(p, g, work, curve)
				if err != nil {
					t.Fatal(err)
				}
				if k.Bytes <= memory && k.Error <= tolerance && len(p.Tiles) < mostRows && (best < 0 || k.MACs < all[best].MACs-1e-9) {
					t.Fatalf("tiles of %d, overlap %d (%d discarded, error %g) cost %g MACs; recommended: %d of %d", side, overlap, k.Discarded, k.Error, k.MACs, best, len(all))
				}
			}
		}
	})
}

// With an asymmetric halo, at least as many px as were asked for are discarded on both sides.
func TestDiscardsOnBothSides(t *testing.T) {
	a := Axis{Sides: graph.Sides{Step: 8, Min: 8}, HaloBefore: 20, HaloAfter: 31, Equivariant: true}
	for px := range 40 {
		rows, err := a.rows(500, px)
		if err != nil || len(rows) < 3 {
			t.Fatal(rows, err)
		}
		for _, r := range rows[1:] {
			p := assemble(graph.Size{H: 500, W: 8}, Geometry{a, Axis{Sides: a.Sides, Equivariant: true}}, r.pieces(a), []piece{{0, 8, 0, 8}})
			if d := p.discarded(); d < min(px, 20) || !p.Exact && d < px {
				t.Errorf("%d px discarded, want %d; exact %v", d, px, p.Exact)
			}
		}
	}
}

func TestCurve(t *testing.T) {
	c := Curve{0: 0.5, 8: 0.1, 16: 0.2, 30: 0}
	for px, want := range map[int]float64{0: 0.5, 7: 0.5, 8: 0.1, 20: 0.1, 30: 0, 99: 0, -1: math.Inf(1)} {
		if got := c.At(px); got != want {
			t.Errorf("at %d px: %g, want %g", px, got, want)
		}
	}
}

// The front of a 3-pool U-Net at 1000×1000: less is discarded, less is paid.
func TestRecommendTrades(t *testing.T) {
	all, best, err := Recommend(graph.Square(1000), padded3, work, Curve{0: 0.3, 16: 0.01, 32: 0.001}, 64*300*300+1000, 0.02)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 4 || best != 1 || all[1].Error != 0.01 || all[1].Discarded < 16 || !all[3].Plan.Exact || all[3].Error != 0 {
		t.Errorf("best %d of %+v", best, all)
	}
	if _, _, err := Recommend(graph.Square(1000), padded3, work, nil, 5000, 0); err == nil || !strings.Contains(err.Error(), "give more memory") {
		t.Error(err)
	}
	// Without a halo, only the whole image is exact.
	never := fakeNet{pools: 2, resize: true}.geometry()
	all, best, err = Recommend(graph.Square(200), never, work, Curve{0: 0.3, 16: 0.2}, math.MaxInt64, 0)
	if err != nil || len(all[best].Plan.Tiles) != 1 {
		t.Errorf("%v: best %d of %+v", err, best, all)
	}
}
