package train

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"unetbench/internal/data"
)

// maskOf reads a mask drawn in text, one digit per pixel.
func maskOf(rows ...string) data.Example {
	ex := data.Example{Name: "mask", H: len(rows), W: len(rows[0])}
	for _, r := range rows {
		for _, c := range r {
			ex.Labels = append(ex.Labels, uint8(c-'0'))
		}
	}
	return ex
}

func TestComponents(t *testing.T) {
	diagonal := maskOf(
		"0010",
		"0100",
		"1022")
	for cells, want := range map[Cells][]int32{
		Background: {1, 1, 0, 2, 1, 0, 2, 2, 0, 3, 0, 0}, // a diagonal line parts two cells
		Foreground: {0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 4, 4}, // and falls apart itself
	} {
		got, n := components(diagonal.Labels, 3, 4, cells)
		if !slices.Equal(got, want) || n != int(slices.Max(want)) {
			t.Errorf("%v: %v, %d cells; want %v", cells, got, n, want)
		}
	}
	touching := maskOf("1122")
	if _, n := components(touching.Labels, 1, 4, Foreground); n != 2 {
		t.Errorf("cells of two classes that touch are %d cells", n)
	}
}

func TestFindCells(t *testing.T) {
	for _, c := range []struct {
		name string
		mask data.Example
		want Cells
	}{
		{"membranes", maskOf("0010", "1110", "0011"), Background},
		{"cells", maskOf("1101", "0000", "1011"), Foreground},
		{"as many of both", maskOf("0011"), Foreground},
		{"nothing", maskOf("0000"), Background},
	} {
		if got := FindCells([]data.Example{c.mask}); got != c.want {
			t.Errorf("%s: cells are the %v, want the %v", c.name, got, c.want)
		}
	}
	scenes, _ := data.Scenes(data.SceneSet{Train: 2, Test: 1, Side: 136, Margin: 16, Seed: 5})
	if got := FindCells(scenes); got != Background {
		t.Errorf("membrane scenes: cells are the %v", got)
	}
}

// slowWeightMap is equation 2 pixel by pixel: the distance to every cell is the
// least over all of its pixels.
func slowWeightMap(ex *data.Example, cells Cells, balance map[uint8]float64) []float64 {
	cell, n := components(ex.Labels, ex.H, ex.W, cells)
	out := make([]float64, len(cell))
	for i := range out {
		out[i] = balance[ex.Labels[i]]
		if cell[i] != 0 || n < 2 {
			continue
		}
		d := make([]float64, n)
		for k := range d {
			d[k] = math.Inf(1)
		}
		for j, c := range cell {
			if c != 0 {
				d[c-1] = min(d[c-1], math.Hypot(float64(i/ex.W-j/ex.W), float64(i%ex.W-j%ex.W)))
			}
		}
		slices.Sort(d)
		out[i] += 10 * math.Exp(-(d[0]+d[1])*(d[0]+d[1])/50)
	}
	return out
}

func TestWeightMaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var set []data.Example
		count, total := map[uint8]float64{}, 0.
		for range rapid.IntRange(1, 2).Draw(t, "images") {
			ex := data.Example{H: rapid.IntRange(1, 14).Draw(t, "h"), W: rapid.IntRange(1, 60).Draw(t, "w")}
			rare := rapid.IntRange(1, 12).Draw(t, "rare") // dense masks, and masks whose cells lie far apart
			for range ex.H * ex.W {
				l := rapid.IntRange(0, 2*rare).Draw(t, "label")
				if l > 2 {
					l = 0
				}
				ex.Labels = append(ex.Labels, uint8(l))
				count[uint8(l)]++
				total++
			}
			set = append(set, ex)
		}
		for l, n := range count {
			count[l] = total / (float64(len(count)) * n)
		}
		cells := Cells(rapid.IntRange(0, 1).Draw(t, "cells"))
		sum := 0.
		for k, m := range WeightMaps(set, cells) {
			want := slowWeightMap(&set[k], cells, count)
			for i, w := range m {
				if math.Abs(float64(w)-want[i]) > 1e-6*want[i] {
					t.Fatalf("image %d, row %d, column %d weighs %v, want %v: %v", k, i/set[k].W, i%set[k].W, w, want[i], set[k])
				}
				sum += count[set[k].Labels[i]]
			}
		}
		if math.Abs(sum/total-1) > 1e-9 {
			t.Fatalf("the classes' weights have mean %v, want 1", sum/total)
		}
	})
}

// TestWeightMapsWithoutBorder: with one cell or none only the classes' weights
// are left; a membrane between two cells has d1 + d2 = 2 in its middle.
func TestWeightMapsWithoutBorder(t *testing.T) {
	for name, rows := range map[string][]string{"one cell": {"0110", "0110", "0000"}, "none": {"0000", "0000", "0000"}} {
		ex := maskOf(rows...)
		balance := balanced([]data.Example{ex})
		for i, w := range WeightMaps([]data.Example{ex}, Foreground)[0] {
			if w != float32(balance[ex.Labels[i]]) {
				t.Errorf("%s: pixel %d weighs %v, want %v", name, i, w, balance[ex.Labels[i]])
			}
		}
	}
	ex := maskOf("00100")
	w := WeightMaps([]data.Example{ex}, Background)[0]
	if want := float32(2.5 + 10*math.Exp(-4./50)); w[2] != want || w[0] != .625 || w[1] != .625 {
		t.Errorf("weights %v, want .625 in the cells and %v between", w, want)
	}
}

func BenchmarkWeightMaps(b *testing.B) {
	scenes, _ := data.Scenes(data.SceneSet{Train: 1, Test: 1, Side: 256, Margin: 16, Seed: 5})
	b.ReportAllocs()
	for b.Loop() {
		WeightMaps(scenes, Background)
	}
}
