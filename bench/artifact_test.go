package bench

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/tile"
)

// A predictFunc is a network written out.
type predictFunc func(x *graph.Map) *graph.Map

func (f predictFunc) Predict(x *graph.Map) (*graph.Map, error) { return f(x), nil }

// pointwise thresholds the image, plus f of the place within the window.
func pointwise(f func(y, x int) float64) predictFunc {
	return func(m *graph.Map) *graph.Map {
		return field(m.H, m.W, func(y, x int) float64 { return float64(m.At(0, y, x)) + f(y, x) })
	}
}

func noiseImage(h, w int, seed uint64) *graph.Map {
	r := rand.New(rand.NewPCG(seed, 1))
	m := graph.NewMap(graph.Shape{C: 1, H: h, W: w})
	for i := range m.Pix {
		m.Pix[i] = float32(r.NormFloat64())
	}
	return m
}

func TestShiftConsistency(t *testing.T) {
	img := noiseImage(80, 90, 1)
	in := graph.Size{H: 56, W: 64}
	area := image.Rect(4, 4, 60, 52)
	shifts := []int{1, 2, 3, 4, 8}
	got, err := shiftConsistency(pointwise(func(int, int) float64 { return 0 }), img, in, area, shifts)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range got {
		if v != 1 {
			t.Errorf("a network that moves with its input: %v at shift %d", v, shifts[i])
		}
	}
	// A bias on every fourth column: pixels within ±1 of it may change class, unless
	// the shift is a multiple of 4.
	got, err = shiftConsistency(pointwise(func(_, x int) float64 {
		if x%4 == 0 {
			return 2
		}
		return 0
	}), img, in, area, shifts)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range shifts {
		// Half the columns see a bias of 2 in one window only, where a standard
		// normal lies in (−2, 0) with probability .477.
		want := 1 - .5*.477
		if s%4 == 0 {
			want = 1
		}
		if !near64(got[i], want, .05) || s%4 == 0 && got[i] != 1 {
			t.Errorf("pattern of period 4: %v at shift %d, want %v", got[i], s, want)
		}
	}
	if _, err := shiftConsistency(pointwise(func(int, int) float64 { return 0 }), img, in, area, []int{30}); err == nil {
		t.Error("a shift out of the image: no error")
	}
	if _, err := shiftConsistency(pointwise(func(int, int) float64 { return 0 }), img, in, image.Rect(0, 0, 4, 4), []int{8}); err == nil {
		t.Error("a shift beyond the compared area: no error")
	}
}

func TestDefaultShifts(t *testing.T) {
	for step, want := range map[int]int{8: 16, 16: 32} {
		s := DefaultShifts(step)
		if s[0] != 1 || s[len(s)-1] != want || len(s) > 10 {
			t.Errorf("step %d: shifts %v", step, s)
		}
	}
}

// A plan of 2×2 tiles that own 32×32 px each.
func quarters() (owner []int32, edge []int16) {
	const n = 64
	var keep []image.Rectangle
	for _, y := range []int{0, 32} {
		for _, x := range []int{0, 32} {
			keep = append(keep, image.Rect(x, y, x+32, y+32))
		}
	}
	owner, err := owners(image.Rect(0, 0, n, n), keep)
	if err != nil {
		panic(err)
	}
	for y := range n {
		for x := range n {
			d := func(i int) int { return max(32-1-i, i-32) }
			edge = append(edge, int16(min(d(y), d(x))))
		}
	}
	return owner, edge
}

func TestSeamStep(t *testing.T) {
	const n = 64
	owner, edge := quarters()
	img := noiseImage(n, n, 2)
	smooth := smoothNoise(3)
	steep := graph.NewMap(graph.Shape{C: 1, H: n, W: n}) // an image that itself steps at 32 and at 12
	for i := range steep.Pix {
		for _, at := range []int{32, 12} {
			if i%n >= at {
				steep.Pix[i] += 3
			}
			if i/n >= at {
				steep.Pix[i] += 3
			}
		}
	}
	seam := func(size float64) func(y, x int) float64 {
		return func(y, x int) float64 { return smooth(y, x) + size*float64(y/32) - size*float64(x/32) }
	}
	for _, x := range []struct {
		name      string
		img       *graph.Map
		f         func(y, x int) float64
		low, high float64
	}{
		{"no seam", img, smooth, .8, 1.25},
		{"noise", img, func(y, x int) float64 { return float64(img.At(0, y, x)) }, .9, 1.1},
		{"small seam", img, seam(1), 1.3, 4},
		{"large seam", img, seam(5), 10, 100},
		{"the image's own steps", steep, func(y, x int) float64 { return float64(steep.At(0, y, x)) }, .99, 1.01},
	} {
		s, ok := seamStep(field(n, n, x.f), x.img, owner, edge)
		if ratio := s.Edge / s.Null; !ok || ratio < x.low || ratio > x.high || s.N != 2*n {
			t.Errorf("%s: %+v, ratio %v, want %v … %v", x.name, s, ratio, x.low, x.high)
		}
	}
	if _, ok := seamStep(field(n, n, smooth), img, make([]int32, n*n), edge); ok {
		t.Error("a seam without tiles")
	}
	if _, err := owners(image.Rect(0, 0, 4, 4), []image.Rectangle{image.Rect(0, 0, 4, 3)}); err == nil {
		t.Error("pixels that no tile owns: no error")
	}
}

