package bench

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/perf/benchfmt"
	"pgregory.net/rapid"

	"unetbench/graph"
)

// miniature is a comparison with every kind of sample.
func miniature() *Results {
	r := &Results{
		Schema: Schema,
		Setup:  Setup{Data: "membranes <1> & 2", Regimes: []string{"output", "input"}, Margin: 0.5, Seeds: []uint64{1, 2, 3, 4, 5, 6}, Train: []string{"a"}, Test: []string{"b", "c"}},
		Arms:   []Arm{{Name: "valid"}, {Name: "padded"}, {Name: "padded-208", Control: true}, {Name: "resized-skip"}},
		Metrics: []Metric{{Name: "dice", Unit: "%", Better: 1}, {Name: "dice:border", Unit: "%", Better: 1}, {Name: "misreg-local-max", Unit: "px", Better: -1, Exact: true},
			{Name: "mac/px", Unit: "MAC/px", Better: -1, Exact: true}, {Name: "seam-step", Unit: "ratio", Better: -1}, {Name: "blur-period", Unit: "px", Exact: true}},
		Networks: []Network{{Arm: "valid", Input: graph.Square(204), Nodes: []NodeRecord{{Name: "in", Op: "Input", Shape: graph.Shape{C: 1, H: 204, W: 204}}}}},
		Curves:   []Curve{{Arm: "valid", Seed: 1, Regime: "output", Steps: []int{1, 2}, Loss: []float64{.7, .1 + .2}, Chance: .69}},
		Learning: []Learning{{Arm: "valid", Regime: "output", Steps: 2, State: TooShort, Dead: []uint64{1}}},
		Warnings: []Warning{{Code: "stack-slices", Text: "…"}},
		Pictures: []Picture{{Kind: "image", File: "maps/b.png"}},
	}
	rnd := rand.New(rand.NewPCG(1, 1))
	for i, a := range r.Arms {
		for _, s := range r.Setup.Seeds {
			for _, regime := range r.Setup.Regimes {
				for _, image := range r.Setup.Test {
					add := func(metric, tile, bin string, v float64) {
						r.Samples = append(r.Samples, Sample{Metric: metric, Arm: a.Name, Seed: s, Image: image, Regime: regime, Tile: tile, Bin: bin, Value: v})
					}
					v := 80 + float64(i) + rnd.NormFloat64()/3
					add("dice", "whole", "", v)
					add("dice", "204+32", "", v-.1)
					add("dice:border", "whole", "0-2", v-9)
					add("dice:border", "whole", "16-32", v-5)
					add("dice:border", "whole", "2-4", v-8)
					add("seam-step", "204+32", "", 1+v/1000)
				}
			}
		}
		r.Samples = append(r.Samples,
			Sample{Metric: "misreg-local-max", Arm: a.Name, Regime: "output", Bin: "level0", Value: float64(8 * i)},
			Sample{Metric: "mac/px", Arm: a.Name, Regime: "output", Tile: "204", Value: 14300 + 1e7*float64(i)})
	}
	return r
}

