package engine_test

import (
	"fmt"
	"math"
	"testing"

	"unetbench/arch"
	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
)

// What fast mode may be off by, of the range of what it computes: F(4×4) loses
// digits to its transforms, and to sums over many channels.
const (
	layerError    = 3e-5 // one convolution, up to 1024 channels
	networkError  = 1e-4 // a whole forward pass
	gradientError = 1e-3
)

// A layer as deep as they come, against sums in float64.
func TestFastLayerAccuracy(t *testing.T) {
	defer engine.FastForTest(4, true)()
	const in, out, size = 1024, 32, 12
	b := builder{&graph.Graph{Name: "deep"}}
	b.conv("c", b.in(in), in, out, 3, 3)
	x := newFixture(t, b.Graph, graph.Square(size), 1)
	var want []float64
	most := 0.0
	for o := range out {
		for y := range size - 2 {
			for z := range size - 2 {
				s := float64(x.w[1][o])
				for c := range in {
					for ky := range 3 {
						for kx := range 3 {
							s += float64(x.w[0][((o*in+c)*3+ky)*3+kx]) * float64(x.in[0].At(c, y+ky, z+kx))
						}
					}
				}
				want = append(want, s)
				most = max(most, math.Abs(s))
			}
		}
	}
	for _, k := range kernel.Sets {
		n := x.net(t, engine.Options{Kernel: k})
		n.Forward()
		got := graph.NewMap(x.shape)
		n.Output(0, got)
		worst := 0.0
		for i, v := range got.Pix {
			worst = max(worst, math.Abs(float64(v)-want[i]))
		}
		t.Logf("%s: off by %.1e of the range", k.Name, worst/most)
		if !(worst <= layerError*most) {
			t.Errorf("%s: off by %.1e of the range, may be %.0e", k.Name, worst/most, layerError)
		}
	}
}

// smallNets are the variants at width 16, with and without norm.
func smallNets(t *testing.T, f func(t *testing.T, x *fixture)) {
	for _, norm := range []arch.NormKind{arch.NormNone, arch.NormBatch} {
		for _, a := range variants {
			c := arch.Default()
			c.Width, c.Norm = 16, norm
			g, err := a.Build(c)
			if err != nil {
				t.Fatal(err)
			}
			t.Run(fmt.Sprintf("%s/%v", g.Name, norm), func(t *testing.T) { f(t, newFixture(t, g, legal(t, g, 76), 1)) })
		}
	}
}

func TestFastNetworkAccuracy(t *testing.T) {
	smallNets(t, func(t *testing.T, x *fixture) { x.forward(t, engine.Options{}, networkError) })
}

// Gradients are compared with exact mode's, whose own error is some hundredth of
// what is allowed, at the same activations: where rounding lets a value pass a
// ReLU or wins a pool that did not before, the derivative jumps, in any
// arithmetic, and that is no error of the gradient's.
func TestFastGradientAccuracy(t *testing.T) {
	smallNets(t, func(t *testing.T, x *fixture) {
		exact := trainStep(t, x, engine.Options{Train: true, Exact: true})
		defer engine.DirectForwardForTest()()
		fast := trainStep(t, x, engine.Options{Train: true})
		if !sameBits(fast[:len(x.in)], exact[:len(x.in)]) || sameBits(fast, exact) {
			t.Fatal("not the same forward and another backward pass")
		}
		for i, p := range x.g.Params {
			got, want, most := fast[len(x.in)+i], exact[len(x.in)+i], 0.0
			for _, v := range want {
				most = max(most, math.Abs(float64(v)))
			}
			if !p.Trainable || most < vanishing {
				continue
			}
			for j, v := range want {
				if d := math.Abs(float64(got[j]) - float64(v)); !(d <= gradientError*most) {
					t.Fatalf("%s: value %d is %v, exactly %v (range %.3g)", p.Name, j, got[j], v, most)
				}
			}
		}
	})
}

// vanishing is a gradient that only rounding keeps from 0: a bias in front of a
// norm, which takes it away.
const vanishing = 1e-2
