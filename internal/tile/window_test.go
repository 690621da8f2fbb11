package tile

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"unetbench/graph"
)

// plain is the geometry of a padded network without pooling.
var plain = Geometry{Axis{Sides: graph.Sides{Step: 1, Min: 1}}, Axis{Sides: graph.Sides{Step: 1, Min: 1}}}

// monai is what MONAI itself gave; testdata/fixture.py made it.
type monai struct {
	Cases []struct {
		H, W, Tile int
		Overlap    float64
		Mode       string
		Origins    [][2]int
		Out        []float32
	}
	Rows []struct {
		N, Tile int
		Overlap float64
		Origins []int
	}
	Weights []struct {
		H, W, Row int
		Sigma     float64
		Map       []float32
	}
}

func readMONAI(t *testing.T) (m monai) {
	t.Helper()
	raw, err := os.ReadFile("testdata/monai.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// close32 allows for the last bits of the exponential, which torch's differs in.
func close32(t *testing.T, what string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d values, want %d", what, len(got), len(want))
	}
	for i := range got {
		if math.Abs(float64(got[i]-want[i])) > 4e-7*max(1e-3, math.Abs(float64(want[i]))) {
			t.Fatalf("%s: value %d is %g, MONAI's %g", what, i, got[i], want[i])
		}
	}
}

func TestGaussianIsMONAIs(t *testing.T) {
	for _, c := range readMONAI(t).Weights {
		got := Gaussian(c.Sigma)(c.H, c.W)
		if len(c.Map) == c.W {
			got = got[c.Row*c.W : (c.Row+1)*c.W]
		}
		close32(t, fmt.Sprintf("%d×%d, sigma %g", c.H, c.W, c.Sigma), got, c.Map)
	}
}

func TestMONAIsRule(t *testing.T) {
	for _, c := range readMONAI(t).Rows {
		p, err := MONAI(graph.Size{H: c.N, W: c.Tile}, plain, c.Tile, c.Overlap)
		if err != nil {
			t.Fatal(err)
		}
		var origins []int
		for _, tl := range p.Tiles {
			origins = append(origins, tl.Out.Min.Y)
		}
		if d := cmp.Diff(c.Origins, origins); d != "" {
			t.Errorf("%d px, tile %d, overlap %g: %s", c.N, c.Tile, c.Overlap, d)
		}
	}
}

// pattern is the fixture's network.
type pattern struct{}

func (pattern) Predict(x *graph.Map) (*graph.Map, error) {
	y := graph.NewMap(x.Shape)
	for i, v := range x.Pix {
		y.Pix[i] = v * float32((i/x.W*7+i%x.W*3)%11+1) / 8
	}
	return y, nil
}

func TestBlendingIsMONAIs(t *testing.T) {
	for _, c := range readMONAI(t).Cases {
		img := graph.NewMap(graph.Shape{C: 1, H: c.H, W: c.W})
		for i := range img.Pix {
			img.Pix[i] = float32((i/c.W*13+i%c.W*5)%32) / 16
		}
		p, err := MONAI(img.Size(), plain, c.Tile, c.Overlap)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range c.Origins {
			if got := p.Tiles[i].Read.Min; got.Y != o[0] || got.X != o[1] {
				t.Fatalf("tile %d starts at %v, MONAI's at %v", i, got, o)
			}
		}
		w := map[string]Window{"constant": Uniform, "gaussian": Gaussian(MONAISigma)}[c.Mode]
		m, err := p.Blended(w).Predict(pattern{}, img, 0)
		if err != nil {
			t.Fatal(err)
		}
		close32(t, fmt.Sprintf("%d×%d, tile %d, overlap %g, %s", c.H, c.W, c.Tile, c.Overlap, c.Mode), m.Pix, c.Out)
	}
}

func TestMONAIRefuses(t *testing.T) {
	for _, c := range []struct {
		g       Geometry
		tile    int
		overlap float64
		want    string
	}{
		{paper, 572, 0.25, "misplace"},
		{padded3, 60, 0.25, "not a legal input side; the nearest are 56 and 64"},
		{padded3, 128, 0.25, "larger than the image of 100×100 px: use a tile of at most 96"},
		{padded3, 64, 1, "overlap of 1 of a tile"},
		{padded3, 64, -0.1, "overlap of -0.1 of a tile"},
		{padded3, 64, math.NaN(), "overlap of NaN"},
	} {
		_, err := MONAI(graph.Square(100), c.g, c.tile, c.overlap)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("tile %d, overlap %g: error %v, want %q", c.tile, c.overlap, err, c.want)
		}
	}
}

