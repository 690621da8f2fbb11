package tile

import (
	"image"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"unetbench/graph"
)

// anyAxis draws geometries of every kind that a network could have, and more.
func anyAxis(t *rapid.T, name string) Axis {
	a := Axis{
		Sides:       graph.Sides{Step: 1 << rapid.IntRange(0, 5).Draw(t, name+" log step")},
		Before:      rapid.IntRange(0, 100).Draw(t, name+" before"),
		After:       rapid.IntRange(0, 100).Draw(t, name+" after"),
		HaloBefore:  rapid.IntRange(-1, 60).Draw(t, name+" halo before"),
		HaloAfter:   rapid.IntRange(-1, 60).Draw(t, name+" halo after"),
		Equivariant: rapid.Bool().Draw(t, name+" equivariant"),
		Wraps:       rapid.Bool().Draw(t, name+" wraps"),
	}
	a.Offset = rapid.IntRange(0, a.Step-1).Draw(t, name+" offset")
	a.Min = a.Before + a.After + rapid.IntRange(1, 40).Draw(t, name+" min")
	a.Min += mod(a.Offset-a.Min, a.Step)
	return a
}

func TestPlanLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := Geometry{anyAxis(t, "H"), anyAxis(t, "W")}
		size := graph.Size{H: rapid.IntRange(1, 300).Draw(t, "h"), W: rapid.IntRange(1, 300).Draw(t, "w")}
		side := g.H.Above(rapid.IntRange(0, 400).Draw(t, "tile"))
		overlap := rapid.IntRange(0, 100).Draw(t, "overlap")
		whole, err := Whole(size, g)
		if err != nil {
			t.Fatal(err)
		}
		p, err := New(size, g, Spec{Tile: side, Overlap: overlap})
		fits := func(a Axis) bool { return a.Legal(side) && a.out(side)-overlap >= a.Step }
		if ok := fits(g.H) && fits(g.W); ok != (err == nil) {
			t.Fatalf("honourable %v, but error %v", ok, err)
		}
		if err != nil {
			return
		}
		for _, p := range []*Plan{whole, p} {
			checkPartition(t, p)
			for _, tl := range p.Tiles {
				if !tl.Keep.In(tl.Out) {
					t.Fatalf("keeps %v of an output %v", tl.Keep, tl.Out)
				}
				if tl.Keep.Empty() {
					t.Fatalf("tile %v owns nothing", tl)
				}
				if !g.H.Legal(tl.Read.Dy()) || !g.W.Legal(tl.Read.Dx()) {
					t.Fatalf("reads %v: not legal", tl.Read)
				}
				if tl.Out.Min.Y%g.H.Step != 0 || tl.Out.Min.X%g.W.Step != 0 {
					t.Fatalf("output %v is off the step", tl.Out)
				}
				if !tl.Read.In(whole.Tiles[0].Read) {
					t.Fatalf("reads %v, beyond %v, where the whole image ends", tl.Read, whole.Tiles[0].Read)
				}
				want := image.Rect(tl.Read.Min.X+g.W.Before, tl.Read.Min.Y+g.H.Before, tl.Read.Max.X-g.W.After, tl.Read.Max.Y-g.H.After)
				if tl.Out != want {
					t.Fatalf("reads %v, puts out %v, want %v", tl.Read, tl.Out, want)
				}
			}
		}
		checkOverlaps(t, p, g, overlap)
	})
}

func checkPartition(t *rapid.T, p *Plan) {
	owned := make([]int, p.Bounds.Dx()*p.Bounds.Dy())
	for _, tl := range p.Tiles {
		if !tl.Keep.In(p.Bounds) {
			t.Fatalf("keeps %v outside %v", tl.Keep, p.Bounds)
		}
		for y := tl.Keep.Min.Y; y < tl.Keep.Max.Y; y++ {
			for x := tl.Keep.Min.X; x < tl.Keep.Max.X; x++ {
				owned[y*p.Bounds.Dx()+x]++
			}
		}
	}
	for i, n := range owned {
		if n != 1 {
			t.Fatalf("px %d,%d is owned %d times", i%p.Bounds.Dx(), i/p.Bounds.Dx(), n)
		}
	}
}

// checkOverlaps compares each tile with its neighbours to the left and above.
func checkOverlaps(t *rapid.T, p *Plan, g Geometry, overlap int) {
	least, some := 0, false
	check := func(a Axis, endBefore, seam, start int) {
		shared := endBefore - start
		if !some || shared < least {
			least, some = shared, true
		}
		if shared < overlap {
			t.Fatalf("overlap %d, asked for %d", shared, overlap)
		}
		if halo, ok := a.halo(); ok && shared >= halo {
			if seam-start < a.HaloBefore || endBefore-seam < a.HaloAfter {
				t.Fatalf("seam at %d discards %d and %d, halos are %d and %d", seam, endBefore-seam, seam-start, a.HaloAfter, a.HaloBefore)
			}
		} else if p.Exact {
			t.Fatalf("exact with overlap %d and halo %d", shared, halo)
		}
	}
	for i, a := range p.Tiles {
		if i > 0 && p.Tiles[i-1].Out.Min.Y == a.Out.Min.Y {
			check(g.W, p.Tiles[i-1].Out.Max.X, a.Keep.Min.X, a.Out.Min.X)
		}
		for j := i - 1; j >= 0; j-- {
			if b := p.Tiles[j]; b.Out.Min.X == a.Out.Min.X {
				check(g.H, b.Out.Max.Y, a.Keep.Min.Y, a.Out.Min.Y)
				break
			}
		}
	}
	if p.MinOverlap != least {
		t.Fatalf("MinOverlap %d, want %d", p.MinOverlap, least)
	}
}

