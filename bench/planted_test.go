package bench

import (
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
)

// boards are patterns of ±1 that repeat every p px and at no shorter period.
var boards = map[string]func(y, x, p int) float64{
	"rows":    func(y, _, p int) float64 { return alternate(y, p) },
	"columns": func(_, x, p int) float64 { return alternate(x, p) },
	"board":   func(y, x, p int) float64 { return alternate(y, p) * alternate(x, p) },
}

func alternate(i, p int) float64 { return 1 - 2*float64(2*i/p%2) }

// A pattern planted on flat logits is measured at its size and period, wherever
// it begins; clean logits hold nothing.
func TestPlantedPattern(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		board := boards[rapid.SampledFrom([]string{"rows", "columns", "board"}).Draw(t, "pattern")]
		size := rapid.SampledFrom([]float64{0, 1e-3, 0.1, 3}).Draw(t, "size")
		level := rapid.Float64Range(-5, 5).Draw(t, "level")
		at := rapid.IntRange(0, 2).Draw(t, "period")
		dy, dx := rapid.IntRange(0, 7).Draw(t, "dy"), rapid.IntRange(0, 7).Draw(t, "dx")
		m := field(64, 72, func(y, x int) float64 { return level + size*board(y+dy, x+dx, 2<<at) })
		k := flatCheckerboard([]*graph.Map{m}, image.Rect(dx, dy, dx+56, dy+48), 8, 0.5)
		if !near64(k.Total, size, 1e-5) {
			t.Fatalf("total %v, want %v", k.Total, size)
		}
		for i, v := range k.Periodic {
			want := 0.0
			if i == at {
				want = size
			}
			if !near64(v, want, 1e-5) {
				t.Fatalf("period %d: %v, want %v", 2<<i, v, want)
			}
		}
	})
}

// Noise without a pattern leaves what chance leaves of the means of its phases,
// and a pattern beneath it is found at its size.
func TestPatternInNoise(t *testing.T) {
	const h, w, a = 128, 160, 0.05
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		clean := field(h, w, func(int, int) float64 { return r.NormFloat64() })
		region := image.Rect(0, 0, w, h)
		below := 0.0
		for i, v := range flatCheckerboard([]*graph.Map{clean}, region, 8, 0.5).Periodic {
			p := float64(int(2) << i)
			// The p² means have the variance p²/(h·w), of which what shorter
			// periods have is taken off.
			want := math.Sqrt((p*p - 1 - below) / (h * w))
			if below = p*p - 1; v > 2.5*want {
				t.Errorf("noise %d has %v of period %v, chance gives %v", seed, v, p, want)
			}
		}
		planted := field(h, w, func(y, x int) float64 { return 2*float64(clean.At(1, y, x)) + a*boards["board"](y, x, 2) })
		if v := flatCheckerboard([]*graph.Map{planted}, region, 8, 0.5).Periodic[0]; !near64(v, a, 0.03) || v < 0.02 {
			t.Errorf("noise %d: a pattern of %v is measured at %v", seed, a, v)
		}
	}
}

// pictures are smooth fields of 128×128 px, drawn once.
var pictures = sync.OnceValue(func() (all []func(y, x int) float64) {
	for seed := range uint64(5) {
		at, values := smoothNoise(seed), make([]float64, 128*128)
		for i := range values {
			values[i] = at(i/128, i%128)
		}
		all = append(all, func(y, x int) float64 { return values[y*128+x] })
	}
	return all
})

// A pattern planted into a smooth picture holds that share of its variance; the
// picture alone holds none.
func TestPlantedInPicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		smooth := rapid.SampledFrom(pictures()).Draw(t, "picture")
		board := boards[rapid.SampledFrom([]string{"rows", "columns", "board"}).Draw(t, "pattern")]
		size := rapid.SampledFrom([]float64{0, 0, 0.1, 0.3, 1}).Draw(t, "size")
		p := rapid.SampledFrom([]int{2, 4}).Draw(t, "period")
		region := image.Rect(0, 0, 128, 128)
		m := field(128, 128, func(y, x int) float64 { return smooth(y, x) + size*board(y, x, p) })
		share := windowedPower(m, 1, region).all // of ±½: a quarter
		want := size * size / 4 / share
		if got, _ := imageCheckerboard(m, region, 8); !near64(got, want, 0.01+0.05*want) {
			t.Fatalf("a pattern of %v holds %v of the variance, measured %v", size, want, got)
		}
	})
}