// Blending against its definition: at each px, the weighted mean of the outputs
// of all tiles that reach it, in the plan's order.
func TestBlendingIsTheWeightedMean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := fakeNet{pools: rapid.IntRange(1, 2).Draw(t, "pools"), padded: rapid.Bool().Draw(t, "padded")}
		g := n.geometry()
		size := graph.Size{H: rapid.IntRange(20, 60).Draw(t, "h"), W: rapid.IntRange(1, 60).Draw(t, "w")}
		side := g.H.Above(g.H.Before + g.H.After + rapid.IntRange(8, 30).Draw(t, "tile"))
		p, err := New(size, g, Spec{Tile: side, Overlap: rapid.IntRange(0, g.H.out(side)-g.H.Step).Draw(t, "overlap")})
		if err != nil {
			t.Fatal(err)
		}
		w := Window(Uniform)
		if rapid.Bool().Draw(t, "gaussian") {
			w = Gaussian(rapid.Float64Range(0.05, 1).Draw(t, "sigma"))
		}
		img := noise(13, size.H, size.W)
		b := p.Blended(w)
		got := predict(t, b, nil, n, img, 0)
		if len(p.Tiles) == 1 {
			if !b.Exact || !slices.Equal(got, predict(t, p, nil, n, img, 0)) {
				t.Fatal("a single tile is blended with nothing, but changed")
			}
			return
		}
		if b.Exact {
			t.Fatal("blended tiles are called exact")
		}
		sum, weight := make([]float32, len(got)), make([]float32, len(got)/2)
		for _, tl := range p.Tiles {
			in := graph.NewMap(graph.Shape{C: 1, H: tl.Read.Dy(), W: tl.Read.Dx()})
			Fill(in, img, tl.Read.Min)
			y, _ := n.Predict(in)
			m := w(y.H, y.W)
			for r := range y.H {
				for x := range y.W {
					at := (r+tl.Out.Min.Y)*size.W + x + tl.Out.Min.X
					if r+tl.Out.Min.Y >= size.H || x+tl.Out.Min.X >= size.W {
						continue
					}
					weight[at] += m[r*y.W+x]
					for c := range 2 {
						sum[c*size.H*size.W+at] += float32(m[r*y.W+x] * y.At(c, r, x))
					}
				}
			}
		}
		for i := range sum {
			if want := sum[i] / weight[i%len(weight)]; got[i] != want {
				t.Fatalf("value %d is %g, want %g", i, got[i], want)
			}
		}
	})
}

// constant predicts one number everywhere.
type constant float32

func (v constant) Predict(x *graph.Map) (*graph.Map, error) {
	y := graph.NewMap(x.Shape)
	for i := range y.Pix {
		y.Pix[i] = float32(v)
	}
	return y, nil
}

func TestBlendedConstantStaysConstant(t *testing.T) {
	for _, w := range []Window{Uniform, Gaussian(MONAISigma), Gaussian(0.02)} {
		p, err := MONAI(graph.Size{H: 50, W: 43}, plain, 16, 0.6)
		for _, v := range predict2(t, p.Blended(w), err, constant(0.7)) {
			if math.Abs(float64(v)-0.7) > 1e-6 {
				t.Fatalf("%g of a constant 0.7", v)
			}
		}
		p, err = MONAI(graph.Size{H: 50, W: 43}, plain, 16, 0.6)
		for _, v := range predict2(t, p.Blended(w), err, constant(0)) {
			if v != 0 {
				t.Fatalf("%g of 0", v)
			}
		}
	}
}

func predict2(t *testing.T, p *Plan, err error, n Predictor) []float32 {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Predict(n, graph.NewMap(graph.Shape{C: 1, H: p.Bounds.Dy(), W: p.Bounds.Dx()}), 0)
	if err != nil {
		t.Fatal(err)
	}
	return m.Pix
}

// slow takes its time on some tiles, so that later ones are finished first.
type slow struct {
	Predictor
	turn *int
}

func (s slow) Predict(x *graph.Map) (*graph.Map, error) {
	*s.turn++
	time.Sleep(time.Duration(*s.turn*7919%5) * time.Millisecond)
	return s.Predictor.Predict(x)
}

// Predictors side by side give the bits of one alone, whoever is first.
func TestPredictorsAgree(t *testing.T) {
	img := noise(17, 70, 61)
	for i := range img.Pix {
		img.Pix[i] /= 37 // sums of integers would not show their order
	}
	for _, w := range []Window{nil, Uniform, Gaussian(MONAISigma)} {
		p, err := MONAI(img.Size(), plain, 16, 0.5)
		if err != nil {
			t.Fatal(err)
		}
		p = p.Blended(w)
		want, err := p.Predict(pattern{}, img, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{2, 3, 7, 100} {
			var ps []Predictor
			for i := range n {
				turn := i * 3
				ps = append(ps, slow{pattern{}, &turn})
			}
			got, err := p.PredictParallel(ps, img, 0)
			if err != nil || !slices.Equal(got.Pix, want.Pix) {
				t.Fatalf("%d predictors differ from one (%v)", n, err)
			}
		}
	}
}

// Of several tiles that fail, the first is named, whoever was faster.
func TestFirstErrorIsTold(t *testing.T) {
	img := noise(1, 40, 40)
	p, err := MONAI(img.Size(), plain, 8, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ps []Predictor
	for i := range 4 {
		turn := i
		ps = append(ps, slow{badPredictor(func(*graph.Map) (*graph.Map, error) { return nil, fmt.Errorf("broken") }), &turn})
	}
	if _, err := p.PredictParallel(ps, img, 0); err == nil || err.Error() != "tile (0,0)-(8,8): broken" {
		t.Error(err)
	}
	if _, err := p.PredictParallel(nil, img, 0); err == nil {
		t.Error("nobody predicted something")
	}
}
