package bench

import (
	"testing"

	"unetbench/graph"
	"unetbench/internal/data"
)

// grid is an n×n image of square cells, class 0, parted by lines of class 1
// that are width px wide and pitch px apart; but for the pixels that keep leaves open.
func grid(n, pitch, width int, open func(y, x int) bool) []uint8 {
	label := make([]uint8, n*n)
	for i := range label {
		if y, x := i/n, i%n; (y%pitch < width || x%pitch < width) && !(open != nil && open(y, x)) {
			label[i] = 1
		}
	}
	return label
}

// sure is a prediction of those labels with hardly a doubt.
func sure(label []uint8, n int) *graph.Map {
	m := graph.NewMap(graph.Shape{C: 2, H: n, W: n})
	for i, l := range label {
		m.Plane(int(l))[i] = 9
	}
	return m
}

func predicted(truth, pred []uint8, n int) *Case {
	return &Case{Key: Sample{Arm: "valid", Seed: 1, Image: "a"}, Classes: 2, Logits: sure(pred, n),
		Example: &data.Example{Name: "a", H: n, W: n, Labels: truth}}
}

// What must change each score, and what must not.
func TestCellsAndOutline(t *testing.T) {
	const n = 64
	truth := grid(n, 16, 2, nil)
	for _, c := range []struct {
		name     string
		pred     []uint8
		low, top map[string]float64 // bounds, inclusive
	}{
		{"the same", truth,
			map[string]float64{"v-rand": 100, "v-info": 100, "cldice": 100, "nsd": 100, "hd95": 0, "boundary-iou": 100},
			map[string]float64{"hd95": 0}},
		// Thick walls, to one side, part the same cells.
		{"thicker walls", grid(n, 16, 4, nil),
			map[string]float64{"v-rand": 85, "v-info": 85, "cldice": 50, "nsd": 98, "hd95": 1},
			map[string]float64{"hd95": 3, "boundary-iou": 60}},
		// One gap merges two cells of 16 and moves hardly an outline.
		{"a gap", grid(n, 16, 2, func(y, x int) bool { return y == 8 && (x == 16 || x == 17) }),
			map[string]float64{"v-rand": 90, "nsd": 99, "cldice": 98, "boundary-iou": 95},
			map[string]float64{"v-rand": 96, "v-info": 98.5, "hd95": 1}},
		{"a gap in every wall", grid(n, 16, 2, func(y, x int) bool { return y%16 == 8 || x%16 == 8 }),
			map[string]float64{"nsd": 90, "cldice": 90},
			map[string]float64{"v-rand": 40, "v-info": 40}},
		{"nothing", make([]uint8, n*n),
			map[string]float64{"v-rand": 1},
			map[string]float64{"v-rand": 40, "v-info": 0, "nsd": 0, "cldice": 0, "boundary-iou": 0}},
	} {
		got := map[string]float64{}
		for _, measure := range []func(*Case) ([]Sample, error){Cells, Outline} {
			samples, err := measure(predicted(truth, c.pred, n))
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range samples {
				got[s.Metric] = s.Value
				if _, ok := LookupMetric(s.Metric); !ok || s.Arm != "valid" || s.Image != "a" {
					t.Errorf("%s: sample %+v", c.name, s)
				}
			}
		}
		for name, v := range c.low {
			if g, ok := got[name]; !ok || g < v-1e-9 {
				t.Errorf("%s: %s is %v, want at least %v", c.name, name, g, v)
			}
		}
		for name, v := range c.top {
			if g, ok := got[name]; !ok || g > v+1e-9 {
				t.Errorf("%s: %s is %v, want at most %v", c.name, name, g, v)
			}
		}
		if _, ok := got["hd95"]; ok != (c.name != "nothing") {
			t.Errorf("%s: hd95 %v", c.name, got["hd95"])
		}
	}
}

func TestPartsCells(t *testing.T) {
	const n = 64
	of := func(labels ...[]uint8) (out []data.Example) {
		for _, l := range labels {
			out = append(out, data.Example{H: n, W: n, Labels: l})
		}
		return out
	}
	membranes, nuclei, full := grid(n, 16, 2, nil), square(n, 10, 20), square(n, 0, n)
	for _, c := range []struct {
		name     string
		examples []data.Example
		classes  int
		want     bool
	}{
		{"membranes", of(membranes, membranes), 2, true},
		{"three classes", of(membranes), 3, false},
		{"nuclei", of(nuclei), 2, false},
		{"one image of nuclei", of(membranes, nuclei), 2, false},
		{"no image", nil, 2, false},
		{"all membrane", of(full), 2, false},
	} {
		if got := partsCells(c.examples, c.classes); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
