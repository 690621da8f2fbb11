package bench

import (
	"slices"
	"strings"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/tile"
)

// caseOf is an untrained network on an image of noise, in tiles of that side.
func caseOf(t testing.TB, a arch.Arch, c arch.Config, side int) *Case {
	t.Helper()
	g, geometry := wired(t, a, c)
	const n = 72
	e := &data.Example{Name: "noise", Image: noiseImage(n, n, 7), Labels: make([]uint8, n*n), H: n, W: n}
	for i, v := range e.Image.Pix {
		if v > 0.3 {
			e.Labels[i] = 1
		}
	}
	plan, err := tile.New(e.Size(), geometry, tile.Spec{Tile: side})
	if err != nil {
		t.Fatal(err)
	}
	l := loops{g: g, w: g.InitWeights(11)}
	logits, err := plan.Predict(l, e.Image, 0)
	if err != nil {
		t.Fatal(err)
	}
	// Bias the head so that both classes are predicted about equally often.
	diff := margins(logits, 1)
	slices.Sort(diff)
	half := diff[len(diff)/2]
	l.w[g.Node("head").Params[1]][0] += half
	for i := range logits.Plane(0) {
		logits.Plane(0)[i] += half
	}
	return &Case{Key: Sample{Arm: a.Name(), Seed: 11, Image: e.Name, Regime: "output", Tile: "whole"}, Graph: g, Classes: 2,
		Plan: plan, Example: e, Predictor: l, Initial: l, Edited: l.edited, Logits: logits}
}

func take(t testing.TB, c *Case, measure func(*Case) ([]Sample, error)) map[string]float64 {
	t.Helper()
	s, err := measure(c)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, v := range s {
		out[v.Metric+"/"+v.Bin] = v.Value
		if _, ok := LookupMetric(v.Metric); !ok {
			t.Errorf("%s is not defined", v.Metric)
		}
	}
	return out
}

// An untrained transposed convolution writes a checkerboard; interpolation and
// ICNR write none.
func TestCheckerboardsAtInit(t *testing.T) {
	for up, pattern := range map[arch.Up]bool{arch.Transposed: true, arch.UpBilinear: false, arch.UpNearest: false, arch.UpShuffle: false} {
		for _, a := range []arch.Arch{valid.Arch, padded.Arch} {
			c := narrow(2)
			c.Up = up
			got := take(t, caseOf(t, a, c, 0), Checkerboards)
			v := got["checkerboard-init/"]
			if pattern && v < 1 || !pattern && v > 1e-3 {
				t.Errorf("%s, %v: checkerboard %v %% at init", a.Name(), up, v)
			}
			if pattern && got["checkerboard-init/period2"]+got["checkerboard-init/period4"] < v*.99 {
				t.Errorf("%s: %v", a.Name(), got)
			}
		}
	}
}

// An enlarged decoder carries its pattern off the step's lattice.
func TestCheckerboardOffTheLattice(t *testing.T) {
	got := take(t, caseOf(t, resized.Up, narrow(2), 0), Checkerboards)
	if got["checkerboard-init/"] < 1 || got["checkerboard-init/period2"]+got["checkerboard-init/period4"] > .9*got["checkerboard-init/"] {
		t.Errorf("resized-up: %v", got)
	}
}

// Moved by whole steps an equivariant network keeps every class; moved by 1 px it
// does not; a network that depends on its window has no such step.
func TestShiftConsistencyOfVariants(t *testing.T) {
	for _, a := range []arch.Arch{valid.Arch, padded.Arch, resized.Skip} {
		c := narrow(2)
		c.Padding = graph.PadZero
		k := caseOf(t, a, c, 0)
		k.Shifts = []int{1, 2, 4, 8}
		got := take(t, k, ShiftConsistency)
		if len(got) != 4 {
			t.Fatalf("%s: %v", a.Name(), got)
		}
		exact := got["shift-consistency/shift4"] == 100 && got["shift-consistency/shift8"] == 100
		if exact != k.Graph.Footprint().H.Equivariant || got["shift-consistency/shift1"] == 100 {
			t.Errorf("%s: %v", a.Name(), got)
		}
	}
}

// A severed skip is not used; the variants that have one do use it.
func TestSkipUseOfVariants(t *testing.T) {
	for _, a := range []arch.Arch{valid.Arch, valid.NoSkip, padded.Arch, resized.Up} {
		c := caseOf(t, a, narrow(2), 0)
		copy(c.Example.Labels, argmax(c.Logits)) // truth: what the network says
		got := take(t, c, SkipUse)
		if len(got) != 2 {
			t.Fatalf("%s: %v", a.Name(), got)
		}
		for bin, v := range got {
			if uses := v > 0.1; uses != (a.Name() != "no-skip") || a.Name() == "no-skip" && v != 0 {
				t.Errorf("%s: shuffling %s costs %v", a.Name(), bin, v)
			}
		}
	}
}

// Every measure runs on every variant, in one piece and in tiles, and gives what
// is defined; a case keeps its key.
func TestMeasuresOfVariants(t *testing.T) {
	for _, a := range []arch.Arch{valid.Arch, valid.NoSkip, padded.Arch, resized.Skip, resized.Up} {
		g, geometry := wired(t, a, narrow(2))
		sizes, err := g.Sizes()
		if err != nil {
			t.Fatal(err)
		}
		side := 80 // of a tile; less than the image where the output is as large
		if geometry.H.Before+geometry.H.After == 0 {
			side = 52
		}
		for _, side := range []int{0, sizes.H.Above(side)} {
			c := caseOf(t, a, narrow(2), side)
			c.TrueContext = c.Logits
			all := map[string]float64{}
			for _, m := range []func(*Case) ([]Sample, error){Border, SeamStep, Resamplings, Misregistration, OverlapWork} {
				for k, v := range take(t, c, m) {
					all[k] = v
				}
			}
			tiles := len(c.Plan.Tiles) > 1
			if tiles != (side != 0) {
				t.Fatalf("%s: %d tiles of %d px", a.Name(), len(c.Plan.Tiles), side)
			}
			resizes := strings.HasPrefix(a.Name(), "resized")
			for name, want := range map[string]bool{"dice/": true, "dice:border/0-2": true, "dice:edge/0-2": tiles, "seam-step/": tiles,
				"resize-kept/level0": resizes, "misreg-local-edge/level1": true, "mac/px/": true} {
				if _, ok := all[name]; ok != want {
					t.Errorf("%s, tile %d: %s measured: %v, want %v", a.Name(), side, name, ok, want)
				}
			}
			if off := all["misreg-local-edge/level0"]; (off > 0) != resizes {
				t.Errorf("%s: skip and decoder lie %v px apart", a.Name(), off)
			}
			n, err := OracleCounts(c)
			if err != nil || len(n) != 2 || n[0].True || !n[1].True {
				t.Errorf("%s: error counts %+v, %v", a.Name(), n, err)
			}
		}
	}
}
