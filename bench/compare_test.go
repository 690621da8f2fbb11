package bench

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"unetbench/internal/data"
)

// silent is a Progress that cancels after so many units, if told to.
type silent struct {
	after  int
	cancel context.CancelFunc
	done   int
}

func (*silent) Begin(int)           {}
func (*silent) Note(string, ...any) {}
func (s *silent) Advance(n int) {
	if s.done += n; s.cancel != nil && s.done > s.after {
		s.cancel()
	}
}

// small is a comparison that takes a second or two.
func small(t testing.TB, out string) Options {
	t.Helper()
	o := Defaults()
	o.DataName, o.Out = Synthetic, out
	o.Net.Pools, o.Net.Width = 1, 2
	o.Seeds, o.Steps, o.Threads = 2, 8, 2
	o.Train, o.Test = data.Scenes(data.SceneSet{Train: 2, Test: 2, Side: 136, Margin: 16, Seed: 5})
	return o
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestCompareIsReproducible: the same seeds give the same bytes, whatever the
// number of threads; and other seeds other ones.
func TestCompareIsReproducible(t *testing.T) {
	dirs := []string{t.TempDir(), t.TempDir(), t.TempDir()}
	for i, dir := range dirs {
		o := small(t, dir)
		switch i {
		case 1:
			o.Threads = 1
		case 2:
			o.BaseSeed = 77
		}
		r, err := Compare(context.Background(), o, &silent{})
		if err != nil {
			t.Fatal(err)
		}
		if !r.Setup.Complete {
			t.Error("a comparison that ran to its end is called incomplete")
		}
		for _, a := range r.Arms {
			for _, m := range []string{"dice", "mac/px", "checkerboard-flat", "v-rand", "v-info", "nsd", "cldice"} {
				if !has(r, m, a.Name) {
					t.Errorf("no sample of %s for %s", m, a.Name)
				}
			}
		}
		if !has(r, "oracle-excess:border", "padded") {
			t.Error("no border oracle, though the scenes have a margin")
		}
	}
	for _, name := range []string{"results.json", "results.txt"} {
		if !bytes.Equal(read(t, dirs[0], name), read(t, dirs[1], name)) {
			t.Errorf("%s differs between 2 threads and 1", name)
		}
		if bytes.Equal(read(t, dirs[0], name), read(t, dirs[2], name)) {
			t.Errorf("%s is the same for other seeds", name)
		}
	}
}

// TestOrderOfVariants: the order in which variants are asked for changes
// neither a sample nor a verdict.
func TestOrderOfVariants(t *testing.T) {
	type outcome struct {
		samples   map[Sample]float64
		contrasts map[Contrast]bool
	}
	run := func(turn bool) outcome {
		o := small(t, t.TempDir())
		o.Variants = slices.Clone(o.Variants)
		if turn {
			slices.Reverse(o.Variants)
		}
		r, err := Compare(context.Background(), o, &silent{})
		if err != nil {
			t.Fatal(err)
		}
		out := outcome{map[Sample]float64{}, map[Contrast]bool{}}
		for _, s := range r.Samples {
			v := s.Value
			s.Value = 0
			out.samples[s] = v
		}
		for _, c := range r.Contrasts {
			out.contrasts[c] = true
		}
		return out
	}
	a, b := run(false), run(true)
	if len(a.samples) == 0 || !maps.Equal(a.samples, b.samples) {
		t.Error("samples differ with the order of variants")
	}
	if len(a.contrasts) == 0 || !maps.Equal(a.contrasts, b.contrasts) {
		t.Error("contrasts differ with the order of variants")
	}
}

func has(r *Results, metric, arm string) bool {
	for _, s := range r.Samples {
		if s.Metric == metric && s.Arm == arm {
			return true
		}
	}
	return false
}

// TestInterruptKeepsWhatWasMeasured: a comparison stopped on the way leaves
// readable results of the runs that were finished.
func TestInterruptKeepsWhatWasMeasured(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	o := small(t, dir)
	o.Seeds, o.Threads = 4, 1
	r, err := Compare(ctx, o, &silent{after: 30, cancel: cancel})
	if err != nil {
		t.Fatal(err)
	}
	if r.Setup.Complete {
		t.Error("an interrupted comparison calls itself complete")
	}
	if !has(r, "dice", "valid") {
		t.Error("the first run's figures are lost")
	}
	again, err := ReadResults(filepath.Join(dir, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(again.Samples) != len(r.Samples) {
		t.Errorf("%d samples on disk, %d in hand", len(again.Samples), len(r.Samples))
	}
}

// TestRegimesAndControls: each regime and control arm leaves its own samples.
func TestRegimesAndControls(t *testing.T) {
	o := small(t, t.TempDir())
	o.Seeds, o.Steps, o.Controls = 1, 2, true
	o.Regimes = []string{"output", "input"}
	r, err := Compare(context.Background(), o, &silent{})
	if err != nil {
		t.Fatal(err)
	}
	for _, arm := range []string{"valid-mirrored", "padded-wide", "resized-up-narrow"} {
		if !has(r, "dice", arm) {
			t.Errorf("control %s left no samples", arm)
		}
	}
	regimes := map[string]bool{}
	for _, s := range r.Samples {
		regimes[s.Regime] = true
	}
	if !regimes["output"] || !regimes["input"] {
		t.Errorf("samples of the regimes %v", regimes)
	}
}

// TestLossAndAugmentation: each changes what is trained, is recorded, and gives
// the same bytes for any number of threads.
func TestLossAndAugmentation(t *testing.T) {
	plain := small(t, t.TempDir())
	plain.Seeds, plain.Steps, plain.Variants = 1, 3, Variants[:2]
	base, err := Compare(context.Background(), plain, &silent{})
	if err != nil {
		t.Fatal(err)
	}
	if s := base.Setup; s.Loss != "cross-entropy" || s.Augment != "flips" || s.Cells != "" {
		t.Errorf("setup %+v", s)
	}
	for _, c := range []struct {
		loss, augment, cells string
	}{{"border-weighted", "flips", "background"}, {"cross-entropy", "elastic", ""}} {
		dirs := []string{t.TempDir(), t.TempDir()}
		for i, dir := range dirs {
			o := plain
			o.Out, o.Threads, o.Loss, o.Augment = dir, 1+i, c.loss, c.augment
			r, err := Compare(context.Background(), o, &silent{})
			if err != nil {
				t.Fatal(err)
			}
			if s := r.Setup; s.Loss != c.loss || s.Augment != c.augment || s.Cells != c.cells {
				t.Errorf("setup %+v", s)
			}
			if warned := slices.ContainsFunc(r.Warnings, func(w Warning) bool { return w.Code == "weighted-loss" }); warned != (c.cells != "") {
				t.Errorf("%s: warned of weights: %v", c.loss, warned)
			}
			for j, x := range r.Curves {
				if x.Loss[0] == base.Curves[j].Loss[0] {
					t.Errorf("%s, %s: %s learns as without", c.loss, c.augment, x.Arm)
				}
			}
		}
		if !bytes.Equal(read(t, dirs[0], "results.json"), read(t, dirs[1], "results.json")) {
			t.Errorf("%s, %s: results.json differs between 1 thread and 2", c.loss, c.augment)
		}
	}
}
