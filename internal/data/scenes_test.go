package data

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The default set: what it must look like, within about four standard errors
// of the reference generator's figures over 66 scenes.
func TestScenesStatistics(t *testing.T) {
	train, test := Scenes(DefaultScenes())
	if len(train) != 12 || len(test) != 6 || train[0].Name != "scene1000" || test[5].Name != "scene1017" {
		t.Fatalf("got %d and %d scenes", len(train), len(test))
	}
	var membrane, cytoplasm, fraction, rough []float64
	for _, e := range append(slices.Clone(train), test...) {
		inside := 0.0
		for y := range e.H {
			for x := range e.W {
				v := float64(e.Image.At(0, y+e.Margin, x+e.Margin))
				if e.Labels[y*e.W+x] == 1 {
					membrane = append(membrane, v)
					inside++
				} else {
					cytoplasm = append(cytoplasm, v)
				}
				rough = append(rough, v-float64(e.Image.At(0, y+e.Margin, x+e.Margin+1)))
			}
		}
		fraction = append(fraction, inside/float64(len(e.Labels)))
	}
	f, _ := moments(fraction)
	m, mSD := moments(membrane)
	c, cSD := moments(cytoplasm)
	_, r := moments(rough)
	for _, q := range []struct {
		what           string
		got, want, tol float64
	}{
		{"membrane fraction", f, .242, .01},
		{"mean in membranes", m, -.76, .06},
		{"spread in membranes", mSD, .82, .03},
		{"mean in cells", c, .24, .04},
		{"spread in cells", cSD, .93, .03},
		{"step between neighbours", r, .81, .03},
	} {
		if math.Abs(q.got-q.want) > q.tol {
			t.Errorf("%s: %.4f, want %.3f ± %.3f", q.what, q.got, q.want, q.tol)
		}
	}
}

// The bytes of the default set are part of every published result: a change
// here is a change of all of them.
func TestScenesGolden(t *testing.T) {
	const want = "edc35e03c5db393010ecf4901201bb48a574efd3483198bd100abd040ff97667"
	for _, threads := range []int{1, 2, 5} {
		old := runtime.GOMAXPROCS(threads)
		train, test := Scenes(DefaultScenes())
		runtime.GOMAXPROCS(old)
		if got := digest(train, test); got != want {
			t.Errorf("%d threads: digest %s, want %s", threads, got, want)
		}
	}
}

func digest(sets ...[]Example) string {
	h := sha256.New()
	for _, set := range sets {
		for _, e := range set {
			_ = binary.Write(h, binary.LittleEndian, e.Image.Pix)
			h.Write(e.Labels)
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// A scene's field of view and its margin belong together.
func TestScenesMargin(t *testing.T) {
	train, test := Scenes(SceneSet{Train: 1, Side: 40, Margin: 8, Seed: 7})
	e := train[0]
	_, membrane := scene(7, 56)
	if len(test) != 0 || e.Image.H != 56 || e.Image.W != 56 || len(e.Labels) != 1600 {
		t.Fatalf("image %v, %d labels", e.Image.Shape, len(e.Labels))
	}
	if e.Labels[3*40+5] != membrane[11*56+13] {
		t.Error("labels are not those of the inner square")
	}
	for _, v := range e.Image.Pix {
		if v < -Limit || v > Limit || float32(math.Round(float64(v)*sceneSteps)/sceneSteps) != v {
			t.Fatalf("value %v is off the grid of levels", v)
		}
	}
	if a, b := Scenes(SceneSet{}); len(a)+len(b) != 0 {
		t.Error("an empty set has scenes")
	}
}

func TestNearestTwoSites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		keep := rapid.Float64Range(0, 1).Draw(t, "keep")
		s := scatter(r, 0, 200, -30, 90, func(u, v float64) float64 { return keep })
		every := make([]int32, len(s.all))
		for i := range every {
			every[i] = int32(i)
		}
		for range 50 {
			u, v := uniform(r, 0, 200), uniform(r, -30, 90)
			a, b, _, _ := s.nearest(u, v)
			wantA, wantB, _, _ := s.nearestOf(every, u, v)
			if a != wantA || b != wantB {
				t.Fatalf("(%v, %v): sites %d, %d; want %d, %d", u, v, a, b, wantA, wantB)
			}
		}
	})
}

// The spline passes through its knots.
func TestSplineInterpolates(t *testing.T) {
	knots := []float64{3, -1, 4, 1, -5, 9, 2, 6}
	c := slices.Clone(knots)
	splineCoefficients(c, len(c), 1)
	for k := 1; k < len(c)-1; k++ {
		w := splineWeights(0)
		if got := w[0]*c[k-1] + w[1]*c[k] + w[2]*c[k+1]; math.Abs(got-knots[k]) > 1e-12 {
			t.Errorf("knot %d: %v, want %v", k, got, knots[k])
		}
	}
	if got := (4*c[0] + 2*c[1]) / 6; math.Abs(got-knots[0]) > 1e-9 { // mirrored
		t.Errorf("first knot: %v, want %v", got, knots[0])
	}
}

// Frequencies against the probability mass, on both of poisson's methods.
func TestPoisson(t *testing.T) {
	const draws = 200_000
	for _, mean := range []float64{.3, 4, 9.99, 10, 34.6, 120} {
		r := rand.New(rand.NewPCG(1, 2))
		count := make(map[int]float64)
		for range draws {
			count[poisson(r, mean)]++
		}
		chi, bins := 0.0, 0.0
		for k := range 400 {
			l, _ := math.Lgamma(float64(k + 1))
			want := draws * math.Exp(float64(k)*math.Log(mean)-mean-l)
			if want >= 20 {
				chi += (count[k] - want) * (count[k] - want) / want
				bins++
			}
		}
		if chi > bins+5*math.Sqrt(2*bins) {
			t.Errorf("mean %v: χ² %.1f over %v bins", mean, chi, bins)
		}
	}
}

func TestGaussianBlur(t *testing.T) {
	const side = 20
	img := make([]float64, side*side)
	for i := range img {
		img[i] = 3
	}
	img[0] += 1 // at a corner, where the blur mirrors
	sum := 0.0
	for i, v := range gaussianBlur(img, side, .9) {
		sum += v - 3
		if i == side*side-1 && math.Abs(v-3) > 1e-12 {
			t.Errorf("far from the impulse: %v", v)
		}
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("the impulse sums to %v", sum)
	}
}

func BenchmarkScenes(b *testing.B) {
	for b.Loop() {
		Scenes(DefaultScenes())
	}
}
