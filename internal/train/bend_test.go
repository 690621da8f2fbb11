package train

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/tile"
)

// keys is the kernel of cubic convolution with a = -1/2 (Keys 1981, equation 15).
func keys(x float64) float64 {
	x = math.Abs(x)
	switch {
	case x < 1:
		return 1.5*x*x*x - 2.5*x*x + 1
	case x < 2:
		return -.5*x*x*x + 2.5*x*x - 4*x + 2
	}
	return 0
}

// slowPlace is where the pixel of row y, column x of the field of view is taken
// from: a sum over a grid that is continued by its outer vectors.
func slowPlace(p Patch, y, x int) (float64, float64) {
	grid := func(at, from int) float64 { // in units of the grid
		return (float64(at-from) - float64(p.Side-1)/2) / (float64(p.Bend.Span) / 2)
	}
	v, u := grid(y, p.Y), grid(x, p.X)
	var d [2]float64
	for axis := range d {
		for i := int(math.Floor(v)) - 1; i <= int(math.Floor(v))+2; i++ {
			for j := int(math.Floor(u)) - 1; j <= int(math.Floor(u))+2; j++ {
				d[axis] += keys(v-float64(i)) * keys(u-float64(j)) * p.Bend.Grid[axis][min(max(i, -1), 1)+1][min(max(j, -1), 1)+1]
			}
		}
	}
	return float64(y) + d[0], float64(x) + d[1]
}

// turned turns a square of rows as a Patch says, one quarter at a time.
func turned[T any](m [][]T, p Patch) [][]T {
	for range p.Turns { // anticlockwise: the last column comes to the top
		r := make([][]T, len(m))
		for y := range r {
			for x := range m {
				r[y] = append(r[y], m[x][len(m)-1-y])
			}
		}
		m = r
	}
	if p.Flip {
		for _, row := range m {
			slices.Reverse(row)
		}
	}
	return m
}

// TestBentCutDefinition holds Cut and the weights against the definition, pixel
// by pixel: displace, mirror, interpolate, then turn and flip.
func TestBentCutDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := func(name string, low, high int) int { return 2 * rapid.IntRange(low, high).Draw(t, name) }
		w := Window{Out: side("out", 1, 10), Mirror: rapid.Bool().Draw(t, "mirror")}
		w.In = w.Out + side("context", 0, 10)
		ex := scene(rapid.IntRange(1, 2).Draw(t, "channels"), rapid.IntRange(1, 40).Draw(t, "h"),
			rapid.IntRange(1, 40).Draw(t, "w"), rapid.IntRange(0, 3).Draw(t, "margin"))
		weights := make([]float32, len(ex.Labels))
		for i := range weights {
			weights[i] = float32(i)
		}
		p := NewSampler(rapid.Uint64().Draw(t, "seed"), []data.Example{ex},
			Recipe{Patch: side("patch", 1, 12), Elastic: rapid.Float64Range(.1, 12).Draw(t, "sigma"), Span: rapid.IntRange(4, 60).Draw(t, "span")}).Next()

		places := func(side int) [][][2]float64 { // of the window's pixels
			m := make([][][2]float64, side)
			origin := [2]int{p.Y + p.Side/2 - w.Out/2, p.X + p.Side/2 - w.Out/2}
			at := func(i int) int {
				if i -= (side - w.Out) / 2; w.Mirror {
					return tile.Mirror(i, w.Out)
				}
				return i
			}
			for y := range side {
				for x := range side {
					a, b := slowPlace(p, origin[0]+at(y), origin[1]+at(x))
					m[y] = append(m[y], [2]float64{a, b})
				}
			}
			return turned(m, p)
		}
		in, labels, cut := graph.NewMap(graph.Shape{C: ex.Image.C, H: w.In, W: w.In}), make([]uint8, w.Out*w.Out), make([]float32, w.Out*w.Out)
		w.Cut(in, labels, &ex, p)
		cutTruth(w, cut, weights, &ex, p)

		pixel := func(c, y, x int) float64 {
			return float64(ex.Image.At(c, tile.Mirror(y, ex.H)+ex.Margin, tile.Mirror(x, ex.W)+ex.Margin))
		}
		for y, row := range places(w.In) {
			for x, at := range row {
				a, b := math.Floor(at[0]), math.Floor(at[1])
				u, v := at[0]-a, at[1]-b
				for c := range ex.Image.C {
					want := (1-u)*((1-v)*pixel(c, int(a), int(b))+v*pixel(c, int(a), int(b)+1)) +
						u*((1-v)*pixel(c, int(a)+1, int(b))+v*pixel(c, int(a)+1, int(b)+1))
					if got := float64(in.At(c, y, x)); math.Abs(got-want) > .02+1e-6*want { // of values to 1e6
						t.Fatalf("window %v, %+v: channel %d, row %d, column %d shows %v, want %v", w, p, c, y, x, got, want)
					}
				}
			}
		}
		for y, row := range places(w.Out) {
			for x, at := range row {
				if half := func(v float64) bool { return math.Abs(v-math.Floor(v)-.5) < 1e-6 }; half(at[0]) || half(at[1]) {
					continue // as near to one pixel as to another
				}
				i := tile.Mirror(int(math.Round(at[0])), ex.H)*ex.W + tile.Mirror(int(math.Round(at[1])), ex.W)
				if labels[y*w.Out+x] != ex.Labels[i] || cut[y*w.Out+x] != weights[i] {
					t.Fatalf("window %v, %+v: row %d, column %d has label %d and weight %v, want those of pixel %d", w, p, y, x, labels[y*w.Out+x], cut[y*w.Out+x], i)
				}
			}
		}
	})
}

