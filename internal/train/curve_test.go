package train

import (
	"math"
	"math/rand/v2"
	"testing"
)

// fall is a learning curve of n points, 10 steps apart, from f(0 … 1) and noise.
func fall(n int, seed uint64, noise float64, f func(x float64) float64) []Point {
	rng := rand.New(rand.NewPCG(seed, 0))
	curve := make([]Point, n)
	for i := range curve {
		curve[i] = Point{10 * (i + 1), f(float64(i+1)/float64(n)) + noise*rng.NormFloat64()}
	}
	return curve
}

func seeds(n int, f func(seed uint64) []Point) (curves [][]Point) {
	for s := range n {
		curves = append(curves, f(uint64(s)))
	}
	return curves
}

func TestRising(t *testing.T) {
	steep := func(x float64) float64 { return 1 - 0.8*x }
	flat := func(x float64) float64 { return 0.3 + 0.3*math.Exp(-20*x) }
	offset := func(s uint64, f func(float64) float64) func(float64) float64 {
		return func(x float64) float64 { return f(x) + 0.3*float64(s) }
	}
	cases := []struct {
		name   string
		curves [][]Point
		want   bool
	}{
		{"still falling", seeds(6, func(s uint64) []Point { return fall(40, s, .02, steep) }), true},
		{"flat", seeds(6, func(s uint64) []Point { return fall(40, s, .02, flat) }), false},
		{"flat, no noise", seeds(6, func(s uint64) []Point { return fall(40, s, 0, func(float64) float64 { return .3 }) }), false},
		{"falling, but less than seeds differ", seeds(6, func(s uint64) []Point { return fall(40, s, .02, offset(s, steep)) }), false},
		{"worse with time", seeds(3, func(s uint64) []Point { return fall(40, s, .02, func(x float64) float64 { return x }) }), false},
		{"one seed, falling", seeds(1, func(s uint64) []Point { return fall(40, s, .02, steep) }), true},
		{"one seed, flat", seeds(1, func(s uint64) []Point { return fall(40, s, .02, flat) }), false},
		{"too short to tell", seeds(2, func(s uint64) []Point { return fall(2, s, .02, flat) }), true},
		{"no curve", nil, false},
	}
	for _, c := range cases {
		if got := Rising(c.curves); got.Rising != c.want {
			t.Errorf("%s: %+v, want rising = %v", c.name, got, c.want)
		}
	}
}

// TestRisingGain: on straight lines the gain is the loss that the next quarter
// would take off, with no error and no spread.
func TestRisingGain(t *testing.T) {
	got := Rising(seeds(4, func(s uint64) []Point { return fall(40, s, 0, func(x float64) float64 { return 1 - 0.8*x }) }))
	if math.Abs(got.Gain-0.2) > 1e-9 || got.Error > 1e-9 || got.Spread > 1e-9 || !got.Rising {
		t.Errorf("%+v, want a gain of 0.2 and no more", got)
	}
}

// TestRisingNoise: noise alone is seldom taken for learning.
func TestRisingNoise(t *testing.T) {
	wrong := 0
	for trial := range uint64(400) {
		curves := seeds(6, func(s uint64) []Point { return fall(40, 100*trial+s, .05, func(float64) float64 { return .3 }) })
		if Rising(curves).Rising {
			wrong++
		}
	}
	if wrong > 20 {
		t.Errorf("%d of 400 sets of flat, noisy curves called rising", wrong)
	}
}

func TestAlive(t *testing.T) {
	const chance = 0.55
	cases := []struct {
		name  string
		curve []Point
		want  bool
	}{
		{"learned", fall(40, 1, .02, func(x float64) float64 { return .7 - .5*x }), true},
		{"constant prediction", fall(40, 1, .02, func(float64) float64 { return chance }), false},
		{"just below chance", fall(40, 1, 0, func(float64) float64 { return chance * .96 }), false},
		{"woke up late", fall(40, 1, 0, func(x float64) float64 {
			if x > .7 {
				return .3
			}
			return chance
		}), true},
		{"woke up and fell back", fall(40, 1, 0, func(x float64) float64 {
			if x < .7 {
				return .3
			}
			return chance
		}), false},
		{"no curve", nil, false},
	}
	for _, c := range cases {
		if got := Alive(c.curve, chance); got != c.want {
			t.Errorf("%s: alive = %v", c.name, got)
		}
	}
}

func TestRecorder(t *testing.T) {
	r := recorder{block: 3}
	for step := 1; step <= 7; step++ {
		r.add(step, 7, float64(step))
	}
	want := []Point{{3, 2}, {6, 5}, {7, 7}}
	if len(r.curve) != len(want) {
		t.Fatalf("curve %v, want %v", r.curve, want)
	}
	for i := range want {
		if r.curve[i] != want[i] {
			t.Errorf("curve %v, want %v", r.curve, want)
		}
	}
	r.tally([]uint8{0, 0, 0, 1}, []float32{1, 1, 1, 1})
	if got, want := r.chance(), -.75*math.Log(.75)-.25*math.Log(.25); math.Abs(got-want) > 1e-12 {
		t.Errorf("chance is %v, want %v", got, want)
	}
	r = recorder{}
	r.tally([]uint8{0, 0, 0, 1}, []float32{1, 1, 1, 9})
	if got, want := r.chance(), 3*(-.25*math.Log(.25)-.75*math.Log(.75)); math.Abs(got-want) > 1e-12 {
		t.Errorf("weighted chance is %v, want %v", got, want)
	}
}
