package data

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unetbench/graph"
)

// What WritePNG writes of the scenes, Load reads: same labels, same names and
// split, and the same pixels but for the standardisation.
func TestWriteScenes(t *testing.T) {
	set := SceneSet{Train: 4, Test: 2, Side: 64, Margin: 8, Seed: 98}
	train, test := Scenes(set)
	scenes := append(slices.Clone(train), test...)
	dir := filepath.Join(t.TempDir(), "new", "folder")
	if err := WritePNG(dir, scenes, 2); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*", "*"))
	if hidden, _ := filepath.Glob(filepath.Join(dir, "*", ".*")); len(files) != 12 || len(hidden) != 0 {
		t.Errorf("%d files, left over %q", len(files), hidden)
	}
	read, info, err := Load(filepath.Join(dir, "images"), filepath.Join(dir, "masks"), LoadOptions{})
	if err != nil || info.Classes != 2 || info.Channels != 1 || len(info.Warnings) != 0 {
		t.Fatal(info, err)
	}
	_, last, err := Split(read, 0)
	if err != nil || len(last) != len(test) || last[0].Name != test[0].Name+".png" {
		t.Errorf("split differs: %v", err)
	}
	for i, e := range read {
		if !slices.Equal(e.Labels, scenes[i].Labels) {
			t.Errorf("%s: other labels", e.Name)
		}
		inner := scenes[i].part("", 0, 0, set.Side, set.Side).Image
		raw, err := readRaster(filepath.Join(dir, "images", e.Name))
		if err != nil {
			t.Fatal(err)
		}
		for j, v := range inner.Pix {
			if back := float32(raw.pix[j])/sceneSteps - Limit; back != v && v < Limit {
				t.Fatalf("%s: pixel %d is %v, was %v", e.Name, j, back, v)
			}
		}
	}
}

func TestWriteColourAndClasses(t *testing.T) {
	e := Example{Name: "x.tif", H: 16, W: 20, Image: graph.NewMap(graph.Shape{C: 3, H: 16, W: 20}), Labels: make([]uint8, 320)}
	for i := range e.Image.Pix {
		e.Image.Pix[i] = float32(i%300)/40 - 3.5
	}
	for i := range e.Labels {
		e.Labels[i] = uint8(i % 11)
	}
	dir := t.TempDir()
	if err := WritePNG(dir, []Example{e}, 11); err != nil {
		t.Fatal(err)
	}
	read, info, err := Load(filepath.Join(dir, "images"), filepath.Join(dir, "masks"), LoadOptions{})
	if err != nil || info.Channels != 3 || info.Classes != 11 || !slices.Equal(read[0].Labels, e.Labels) || read[0].Name != "x.png" {
		t.Fatal(info, err)
	}
	p := labelColours(256)
	for i := range p {
		for j := range i {
			if p[i] == p[j] {
				t.Errorf("classes %d and %d have one colour", j, i)
			}
		}
	}
}

func TestProbabilities(t *testing.T) {
	logits := &graph.Map{Shape: graph.Shape{C: 3, H: 1, W: 3}, Pix: []float32{0, 1, 900, 0, 1, -900, 1, 0, 0}}
	if got := Classify(logits); !slices.Equal(got, []uint8{2, 0, 0}) {
		t.Errorf("classes %v", got)
	}
	total := make([]float64, 3)
	for c := range 3 {
		for i, p := range Probability(logits, c) {
			total[i] += float64(p)
		}
	}
	for i, s := range total {
		if math.Abs(s-1) > 1e-6 {
			t.Errorf("pixel %d sums to %v", i, s)
		}
	}
	path := filepath.Join(t.TempDir(), "p.png")
	if err := WriteProbability(path, []float32{0, .5, 1, -1, 2, .25}, graph.Size{H: 2, W: 3}); err != nil {
		t.Fatal(err)
	}
	r, err := readRaster(path)
	if err != nil || !slices.Equal(r.pix, []uint16{0, 32768, 65535, 0, 65535, 16384}) {
		t.Errorf("%v, %v", r, err)
	}
}

func TestUnwritable(t *testing.T) {
	dir := t.TempDir()
	blocked := filepath.Join(dir, "file")
	if err := os.WriteFile(blocked, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := WritePNG(blocked, nil, 2); err == nil || !strings.Contains(err.Error(), "file: cannot be written") {
		t.Errorf("into a file: %v", err)
	}
	taken := filepath.Join(dir, "taken.png")
	if err := os.Mkdir(taken, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := WriteLabels(taken, make([]uint8, 4), graph.Square(2), 2); err == nil {
		t.Error("a folder was replaced by a file")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) != 0 {
		t.Errorf("left over: %q", left)
	}
}