// TestFlatBend: without displacement a bend changes no bit; a whole number of
// px, the same everywhere, moves the patch.
func TestFlatBend(t *testing.T) {
	ex := scene(1, 50, 60, 2)
	w := Window{In: 24, Out: 16}
	for turns := range 4 {
		p := Patch{Y: 12, X: 17, Side: 16, Turns: turns, Flip: turns%2 == 0}
		show := func(p Patch) (*graph.Map, []uint8) {
			in, labels := graph.NewMap(graph.Shape{C: 1, H: 24, W: 24}), make([]uint8, 256)
			w.Cut(in, labels, &ex, p)
			return in, labels
		}
		plain, truth := show(p)
		bent := p
		bent.Bend.Span = 30
		if in, labels := show(bent); !slices.Equal(in.Pix, plain.Pix) || !slices.Equal(labels, truth) {
			t.Errorf("%+v: a flat bend changes the patch", p)
		}
		for i := range 9 {
			bent.Bend.Grid[0][i/3][i%3], bent.Bend.Grid[1][i/3][i%3] = 3, -4
		}
		p.Y, p.X = p.Y+3, p.X-4
		moved, truth := show(p)
		in, labels := show(bent)
		for i, v := range moved.Pix {
			if math.Abs(float64(in.Pix[i]-v)) > .01 {
				t.Fatalf("%+v: pixel %d shows %v, want %v", p, i, in.Pix[i], v)
			}
		}
		if !slices.Equal(labels, truth) {
			t.Errorf("%+v: a bend that moves everything alike gives other labels", p)
		}
	}
}

// TestPairedBends: every window shows the same deformation: the supervised
// patch and the pixels about it are the same bit for bit.
func TestPairedBends(t *testing.T) {
	windows := []Window{{204, 116, false}, {120, 116, false}, {208, 208, false}, {208, 116, false}, {204, 116, true}, {116, 116, false}}
	examples := []data.Example{scene(1, 256, 256, 48), scene(1, 100, 90, 0)}
	r := Recipe{Patch: 116, Elastic: 10, Span: 204}
	for seed := range uint64(4) {
		var first []float32
		for _, w := range windows {
			p := NewSampler(seed, examples, r).Next()
			in, labels := graph.NewMap(graph.Shape{C: 1, H: w.In, W: w.In}), make([]uint8, w.Out*w.Out)
			w.Cut(in, labels, &examples[p.Image], p)
			var centre []float32
			for y := range 116 {
				from := (y+(w.In-116)/2)*w.In + (w.In-116)/2
				centre = append(centre, in.Pix[from:from+116]...)
			}
			if first == nil {
				first = centre
			}
			if !slices.Equal(first, centre) {
				t.Errorf("seed %d: window %v shows another patch than %v", seed, w, windows[0])
			}
		}
	}
}

// TestElasticStream: displacements are drawn after all else of a patch, with
// the standard deviation asked for.
func TestElasticStream(t *testing.T) {
	examples := []data.Example{{H: 40, W: 30}}
	r := Recipe{Patch: 10, Elastic: 10, Span: 20}
	first := NewSampler(3, examples, r).Next()
	bare := NewSampler(3, examples, Recipe{Patch: 10}).Next()
	if bare.Bend = first.Bend; bare != first {
		t.Errorf("%+v without a bend, %+v with one", bare, first)
	}
	s, again := NewSampler(4, examples, r), NewSampler(4, examples, r)
	var sum, square, n float64
	for range 500 {
		p := s.Next()
		if q := again.Next(); q != p {
			t.Fatalf("the same seed drew %+v and %+v", p, q)
		}
		for i := range 18 {
			d := p.Bend.Grid[i/9][i/3%3][i%3]
			sum, square, n = sum+d, square+d*d, n+1
		}
	}
	if mean, std := sum/n, math.Sqrt(square/n); math.Abs(mean) > .5 || math.Abs(std-10) > .4 {
		t.Errorf("displacements of mean %v and standard deviation %v px, want 0 and 10", mean, std)
	}
}

func BenchmarkCutBent(b *testing.B) {
	ex := []data.Example{scene(1, 256, 256, 48)}
	w := Window{204, 116, false}
	in, labels := graph.NewMap(graph.Shape{C: 1, H: w.In, W: w.In}), make([]uint8, w.Out*w.Out)
	s := NewSampler(1, ex, Recipe{Patch: 116, Elastic: 10, Span: 204})
	for b.Loop() {
		w.Cut(in, labels, &ex[0], s.Next())
	}
}
