package bench

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// square is an n×n image with a side×side square of ones at (at, at).
func square(n, at, side int) []uint8 {
	m := make([]uint8, n*n)
	for y := at; y < at+side; y++ {
		for x := at; x < at+side; x++ {
			m[y*n+x] = 1
		}
	}
	return m
}

func wholeF1(pred, truth []uint8, n int) float64 {
	return boundaryF1(pred, truth, n, n, 1, []binning{wholeImage(n * n)})[0][0]
}

func TestBoundaryF1(t *testing.T) {
	const n = 40
	truth := square(n, 10, 15)
	for _, x := range []struct {
		name     string
		pred     []uint8
		low, top float64
	}{
		{"same", truth, 1, 1},
		{"moved by 1 px along the diagonal", square(n, 11, 15), 1, 1},
		{"grown by 2 px", square(n, 8, 19), .9, 1},
		{"grown by 5 px", square(n, 5, 25), 0, 0},
		{"moved by 5 px", square(n, 15, 15), .05, .6},
		{"empty", make([]uint8, n*n), 0, 0},
	} {
		if f := wholeF1(x.pred, truth, n); f < x.low || f > x.top {
			t.Errorf("%s: boundary F1 %v, want %v … %v", x.name, f, x.low, x.top)
		}
	}
	full := square(n, 0, n)
	if f := wholeF1(full, full, n); !math.IsNaN(f) {
		t.Errorf("the image's edge counted as a boundary: F1 %v", f)
	}
}

// Tolerance is a Euclidean distance of at most 2 px.
func TestNear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, w := rapid.IntRange(1, 9).Draw(t, "h"), rapid.IntRange(1, 9).Draw(t, "w")
		mark := rapid.SliceOfN(rapid.Bool(), h*w, h*w).Draw(t, "mark")
		got := near(mark, h, w, boundaryTolerance)
		for i := range got {
			want := false
			for j, m := range mark {
				want = want || m && math.Hypot(float64(i/w-j/w), float64(i%w-j%w)) <= boundaryTolerance
			}
			if got[i] != want {
				t.Fatalf("pixel %d of %d×%d: %v, want %v", i, h, w, got[i], want)
			}
		}
	})
}

// A line's boundary does not depend on which side is called foreground, and F1
// does not on which map is the truth.
func TestBoundarySymmetry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 7
		a := rapid.SliceOfN(rapid.Uint8Range(0, 1), n*n, n*n).Draw(t, "a")
		b := rapid.SliceOfN(rapid.Uint8Range(0, 1), n*n, n*n).Draw(t, "b")
		f, g := wholeF1(a, b, n), wholeF1(b, a, n)
		if f != g && !(math.IsNaN(f) && math.IsNaN(g)) {
			t.Fatalf("F1 %v one way, %v the other", f, g)
		}
		other := boundaryF1(a, b, n, n, 0, []binning{wholeImage(n * n)})[0][0]
		if f != other && !(math.IsNaN(f) && math.IsNaN(other)) {
			t.Fatalf("F1 %v of class 1, %v of class 0", f, other)
		}
	})
}
