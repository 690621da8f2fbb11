package graph_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
)

// The edge limits at 572 px, in input px, from level 0 down.
func TestMisregistrationAt572(t *testing.T) {
	for _, x := range []struct {
		a            arch.Arch
		local, accum [4]float64
	}{
		{valid.Arch, [4]float64{}, [4]float64{}},
		{valid.NoSkip, [4]float64{}, [4]float64{}},
		// The decoder's content lies under a map that was squeezed whole.
		{resized.Skip, [4]float64{10, 18, 34, 32}, [4]float64{88, 80, 64, 32}},
		{resized.Up, [4]float64{8, 16, 32, 32}, [4]float64{83, 76, 62, 32}},
	} {
		g := build(t, x.a, narrow(4, arch.Transposed))
		all, err := g.Misregistrations(graph.Square(572))
		if err != nil || len(all) != 4 {
			t.Fatalf("%s: %d records, %v", x.a.Name(), len(all), err)
		}
		for i, m := range all {
			if m.Level != 3-i {
				t.Errorf("%s: level %d at place %d", m.Node, m.Level, i)
			}
			if got, want := math.Round(m.LocalEdge), x.local[m.Level]; got != want {
				t.Errorf("%s %s: local %v, want %v", x.a.Name(), m.Node, m.LocalEdge, want)
			}
			if got, want := math.Round(m.AccumEdge), x.accum[m.Level]; got != want {
				t.Errorf("%s %s: accumulated %v, want %v", x.a.Name(), m.Node, m.AccumEdge, want)
			}
			if m.W != m.Gap {
				t.Errorf("%s %s: %+v, height and width of a square differ", x.a.Name(), m.Node, m)
			}
		}
	}
}

// The largest misregistration of a squeezed skip does not depend on the input's
// size: 88/80/64/32 at any tile.
func TestMisregistrationIsThatOfTheCrop(t *testing.T) {
	g := build(t, resized.Skip, narrow(4, arch.Transposed))
	rapid.Check(t, func(t *rapid.T) {
		n := 188 + 16*rapid.IntRange(0, 200).Draw(t, "k")
		all, err := g.Misregistrations(graph.Square(n))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []float64{32, 64, 80, 88} {
			m := all[i]
			if math.Abs(m.AccumEdge-want) > 1e-9 || m.AccumMax >= want || m.AccumMax < m.AccumMean {
				t.Fatalf("%d px, %s: %+v, want %v at the edge", n, m.Node, m, want)
			}
		}
	})
}

// The padded net's blur moves the decoder by half a pixel of each level.
func TestBlurMovesTheDecoder(t *testing.T) {
	for _, a := range []arch.Arch{valid.Arch, padded.Arch} {
		g := build(t, a, narrow(3, arch.UpShuffleBlur))
		sizes, err := g.Sizes()
		if err != nil {
			t.Fatal(err)
		}
		all, err := g.Misregistrations(graph.Square(sizes.H.Above(160)))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []float64{2, 1, 0.5} {
			if m := all[i]; m.LocalMax != want || m.LocalMean != want {
				t.Errorf("%s %s: %+v, want %v everywhere", a.Name(), m.Node, m.Gap, want)
			}
		}
		if last := all[2]; last.AccumMax != 3.5 {
			t.Errorf("%s: the blurs add up to %v px, want 3.5", a.Name(), last.AccumMax)
		}
	}
}

// Where an output's dependencies lie about its place symmetrically, the
// interval's middle is that place.
func TestCoordinatesAreTheMiddleOfWhatIsRead(t *testing.T) {
	for _, x := range []struct {
		a  arch.Arch
		up arch.Up
		n  int
	}{{valid.Arch, arch.UpBilinear, 188}, {padded.Arch, arch.Transposed, 208}, {resized.Up, arch.Transposed, 140}} {
		g := build(t, x.a, narrow(4, x.up))
		at, err := g.Coordinates(graph.Size{H: x.n, W: x.n + 16})
		if err != nil {
			t.Fatal(err)
		}
		loops := along(t, g, 1, line(0, x.n+16))
		for _, n := range g.Nodes {
			if n.Name == "enc3.pool" {
				break // further on, every dependency reaches the border
			}
			for i, p := range loops[n.ID] {
				middle := float64(p.lo+p.hi) / 2
				if clipped := p.hi < p.lo || p.lo <= 32 || p.hi >= x.n-17; !clipped && at[n.ID].W.At(float64(i)) != middle {
					t.Fatalf("%s %s: px %d lies at %v, but it reads around %v", x.a.Name(), n.Name, i, at[n.ID].W.At(float64(i)), middle)
				}
			}
		}
	}
}

