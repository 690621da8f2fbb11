package graph_test

import (
	"hash/fnv"
	"math"
	"slices"
	"testing"

	"unetbench/arch"
	"unetbench/arch/valid"
	"unetbench/graph"
)

// One seed gives every variant the same bits, another seed others.
func TestVariantsStartAlike(t *testing.T) {
	for _, up := range arch.Ups() {
		c := arch.Default()
		c.Up = up
		want := build(t, valid.Arch, c).InitWeights(3)
		for _, a := range variants {
			if !alike(want, build(t, a, c).InitWeights(3)) {
				t.Errorf("up=%v: %s starts from other weights than valid", up, a.Name())
			}
		}
		if alike(want, build(t, valid.Arch, c).InitWeights(4)) {
			t.Errorf("up=%v: seeds 3 and 4 start from the same weights", up)
		}
	}
}

func alike(a, b graph.Weights) bool {
	return slices.EqualFunc(a, b, func(x, y []float32) bool { return slices.Equal(x, y) })
}

// The stream behind a seed is part of every published result: this sum changes
// only if all results do.
func TestInitialWeightsStayTheSame(t *testing.T) {
	h := fnv.New64a()
	for _, p := range build(t, valid.Arch, arch.Default()).InitWeights(1) {
		for _, v := range p {
			b := math.Float32bits(v)
			h.Write([]byte{byte(b), byte(b >> 8), byte(b >> 16), byte(b >> 24)})
		}
	}
	if got, want := h.Sum64(), uint64(0x60537f75453c84f3); got != want {
		t.Errorf("weights of seed 1 have the sum %#x, want %#x", got, want)
	}
}

// ICNR: the four filters that a PixelShuffle interleaves start equal.
func TestShuffleStartsWithoutCheckerboard(t *testing.T) {
	c := arch.Default()
	c.Up = arch.UpShuffle
	g := build(t, valid.Arch, c)
	w := g.InitWeights(1)
	n := g.Node("dec1.upconv")
	p, v := g.Params[n.Params[0]], w[n.Params[0]]
	filter := p.Len() / p.Shape[0]
	for o := range p.Shape[0] {
		first := o / 4 * 4
		if !slices.Equal(v[o*filter:(o+1)*filter], v[first*filter:(first+1)*filter]) {
			t.Fatalf("filter %d differs from filter %d", o, first)
		}
	}
	if slices.Equal(v[:filter], v[4*filter:5*filter]) {
		t.Error("filters 0 and 4 are equal")
	}
}

// Initial spread as the recipe has it: 2/fan-in for 3×3, 1/C_in else, no bias.
func TestInitialSpread(t *testing.T) {
	g := build(t, valid.Arch, arch.Default())
	for name, variance := range map[string]float64{
		"enc0.conv0": 2.0 / 9, "enc2.conv1": 2.0 / (9 * 32), "dec0.conv0": 2.0 / (9 * 16), "dec2.up": 1.0 / 64, "head": 1.0 / 8,
	} {
		n := g.Node(name)
		if got := g.Params[n.Params[0]].Init.Std; math.Abs(got*got-variance) > 1e-12 {
			t.Errorf("%s: variance %v, want %v", name, got*got, variance)
		}
		if g.Params[n.Params[1]].Init != (graph.Init{Repeat: 0}) {
			t.Errorf("%s: the bias starts as %+v", name, g.Params[n.Params[1]].Init)
		}
	}
	n := g.Node("enc1.norm1")
	for i, want := range []float64{1, 0, 0, 1} {
		p := g.Params[n.Params[i]]
		if p.Init.Mean != want || p.Init.Std != 0 || p.Trainable != (i < 2) {
			t.Errorf("%+v, want it to start at %v", p, want)
		}
	}
}
