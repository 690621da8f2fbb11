package train

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"unetbench/graph"
)

func TestExpNegative(t *testing.T) {
	for x := float32(0); x > -86.9; x -= 0.00137 {
		want := math.Exp(float64(x))
		if got := float64(expNegative(x)); math.Abs(got-want) > 2.5e-7*want {
			t.Fatalf("e^%v = %v, want %v", x, got, want)
		}
	}
	for _, x := range []float32{-87.5, -1e9, float32(math.Inf(-1))} {
		if got := expNegative(x); got != 0 {
			t.Errorf("e^%v = %v, want 0", x, got)
		}
	}
	if got := expNegative(0); got != 1 {
		t.Errorf("e^0 = %v", got)
	}
	if got := expNegative(float32(math.NaN())); got == got {
		t.Errorf("e^NaN = %v", got)
	}
}

func TestLog1pUnit(t *testing.T) {
	for x := float32(1); x > 1e-30; x *= 0.9993 {
		want := math.Log1p(float64(x))
		if got := float64(log1pUnit(x)); math.Abs(got-want) > 4e-7*want {
			t.Fatalf("ln(1+%v) = %v, want %v", x, got, want)
		}
	}
	if got := log1pUnit(0); got != 0 {
		t.Errorf("ln 1 = %v", got)
	}
}

// slowCrossEntropy is the definition, in float64.
func slowCrossEntropy(z *graph.Map, labels []uint8, weights []float32, out int, gradient []float64) (sum float64) {
	top, left := (z.H-out)/2, (z.W-out)/2
	for y := range out {
		for x := range out {
			total := 0.0
			for c := range z.C {
				total += math.Exp(float64(z.At(c, top+y, left+x)))
			}
			label, weight := int(labels[y*out+x]), float64(weights[y*out+x])
			sum += weight * (math.Log(total) - float64(z.At(label, top+y, left+x)))
			for c := range z.C {
				p := math.Exp(float64(z.At(c, top+y, left+x))) / total
				if c == label {
					p--
				}
				gradient[(c*z.H+top+y)*z.W+left+x] = weight * p
			}
		}
	}
	return sum
}

func TestCrossEntropy(t *testing.T) {
	for _, c := range []struct {
		classes, side, out int
		spread             float64
	}{{2, 9, 9, 1}, {2, 13, 5, 20}, {3, 8, 8, 3}, {5, 10, 4, 20}, {1, 4, 4, 1}, {2, 3, 1, 0}} {
		rng := rand.New(rand.NewPCG(1, uint64(c.classes)))
		z := graph.NewMap(graph.Shape{C: c.classes, H: c.side, W: c.side + 2})
		dz := graph.NewMap(z.Shape)
		for i := range z.Pix {
			z.Pix[i] = float32(rng.NormFloat64() * c.spread)
		}
		labels, weights := make([]uint8, c.out*c.out), make([]float32, c.out*c.out)
		for i := range labels {
			labels[i], weights[i] = uint8(rng.IntN(c.classes)), float32(.3+11*rng.Float64())
		}
		gradient := make([]float64, len(z.Pix))
		want := slowCrossEntropy(z, labels, weights, c.out, gradient)
		if got := crossEntropy(z, dz, labels, weights, c.out, 0.5); math.Abs(got-want) > 1e-6*(1+want) {
			t.Errorf("%+v: loss %v, want %v", c, got, want)
		}
		for i, g := range gradient {
			if math.Abs(float64(dz.Pix[i])-g/2) > 3e-7*(1+math.Abs(g)) {
				t.Fatalf("%+v: gradient %d is %v, want %v", c, i, dz.Pix[i], g/2)
			}
		}
	}
}

func ones(n int) []float32 { return slices.Repeat([]float32{1}, n) }

// TestWeightedGradient: the gradient is what the loss changes by, per logit.
func TestWeightedGradient(t *testing.T) {
	for _, classes := range []int{2, 4} {
		rng := rand.New(rand.NewPCG(2, uint64(classes)))
		z := graph.NewMap(graph.Shape{C: classes, H: 6, W: 6})
		for i := range z.Pix {
			z.Pix[i] = float32(rng.NormFloat64())
		}
		labels, weights := make([]uint8, 16), make([]float32, 16)
		for i := range labels {
			labels[i], weights[i] = uint8(rng.IntN(classes)), float32(.3+11*rng.Float64())
		}
		dz, unused := graph.NewMap(z.Shape), graph.NewMap(z.Shape)
		crossEntropy(z, dz, labels, weights, 4, 1)
		for i, v := range z.Pix {
			const h = 1. / 64
			z.Pix[i] = v + h
			above := crossEntropy(z, unused, labels, weights, 4, 1)
			z.Pix[i] = v - h
			below := crossEntropy(z, unused, labels, weights, 4, 1)
			z.Pix[i] = v
			if got, want := float64(dz.Pix[i]), (above-below)/(2*h); math.Abs(got-want) > 2e-3 {
				t.Fatalf("%d classes: gradient %d is %v, by differences %v", classes, i, got, want)
			}
		}
	}
}

// TestCrossEntropyBroken: a logit that is no number must show, even an infinite
// one in favour of the right class, which costs nothing.
func TestCrossEntropyBroken(t *testing.T) {
	for _, classes := range []int{2, 3} {
		for label := range classes {
			for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
				z := graph.NewMap(graph.Shape{C: classes, H: 3, W: 3})
				z.Pix[4] = float32(bad)
				labels := make([]uint8, 9)
				labels[4] = uint8(label)
				if got := crossEntropy(z, graph.NewMap(z.Shape), labels, ones(9), 3, 1); !math.IsNaN(got) {
					t.Errorf("%d classes, label %d, logit %v: loss %v, want NaN", classes, label, bad, got)
				}
			}
		}
	}
}

func BenchmarkCrossEntropy(b *testing.B) {
	for _, classes := range []int{2, 3} {
		b.Run(map[int]string{2: "classes=2", 3: "classes=3"}[classes], func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 1))
			z := graph.NewMap(graph.Shape{C: classes, H: 116, W: 116})
			dz := graph.NewMap(z.Shape)
			labels, weights := make([]uint8, 116*116), ones(116*116)
			for i := range z.Pix {
				z.Pix[i] = float32(rng.NormFloat64() * 3)
			}
			for i := range labels {
				labels[i] = uint8(rng.IntN(classes))
			}
			b.ReportAllocs()
			for b.Loop() {
				crossEntropy(z, dz, labels, weights, 116, 1)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(labels)), "ns/px")
		})
	}
}
