package tile

import (
	"errors"
	"fmt"
	"image"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"unetbench/graph"
)

// predict runs a plan and gives the logits' bits.
func predict(t rapid.TB, p *Plan, err error, n Predictor, img *graph.Map, margin int) []float32 {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Predict(n, img, margin)
	if err != nil {
		t.Fatal(err)
	}
	return m.Pix
}

// compare counts the px at which tiles and the whole image disagree.
func compare(t rapid.TB, n fakeNet, img *graph.Map, s Spec) (wrong int, exact bool) {
	t.Helper()
	g := n.geometry()
	whole, err := Whole(img.Size(), g)
	want := predict(t, whole, err, n, img, 0)
	tiled, err := New(img.Size(), g, s)
	got := predict(t, tiled, err, n, img, 0)
	if len(tiled.Tiles) < 2 {
		t.Fatalf("%v in tiles of %d is one tile", img.Size(), s.Tile)
	}
	for i := range want {
		if got[i] != want[i] {
			wrong++
		}
	}
	return wrong, tiled.Exact
}

func TestValidIsExactAtAnyOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := fakeNet{pools: rapid.IntRange(1, 2).Draw(t, "pools")}
		a := n.geometry().H
		s := Spec{Tile: a.Above(a.Before + a.After + a.Step + rapid.IntRange(0, 16).Draw(t, "tile"))}
		s.Overlap = rapid.IntRange(0, a.out(s.Tile)-a.Step).Draw(t, "overlap")
		img := noise(3, rapid.IntRange(30, 60).Draw(t, "h"), rapid.IntRange(1, 60).Draw(t, "w"))
		if wrong, exact := compare(t, n, img, s); wrong != 0 || !exact {
			t.Fatalf("%d px differ, exact %v", wrong, exact)
		}
	})
}

func TestPaddedIsExactFromItsHalosOn(t *testing.T) {
	for pools := 1; pools <= 3; pools++ {
		n := fakeNet{pools: pools, padded: true}
		a := n.geometry().H
		halos := a.HaloBefore + a.HaloAfter
		for _, size := range []graph.Size{{H: halos + 6*a.Step, W: halos + 5*a.Step - 1}, {H: halos + 7*a.Step + 1, W: 21}} {
			img := noise(5, size.H, size.W)
			tile := ceilTo(halos, a.Step) + 2*a.Step
			for overlap := ceilTo(halos, a.Step) - 2*a.Step; overlap <= tile-a.Step; overlap += a.Step {
				wrong, exact := compare(t, n, img, Spec{Tile: tile, Overlap: overlap})
				if want := overlap >= halos; exact != want || (wrong == 0) != want {
					t.Errorf("%d pools, %v, tile %d, overlap %d, halos %d: %d px differ, exact %v", pools, size, tile, overlap, halos, wrong, exact)
				}
			}
		}
	}
}

// The stride of Ronneberger et al. 2015 equals the output of a tile, 388, which
// is no multiple of 16: their tiles lie on different pooling grids.
func TestPaperStrideIsNotSeamless(t *testing.T) {
	n := fakeNet{pools: 4}
	size := graph.Size{H: 400, W: 8}
	img := noise(7, size.H, size.W)
	whole, err := Whole(size, paper)
	want := predict(t, whole, err, n, img, 0)
	for _, stride := range []int{388, 384, 368, 352} {
		p, err := At(size, paper, 572, []int{0, stride}, []int{0})
		got := predict(t, p, err, n, img, 0)
		wrong := 0
		for i := range want {
			if got[i] != want[i] {
				wrong++
			}
		}
		if seamless := stride%16 == 0; seamless != (wrong == 0) || p.Exact != seamless {
			t.Errorf("stride %d: %d of %d values differ from the whole image's, exact %v", stride, wrong, len(want), p.Exact)
		}
	}
}

