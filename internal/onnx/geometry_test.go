package onnx_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"unetbench/graph"
	"unetbench/internal/modeltest"
	"unetbench/internal/onnx"
)

// truth is what is known of a stored network, see its truth.json.
type truth struct {
	Axes map[string]struct {
		Shrink int
		Halo   *ends `json:"halo_structural"`
		Local  *ends `json:"local_halo_if_nonlocal_parts_were_frozen"`
		Reach  struct {
			Up   map[string]int `json:"up_by_phase"`
			Down map[string]int `json:"down_by_phase"`
		}
	}
	Sizes map[string]struct {
		Scanned  [2]int
		Accepted [][2]int `json:"accepted_runs"`
		Aligned  *int     `json:"aligned_step"`
		Offset   *int     `json:"aligned_offset"`
	}
	Verdict struct {
		Measured string
		Cause    []string
		Step     map[string]*int `json:"tile_origin_step"`
	}
}

// adaptive pools to 2, 3 and 6 bins of any map. Its file, of one size, has
// pools of that size's windows instead, which reach less far.
const adaptive = "smp_pspnet_resnet18s"

type ends struct{ Top, Bottom int }

// What the wiring says of every stored network is what was measured of it.
func TestGeometryOfTheZoo(t *testing.T) {
	zoo := modeltest.Zoo(t)
	files, _ := filepath.Glob(filepath.Join(zoo, "*", "truth.json"))
	if files == nil {
		t.Fatalf("%s holds no truth.json", zoo)
	}
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file))
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want truth
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			n, err := onnx.Load(filepath.Join(filepath.Dir(file), "model.onnx"))
			if err != nil {
				t.Fatal(err)
			}
			compare(t, name, n, want)
		})
	}
}

func compare(t *testing.T, name string, n *onnx.Network, want truth) {
	t.Helper()
	var causes []string
	for _, c := range n.Graph.Causes() {
		causes = append(causes, c.Cause.String())
	}
	slices.Sort(causes)
	slices.Sort(want.Verdict.Cause)
	if !slices.Equal(causes, want.Verdict.Cause) {
		t.Errorf("causes %v, want %v", causes, want.Verdict.Cause)
	}
	whole, frozen := n.Graph.Footprint(), n.Graph.LocalFootprint()
	h, w := n.Graph.Observed()
	for axis, a := range want.Axes {
		f, local, o, fixed := whole.H, frozen.H, h, n.Fixed.H
		if axis == "W" {
			f, local, o, fixed = whole.W, frozen.W, w, n.Fixed.W
		}
		fail := func(what string, got, want any) { t.Errorf("axis %s: %s %v, want %v", axis, what, got, want) }
		if step := want.Verdict.Step[axis]; step != nil && *step != f.Step {
			fail("step", f.Step, *step)
		}
		if f.Shrink != a.Shrink {
			fail("shrink", f.Shrink, a.Shrink)
		}
		if exact := want.Verdict.Measured == "exact"; exact != (f.HaloTop >= 0) {
			fail("halo", f.HaloTop, want.Verdict.Measured)
		}
		if a.Halo != nil && *a.Halo != (ends{f.HaloTop, f.HaloBottom}) {
			fail("halo", ends{f.HaloTop, f.HaloBottom}, *a.Halo)
		}
		if a.Local != nil && *a.Local != (ends{local.HaloTop, local.HaloBottom}) {
			fail("local halo", ends{local.HaloTop, local.HaloBottom}, *a.Local)
		}
		var reach [][2]int
		for i := range len(a.Reach.Up) {
			reach = append(reach, [2]int{a.Reach.Up[strconv.Itoa(i)], a.Reach.Down[strconv.Itoa(i)]})
		}
		if name != adaptive && !slices.Equal(local.Reach, reach) {
			fail("reach", local.Reach, reach)
		}
		s := want.Sizes[axis]
		if fixed > 0 { // the file takes one size, the graph takes more
			continue
		}
		if got := clip(o.Accepted, min(s.Scanned[1], o.Tried)); fmt.Sprint(got) != fmt.Sprint(clip(s.Accepted, o.Tried)) {
			fail("accepted", got, s.Accepted)
		}
		if s.Aligned != nil && (graph.Sides{Step: *s.Aligned, Offset: *s.Offset, Min: o.Aligned.Min}) != o.Aligned {
			fail("aligned", o.Aligned, fmt.Sprint(*s.Aligned, *s.Offset))
		}
	}
}

// clip is the part of runs up to n.
func clip(runs [][2]int, n int) (all [][2]int) {
	for _, r := range runs {
		if r[0] <= n {
			all = append(all, [2]int{r[0], min(r[1], n)})
		}
	}
	return all
}
