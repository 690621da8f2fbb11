package probe_test

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"unetbench/graph"
	"unetbench/internal/modeltest"
	"unetbench/internal/onnx"
	"unetbench/internal/probe"
)

// A truth is what is known of a network by other means.
type truth struct {
	Name    string
	Verdict struct {
		Measured string
		Cause    []string
	}
	Sizes map[string]struct {
		Scanned       [2]int
		AcceptedRuns  [][2]int `json:"accepted_runs"`
		AlignedStep   *int     `json:"aligned_step"`
		AlignedOffset *int     `json:"aligned_offset"`
	}
	Axes map[string]struct {
		Shrink         *int
		HaloStructural *struct{ Top, Bottom int } `json:"halo_structural"`
		LocalHalo      *struct{ Top, Bottom int } `json:"local_halo_if_nonlocal_parts_were_frozen"`
		HaloAt         map[string]*int            `json:"halo_at_tolerance"`
		Period         *int                       `json:"shift_period"`
		Reach          struct {
			Up, Down  int
			UpByPhase map[string]int `json:"up_by_phase"`
		}
	}
	Checkerboard map[string]json.RawMessage
}

// quick are a handful that show every verdict and cause.
var quick = []string{"zero_convt_d3", "valid_d2", "instancenorm_d3", "align_corners_d2", "squeeze_excite_d2", "zero_convt_d4_faint", "ceil_max_d3", "static_96x128_d2"}

// TestZoo holds the probe to what is known of networks of others: some of them,
// or, with UNETBENCH_ZOO set, all.
func TestZoo(t *testing.T) {
	zoo := modeltest.Zoo(t)
	files, _ := filepath.Glob(filepath.Join(zoo, "*", "model.onnx"))
	if len(files) == 0 {
		t.Fatalf("%s holds no model.onnx", zoo)
	}
	for _, f := range files {
		name := filepath.Base(filepath.Dir(f))
		if os.Getenv("UNETBENCH_ZOO") == "" && !slices.Contains(quick, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var want truth
			b, err := os.ReadFile(filepath.Join(filepath.Dir(f), "truth.json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			n, err := onnx.Load(f)
			if err != nil {
				t.Fatal(err)
			}
			o := probe.Options{Time: time.Nanosecond} // no tilers
			if n.Fixed != (graph.Size{}) {
				o.Fixed = &n.Fixed
			}
			got, err := probe.Run(context.Background(), probe.Network{Graph: n.Graph, Weights: n.Weights}, nil, nil, o)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, got, &want)
		})
	}
}

func compare(t *testing.T, r *probe.Result, want *truth) {
	pattern(t, r, want)
	if !slices.Equal(r.Cause, want.Verdict.Cause) {
		t.Errorf("causes %v, want %v", r.Cause, want.Verdict.Cause)
	}
	if r.Verdict != want.Verdict.Measured {
		t.Errorf("verdict %q, want %q", r.Verdict, want.Verdict.Measured)
	}
	for _, c := range r.Contradictions {
		t.Error(c)
	}
	for name, a := range map[string]*probe.Axis{"H": r.Axes.H, "W": r.Axes.W} {
		w, ok := want.Axes[name]
		if !ok {
			continue
		}
		top, bottom := -1, -1
		if w.HaloStructural != nil {
			top, bottom = w.HaloStructural.Top, w.HaloStructural.Bottom
		}
		if value(a.HaloTop) != top || value(a.HaloBottom) != bottom {
			t.Errorf("%s: halos %d, %d; want %d, %d", name, value(a.HaloTop), value(a.HaloBottom), top, bottom)
		}
		if w.LocalHalo != nil && !slices.Equal(a.LocalHalo, []int{w.LocalHalo.Top, w.LocalHalo.Bottom}) {
			t.Errorf("%s: local halos %v, want %v", name, a.LocalHalo, *w.LocalHalo)
		}
		if w.Shrink != nil && a.Shrink != *w.Shrink {
			t.Errorf("%s: shrink %d, want %d", name, a.Shrink, *w.Shrink)
		}
		if w.Period != nil && a.Step != *w.Period {
			t.Errorf("%s: step %d, want %d", name, a.Step, *w.Period)
		}
		if (w.HaloStructural != nil || w.LocalHalo != nil) && (value(a.ReachUp) != w.Reach.Up || value(a.ReachDown) != w.Reach.Down) {
			t.Errorf("%s: reach %d, %d; want %d, %d", name, value(a.ReachUp), value(a.ReachDown), w.Reach.Up, w.Reach.Down)
		}
		if m := a.Measured; m != nil && m.Verdict != want.Verdict.Measured {
			t.Errorf("%s: measured %q", name, m.Verdict)
		}
		for _, tol := range []string{"0.1", "0.01", "0.001"} {
			if h := w.HaloAt[tol]; h != nil && top >= 0 { // it depends on the image too
				if off := value(a.HaloAt[tol]) - *h; off > 6+*h/8 || -off > 6+*h/8 {
					t.Errorf("%s: halo at %s is %d, want about %d", name, tol, value(a.HaloAt[tol]), *h)
				}
			}
		}
		s, ok := want.Sizes[name]
		if !ok || s.AlignedStep == nil {
			continue
		}
		if a.Legal == nil {
			t.Errorf("%s: no legal length", name)
			continue
		}
		// Runtimes take some lengths less, with which nothing sensible comes out.
		from, to := a.Legal.Min, s.Scanned[1]
		if got, want := within(a.Accepted, from, to), within(s.AcceptedRuns, from, to); to <= a.Scanned && !slices.Equal(got, want) {
			t.Errorf("%s: accepts %v, want %v", name, got, want)
		}
		if a.Legal.Step != *s.AlignedStep || a.Legal.Offset != *s.AlignedOffset {
			t.Errorf("%s: legal %v, want %d·k+%d", name, a.Legal, *s.AlignedStep, *s.AlignedOffset)
		}
	}
}

// pattern compares the checkerboard, whose unit is the spread on other noise.
func pattern(t *testing.T, r *probe.Result, want *truth) {
	if r.Model.Fixed != nil && r.Verdict == probe.Never {
		return // at other sizes than the file's it is another network
	}
	if r.Checkerboard == nil {
		t.Error("no checkerboard")
		return
	}
	for level, got := range r.Checkerboard.Levels {
		var w struct {
			Spread []float64 `json:"spread_per_channel"`
		}
		if err := json.Unmarshal(want.Checkerboard["constant_"+level], &w); err != nil {
			t.Fatal(err)
		}
		for c, e := range w.Spread {
			if math.Abs(got[c]-e) > 0.01+0.1*e {
				t.Errorf("checkerboard of channel %d at %s: %.3g, want %.3g", c, level, got[c], e)
			}
		}
	}
}

// within are the runs between from and to.
func within(runs [][2]int, from, to int) (out [][2]int) {
	for _, r := range runs {
		if r = [2]int{max(r[0], from), min(r[1], to)}; r[0] <= r[1] {
			out = append(out, r)
		}
	}
	return out
}
