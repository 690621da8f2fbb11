package plan

import (
	"math"
	"slices"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/valid"
	"unetbench/graph"
)

func bytes(s graph.Size) (int64, error) { return 100 * int64(s.H*s.W), nil }

func plan(t *testing.T, a arch.Arch, edit func(*arch.Config), o Options) *Result {
	t.Helper()
	c := arch.Default()
	c.Pools, c.Norm = 4, arch.NormNone
	if edit != nil {
		edit(&c)
	}
	g, err := a.Build(c)
	if err != nil {
		t.Fatal(err)
	}
	o.Bytes = bytes
	r, err := New(g, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func program(r *Result, name string) Row {
	i := slices.IndexFunc(r.Programs, func(k Row) bool { return k.Name == name })
	return r.Programs[i]
}

// The classic network: 94 px of halo, which CSBDeep's table knows, and MONAI's
// quarter of a tile does not cover.
func TestPadded(t *testing.T) {
	r := plan(t, padded.Arch, nil, Options{Size: graph.Size{H: 1024, W: 768}, Memory: 100 * 400 * 400})
	if h := r.Axes.H; h.Step != 16 || h.Min != 16 || *h.HaloTop != 94 || *h.ReachUp != 107 || h.Shrink != 0 || h.Nearest != [2]int{1024, 1024} {
		t.Errorf("%+v", h)
	}
	if k := program(r, "csbdeep"); !k.Exact || k.Bytes > 100*256*256 {
		t.Errorf("%+v", k)
	}
	if k := program(r, "monai"); k.Exact || k.Tiles != 20 || k.Overlap != [2]int{64, 64} || k.Why != "missing context, blending" {
		t.Errorf("%+v", k)
	}
	for _, k := range append(r.Programs, *r.Best) {
		// MACs of padded tiles go with their area.
		if want := r.Whole.MACPerPx / (1 - k.Repeated); !k.Refused && math.Abs(k.MACPerPx/want-1) > 1e-9 {
			t.Errorf("%s: %g MACs per px, %g repeated; one piece %g", k.Name, k.MACPerPx, k.Repeated, r.Whole.MACPerPx)
		}
		if k.Exact && k.Bytes <= 100*400*400 && k.MACPerPx < r.Best.MACPerPx-1e-9 {
			t.Errorf("%s is exact, fits, and is cheaper than what is recommended", k.Name)
		}
	}
	if !r.Best.Exact || r.Best.Bytes > 100*400*400 || len(r.Tiling.Tiles) != r.Best.Tiles {
		t.Errorf("%+v", r.Best)
	}
}

// Unpadded, without halo; most programs cannot. 388 of 572 is the paper's tile.
func TestValid(t *testing.T) {
	r := plan(t, valid.Arch, nil, Options{Size: graph.Square(2000), Tile: 572, Memory: math.MaxInt64})
	if h := r.Axes.H; h.Shrink != 184 || h.Before != 92 || *h.HaloTop != 0 || h.Offset != 12 {
		t.Errorf("%+v", h)
	}
	for _, k := range r.Programs {
		if (k.Name == "exact" || k.Name == "bioimageio") == k.Refused {
			t.Errorf("%+v", k)
		}
	}
	if k := program(r, "bioimageio"); k.Why != "grid phase" { // 388 px apart
		t.Errorf("%+v", k)
	}
	if r.Best.Tiles != 1 || r.Best.Repeated != 0 {
		t.Errorf("%+v", r.Best)
	}
}

// Norms by the window's statistics: one piece or nothing.
func TestNever(t *testing.T) {
	norm := func(c *arch.Config) { c.Norm = arch.NormInstance }
	r := plan(t, padded.Arch, norm, Options{Size: graph.Square(500), Memory: 1000})
	if r.Axes.H.HaloTop != nil || r.Axes.W.ReachUp != nil || r.Best != nil || r.NoBest == "" || r.Causes[0].Cause != "input_statistics" {
		t.Errorf("%+v", r)
	}
	if k := program(r, "monai"); k.Exact || k.Why != "window size, blending" {
		t.Errorf("%+v", k)
	}
}