// What a resized network predicts depends on the size of its window: no overlap helps.
func TestResizedIsNeverExact(t *testing.T) {
	for _, n := range []fakeNet{{pools: 2, resize: true}, {pools: 2, instanceShift: true}} {
		a := n.geometry().H
		img := noise(9, 70, 70)
		tile := a.Above(a.Before + a.After + 60)
		for overlap := 0; overlap <= a.out(tile)-a.Step; overlap += 4 * a.Step {
			if wrong, exact := compare(t, n, img, Spec{Tile: tile, Overlap: overlap}); wrong < 70*70/2 || exact {
				t.Errorf("%+v, overlap %d: only %d of %d values differ, exact %v", n, overlap, wrong, 2*70*70, exact)
			}
		}
	}
}

// With enough margin every network without an own window sees the scene as if
// the image had no border.
func TestWithContext(t *testing.T) {
	scene := noise(11, 120, 131)
	for _, n := range []fakeNet{{pools: 2}, {pools: 2, padded: true}, {pools: 1}, {pools: 1, padded: true}} {
		g := n.geometry()
		const margin = 40
		size := graph.Size{H: scene.H - 2*margin, W: scene.W - 2*margin}
		p, err := WithContext(size, g, margin)
		got := predict(t, p, err, n, scene, margin)
		outer, err := Whole(scene.Size(), g)
		all := predict(t, outer, err, n, scene, 0)
		for y := range size.H {
			for x := range size.W {
				if got[y*size.W+x] != all[(y+margin)*scene.W+x+margin] {
					t.Fatalf("%+v: px %d,%d differs from the scene's", n, x, y)
				}
			}
		}
	}
	if _, err := WithContext(graph.Square(50), padded3, 40); err == nil {
		t.Error("a margin less than the halo was accepted")
	}
	if _, err := WithContext(graph.Square(50), fakeNet{pools: 1, resize: true}.geometry(), 400); err == nil {
		t.Error("a resized network has no prediction with true context")
	}
	// A valid network reads the margin by itself.
	n := fakeNet{pools: 2}
	size := graph.Size{H: scene.H - 40, W: scene.W - 40}
	p, err := Whole(size, n.geometry())
	whole := predict(t, p, err, n, scene, 20)
	q, err := New(size, n.geometry(), Spec{Tile: 64})
	if d := cmp.Diff(whole, predict(t, q, err, n, scene, 20)); d != "" {
		t.Error("tiles with a margin differ from the whole")
	}
}

func TestMirror(t *testing.T) {
	for n := 1; n <= 5; n++ {
		// Walk back and forth: the definition.
		i, d := 0, 1
		for k := range 40 {
			if got := Mirror(k, n); got != i {
				t.Fatalf("Mirror(%d, %d) = %d, want %d", k, n, got, i)
			}
			if Mirror(-k, n) != i {
				t.Fatalf("Mirror(%d, %d) = %d, want %d", -k, n, Mirror(-k, n), i)
			}
			if n == 1 {
				continue
			}
			if i+d < 0 || i+d >= n {
				d = -d
			}
			i += d
		}
	}
	img := &graph.Map{Shape: graph.Shape{C: 2, H: 1, W: 3}, Pix: []float32{1, 2, 3, 4, 5, 6}}
	dst := graph.NewMap(graph.Shape{C: 2, H: 2, W: 8})
	Fill(dst, img, image.Pt(-3, -1))
	row := []float32{2, 3, 2, 1, 2, 3, 2, 1}
	row2 := []float32{5, 6, 5, 4, 5, 6, 5, 4}
	if d := cmp.Diff(append(append(append(row[:8:8], row...), row2...), row2...), dst.Pix); d != "" {
		t.Error(d)
	}
}

type badPredictor func(*graph.Map) (*graph.Map, error)

func (f badPredictor) Predict(x *graph.Map) (*graph.Map, error) { return f(x) }

