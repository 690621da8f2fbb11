package train

import (
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"unetbench/graph"
	"unetbench/internal/data"
)

// scene is an example whose every pixel tells its own place: its value is
// row·1000 + column in the field of view, 1e6 more in channel 1, negative in
// the margin; its label is (row + 2·column) mod 5.
func scene(channels, h, w, margin int) data.Example {
	ex := data.Example{Name: "scene", H: h, W: w, Margin: margin, Labels: make([]uint8, h*w),
		Image: graph.NewMap(graph.Shape{C: channels, H: h + 2*margin, W: w + 2*margin})}
	for i := range ex.Image.Pix {
		ex.Image.Pix[i] = -1
	}
	for y := range h {
		for x := range w {
			for c := range channels {
				ex.Image.Plane(c)[(y+margin)*ex.Image.W+x+margin] = float32(c*1e6 + y*1000 + x)
			}
			ex.Labels[y*w+x] = uint8((y + 2*x) % 5)
		}
	}
	return ex
}

// TestCutDefinition holds Cut against the definition, pixel by pixel: crop
// with mirrored lines, then quarter turns one at a time, then the flip.
func TestCutDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parity := rapid.IntRange(0, 1).Draw(t, "parity")
		side := func(name string, low, high int) int {
			return 2*rapid.IntRange(low, high).Draw(t, name) + parity
		}
		w := Window{Out: side("out", 1, 12), Mirror: rapid.Bool().Draw(t, "mirror")}
		w.In = w.Out + 2*rapid.IntRange(0, 12).Draw(t, "context")
		ex := scene(rapid.IntRange(1, 2).Draw(t, "channels"), rapid.IntRange(1, 40).Draw(t, "h"),
			rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(0, 3).Draw(t, "margin"))
		patch := side("patch", 1, 12)
		if err := w.Check(patch); err != nil {
			t.Fatal(err)
		}
		p := NewSampler(rapid.Uint64().Draw(t, "seed"), []data.Example{ex}, Recipe{Patch: patch}).Next()

		in := graph.NewMap(graph.Shape{C: ex.Image.C, H: w.In, W: w.In})
		labels := make([]uint8, w.Out*w.Out)
		w.Cut(in, labels, &ex, p)
		place := make([]float32, w.Out*w.Out) // of each supervised pixel
		for c := range ex.Image.C {
			want := slowCut(w, w.In, &ex, p, c)
			for y := range w.In {
				for x := range w.In {
					if got := in.At(c, y, x); got != want[y][x] {
						t.Fatalf("window %v, %+v: channel %d, row %d, column %d shows %v, want %v", w, p, c, y, x, got, want[y][x])
					}
				}
			}
		}
		gap := (w.In - w.Out) / 2
		for y := range w.Out {
			for x := range w.Out {
				v := int(in.At(0, gap+y, gap+x))
				place[y*w.Out+x] = float32(v)
				if want := uint8((v/1000 + 2*(v%1000)) % 5); labels[y*w.Out+x] != want {
					t.Fatalf("window %v, %+v: the label at row %d, column %d is not that of the pixel in the input's centre", w, p, y, x)
				}
			}
		}
		if w.Mirror {
			seen := map[float32]bool{}
			for _, v := range place {
				seen[v] = true
			}
			for _, v := range in.Plane(0) {
				if !seen[v] {
					t.Fatalf("window %v, %+v: shows pixel %v from outside of the patch", w, p, v)
				}
			}
		}
	})
}

func slowCut(w Window, side int, ex *data.Example, p Patch, channel int) [][]float32 {
	m := make([][]float32, side)
	for y := range m {
		m[y] = make([]float32, side)
		for x := range m[y] {
			at := func(i, from, n int) int {
				i -= (side - w.Out) / 2 // from the supervised window's corner
				for w.Mirror && w.Out > 1 && (i < 0 || i >= w.Out) {
					if i < 0 {
						i = -i
					} else {
						i = 2*(w.Out-1) - i
					}
				}
				if w.Mirror && w.Out == 1 {
					i = 0
				}
				i += from + p.Side/2 - w.Out/2
				for n > 1 && (i < 0 || i >= n) {
					if i < 0 {
						i = -i
					} else {
						i = 2*(n-1) - i
					}
				}
				if n == 1 {
					i = 0
				}
				return i + ex.Margin
			}
			m[y][x] = ex.Image.At(channel, at(y, p.Y, ex.H), at(x, p.X, ex.W))
		}
	}
	for range p.Turns { // a quarter turn anticlockwise brings the last column to the top
		r := make([][]float32, side)
		for y := range r {
			r[y] = make([]float32, side)
			for x := range r[y] {
				r[y][x] = m[x][side-1-y]
			}
		}
		m = r
	}
	if p.Flip {
		for _, row := range m {
			for i, j := 0, side-1; i < j; i, j = i+1, j-1 {
				row[i], row[j] = row[j], row[i]
			}
		}
	}
	return m
}