// A seam planted along all tile edges is measured at its size, less or more what
// the picture steps there itself; away from the edges nothing changes.
func TestPlantedSeam(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cuts := func(what string) []int {
			at := []int{0}
			for range rapid.IntRange(1, 2).Draw(t, what) {
				at = append(at, at[len(at)-1]+rapid.IntRange(20, 30).Draw(t, what))
			}
			return append(at, at[len(at)-1]+rapid.IntRange(20, 30).Draw(t, what))
		}
		ys, xs := cuts("rows"), cuts("columns")
		h, w := ys[len(ys)-1], xs[len(xs)-1]
		plan := &tile.Plan{Bounds: image.Rect(0, 0, w, h)}
		var keep []image.Rectangle
		for i := range ys[1:] {
			for j := range xs[1:] {
				keep = append(keep, image.Rect(xs[j], ys[i], xs[j+1], ys[i+1]))
				plan.Tiles = append(plan.Tiles, tile.Tile{Keep: keep[len(keep)-1]})
			}
		}
		owner, err := owners(plan.Bounds, keep)
		if err != nil {
			t.Fatal(err)
		}
		img := noiseImage(h, w, rapid.Uint64Range(0, 99).Draw(t, "image"))
		kind := rapid.SampledFrom([]string{"flat", "smooth", "the image's own"}).Draw(t, "logits")
		shown := map[string]func(y, x int) float64{
			"flat":            func(int, int) float64 { return 0 },
			"smooth":          rapid.SampledFrom(pictures()).Draw(t, "picture"),
			"the image's own": func(y, x int) float64 { return float64(img.At(0, y, x)) },
		}[kind]
		size := rapid.SampledFrom([]float64{0.01, 0.5, 4}).Draw(t, "size")
		columns := len(xs) - 1
		measure := func(size float64) Seam {
			s, ok := seamStep(field(h, w, func(y, x int) float64 {
				own := int(owner[y*w+x])
				return shown(y, x) + size*float64((own/columns+own%columns)%2)
			}), img, owner, plan.EdgeDistance())
			if !ok {
				t.Fatal("no seam measured")
			}
			return s
		}
		clean, got := measure(0), measure(size)
		if want := h*(len(xs)-2) + w*(len(ys)-2); got.N != want {
			t.Fatalf("%d pairs across edges, want %d", got.N, want)
		}
		// Logits are ±½ of the field.
		if !near64(got.Edge, size/2, clean.Edge+1e-6) || !near64(got.Null, clean.Null, 1e-6) {
			t.Fatalf("a seam of %v is measured as %+v, without it %+v", size, got, clean)
		}
		if kind == "flat" && (clean.Edge != 0 || clean.Null != 0) || kind == "the image's own" && !near64(clean.Edge/clean.Null, 1, 0.15) {
			t.Fatalf("%s, without a seam: %+v", kind, clean)
		}
	})
}

// What is bound to the window, a stripe of so many px in every period, and not to
// the image, costs shift consistency what the stripe and the moved stripe do not
// share; what moves with the image costs nothing.
func TestPlantedStripe(t *testing.T) {
	img := noiseImage(96, 96, 3)
	rapid.Check(t, func(t *rapid.T) {
		period := rapid.IntRange(2, 8).Draw(t, "period")
		width := rapid.IntRange(0, period).Draw(t, "width")
		shift := rapid.IntRange(1, 16).Draw(t, "shift")
		bound := rapid.Bool().Draw(t, "bound to the window")
		p := predictFunc(func(m *graph.Map) *graph.Map {
			return field(m.H, m.W, func(y, x int) float64 {
				switch {
				case !bound:
					return float64(m.At(0, y, x))
				case x%period < width:
					return 1
				}
				return -1
			})
		})
		area := image.Rect(0, 0, shift+4*period, shift+7)
		got, err := shiftConsistency(p, img, graph.Square(64), area, []int{shift})
		if err != nil {
			t.Fatal(err)
		}
		want := 1.0
		if bound {
			same := 0
			for x := range period {
				if (x < width) == ((x+shift)%period < width) {
					same++
				}
			}
			want = float64(same) / float64(period)
		}
		if !near64(got[0], want, 1e-12) {
			t.Fatalf("a stripe of %d in %d px, moved by %d: %v, want %v", width, period, shift, got[0], want)
		}
	})
}

// With ICNR, doubling writes no pattern at initialisation: on flat input the
// logits have the same bits in all px beyond the halo. Without it, and with
// transposed convolutions, they do not; but a blur, which averages the phases
// that a shuffle interleaves, does without ICNR, up to rounding.
func TestPatternAtInit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := drawConfig(t)
		a := rapid.SampledFrom([]arch.Arch{valid.Arch, valid.NoSkip, padded.Arch}).Draw(t, "variant")
		icnr, seed := rapid.Bool().Draw(t, "ICNR"), rapid.Uint64Range(0, 99).Draw(t, "seed")
		positive := rapid.Bool().Draw(t, "positive")
		n, checkerboard := flatAtInit(t, a, c, icnr, positive, seed)
		rounded := !icnr && c.Up == arch.UpShuffleBlur
		switch patterned := c.Up == arch.Transposed || !icnr && c.Up == arch.UpShuffle; {
		case !patterned && !rounded && n != 1, rounded && positive && checkerboard > 1e-5:
			t.Fatalf("%s, up %v, ICNR %v: %d values on flat input, a checkerboard of %v", a.Name(), c.Up, icnr, n, checkerboard)
		case patterned && positive && (n == 1 || checkerboard == 0): // else rectifiers may be closed
			t.Fatalf("%s, up %v, ICNR %v: one value on flat input, a checkerboard of %v", a.Name(), c.Up, icnr, checkerboard)
		}
	})
	for seed := range uint64(5) {
		for _, up := range []arch.Up{arch.Transposed, arch.UpShuffle} {
			c := arch.Default()
			c.Up = up
			if n, checkerboard := flatAtInit(t, valid.Arch, c, false, false, seed); n < 4 || checkerboard < 1e-3 {
				t.Errorf("up %v, seed %d, without ICNR: %d values on flat input, a checkerboard of %v", up, seed, n, checkerboard)
			}
		}
	}
}

