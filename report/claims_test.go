package report

import (
	"fmt"
	"strings"
	"testing"

	"unetbench/bench"
	"unetbench/bench/claims"
	"unetbench/graph"
)

// The thread's claims with what is found, on three kinds of results.
func TestClaimsGolden(t *testing.T) {
	for name, f := range map[string]fixture{"claims-full.txt": full(), "claims-none.txt": noContrasts(), "claims-real.txt": realData()} {
		cs, err := newView(f.results(t)).claims()
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, c := range cs {
			fmt.Fprintf(&b, "“%s” %s (%s)\n", c.Said, c.Status, c.Tone)
			for _, s := range c.Found {
				fmt.Fprintf(&b, "    %s\n", s)
			}
		}
		golden(t, name, []byte(b.String()))
	}
}

// The U of each variant says what happens to its skips.
func TestUShapes(t *testing.T) {
	for _, c := range []struct {
		variant   string
		side      int
		skip, top string
		rise      string
	}{
		{"valid", 572, "crop 568→392", "392, 390, 388, 388", "up 392"},
		{"no-skip", 572, "crop 568→392, zeroed", "392, 390, 388, 388", "up 392"},
		{"padded", 576, "as it is, 576", "576, 576, 576, 576", "up 576"},
		{"resized-skip", 572, "resize 568→392", "392, 390, 388, 388", "up 392"},
		{"resized-up", 572, "as it is, 568", "568, 566, 564, 564, 572", "up 552, resize 568"},
	} {
		p, err := claims.Original(c.variant)
		if err != nil {
			t.Fatal(err)
		}
		n, err := bench.NetworkOf(p.Graph, graph.Square(c.side))
		if err != nil {
			t.Fatal(err)
		}
		u := newUShape(n)
		if len(u.levels) != 5 {
			t.Fatalf("%s: %d levels", c.variant, len(u.levels))
		}
		top := u.levels[0]
		var rise []string
		for _, b := range top.rise {
			rise = append(rise, b.op+" "+side(b.shape))
		}
		if top.skip == nil || top.skip.what != c.skip || sides(top.dec) != c.top || strings.Join(rise, ", ") != c.rise {
			t.Errorf("%s: skip %+v, decoder %s, rise %v", c.variant, top.skip, sides(top.dec), rise)
		}
		if u.levels[4].skip != nil || len(u.levels[4].dec) > 0 {
			t.Errorf("%s: the bottom has a skip or an expansion", c.variant)
		}
		var shown, all int64
		for _, l := range u.levels {
			shown += l.macs
		}
		for _, x := range n.Nodes {
			all += x.MACs
		}
		if shown != all || all == 0 {
			t.Errorf("%s: levels hold %d of %d MAC", c.variant, shown, all)
		}
	}
}

// Every kind of upsampling can be drawn.
func TestUShapeOfEveryUpsampling(t *testing.T) {
	for _, up := range []string{"transposed", "bilinear", "nearest", "shuffle", "shuffle-blur"} {
		for _, variant := range bench.Variants {
			v := newView(&bench.Results{Setup: bench.Setup{Channels: 3, Classes: 4, Pools: 2, Width: 4, Up: up, Norm: "none", Padding: "reflect", Interp: "nearest"}})
			g, err := v.build(variant.Name())
			if err != nil {
				t.Fatal(err)
			}
			s, err := g.Sizes()
			if err != nil {
				t.Fatal(err)
			}
			n, err := bench.NetworkOf(g, graph.Square(s.H.Above(100)))
			if err != nil {
				t.Fatal(err)
			}
			u := newUShape(n)
			for l, lev := range u.levels[:2] {
				if lev.skip == nil || len(lev.rise) == 0 || len(lev.dec) == 0 || lev.dec[0].kind != uJoin {
					t.Errorf("%s, %s: level %d is incomplete: %+v", variant.Name(), up, l, lev)
				}
			}
			wellFormed(t, "<p>"+string(u.svg())+"</p>")
		}
	}
}

// The command line says all that differs between two runs.
func TestCommand(t *testing.T) {
	r := withControls().results(t)
	want := "go run ./cmd/unetbench compare --seeds 6 --seed 1 --steps 400 --regime output --loss cross-entropy --augment flips --controls --pools 3 --width 8 --up transposed --norm batch --padding zero --interp bilinear --margin 0.5"
	if got := newView(r).command(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	f := realData()
	f.arms = f.arms[:2]
	r = f.results(t)
	r.Setup.Dropout, r.Arms[0].Tile = 0.5, 508
	want = "go run ./cmd/unetbench compare --images DIR/isbi2012_em/images --masks DIR/isbi2012_em/masks --classes 2 --arch valid,padded --seeds 6 --seed 1 --steps 400 --regime output --loss cross-entropy --augment flips --pools 3 --width 8 --up transposed --norm batch --dropout 0.5 --tile 508 --padding zero --interp bilinear --margin 0.5"
	if got := newView(r).command(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	f = allRegimes()
	f.arms = f.arms[:3]
	r = f.results(t)
	r.Setup.Loss, r.Setup.Cells, r.Setup.Augment = "border-weighted", "background", "elastic"
	want = "go run ./cmd/unetbench compare --arch valid,padded,resized-skip --seeds 6 --seed 1 --steps 400 --regime output --regime input --regime macs --regime time --time-ratios padded=0.6666666666666666,resized-skip=1 --loss border-weighted --cells background --augment elastic --pools 3 --width 8 --up transposed --norm batch --padding zero --interp bilinear --margin 0.5"
	v := newView(r)
	if got := v.command(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := v.reproduceNote(); !strings.Contains(got, "without --time-ratios it is not repeatable") {
		t.Errorf("the note says %q", got)
	}
	if got, want := v.stepsFact(), "at equal arithmetic, others than 400: padded 600; at equal time, others than 400: padded 600"; got != want {
		t.Errorf("steps: %q, want %q", got, want)
	}
}