// TestPairedWindows: all arms of a seed look at the same place, the same way
// round: the four pixels about the centre are the same in every window, and
// so is the supervised patch of all windows that supervise as much.
func TestPairedWindows(t *testing.T) {
	windows := []Window{{204, 116, false}, {120, 116, false}, {208, 208, false}, {208, 116, false}, {204, 116, true}, {116, 116, false}}
	examples := []data.Example{scene(1, 256, 256, 48), scene(1, 300, 130, 0), scene(1, 100, 90, 0)}
	samplers := make([]*Sampler, len(windows))
	for i := range windows {
		samplers[i] = NewSampler(7, examples, Recipe{Patch: 116})
	}
	for range 60 {
		var centres [4]float32
		var patch []uint8
		for i, w := range windows {
			p := samplers[i].Next()
			in, labels := graph.NewMap(graph.Shape{C: 1, H: w.In, W: w.In}), make([]uint8, w.Out*w.Out)
			w.Cut(in, labels, &examples[p.Image], p)
			h := w.In / 2
			got := [4]float32{in.At(0, h-1, h-1), in.At(0, h-1, h), in.At(0, h, h-1), in.At(0, h, h)}
			if i == 0 {
				centres, patch = got, labels
			}
			if got != centres {
				t.Fatalf("window %v, %+v: centre %v, in window %v %v", w, p, got, windows[0], centres)
			}
			if w.Out == 116 && string(labels) != string(patch) {
				t.Fatalf("window %v, %+v: other labels than in window %v", w, p, windows[0])
			}
			for _, v := range in.Pix {
				if v < 0 {
					t.Fatalf("window %v, %+v: shows the margin", w, p)
				}
			}
		}
	}
}

func TestSampler(t *testing.T) {
	examples := []data.Example{{H: 20, W: 30}, {H: 10, W: 10}, {H: 7, W: 40}}
	a, b, other := NewSampler(3, examples, Recipe{Patch: 10}), NewSampler(3, examples, Recipe{Patch: 10}), NewSampler(4, examples, Recipe{Patch: 10})
	images, turns, same := map[int]int{}, map[int]int{}, 0
	flips := 0
	rows := map[int]bool{}
	for range 3000 {
		p := a.Next()
		if q := b.Next(); q != p {
			t.Fatalf("the same seed drew %+v and %+v", p, q)
		}
		if other.Next() == p {
			same++
		}
		images[p.Image]++
		turns[p.Turns]++
		if p.Flip {
			flips++
		}
		ex := examples[p.Image]
		if p.X < 0 || p.X+10 > ex.W || (p.Y < 0 || p.Y+10 > ex.H) && ex.H >= 10 {
			t.Fatalf("%+v leaves its image of %v", p, ex.Size())
		}
		if p.Image == 0 {
			rows[p.Y] = true
		}
		if p.Image == 2 && p.Y != -1 {
			t.Fatalf("%+v is not centred on 7 rows", p)
		}
	}
	for i := range 3 {
		if images[i] < 900 {
			t.Errorf("image %d was drawn %d times of 3000", i, images[i])
		}
	}
	for i := range 4 {
		if turns[i] < 650 {
			t.Errorf("%d quarter turns were drawn %d times of 3000", i, turns[i])
		}
	}
	if flips < 1350 || flips > 1650 {
		t.Errorf("%d flips of 3000", flips)
	}
	if len(rows) != 11 || !rows[0] || !rows[10] {
		t.Errorf("rows drawn: %v, want 0 to 10", rows)
	}
	if same > 90 { // about 45: the second image has but 8 patches
		t.Errorf("another seed drew the same patch %d times of 3000", same)
	}
}

func TestWindowCheck(t *testing.T) {
	for _, w := range []Window{{204, 116, false}, {208, 208, false}, {204, 116, true}} {
		if err := w.Check(116); err != nil {
			t.Error(err)
		}
	}
	for _, w := range []Window{{204, 115, false}, {203, 116, false}, {100, 116, false}, {4, 0, false}, {205, 117, false}} {
		if w.Check(116) == nil {
			t.Errorf("window %v accepted for patches of 116 px", w)
		}
	}
}

func BenchmarkCut(b *testing.B) {
	ex := scene(1, 256, 256, 48)
	w := Window{204, 116, false}
	in, labels := graph.NewMap(graph.Shape{C: 1, H: w.In, W: w.In}), make([]uint8, w.Out*w.Out)
	rng := rand.New(rand.NewPCG(1, 1))
	for b.Loop() {
		w.Cut(in, labels, &ex, Patch{Y: rng.IntN(140), X: rng.IntN(140), Side: 116, Turns: rng.IntN(4), Flip: true})
	}
}
