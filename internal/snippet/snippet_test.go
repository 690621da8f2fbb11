package snippet

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/tile"
)

var update = flag.Bool("update", false, "write the golden files anew")

func tiling(t *testing.T, a arch.Arch, size graph.Size, side int, norm arch.NormKind) Tiling {
	t.Helper()
	c := arch.Default()
	c.Norm = norm
	g, err := a.Build(c)
	if err != nil {
		t.Fatal(err)
	}
	geometry, err := tile.NewGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	spec := tile.Spec{Tile: side}
	if side > 0 {
		if spec.Overlap, err = geometry.ExactOverlap(side); err != nil {
			t.Fatal(err)
		}
	}
	p, err := tile.New(size, geometry, spec)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New("model.onnx", 1, 2, geometry, p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestGolden(t *testing.T) {
	last := func(t Tiling) Tiling { t.ChannelsLast, t.OutputLast = true, true; return t }
	pad, val := tiling(t, padded.Arch, graph.Square(500), 192, arch.NormNone), tiling(t, valid.Arch, graph.Size{H: 500, W: 80}, 188, arch.NormNone)
	whole := tiling(t, resized.Skip, graph.Square(100), 0, arch.NormNone)
	near := tiling(t, padded.Arch, graph.Square(500), 128, arch.NormNone)
	instance := tiling(t, padded.Arch, graph.Square(100), 0, arch.NormInstance)
	for _, c := range []struct {
		name  string
		write func() (string, error)
	}{
		{"padded.py", pad.ONNXRuntime}, {"padded-monai.py", pad.MONAI}, {"padded.yaml", pad.RDF},
		{"valid.py", val.ONNXRuntime}, {"valid.yaml", val.RDF}, {"whole.py", whole.ONNXRuntime},
		{"last.py", last(pad).ONNXRuntime}, {"last.yaml", last(pad).RDF},
	} {
		got, err := c.write()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		golden := filepath.Join("testdata", c.name)
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("%s (%v): got\n%s", golden, err, got)
		}
	}
	for what, err := range map[string]error{
		"misplaces it":                 second(val.MONAI()),
		"use tiles of at least 144 px": second(near.MONAI()),
		"in one piece":                 second(instance.MONAI()),
		"channels before height":       second(last(pad).MONAI()),
		"depends on the window's size": second(whole.RDF()),
	} {
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("error %v, want %q", err, what)
		}
	}
}

func second(_ string, err error) error { return err }

// Blended or moved tiles cannot be told in these programs.
func TestRefuses(t *testing.T) {
	g, err := padded.Arch.Build(arch.Default())
	if err != nil {
		t.Fatal(err)
	}
	geometry, err := tile.NewGeometry(g)
	if err != nil {
		t.Fatal(err)
	}
	p, err := tile.MONAI(graph.Square(300), geometry, 128, 0.25)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New("m.onnx", 1, 2, geometry, p.Blended(tile.Uniform)); err == nil {
		t.Error("no error for blended tiles")
	}
}