// flatAtInit counts the values that a network puts out beyond its halo on flat
// input, at initialisation or with all weights made positive.
func flatAtInit(t rapid.TB, a arch.Arch, c arch.Config, icnr, positive bool, seed uint64) (values int, checkerboard float64) {
	t.Helper()
	g, err := a.Build(c)
	if err != nil {
		t.Fatal(err)
	}
	if !icnr {
		for i := range g.Params {
			g.Params[i].Init.Repeat = 0
		}
	}
	w := g.InitWeights(seed)
	for _, p := range w {
		for j, v := range p {
			if positive {
				p[j] = max(v, -v)
			}
		}
	}
	f := g.Footprint()
	sizes, err := g.Sizes()
	if err != nil {
		t.Fatal(err)
	}
	side := sizes.H.Above(f.H.Shrink + f.H.HaloTop + f.H.HaloBottom + 2*f.H.Step)
	m, err := FlatResponse(exactly(g, w), graph.Shape{C: 1, H: side, W: side}, 1)
	if err != nil {
		t.Fatal(err)
	}
	r, beyond := inner(f, m.Size())
	if !beyond {
		t.Fatalf("%d px leave nothing beyond the halo", side)
	}
	seen := map[[2]float32]bool{}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			seen[[2]float32{m.At(0, y, x), m.At(1, y, x)}] = true
		}
	}
	scale := math.Abs(float64(m.At(0, r.Min.Y, r.Min.X))) + 1e-6
	return len(seen), flatCheckerboard([]*graph.Map{m}, r, f.H.Step, scale).Total
}

// Every output px of a transposed 2×2 convolution sums as many products as any
// other, so that it has no uneven overlap; four different kernels write a
// pattern of period 2 all the same, and nothing else.
func TestTransposedIsEvenYetPatterned(t *testing.T) {
	g := &graph.Graph{Name: "transposed"}
	in := g.Add("in", graph.Input, graph.Node{Channels: 1})
	two := [2]int{2, 2}
	up := graph.Node{Channels: 2, Kernel: two, Stride: two, Params: []int{
		g.AddParam(graph.Param{Name: "weight", Shape: []int{1, 2, 2, 2}, Trainable: true, Init: graph.Init{Std: 1}}),
		g.AddParam(graph.Param{Name: "bias", Shape: []int{2}, Trainable: true}),
	}}
	g.Add("up", graph.ConvTranspose, up, in)
	ones := graph.Weights{slices.Repeat([]float32{1}, 8), {0, 0}}
	flat := graph.Shape{C: 1, H: 8, W: 8}
	even, err := FlatResponse(exactly(g, ones), flat, 1)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range even.Pix {
		if v != 1 {
			t.Fatalf("output value %d sums %v products", i, v)
		}
	}
	m, err := FlatResponse(exactly(g, g.InitWeights(1)), flat, 1)
	if err != nil {
		t.Fatal(err)
	}
	k := flatCheckerboard([]*graph.Map{m}, image.Rect(0, 0, 16, 16), 8, 1)
	if k.Total < 0.1 || !near64(k.Periodic[0], k.Total, 1e-6) || !near64(k.Periodic[1]+k.Periodic[2], 0, 1e-6) {
		t.Errorf("random kernels write %+v", k)
	}
}

func drawConfig(t *rapid.T) arch.Config {
	return arch.Config{
		In: 1, Classes: 2,
		Pools:   rapid.IntRange(1, 3).Draw(t, "pools"),
		Width:   rapid.IntRange(2, 4).Draw(t, "width"),
		Up:      rapid.SampledFrom(arch.Ups()).Draw(t, "up"),
		Norm:    rapid.SampledFrom([]arch.NormKind{arch.NormNone, arch.NormBatch}).Draw(t, "norm"),
		Padding: graph.Padding(rapid.IntRange(0, 3).Draw(t, "padding")),
		Interp:  graph.Interp(rapid.IntRange(0, 2).Draw(t, "interp")),
	}
}

// exactly runs g so that equal receptive fields give equal bits.
func exactly(g *graph.Graph, w graph.Weights) tile.Predictor {
	return engine.NewPredictor(g, w, engine.Options{Exact: true, Threads: 1})
}