func write(t rapid.TB, f func(*bytes.Buffer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextReadsBack(t *testing.T) {
	r := miniature()
	text := write(t, func(b *bytes.Buffer) error { return WriteText(b, r) })
	samples, metrics, err := ReadText(strings.NewReader(text), "results.txt")
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(metrics, func(a, b Metric) int { return strings.Compare(a.Name, b.Name) })
	want := slices.DeleteFunc(slices.Clone(r.Metrics), func(m Metric) bool { return m.Name == "blur-period" })
	slices.SortFunc(want, func(a, b Metric) int { return strings.Compare(a.Name, b.Name) })
	if d := cmp.Diff(want, metrics); d != "" {
		t.Error(d)
	}
	// Average by hand.
	sum, n := map[Sample]float64{}, map[Sample]float64{}
	for _, s := range orderOf(r).sorted(r.Samples) {
		k := s
		k.Image, k.Value = "", 0
		sum[k] += s.Value
		n[k]++
	}
	for _, s := range samples {
		k := s
		k.Value = 0
		if n[k] == 0 || sum[k]/n[k] != s.Value {
			t.Fatalf("%+v: want the mean of %v samples, %v", s, n[k], sum[k]/n[k])
		}
		delete(n, k)
	}
	if len(n) != 0 {
		t.Errorf("missing: %v", n)
	}
}

// Names carry no processor count, though bins and arms end in digits, and
// nothing else that varies between runs.
func TestTextNames(t *testing.T) {
	text := write(t, func(b *bytes.Buffer) error { return WriteText(b, miniature()) })
	for _, want := range []string{
		"Unit dice-% better=higher\nUnit dice-% assume=nothing\nUnit dice-% unit=%\nUnit misreg-local-max-px better=lower\nUnit misreg-local-max-px assume=exact\n",
		"Unit mac/px better=lower\n", "\nregime: output\n", "\nseed: 3\n\nBenchmark", "\nBenchmarkUnet/arch=valid/tile=whole 1 ", "\nBenchmarkBorder/arch=padded-208/bin=16-32/tile=whole 1 ",
		"\nBenchmarkUnet/arch=padded/bin=level0/tile=none 1 8 misreg-local-max-px\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%.3000s", want, text)
		}
	}
	rd := benchfmt.NewReader(strings.NewReader(text), "results.txt")
	for rd.Scan() {
		if res, ok := rd.Result().(*benchfmt.Result); ok {
			_, parts := res.Name.Parts()
			for _, p := range parts {
				if !bytes.Contains(p, []byte("=")) {
					t.Fatalf("%s: part %q", res.Name, p)
				}
			}
			for _, c := range res.Config {
				if c.Key != "regime" && c.Key != "seed" {
					t.Fatalf("config %s", c.Key)
				}
			}
		}
	}
}

func TestSameResultsSameBytes(t *testing.T) {
	r := miniature()
	text := write(t, func(b *bytes.Buffer) error { return WriteText(b, r) })
	js := write(t, func(b *bytes.Buffer) error { return WriteJSON(b, r) })
	rnd := rand.New(rand.NewPCG(3, 3))
	for range 5 {
		q := *r
		q.Samples = slices.Clone(r.Samples)
		rnd.Shuffle(len(q.Samples), func(i, j int) { q.Samples[i], q.Samples[j] = q.Samples[j], q.Samples[i] })
		if write(t, func(b *bytes.Buffer) error { return WriteText(b, &q) }) != text {
			t.Fatal("results.txt depends on the order of samples")
		}
		if write(t, func(b *bytes.Buffer) error { return WriteJSON(b, &q) }) != js {
			t.Fatal("results.json depends on the order of samples")
		}
	}
}