var (
	paper   = fakeNet{pools: 4}.geometry()
	valid3  = fakeNet{pools: 3}.geometry()
	padded3 = fakeNet{pools: 3, padded: true}.geometry()
)

func TestPlan(t *testing.T) {
	for _, c := range []struct {
		name       string
		g          Geometry
		size       int
		spec       Spec
		side       int // of the first tile's input
		origins    []int
		minOverlap int
		exact      bool
	}{
		{"valid whole", valid3, 256, Spec{}, 348, []int{0}, 0, true},
		{"valid training window", valid3, 256, Spec{Tile: 204}, 204, []int{0, 112, 144}, 4, true},
		{"valid with overlap", valid3, 256, Spec{Tile: 204, Overlap: 32}, 204, []int{0, 80, 144}, 36, true},
		{"valid with stride", valid3, 256, Spec{Tile: 204, Stride: 64}, 204, []int{0, 64, 128, 144}, 52, true},
		{"valid larger than the image", valid3, 100, Spec{Tile: 572}, 188, []int{0}, 0, true},
		{"padded whole", padded3, 250, Spec{}, 256, []int{0}, 0, true},
		{"padded without overlap", padded3, 256, Spec{Tile: 120}, 120, []int{0, 120, 136}, 0, false},
		{"padded with its halos", padded3, 256, Spec{Tile: 120, Overlap: 92}, 120, []int{0, 24, 48, 72, 96, 120, 136}, 96, true},
		{"padded one step less", padded3, 256, Spec{Tile: 120, Overlap: 88}, 120, []int{0, 32, 64, 96, 128, 136}, 88, false},
		{"paper's tile, next stride", paper, 512, Spec{Tile: 572}, 572, []int{0, 128}, 260, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := New(graph.Square(c.size), c.g, c.spec)
			if err != nil {
				t.Fatal(err)
			}
			var origins []int
			for _, tl := range p.Tiles {
				if tl.Out.Min.X == 0 {
					origins = append(origins, tl.Out.Min.Y)
				}
			}
			got := []any{p.Tiles[0].Read.Dy(), origins, p.MinOverlap, p.Exact}
			if d := cmp.Diff([]any{c.side, c.origins, c.minOverlap, c.exact}, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	resized := fakeNet{pools: 3, resize: true}.geometry()
	for _, c := range []struct {
		name string
		g    Geometry
		spec Spec
		want string
	}{
		{"illegal tile", paper, Spec{Tile: 512}, "tile 512 px is not a legal input side; the nearest are 508 and 524"},
		{"tile too small", paper, Spec{Tile: 20}, "the smallest is 188"},
		{"paper's stride", paper, Spec{Tile: 572, Stride: 388}, "stride 388 px is not a multiple of the network's step of 16, so tiles would lie on different pooling grids and not agree; the nearest is 384"},
		{"stride between", paper, Spec{Tile: 572, Stride: 360}, "the nearest is 352 or 368"},
		{"stride below the step", paper, Spec{Tile: 572, Stride: 3}, "the nearest is 16"},
		{"stride too long", paper, Spec{Tile: 572, Stride: 400}, "use a stride of at most 384"},
		{"overlap without stride", valid3, Spec{Tile: 204, Overlap: 110}, "use an overlap of at most 108, or a tile of at least 212"},
		{"output below the step", paper, Spec{Tile: 188}, "use a tile of at least 204"},
		{"padded tile of both halos", padded3, Spec{Tile: 96, Overlap: 92}, "use an overlap of at most 88, or a tile of at least 104"},
		{"negative", paper, Spec{Tile: -1}, "none may be negative"},
		{"overlap alone", paper, Spec{Overlap: 8}, "give the side of a tile too"},
	} {
		_, err := New(graph.Square(512), c.g, c.spec)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
	if _, err := New(graph.Size{H: 0, W: 3}, paper, Spec{}); err == nil {
		t.Error("planned an empty image")
	}
	if _, err := resized.ExactOverlap(204); err == nil {
		t.Error("resized has an exact overlap")
	}
	if _, err := padded3.ExactOverlap(96); err == nil || !strings.Contains(err.Error(), "at least 104") {
		t.Errorf("padded: exact overlap of a small tile: %v", err)
	}
	for _, c := range []struct {
		g          Geometry
		tile, want int
	}{{padded3, 208, 96}, {valid3, 204, 4}, {paper, 572, 4}} {
		if got, err := c.g.ExactOverlap(c.tile); err != nil || got != c.want {
			t.Errorf("exact overlap of tile %d: %d, %v, want %d", c.tile, got, err, c.want)
		}
	}
}
