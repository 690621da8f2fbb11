package report

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// Every figure is written as a PNG that decodes, twice the same bytes.
func TestFigures(t *testing.T) {
	r := full().results(t)
	a, b := t.TempDir(), t.TempDir()
	if dir := os.Getenv("UNETBENCH_FIGURES"); dir != "" { // to look at them
		a = dir
	}
	for _, dir := range []string{a, b} {
		if err := Figures(dir, r); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"contrasts", "pareto", "border", "edge", "oracle", "overlap", "misregistration", "displacement", "skips", "shift", "checkerboard", "learning"} {
		x, err := os.ReadFile(filepath.Join(a, id+".png"))
		if err != nil {
			t.Fatal(err)
		}
		y, err := os.ReadFile(filepath.Join(b, id+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if string(x) != string(y) {
			t.Errorf("%s.png: two runs wrote different bytes", id)
		}
		f, err := os.Open(filepath.Join(a, id+".png"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(f); err != nil {
			t.Errorf("%s.png: %v", id, err)
		}
		f.Close()
	}
}
