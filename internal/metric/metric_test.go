package metric

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func drawMask(t *rapid.T) Mask {
	h, w := rapid.IntRange(1, 12).Draw(t, "h"), rapid.IntRange(1, 12).Draw(t, "w")
	share := rapid.Float64Range(0, 1).Draw(t, "share")
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
	m := Mask{h, w, make([]bool, h*w)}
	for i := range m.On {
		m.On[i] = r.Float64() < share
	}
	return m
}

// like draws a second mask of m's size.
func like(t *rapid.T, m Mask) Mask {
	return Mask{m.H, m.W, rapid.SliceOfN(rapid.Bool(), len(m.On), len(m.On)).Draw(t, "other")}
}

func TestDistancesByBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMask(t)
		d := distancesTo(m.On, m.H, m.W)
		for i := range m.On {
			got := d.squared(i/m.W, i%m.W)
			want := int32(nowhere)
			for j, on := range m.On {
				if dy, dx := i/m.W-j/m.W, i%m.W-j%m.W; on {
					want = min(want, int32(dy*dy+dx*dx))
				}
			}
			if got != want {
				t.Fatalf("pixel %d of %d×%d: %d, want %d", i, m.H, m.W, got, want)
			}
		}
	})
}

func TestBandByBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, d := drawMask(t), rapid.IntRange(1, 4).Draw(t, "d")
		got := band(m, d)
		for i := range got {
			want := false
			for dy := -d; dy <= d; dy++ {
				for dx := -d; dx <= d; dx++ {
					want = want || !m.at(i/m.W+dy, i%m.W+dx)
				}
			}
			if got[i] != (want && m.On[i]) {
				t.Fatalf("pixel %d of %d×%d, d %d: %v", i, m.H, m.W, d, got[i])
			}
		}
	})
}

// What holds of every pair of masks: none is preferred, equal ones are best,
// mirroring changes nothing.
func TestSymmetry(t *testing.T) {
	all := map[string]func(a, b Mask) float64{
		"surface-distance's NSD":         func(a, b Mask) float64 { return Contours(a, b).NSD(1) },
		"surface-distance's HD95":        func(a, b Mask) float64 { return Contours(a, b).HD(95) },
		"MONAI's NSD":                    func(a, b Mask) float64 { return Edges(a, b).NSD(1) },
		"MONAI's HD95":                   func(a, b Mask) float64 { return Edges(a, b).HD(95) },
		"boundary IoU":                   BoundaryIoU,
		"MetricsReloaded's boundary IoU": func(a, b Mask) float64 { return BoundaryIoUReloaded(a, b, 2) },
	}
	equal := func(a, b float64) bool { return math.Abs(a-b) < 1e-12 || a == b || math.IsNaN(a) && math.IsNaN(b) }
	rapid.Check(t, func(t *rapid.T) {
		a := drawMask(t)
		b := like(t, a)
		turned := func(m Mask) Mask {
			out := Mask{m.H, m.W, slices.Clone(m.On)}
			slices.Reverse(out.On)
			return out
		}
		for name, f := range all {
			v := f(a, b)
			if w := f(b, a); !equal(v, w) {
				t.Fatalf("%s: %v one way, %v the other", name, v, w)
			}
			if w := f(turned(a), turned(b)); !equal(v, w) {
				t.Fatalf("%s: %v, turned by 180° %v", name, v, w)
			}
			if w := f(a, a); a.Any() && w != 1 && w != 0 {
				t.Fatalf("%s of equal masks: %v", name, w)
			}
		}
	})
}

// A skeleton lies in its mask, parts and joins nothing (8-connected), and is its own skeleton.
func TestSkeletonLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMask(t)
		s := Skeleton(m)
		for i, on := range s.On {
			if on && !m.On[i] {
				t.Fatalf("pixel %d was no foreground", i)
			}
		}
		if again := Skeleton(s); !slices.Equal(again.On, s.On) {
			t.Fatal("a skeleton was thinned again")
		}
	})
}

// The lines of a watershed are thin: no pixel is added to a region that is not
// reached, and every region of the mask keeps a number of its own.
func TestWatershedLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMask(t)
		before, n := Components(m)
		label, k := Watershed(m)
		if n > 0 && k != n || n == 0 && k != 1 {
			t.Fatalf("%d regions became %d", n, k)
		}
		for i, l := range label {
			if l < 0 || int(l) > k {
				t.Fatalf("pixel %d has label %d of %d", i, l, k)
			}
			if before[i] != 0 && l != before[i] {
				t.Fatalf("pixel %d of region %d has label %d", i, before[i], l)
			}
		}
	})
}

// Membranes of a 256×256 image, as the synthetic scenes have them.
func membranes(n int) (truth, pred Mask, score []float32) {
	const side = 256
	r := rand.New(rand.NewPCG(1, 2))
	site := make([][2]float64, n)
	for i := range site {
		site[i] = [2]float64{side * r.Float64(), side * r.Float64()}
	}
	truth, pred = Mask{side, side, make([]bool, side*side)}, Mask{side, side, make([]bool, side*side)}
	score = make([]float32, side*side)
	for i := range truth.On {
		near, next := math.Inf(1), math.Inf(1)
		for _, s := range site {
			switch d := math.Hypot(float64(i/side)-s[0], float64(i%side)-s[1]); {
			case d < near:
				near, next = d, near
			case d < next:
				next = d
			}
		}
		gap := next - near
		truth.On[i] = gap < 3
		score[i] = float32(gap - 3 + 1.5*r.NormFloat64())
		pred.On[i] = score[i] < 0
	}
	return truth, pred, score
}

func BenchmarkMetrics(b *testing.B) {
	truth, pred, score := membranes(60)
	interior := Mask{truth.H, truth.W, make([]bool, len(truth.On))}
	for i, on := range truth.On {
		interior.On[i] = !on
	}
	ch := NewChallenge(interior)
	for _, c := range []struct {
		name string
		f    func()
	}{
		{"contours", func() { s := Contours(truth, pred); s.NSD(2); s.HD(95) }},
		{"boundary-iou", func() { BoundaryIoU(truth, pred) }},
		{"cldice", func() { ClDice(truth, pred) }},
		{"challenge-once", func() { ch.Best(score, []float64{0}) }},
		{"challenge", func() { ch.Best(score, []float64{-9, -4, -3, -2, -1, 0, 1, 2, 3, 4, 9}) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.f()
			}
		})
	}
}
