package bench

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"unetbench/graph"
)

// field makes a map of two classes whose logits are ±f/2, so that the contrast is f.
func field(h, w int, f func(y, x int) float64) *graph.Map {
	m := graph.NewMap(graph.Shape{C: 2, H: h, W: w})
	for y := range h {
		for x := range w {
			v := float32(f(y, x) / 2)
			m.Plane(1)[y*w+x], m.Plane(0)[y*w+x] = v, -v
		}
	}
	return m
}

// A pattern of amplitude a stands at a/2 (the contrast is halved over 2 classes).
func TestFlatCheckerboard(t *testing.T) {
	const a = .3
	sign := func(odd int) float64 { return 1 - 2*float64(odd) }
	for _, x := range []struct {
		name     string
		f        func(y, x int) float64
		total    float64
		periodic [3]float64
	}{
		{"flat", func(y, x int) float64 { return 7 }, 0, [3]float64{}},
		{"checkerboard", func(y, x int) float64 { return a * sign((y+x)%2) }, a, [3]float64{a, 0, 0}},
		{"stripes", func(y, x int) float64 { return 1 + a*sign(x%2) }, a, [3]float64{a, 0, 0}},
		{"period 4", func(y, x int) float64 { return a * sign(y/2%2) }, a, [3]float64{0, a, 0}},
		{"period 8 and 2", func(y, x int) float64 { return a*sign(y/4%2) + a*sign(x%2) }, a * math.Sqrt2, [3]float64{a, 0, a}},
		{"off the lattice", func(y, x int) float64 { return math.Sqrt2 * a * math.Sin(2*math.Pi*float64(x)/3) }, a, [3]float64{}},
	} {
		m := field(60, 60, x.f)
		k := flatCheckerboard([]*graph.Map{m, m}, image.Rect(3, 5, 51, 53), 8, .5)
		if !near64(k.Total, x.total, 1e-6) {
			t.Errorf("%s: total %v, want %v", x.name, k.Total, x.total)
		}
		for i, e := range k.Periodic {
			if !near64(e, x.periodic[i], 1e-6) {
				t.Errorf("%s: period %d has %v, want %v", x.name, 2<<i, e, x.periodic[i])
			}
		}
	}
}

// smoothNoise is a random field without fine detail: a sum of slow waves.
func smoothNoise(seed uint64) func(y, x int) float64 {
	r := rand.New(rand.NewPCG(seed, 9))
	type wave struct{ fy, fx, phase float64 }
	var waves [40]wave
	for i := range waves {
		waves[i] = wave{.1 * (2*r.Float64() - 1), .1 * (2*r.Float64() - 1), 2 * math.Pi * r.Float64()}
	}
	return func(y, x int) float64 {
		v := 0.0
		for _, w := range waves {
			v += math.Sin(2*math.Pi*(w.fy*float64(y)+w.fx*float64(x))+w.phase) / math.Sqrt(float64(len(waves))/2)
		}
		return v
	}
}

// A checkerboard planted into a busy field is found at its size; the field alone,
// a ramp, a hard edge and white noise hold none.
func TestImageCheckerboard(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	smooth := smoothNoise(1)
	region := image.Rect(0, 0, 128, 128)
	for _, x := range []struct {
		name      string
		f         func(y, x int) float64
		want, tol float64
	}{
		{"smooth", smooth, 0, .004},
		{"ramp", func(y, x int) float64 { return float64(3*y + x) }, 0, .001},
		{"edge", func(y, x int) float64 { return math.Copysign(1, float64(x)-50.3) }, 0, .002},
		{"noise", func(y, x int) float64 { return r.NormFloat64() }, 0, .03},
		{"constant", func(y, x int) float64 { return 2 }, 0, 1e-9},
		{"checkerboard of .2 in smooth", func(y, x int) float64 { return smooth(y, x) + .2*float64(1-2*((x+y)%2)) }, .04 / 1.04, .012},
		{"stripes of period 4 in smooth", func(y, x int) float64 { return smooth(y, x) + .3*float64(1-2*(x/2%2)) }, .09 / 1.09, .02},
		{"checkerboard alone", func(y, x int) float64 { return float64((x + y) % 2) }, 1, 1e-6},
	} {
		excess, floor := imageCheckerboard(field(128, 128, x.f), region, 8)
		if !near64(excess, x.want, x.tol) || floor < 0 || floor > .1 {
			t.Errorf("%s: excess %v (floor %v), want %v ± %v", x.name, excess, floor, x.want, x.tol)
		}
	}
}

// By Parseval, polyphase means and the lattice of an unwindowed spectrum agree;
// the windowed one keeps the total variance's scale.
func TestWindowedPowerScale(t *testing.T) {
	m := field(48, 64, func(y, x int) float64 { return math.Cos(2 * math.Pi * float64(x) * 16 / 64) })
	p := windowedPower(m, 1, image.Rect(0, 0, 64, 48))
	if got := p.at[16] + p.at[48]; !near64(got, .125, 1e-3) || !near64(p.all, .125, 1e-3) {
		t.Errorf("cosine of ½: power %v, variance %v, want .125", got, p.all)
	}
}