func TestPredictErrors(t *testing.T) {
	p, err := New(graph.Square(20), fakeNet{pools: 1}.geometry(), Spec{Tile: 24})
	if err != nil {
		t.Fatal(err)
	}
	broken, calls := errors.New("broken"), 0
	for _, c := range []struct {
		f    badPredictor
		img  int
		want string
	}{
		{nil, 21, "tile: image of 21×21 px for a plan of 20×20 px with a margin of 0 px"},
		{func(*graph.Map) (*graph.Map, error) { return nil, broken }, 20, "tile (-8,-8)-(16,16): broken"},
		{func(x *graph.Map) (*graph.Map, error) { return x, nil }, 20, "tile (-8,-8)-(16,16): the network returned 24×24 px, want 8×8"},
		{func(x *graph.Map) (*graph.Map, error) {
			calls++
			return graph.NewMap(graph.Shape{C: calls, H: 8, W: 8}), nil
		}, 20, "tile (0,-8)-(24,16): the network returned 2 channels, before 1"},
	} {
		_, err := p.Predict(c.f, noise(1, c.img, c.img), 0)
		if err == nil || err.Error() != c.want {
			t.Errorf("error %q, want %q", fmt.Sprint(err), c.want)
		}
	}
}

func TestDistances(t *testing.T) {
	p, err := At(graph.Size{H: 3, W: 9}, Geometry{Axis{Sides: graph.Sides{Step: 1, Min: 1}}, Axis{Sides: graph.Sides{Step: 1, Min: 1}}}, 5, []int{0}, []int{0, 5})
	if err != nil {
		t.Fatal(err)
	}
	edge := []int16{4, 3, 2, 1, 0, 0, 1, 2, 3}
	if d := cmp.Diff(append(append(edge[:9:9], edge...), edge...), p.EdgeDistance()); d != "" {
		t.Error(d)
	}
	border := []int16{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	if d := cmp.Diff(border, p.BorderDistance()); d != "" {
		t.Error(d)
	}
	whole, err := Whole(graph.Size{H: 1, W: 2}, valid3)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]int16{-1, -1}, whole.EdgeDistance()); d != "" {
		t.Error(d)
	}
}

// EdgeDistance against its definition: the nearest px that another tile owns.
func TestEdgeDistanceLaw(t *testing.T) {
	g := fakeNet{pools: 2, padded: true}.geometry()
	p, err := New(graph.Size{H: 37, W: 30}, g, Spec{Tile: 16, Overlap: 3})
	if err != nil {
		t.Fatal(err)
	}
	h, w := 37, 30
	owner := make([]int, h*w)
	for i, tl := range p.Tiles {
		for y := tl.Keep.Min.Y; y < tl.Keep.Max.Y; y++ {
			for x := tl.Keep.Min.X; x < tl.Keep.Max.X; x++ {
				owner[y*w+x] = i
			}
		}
	}
	d := p.EdgeDistance()
	for y := range h {
		for x := range w {
			best := 1000
			for v := range h {
				for u := range w {
					if owner[v*w+u] != owner[y*w+x] && (u == x || v == y) {
						best = min(best, max(u-x, x-u)+max(v-y, y-v)-1)
					}
				}
			}
			if int(d[y*w+x]) != best {
				t.Fatalf("px %d,%d: distance %d, want %d", x, y, d[y*w+x], best)
			}
		}
	}
}

// A tile that reads the image exactly gets the image itself, which the tiles
// after it must leave alone.
func TestPredictLeavesTheImageAlone(t *testing.T) {
	n := fakeNet{pools: 1}
	a := n.geometry().H
	img := noise(4, 40, 40)
	p, err := At(img.Size(), n.geometry(), 40, []int{0, a.Before, 2 * a.Before}, []int{0, a.Before, 2 * a.Before})
	if err != nil {
		t.Fatal(err)
	}
	if p.Tiles[4].Read != p.Bounds || p.Tiles[5].Read == p.Bounds {
		t.Fatalf("tiles read %v and %v", p.Tiles[4].Read, p.Tiles[5].Read)
	}
	before := append([]float32(nil), img.Pix...)
	predict(t, p, nil, n, img, 0)
	if d := cmp.Diff(before, img.Pix); d != "" {
		t.Errorf("the image changed (-before +after):\n%s", d)
	}
}
