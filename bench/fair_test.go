package bench

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/internal/engine"
)

// twin is a variant under another name.
type twin struct{ arch.Arch }

func (t twin) Name() string { return t.Arch.Name() + "-twin" }

// figures are the results by what they are of, whatever order they come in.
func figures(r *Results) map[string]any {
	m := map[string]any{}
	put := func(kind string, key, v any) {
		k := fmt.Sprintf("%s %+v", kind, key)
		for m[k] != nil { // alike in all but value: keep both
			k += "'"
		}
		m[k] = v
	}
	for _, s := range r.Samples {
		key := s
		key.Value = 0
		put("sample", key, s.Value)
	}
	for _, c := range r.Curves {
		put("curve", []any{c.Arm, c.Seed, c.Regime}, c)
	}
	for _, c := range r.Contrasts {
		put("contrast", []any{c.Metric, c.Arm, c.Regime, c.Tile, c.Bin}, c)
	}
	for _, a := range r.Arms {
		put("arm", []any{a.Name, a.Regime}, a)
	}
	for _, p := range r.Pictures {
		put("picture", p, p)
	}
	for _, w := range r.Warnings {
		put("warning", []any{w.Code, w.Arm}, w.Code) // texts list arms as the results do
	}
	return m
}

// The order in which variants are trained and measured changes no figure, no
// verdict and no weight; a variant under another name has the same bits.
func TestOrderAndNameChangeNothing(t *testing.T) {
	variants := []arch.Arch{valid.Arch, padded.Arch, resized.Skip, twin{padded.Arch}}
	dirs := []string{t.TempDir(), t.TempDir()}
	var results []*Results
	for i, dir := range dirs {
		o := small(t, dir)
		o.Steps, o.Variants, o.Threads, o.Test = 4, slices.Clone(variants), 1+2*i, o.Test[:1]
		if i == 1 {
			slices.Reverse(o.Variants)
		}
		r, err := Compare(context.Background(), o, &silent{})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range r.Warnings {
			if strings.Contains(w.Text, "NaN") {
				t.Errorf("warning %q", w.Text)
			}
		}
		results = append(results, r)
	}
	if d := cmp.Diff(figures(results[0]), figures(results[1])); d != "" {
		t.Errorf("the order of variants changes figures (-first +reversed):\n%.2000s", d)
	}

	values := map[string]map[Sample]float64{}
	for _, s := range results[0].Samples {
		arm := s.Arm
		if values[arm] == nil {
			values[arm] = map[Sample]float64{}
		}
		v := s.Value
		s.Arm, s.Value = "", 0
		values[arm][s] = v
	}
	if len(values["padded"]) < 100 || !cmp.Equal(values["padded"], values["padded-twin"]) {
		t.Errorf("padded and its twin differ in some of %d figures", len(values["padded"]))
	}
	if cmp.Equal(values["padded"], values["resized-skip"]) {
		t.Error("padded and resized-skip have the same figures")
	}
	for _, c := range results[0].Contrasts {
		if of := "padded"; c.Arm == of && c.Diff != 0 {
			for _, d := range results[0].Contrasts {
				if d.Arm == of+"-twin" && d.Metric == c.Metric && d.Tile == c.Tile && d.Bin == c.Bin && (d.Diff != c.Diff || d.P != c.P) {
					t.Errorf("%+v, but its twin %+v", c, d)
				}
			}
		}
	}

	files, err := filepath.Glob(filepath.Join(dirs[0], "weights", "*"))
	if err != nil || len(files) != 8 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		name := filepath.Base(f)
		first, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, read(t, dirs[1], filepath.Join("weights", name))) {
			t.Errorf("%s depends on the order of variants", name)
		}
		if original := strings.Replace(name, "-twin", "", 1); original != name {
			if !bytes.Equal(tensors(first), tensors(read(t, dirs[0], filepath.Join("weights", original)))) {
				t.Errorf("%s and %s hold other weights", name, original)
			}
		}
	}
}

// tensors is what a safetensors file holds behind its header.
func tensors(file []byte) []byte { return file[8+binary.LittleEndian.Uint64(file):] }

// Whatever the number of threads, a network's measurements have the same bits.
func TestMeasurementsAreTheSameForAnyThreads(t *testing.T) {
	o := small(t, t.TempDir())
	o.Net.Width = 3
	cs, err := Contestants(o.Variants, o.Net, "output", OutputPatch, false)
	if err != nil {
		t.Fatal(err)
	}
	ev, err := newEvaluation(&o, []string{"output"}, [][]Contestant{cs})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cs {
		var first *outcome
		for _, threads := range []int{1, 2, 3, 7} {
			out := &outcome{}
			opts := engine.Options{Threads: threads, Kernel: o.kernels(), Exact: true}
			// Of another seed than the weights': the network before training is another.
			if err := ev.measure(context.Background(), run{"output", c, 5}, c.Graph.InitWeights(6), opts, out); err != nil {
				t.Fatal(err)
			}
			out.timings = nil
			if first == nil {
				first = out
			}
			if len(out.samples) < 50 || !cmp.Equal(out.samples, first.samples) || !cmp.Equal(out.oracle, first.oracle) {
				t.Errorf("%s: with %d threads some of %d samples are others than with one", c.Name, threads, len(out.samples))
			}
		}
	}
}

// The best arm of the border oracle is the same in whatever order arms were
// counted, ties and all.
func TestOracleKnowsNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var counts []OracleCount
		for seed := range uint64(2) {
			for _, arm := range []string{"padded", "valid", "up"} {
				counts = append(counts, oracleCount(arm, seed, "a", false, rapid.IntRange(0, 2).Draw(t, "wrong")))
			}
			counts = append(counts, oracleCount("valid", seed, "a", true, 0))
		}
		values := func(counts []OracleCount) map[Sample]float64 {
			samples, err := Oracle(counts, "valid")
			if err != nil {
				t.Fatal(err)
			}
			m := map[Sample]float64{}
			for _, s := range samples {
				v := s.Value
				s.Value = 0
				m[s] = v
			}
			return m
		}
		want := values(counts)
		if d := cmp.Diff(want, values(rapid.Permutation(counts).Draw(t, "order"))); d != "" {
			t.Fatal(d)
		}
	})
}