// The maps that resizing joins share their centre, and so does the output.
func TestResizedKeepsTheCentre(t *testing.T) {
	for _, a := range []arch.Arch{resized.Skip, resized.Up} {
		for interp := graph.Bilinear; interp <= graph.Nearest; interp++ {
			c := narrow(3, arch.Transposed)
			c.Interp = interp
			g := build(t, a, c)
			in := graph.Size{H: 204, W: 236}
			at, err := g.Coordinates(in)
			if err != nil {
				t.Fatal(err)
			}
			s, err := g.Infer(in)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range g.Nodes {
				y := at[n.ID].H.At(float64(s[n.ID].H-1) / 2)
				x := at[n.ID].W.At(float64(s[n.ID].W-1) / 2)
				if math.Abs(y-101.5) > 1e-9 || math.Abs(x-117.5) > 1e-9 {
					t.Errorf("%s %v: the middle of %s lies at %v, %v", a.Name(), interp, n.Name, y, x)
				}
			}
		}
	}
}

// A decoder moved by so many px of one level is found there, at that many input
// px, and content so moved stays so at the levels above.
func TestPlantedShift(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := narrow(rapid.IntRange(1, 4).Draw(t, "pools"), rapid.SampledFrom([]arch.Up{arch.Transposed, arch.UpBilinear, arch.UpNearest, arch.UpShuffle}).Draw(t, "up"))
		at, px := rapid.IntRange(0, c.Pools-1).Draw(t, "level"), rapid.IntRange(0, 3).Draw(t, "px")
		upwards, crops := rapid.Bool().Draw(t, "up and left"), rapid.Bool().Draw(t, "crops")
		level := c.Pools
		w := arch.Wiring{
			Join: func(b *arch.Builder, name string, up, enc *graph.Node) *graph.Node {
				if level--; level == at && px > 0 { // the mean of 2·px+1 values, all of them on one side
					pads := [4]int{2 * px, 2 * px}
					if upwards {
						pads = [4]int{2: 2 * px, 3: 2 * px}
					}
					up = b.Add("planted.pad", graph.Pad, graph.Node{Pads: pads}, up)
					window := [2]int{2*px + 1, 2*px + 1}
					up = b.Add("planted.mean", graph.AvgPool, graph.Node{Kernel: window, Stride: [2]int{1, 1}}, up)
				}
				if crops {
					enc = b.Add(name+".crop", graph.Crop, graph.Node{Like: up}, enc)
				}
				return b.Add(name+".concat", graph.Concat, graph.Node{}, enc, up)
			},
		}
		if !crops {
			w.Pad = func(b *arch.Builder, at string, i int, x *graph.Node) *graph.Node {
				return b.Add(fmt.Sprintf("%s.pad%d", at, i), graph.Pad, graph.Node{Pads: [4]int{1, 1, 1, 1}}, x)
			}
		}
		g, err := arch.UNet("planted", c, w)
		if err != nil {
			t.Fatal(err)
		}
		sizes, err := g.Sizes()
		if err != nil {
			t.Fatal(err)
		}
		all, err := g.Misregistrations(graph.Size{H: sizes.H.Min + sizes.H.Step, W: sizes.W.Min})
		if err != nil || len(all) != c.Pools {
			t.Fatal(all, err)
		}
		for _, m := range all {
			local, accum := 0.0, 0.0
			if m.Level == at {
				local = float64(px << at)
			}
			if m.Level <= at {
				accum = float64(px << at)
			}
			want := graph.Gap{LocalMax: local, LocalMean: local, LocalEdge: local, AccumMax: accum, AccumMean: accum, AccumEdge: accum}
			if m.Gap != want || m.W != want {
				t.Fatalf("%d px planted at level %d: level %d has %+v, want %+v", px, at, m.Level, m, want)
			}
		}
	})
}