// skipNet joins the image (the skip) and its mean (the decoder): a network
// that needs, or ignores, where the skip's pixels lie.
func skipNet() *graph.Graph {
	g := &graph.Graph{Name: "toy"}
	in := g.Add("in", graph.Input, graph.Node{Channels: 1})
	g.Add("dec0.concat", graph.Concat, graph.Node{}, in, in)
	return g
}

func TestSkipUse(t *testing.T) {
	const n = 32
	e := &data.Example{Name: "a", Image: noiseImage(n, n, 4), Labels: make([]uint8, n*n), H: n, W: n}
	for i, v := range e.Image.Pix {
		if v > 0 {
			e.Labels[i] = 1
		}
	}
	g := skipNet()
	whole := &tile.Plan{Bounds: image.Rect(0, 0, n, n), Tiles: []tile.Tile{{Read: image.Rect(0, 0, n, n), Out: image.Rect(0, 0, n, n), Keep: image.Rect(0, 0, n, n)}}}
	for _, use := range []bool{true, false} {
		forward := func(edit func(*graph.Map)) predictFunc {
			return func(x *graph.Map) *graph.Map {
				joined := graph.NewMap(graph.Shape{C: 2, H: x.H, W: x.W})
				copy(joined.Plane(0), x.Pix)
				copy(joined.Plane(1), x.Pix)
				edit(joined)
				c := 1
				if use {
					c = 0
				}
				return field(x.H, x.W, func(y, xx int) float64 { return float64(joined.At(c, y, xx)) })
			}
		}
		c := &Case{Key: Sample{Arm: "toy", Seed: 5}, Graph: g, Plan: whole, Example: e, Classes: 2}
		c.Predictor = forward(func(*graph.Map) {})
		c.Logits, _ = c.Predictor.Predict(e.Image)
		c.Edited = func(node *graph.Node, edit func(*graph.Map)) (tile.Predictor, error) {
			if node.Op != graph.Concat {
				t.Errorf("edited %s", node.Name)
			}
			return forward(edit), nil
		}
		got, err := SkipUse(c)
		if err != nil || len(got) != 1 || got[0].Bin != "level0" {
			t.Fatal(got, err)
		}
		again, _ := SkipUse(c)
		if again[0] != got[0] {
			t.Errorf("shuffled differently: %v and %v", got, again)
		}
		if v := got[0].Value; use && (v < 40 || v > 60) || !use && v != 0 {
			t.Errorf("uses its skip: %v; shuffling costs %v Dice points", use, v)
		}
	}
}

func TestShufflePixelsKeepsPixelsTogether(t *testing.T) {
	m := graph.NewMap(graph.Shape{C: 3, H: 5, W: 7})
	for i := range 35 {
		m.Plane(0)[i], m.Plane(1)[i], m.Plane(2)[i] = float32(i), float32(100+i), float32(i)
	}
	shufflePixels(m, 2, 1, 1)
	moved, sum := 0, 0
	for i := range 35 {
		if m.Plane(1)[i] != 100+m.Plane(0)[i] || m.Plane(2)[i] != float32(i) {
			t.Fatal("channels came apart, or the decoder was shuffled")
		}
		sum += int(m.Plane(0)[i])
		if int(m.Plane(0)[i]) != i {
			moved++
		}
	}
	if moved < 20 || sum != 34*35/2 {
		t.Errorf("%d of 35 pixels moved, sum %d", moved, sum)
	}
}

func TestInner(t *testing.T) {
	ax := graph.Axis{Step: 8, HaloTop: 10, HaloBottom: 12}
	if r, ok := inner(graph.Footprint{H: ax, W: ax}, graph.Square(64)); !ok || r != image.Rect(10, 10, 52, 52) {
		t.Errorf("inner of 64: %v %v", r, ok)
	}
	none := graph.Axis{Step: 8, HaloTop: -1, HaloBottom: -1}
	if r, ok := inner(graph.Footprint{H: none, W: none}, graph.Square(64)); ok || r != image.Rect(16, 16, 48, 48) {
		t.Errorf("inner without a halo: %v %v", r, ok)
	}
	if r, ok := inner(graph.Footprint{H: ax, W: ax}, graph.Square(36)); ok || r != image.Rect(9, 9, 27, 27) {
		t.Errorf("inner of 36: %v %v", r, ok)
	}
}

func TestMetricsAreDefinedOnce(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range Metrics {
		if seen[m.Name] || m.Unit == "" || len(m.Doc) < 20 || math.Abs(float64(m.Better)) > 1 {
			t.Errorf("metric %+v", m)
		}
		seen[m.Name] = true
	}
}
