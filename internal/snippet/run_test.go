package snippet

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"unetbench/graph"
	"unetbench/internal/modeltest"
	"unetbench/internal/tile"
)

// truth is what is known of a network in the folder of networks to probe.
type truth struct {
	Cin, Cout int
	Sizes     struct {
		H struct {
			Step   int `json:"aligned_step"`
			Offset int `json:"aligned_offset"`
		}
	}
	Axes struct {
		H struct {
			Shrink int
			Halo   struct{ Top, Bottom int } `json:"halo_structural"`
		}
	}
}

func (t truth) geometry() tile.Geometry {
	h := t.Axes.H
	a := tile.Axis{Sides: graph.Sides{Step: t.Sizes.H.Step, Offset: t.Sizes.H.Offset}, Before: h.Shrink / 2, After: h.Shrink / 2,
		HaloBefore: h.Halo.Top, HaloAfter: h.Halo.Bottom, Equivariant: true}
	a.Min = a.Step + a.Offset
	for a.Min <= h.Shrink {
		a.Min += a.Step
	}
	return tile.Geometry{H: a, W: a}
}

// compare runs a whole image and the program's tiles, and prints their largest
// difference as a share of the output's deviation. Last comes
// a control: tiles that overlap by a step, with nothing discarded.
const compare = `
import sys
import numpy as np
import importlib.util

def load(name):
    spec = importlib.util.spec_from_file_location(name, name + ".py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module

program = load("program")
h, w, channels, monai = (int(a) for a in sys.argv[1:])
image = np.random.default_rng(1).normal(size=(channels, h, w)).astype(np.float32)
tiles = program.predict(image)
before, after, step, least = program.BEFORE, program.AFTER, program.STEP, program.LEAST
_, wh, _ = program.starts(h, 0)
_, ww, _ = program.starts(w, 1)
padded = np.pad(image, ((0, 0), (before[0], wh - h - before[0]), (before[1], ww - w - before[1])), "reflect")
whole = program.session.run(None, {program.name: padded[None]})[0][0][:, :h, :w]
print(np.abs(tiles - whole).max() / whole.std())
if monai:
    import torch
    net = lambda x: torch.from_numpy(program.session.run(None, {program.name: x.numpy()})[0])
    call = load("call")
    batch = torch.from_numpy(image)[None]
    want = net(call.padded(batch))[:, :, :h, :w]
    print((call.predict(net, batch) - want).abs().max().item() / want.std().item())
if before == (0, 0):
    program.STRIDE, program.DISCARD = tuple(t - s for t, s in zip(program.TILE, step)), (0, 0)
    print(np.abs(program.predict(image) - whole).max() / whole.std())
`

// The programs do what they claim: in ONNX Runtime and MONAI, tiles equal the
// whole image but for rounding, on networks with unlike halos, unpadded ones
// and images off the step.
func TestProgramsRun(t *testing.T) {
	python := os.Getenv("UNETBENCH_PYTHON")
	if python == "" {
		t.Skip("UNETBENCH_PYTHON names no Python with onnxruntime and monai")
	}
	models := modeltest.Zoo(t)
	if err := exec.Command(python, "-c", "import onnxruntime, monai").Run(); err != nil {
		t.Fatalf("UNETBENCH_PYTHON: %s lacks onnxruntime or monai", python)
	}
	for _, c := range []struct {
		model string
		size  graph.Size
		tile  int
		monai bool
	}{
		{"zero_convt_d3", graph.Size{H: 301, W: 264}, 160, true},
		{"max3pool_d3", graph.Size{H: 264, W: 333}, 168, true},
		{"valid_d4", graph.Size{H: 300, W: 201}, 252, false},
	} {
		t.Run(c.model, func(t *testing.T) {
			var known truth
			raw, err := os.ReadFile(filepath.Join(models, c.model, "truth.json"))
			if err == nil {
				err = json.Unmarshal(raw, &known)
			}
			if err != nil {
				t.Fatal(err)
			}
			g := known.geometry()
			overlap, err := g.ExactOverlap(c.tile)
			if err != nil {
				t.Fatal(err)
			}
			p, err := tile.New(c.size, g, tile.Spec{Tile: c.tile, Overlap: overlap})
			if err != nil {
				t.Fatal(err)
			}
			file, err := filepath.Abs(filepath.Join(models, c.model, "model.onnx"))
			if err != nil {
				t.Fatal(err)
			}
			s, err := New(file, known.Cin, known.Cout, g, p)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			write := func(name, text string, err error) {
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			program, err := s.ONNXRuntime()
			write("program.py", program, err)
			write("compare.py", compare, nil)
			monai := "0"
			if c.monai {
				call, err := s.MONAI()
				write("call.py", call, err)
				monai = "1"
			}
			cmd := exec.Command(python, "compare.py", fmt.Sprint(c.size.H), fmt.Sprint(c.size.W), fmt.Sprint(known.Cin), monai)
			cmd.Dir = dir
			out, err := cmd.Output()
			if err != nil {
				t.Fatal(err, string(out))
			}
			var errs []float64
			for _, f := range strings.Fields(string(out)) {
				v, err := strconv.ParseFloat(f, 64)
				if err != nil {
					t.Fatal(err)
				}
				errs = append(errs, v)
			}
			t.Logf("%d tiles: %v", len(p.Tiles), errs)
			want := 1
			if c.monai {
				want = 3
				if off := errs[2]; off < 1e-2 {
					t.Errorf("with nothing discarded the error is only %g", off)
				}
			}
			if len(errs) != want {
				t.Fatalf("%q", out)
			}
			for _, e := range errs[:min(len(errs), 2)] {
				if !(e < 2e-5) {
					t.Errorf("tiles differ from the whole image by %g of its deviation", e)
				}
			}
		})
	}
}
