package graph_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"unetbench/arch"
	"unetbench/arch/fastai"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
)

var variants = []arch.Arch{valid.Arch, valid.NoSkip, padded.Arch, resized.Skip, resized.Up}

func build(t testing.TB, a arch.Arch, c arch.Config) *graph.Graph {
	t.Helper()
	g, err := a.Build(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// narrow is the paper's network, but narrow: width has no part in geometry.
func narrow(pools int, up arch.Up) arch.Config {
	c := arch.Ronneberger2015()
	c.Pools, c.Width, c.Up = pools, 2, up
	return c
}

// Reach and context against the slow interpreter, for every variant that has
// them, upsampling and depth.
func TestReachIsWhatTheLoopsSay(t *testing.T) {
	for _, a := range []arch.Arch{valid.Arch, valid.NoSkip, padded.Arch, fastai.Arch} {
		for _, up := range arch.Ups() {
			for pools := 1; pools <= 4; pools++ {
				g := build(t, a, narrow(pools, up))
				f := g.Footprint().H
				sizes, err := g.Sizes()
				if err != nil {
					t.Fatal(err)
				}
				n := sizes.H.Above(2*(f.ReachUp+f.ReachDown) + f.Shrink + 4*f.Step)
				out := along(t, g, 0, line(0, n))[g.Output().ID]
				if n-len(out) != f.Shrink || f.Before+f.After != f.Shrink || len(f.Reach) != f.Step {
					t.Fatalf("%s up=%v pools=%d: %d px become %d, footprint %+v", a.Name(), up, pools, n, len(out), f)
				}
				seen := make([]bool, f.Step)
				for i, p := range out {
					at := i + f.Before
					if at < f.ReachUp || at >= n-f.ReachDown {
						continue // may be clipped
					}
					if got, want := [2]int{at - p.lo, p.hi - at}, f.Reach[i%f.Step]; got != want {
						t.Fatalf("%s up=%v pools=%d: output px %d reaches %v, footprint says %v", a.Name(), up, pools, i, got, want)
					}
					seen[i%f.Step] = true
				}
				for phase, ok := range seen {
					if !ok {
						t.Fatalf("%s up=%v pools=%d: phase %d was not seen", a.Name(), up, pools, phase)
					}
				}
			}
		}
	}
}

// A tile on the step equals the whole from its halo on, and not a pixel
// earlier, whatever stands outside.
func TestHaloIsWhatTilesNeed(t *testing.T) {
	for _, a := range []arch.Arch{valid.Arch, valid.NoSkip, padded.Arch, fastai.Arch} {
		for _, up := range arch.Ups() {
			for pools := 1; pools <= 4; pools++ {
				for padding := graph.PadZero; padding <= graph.PadCircular; padding++ {
					if a != padded.Arch && a != fastai.Arch && padding > graph.PadZero {
						continue
					}
					c := narrow(pools, up)
					c.Padding = padding
					g := build(t, a, c)
					f := g.Footprint().W
					name := fmt.Sprintf("%s up=%v pools=%d padding=%v", a.Name(), up, pools, padding)
					top, bottom := tileHalo(t, g, f)
					if top != f.HaloTop || bottom != f.HaloBottom {
						t.Fatalf("%s: a tile differs from the whole in its first %d and last %d px, footprint %+v", name, top, bottom, f)
					}
				}
			}
		}
	}
}

// tileHalo counts the px at either end of a tile that differ from the whole.
func tileHalo(t *testing.T, g *graph.Graph, f graph.Axis) (top, bottom int) {
	t.Helper()
	sizes, err := g.Sizes()
	if err != nil {
		t.Fatal(err)
	}
	n := sizes.W.Above(f.Shrink + f.ReachUp + f.ReachDown + 2*f.Step)
	away := (f.ReachUp+f.ReachDown)/f.Step*f.Step + 2*f.Step
	whole := along(t, g, 1, line(0, n+2*away))[g.Output().ID]
	tile := along(t, g, 1, line(away, n))[g.Output().ID]
	for i, p := range tile {
		if p.hash == whole[i+away].hash {
			continue
		}
		if i < len(tile)/2 {
			top = i + 1
		} else {
			bottom = max(bottom, len(tile)-i)
		}
	}
	return top, bottom
}

// The definition in words: 1 + the largest d whose phase reaches further than d.
func TestHaloOfPaddedFollowsFromReach(t *testing.T) {
	for _, up := range arch.Ups() {
		for pools := 1; pools <= 4; pools++ {
			f := build(t, padded.Arch, narrow(pools, up)).Footprint().H
			want := 0
			for d := range f.ReachUp {
				if f.Reach[d%f.Step][0] > d {
					want = d + 1
				}
			}
			if f.HaloTop != want {
				t.Errorf("up=%v pools=%d: halo %d, from reach %d", up, pools, f.HaloTop, want)
			}
		}
	}
}

// No part of a resized net's tile equals the whole, and off the step no part of
// any tile does.
func TestNoHaloWhereNoneIsEnough(t *testing.T) {
	for _, a := range []arch.Arch{resized.Skip, resized.Up} {
		for interp := graph.Bilinear; interp <= graph.Nearest; interp++ {
			for pools := 1; pools <= 4; pools++ {
				c := narrow(pools, arch.Transposed)
				c.Interp = interp
				g := build(t, a, c)
				f := g.Footprint().H
				if f.Equivariant || f.HaloTop != -1 || f.HaloBottom != -1 || f.ReachUp != -1 || f.ReachDown != -1 {
					t.Errorf("%s %v pools=%d: footprint %+v, want no halo", a.Name(), interp, pools, f)
				}
				if same := sameAsWhole(t, g, f, f.Step*30, f.Step*6); same > 0 {
					t.Errorf("%s %v pools=%d: %d px of a tile's core equal the whole", a.Name(), interp, pools, same)
				}
			}
		}
	}
	for _, a := range []arch.Arch{valid.Arch, padded.Arch} {
		g := build(t, a, narrow(4, arch.Transposed))
		f := g.Footprint().H
		if same := sameAsWhole(t, g, f, 480, 96); same == 0 {
			t.Errorf("%s: a tile on the step never equals the whole", a.Name())
		}
		// 388 is the stride of the paper's own tiles.
		if same := sameAsWhole(t, g, f, 480, 388); same > 0 {
			t.Errorf("%s: %d px of a tile 388 px off equal the whole", a.Name(), same)
		}
	}
}

// A norm by the map's own statistics makes every pixel depend on the whole map.
func TestMapStatisticsReachEverywhere(t *testing.T) {
	for _, a := range []arch.Arch{valid.Arch, padded.Arch} {
		for _, norm := range []arch.NormKind{arch.NormInstance, arch.NormGroup} {
			c := narrow(2, arch.Transposed)
			c.Norm = norm
			g := build(t, a, c)
			f := g.Footprint().W
			if f.Equivariant || f.HaloTop != -1 || f.HaloBottom != -1 || f.ReachUp != -1 || f.ReachDown != -1 {
				t.Errorf("%s %v: footprint %+v, want no halo", a.Name(), norm, f)
			}
			if batch := build(t, a, narrow(2, arch.Transposed)).Footprint().W; f.Before != batch.Before || f.After != batch.After || f.Step != batch.Step {
				t.Errorf("%s %v: footprint %+v, with running statistics %+v", a.Name(), norm, f, batch)
			}
			if same := sameAsWhole(t, g, f, 160, f.Step*6); same > 0 {
				t.Errorf("%s %v: %d px of a tile's core equal the whole", a.Name(), norm, same)
			}
			const n = 100
			for _, p := range along(t, g, 1, line(0, n))[g.Output().ID] {
				if p.lo != 0 || p.hi != n-1 {
					t.Fatalf("%s %v: a pixel reads only px %d to %d of %d", a.Name(), norm, p.lo, p.hi, n)
				}
			}
		}
	}
}

// Aligned corners make even a doubling depend on the whole map's length.
func TestAlignedCornersAreNotEquivariant(t *testing.T) {
	g := build(t, padded.Arch, narrow(3, arch.UpBilinear))
	for _, n := range g.Nodes {
		if n.Op == graph.Resize {
			n.Interp = graph.BilinearAlign
		}
	}
	f := g.Footprint().H
	if f.Equivariant || f.HaloTop != -1 {
		t.Errorf("footprint %+v, want no halo", f)
	}
	if same := sameAsWhole(t, g, f, 480, 96); same > 0 {
		t.Errorf("%d px of a tile's core equal the whole", same)
	}
}

// sameAsWhole counts the px in the middle third of a tile's output that equal
// the whole's.
func sameAsWhole(t *testing.T, g *graph.Graph, f graph.Axis, n, origin int) (same int) {
	t.Helper()
	sizes, err := g.Sizes()
	if err != nil {
		t.Fatal(err)
	}
	n = sizes.H.Above(n)
	whole := along(t, g, 0, line(0, sizes.H.Above(3*n)))[g.Output().ID]
	tile := along(t, g, 0, line(origin, n))[g.Output().ID]
	for i := len(tile) / 3; i < 2*len(tile)/3; i++ {
		if tile[i].hash == whole[i+origin].hash {
			same++
		}
	}
	return same
}

// What the papers and the forum state about four poolings.
func TestFootprintOfThePaper(t *testing.T) {
	for _, x := range []struct {
		a     arch.Arch
		up    arch.Up
		axis  graph.Axis
		field [2]int // receptive field, least and most over phases
	}{
		{valid.Arch, arch.Transposed, graph.Axis{Step: 16, Shrink: 184, Before: 92, After: 92, Equivariant: true,
			ReachUp: 107, ReachDown: 107}, [2]int{188, 204}},
		{padded.Arch, arch.Transposed, graph.Axis{Step: 16, Equivariant: true,
			ReachUp: 107, ReachDown: 107, HaloTop: 94, HaloBottom: 94}, [2]int{188, 204}},
		{padded.Arch, arch.UpNearest, graph.Axis{Step: 16, Equivariant: true,
			ReachUp: 107, ReachDown: 107, HaloTop: 94, HaloBottom: 94}, [2]int{188, 204}},
		{padded.Arch, arch.UpShuffle, graph.Axis{Step: 16, Equivariant: true,
			ReachUp: 107, ReachDown: 107, HaloTop: 94, HaloBottom: 94}, [2]int{188, 204}},
		{padded.Arch, arch.UpBilinear, graph.Axis{Step: 16, Equivariant: true,
			ReachUp: 122, ReachDown: 122, HaloTop: 109, HaloBottom: 109}, [2]int{220, 236}},
		// fastai's blur reaches one more pixel per level, up and left only.
		{padded.Arch, arch.UpShuffleBlur, graph.Axis{Step: 16, Equivariant: true,
			ReachUp: 122, ReachDown: 107, HaloTop: 109, HaloBottom: 94}, [2]int{204, 220}},
		// Interpolation at a map's edge repeats its last row, so even the
		// unpadded net then has px that only a neighbouring tile knows.
		{valid.Arch, arch.UpBilinear, graph.Axis{Step: 16, Shrink: 184, Before: 92, After: 92, Equivariant: true,
			ReachUp: 122, ReachDown: 122, HaloTop: 15, HaloBottom: 15}, [2]int{220, 236}},
		{resized.Skip, arch.Transposed, graph.Axis{Step: 16, Shrink: 184, Before: 92, After: 92,
			ReachUp: -1, ReachDown: -1, HaloTop: -1, HaloBottom: -1}, [2]int{}},
		{resized.Up, arch.Transposed, graph.Axis{Step: 16, ReachUp: -1, ReachDown: -1, HaloTop: -1, HaloBottom: -1}, [2]int{}},
	} {
		f := build(t, x.a, narrow(4, x.up)).Footprint()
		if !cmp.Equal(f.H, f.W) {
			t.Errorf("%s up=%v: %v along height, %v along width", x.a.Name(), x.up, f.H, f.W)
		}
		got := f.H
		field := [2]int{}
		for i, r := range got.Reach {
			rf := r[0] + r[1] + 1
			if i == 0 {
				field = [2]int{rf, rf}
			}
			field = [2]int{min(field[0], rf), max(field[1], rf)}
		}
		got.Reach = nil
		if !cmp.Equal(got, x.axis) || field != x.field {
			t.Errorf("%s up=%v:\n got %+v, receptive field %v\nwant %+v, receptive field %v", x.a.Name(), x.up, got, field, x.axis, x.field)
		}
	}
}

// CSBDeep's table of overlaps (kernel 3, pool 2) is 9, 22, 46, 94, 190 px; at
// one pooling 8 are enough.
func TestHaloByDepth(t *testing.T) {
	for i, want := range []int{8, 22, 46, 94, 190} {
		f := build(t, padded.Arch, narrow(i+1, arch.Transposed)).Footprint().H
		if f.HaloTop != want {
			t.Errorf("pools=%d: halo %d, want %d", i+1, f.HaloTop, want)
		}
	}
}
