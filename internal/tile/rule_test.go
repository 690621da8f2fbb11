package tile

import (
	"encoding/json"
	"image"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"unetbench/graph"
)

// The programs' own arithmetic, told again in numpy: testdata/rules.py.
func TestRulesAreThePrograms(t *testing.T) {
	raw, err := os.ReadFile("testdata/rules.json")
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Rows []struct {
			Rule    string
			N, Tile int
			Origins []int
		}
		Profiles []struct {
			Rule   string
			N      int
			Values []float64
		}
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	for _, c := range f.Rows {
		r, err := RuleNamed(c.Rule)
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.Plan(graph.Size{H: c.N, W: c.Tile}, plain, c.Tile)
		if err != nil {
			t.Fatalf("%s, %d px, tile %d: %v", c.Rule, c.N, c.Tile, err)
		}
		var got []int
		for _, tl := range p.Tiles {
			if !slices.Contains(got, tl.Out.Min.Y) {
				got = append(got, tl.Out.Min.Y)
			}
		}
		if d := cmp.Diff(c.Origins, got); d != "" {
			t.Errorf("%s, %d px, tile %d: %s", c.Rule, c.N, c.Tile, d)
		}
	}
	for _, c := range f.Profiles {
		r, _ := RuleNamed(c.Rule)
		m := r.Window(c.N, c.N)
		middle := m[c.N/2*c.N:][:c.N]
		for i, v := range middle {
			want := c.Values[i] * c.Values[c.N/2]
			if c.Rule == "nnunet" {
				want *= 10
			}
			if math.Abs(float64(v)-want) > 1e-6 {
				t.Errorf("%s, %d px: weight %d is %g, want %g", c.Rule, c.N, i, v, want)
				break
			}
		}
	}
}

// nnU-Net's own example, and CSBDeep's partition of 32 blocks into 3 parts, of
// which the last takes what does not divide.
func TestRulesByHand(t *testing.T) {
	nnunet, _ := RuleNamed("nnunet")
	p, err := nnunet.Plan(graph.Size{H: 64, W: 110}, plain, 64)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{0, 23, 46} {
		if got := p.Tiles[i].Out.Min.X; got != want {
			t.Errorf("nnU-Net's tile %d starts at %d, its documentation says %d", i, got, want)
		}
	}
	a := Axis{Sides: graph.Sides{Step: 16, Min: 16}, HaloBefore: 94, HaloAfter: 94, Equivariant: true}
	ps, err := a.layCSBDeep(1600, 736)
	want := []piece{{0, 624, 0, 528}, {432, 720, 528, 1056}, {960, 640, 1056, 1600}}
	if err != nil || !slices.Equal(ps, want) {
		t.Errorf("CSBDeep cuts 100 blocks into %v (%v), want %v", ps, err, want)
	}
}

// By every rule the tiles' own parts partition the image and lie in their
// outputs, and a plan is called exact only where it is: then tiles give what
// the whole gives, if that is filled likewise.
func TestRulesLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := fakeNet{pools: rapid.IntRange(1, 2).Draw(t, "pools"), padded: rapid.Bool().Draw(t, "padded")}
		g := n.geometry()
		rule := rapid.SampledFrom(Rules).Draw(t, "rule")
		size := graph.Size{H: rapid.IntRange(30, 90).Draw(t, "h"), W: rapid.IntRange(60, 90).Draw(t, "w")}
		if rapid.Bool().Draw(t, "legal") {
			size = graph.Size{H: g.H.out(g.H.Above(size.H)), W: g.W.out(g.W.Above(size.W))}
		}
		tile := g.H.Above(rapid.IntRange(20, 80).Draw(t, "tile"))
		p, err := rule.Plan(size, g, tile)
		if err != nil {
			return
		}
		checkPartition(t, p)
		if p.Exact != (len(p.Faults) == 0) {
			t.Fatalf("exact %v, faults %v", p.Exact, p.Faults)
		}
		if p.Window != nil {
			return
		}
		img := noise(23, size.H, size.W)
		whole, err := Whole(size, g)
		if err != nil {
			t.Fatal(err)
		}
		whole.Beyond = p.Beyond
		equal := slices.Equal(predict(t, p, nil, n, img, 0), predict(t, whole, nil, n, img, 0))
		if p.Exact != equal {
			t.Fatalf("%s, tile %d: equal to the whole: %v, faults %v", rule.Name, tile, equal, p.Faults)
		}
	})
}

// The table's MONAI is MONAI's, which MONAI itself was asked about.
func TestMONAIsRuleIsMONAI(t *testing.T) {
	for _, size := range []graph.Size{{H: 200, W: 317}, {H: 96, W: 97}} {
		rule, _ := RuleNamed("monai")
		got, err := rule.Plan(size, padded3, 96)
		if err != nil {
			t.Fatal(err)
		}
		want, err := MONAI(size, padded3, 96, 0.25)
		if err != nil || !slices.Equal(got.Tiles, want.Tiles) {
			t.Errorf("%v px: %v (%v)", size, got.Tiles, err)
		}
	}
}

// Which rules are without seams on an image of a legal size.
func TestRulesThatAreExact(t *testing.T) {
	for _, n := range []fakeNet{{pools: 1, padded: true}, {pools: 1}} {
		var exact []string
		for _, rule := range Rules {
			p, err := rule.Plan(graph.Square(96), n.geometry(), 48)
			if err == nil && p.Exact && len(p.Tiles) > 1 {
				exact = append(exact, rule.Name)
			}
		}
		want := []string{"exact", "bioimageio"}
		if n.padded {
			want[1] = "csbdeep"
		}
		if !slices.Equal(exact, want) {
			t.Errorf("%+v: %v are exact, want %v", n, exact, want)
		}
	}
}

func TestRulesRefuse(t *testing.T) {
	for _, c := range []struct {
		rule string
		g    Geometry
		tile int
		want string
	}{
		{"monai", paper, 572, "misplaces"},
		{"nnunet", paper, 572, "fails"},
		{"cellpose", paper, 572, "fails"},
		{"deepcell", padded3, 60, "not a legal input side; the nearest are 56 and 64"},
		{"rastervision", padded3, 2000, "larger than the image"},
		{"csbdeep", padded3, 64, "use a tile of at least 104"},
		{"bioimageio", padded3, 64, "use a tile of at least 104"},
		{"exact", padded3, 64, "use a tile of at least"},
	} {
		r, err := RuleNamed(c.rule)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Plan(graph.Square(1000), c.g, c.tile); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, tile %d: error %v, want %q", c.rule, c.tile, err, c.want)
		}
	}
	if _, err := RuleNamed("ilastik"); err == nil || !strings.Contains(err.Error(), "monai") {
		t.Error(err)
	}
}

// What programs read beyond the image, along one row.
func TestBeyond(t *testing.T) {
	img := graph.NewMap(graph.Shape{C: 1, H: 1, W: 3})
	copy(img.Pix, []float32{1, 2, 3})
	for b, want := range map[Beyond][]float32{
		Mirrored:  {2, 3, 2, 1, 2, 3, 2, 1, 2},
		Symmetric: {3, 2, 1, 1, 2, 3, 3, 2, 1},
		Zeros:     {0, 0, 0, 1, 2, 3, 0, 0, 0},
	} {
		got := graph.NewMap(graph.Shape{C: 1, H: 1, W: 9})
		b.Fill(got, img, image.Pt(-3, 0))
		if !slices.Equal(got.Pix, want) {
			t.Errorf("%v: %v, want %v", b, got.Pix, want)
		}
	}
}