func TestJSONReadsBack(t *testing.T) {
	r := miniature()
	r.Contrasts, _ = contrasts(t, r)
	js := write(t, func(b *bytes.Buffer) error { return WriteJSON(b, r) })
	got, err := ReadJSON(strings.NewReader(js), "results.json")
	if err != nil {
		t.Fatal(err)
	}
	want := *r
	want.Samples = orderOf(r).sorted(r.Samples)
	if d := cmp.Diff(&want, got); d != "" {
		t.Error(d)
	}
	if again := write(t, func(b *bytes.Buffer) error { return WriteJSON(b, got) }); again != js {
		t.Error("written again, the bytes differ")
	}
	if !strings.Contains(js, `"data":"membranes <1> & 2"`) || strings.Count(js, "\n") < len(r.Samples) {
		t.Errorf("not one record per line:\n%.2000s", js)
	}
	path := filepath.Join(t.TempDir(), "results.json")
	if _, err := ReadResults(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := os.WriteFile(path, []byte(js), 0o666); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadResults(path); err != nil || !cmp.Equal(got, &want) {
		t.Errorf("from a file: %v", err)
	}
	if empty := write(t, func(b *bytes.Buffer) error { return WriteJSON(b, &Results{}) }); !strings.Contains(empty, `"samples": [],`) {
		t.Errorf("empty results:\n%s", empty)
	}
}

func TestDiskErrors(t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		r := miniature()
		r.Samples[3].Value = v
		want := fmt.Sprintf(`dice:border of valid (regime output, seed 1, image "b", tile "whole", bin "16-32") is %v`, v)
		var b bytes.Buffer
		if err := WriteText(&b, r); err == nil || err.Error() != want || b.Len() != 0 {
			t.Errorf("text: %v, %d bytes written", err, b.Len())
		}
		if err := WriteJSON(&b, r); err == nil || err.Error() != want || b.Len() != 0 {
			t.Errorf("JSON: %v, %d bytes written", err, b.Len())
		}
	}
	r := miniature()
	r.Curves[0].Loss[1] = math.NaN()
	if err := WriteJSON(new(bytes.Buffer), r); err == nil || !strings.Contains(err.Error(), "curves[0]") {
		t.Error(err)
	}
	for in, want := range map[string]string{
		"":                            "r.json: not the results of a comparison: unexpected end of JSON input",
		`{"schema": 99}`:              "r.json: has schema 99, this program reads 1; run compare again",
		`{"schema": 1, "colour": 2}`:  `r.json: json: unknown field "colour"`,
		`{"schema": 1, "samples": 2}`: "r.json: json: cannot unmarshal number into Go struct field Results.samples of type []bench.Sample",
	} {
		if _, err := ReadJSON(strings.NewReader(in), "r.json"); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
	for in, want := range map[string]string{
		"BenchmarkUnet/arch=a/tile=x 1 2 dice-%\n":                  "r.txt:1: Unet/arch=a/tile=x: without arch or seed",
		"seed: 1\nBenchmarkUnet/arch=a/tile=x-8 1 2 dice-%\n":       "r.txt:2: Unet/arch=a/tile=x-8: unexpected part \"-8\" of the name",
		"seed: 1\nBenchmarkUnet/arch=a/tile=x one 2 dice-%\n":       "r.txt:2: parsing iteration count: invalid syntax",
		"seed: 1\nBenchmarkUnet/arch=a/colour=x 1 2 dice-%\n":       "r.txt:2: Unet/arch=a/colour=x: unexpected part \"/colour=x\" of the name",
		"seed: 1\nBenchmarkUnet/arch=a%2/tile=whole 1 2 mac/px\n":   "r.txt:2: invalid URL escape \"%2\"",
		"seed: 1\nBenchmarkUnet/arch=%2F/tile=whole 1 2 dice-%\n\n": "",
	} {
		_, _, err := ReadText(strings.NewReader(in), "r.txt")
		if got := fmt.Sprint(err); want != "" && got != want || want == "" && err != nil {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
}

// Every field of results.json stands in its documentation.
func TestSchemaIsDocumented(t *testing.T) {
	doc, err := os.ReadFile("../docs/results.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(doc, fmt.Appendf(nil, "schema %d", Schema)) {
		t.Errorf("docs/results.md does not describe schema %d", Schema)
	}
	seen := map[reflect.Type]bool{}
	var walk func(reflect.Type)
	walk = func(ty reflect.Type) {
		for ty.Kind() == reflect.Slice {
			ty = ty.Elem()
		}
		if ty.Kind() != reflect.Struct || seen[ty] {
			return
		}
		seen[ty] = true
		for i := range ty.NumField() {
			f := ty.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if name == "" {
				name = f.Name
			}
			if name == "-" {
				continue
			}
			if !bytes.Contains(doc, []byte("`"+name+"`")) {
				t.Errorf("docs/results.md does not mention `%s` of %v", name, ty)
			}
			walk(f.Type)
		}
	}
	walk(reflect.TypeFor[Results]())
}

func TestNaturalOrder(t *testing.T) {
	for _, list := range [][]string{{"", "0-2", "2-4", "4-8", "8-16", "16-32", "32+"}, {"level0", "level1", "level10"}, {"64", "204", "204+8", "204+32", "508", "tiled"}} {
		rapid.Check(t, func(t *rapid.T) {
			got := rapid.Permutation(list).Draw(t, "order")
			slices.SortFunc(got, natural)
			if d := cmp.Diff(list, got); d != "" {
				t.Fatal(d)
			}
		})
	}
}
