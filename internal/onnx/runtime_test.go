package onnx_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
	"unetbench/internal/onnx"
	"unetbench/internal/oracle"
)

var models = flag.String("models", "", "write the exported models and their inputs to this folder and stop: testdata/oracles/exported.py reads them")

type exportOptions = onnx.ExportOptions

// export returns the bytes of n's file, without the notes that no runtime reads.
func export(t testing.TB, n network) []byte {
	t.Helper()
	m, err := onnx.Export(n.graph, n.weights, n.options)
	if err != nil {
		t.Fatal(err)
	}
	m.Metadata = nil
	raw, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// onnxRuntimeTolerance bounds the deviation of the engine from ONNX Runtime, both in
// float32, as a share of the largest value.
const onnxRuntimeTolerance = 1e-5

// TestExportAgainstONNXRuntime: what ONNX Runtime makes of the exported files is
// what the engine makes of the graphs, and the files are still those that it ran.
func TestExportAgainstONNXRuntime(t *testing.T) {
	if *models != "" {
		writeModels(t, *models)
		return
	}
	f := oracle.Open(t, "../../testdata/oracles/exported.safetensors")
	worst := 0.0
	for _, n := range networks(t) {
		t.Run(n.name, func(t *testing.T) {
			var about struct{ SHA256 string }
			f.Note(n.name, &about)
			sum := sha256.Sum256(export(t, n))
			if hex.EncodeToString(sum[:]) != about.SHA256 {
				t.Error("the exporter writes another file than the one that ONNX Runtime ran: run testdata/oracles/exported.py")
			}
			for i, size := range n.sizes {
				want := f.Maps(fmt.Sprintf("%s/%d", n.name, i))[0]
				got := oracle.Thin(run(t, n.graph, n.weights, size), oracle.Stride)
				if n.options.Softmax {
					softmax(got)
				}
				if got.Shape != want.Shape {
					t.Fatalf("input %v: every %d-th px makes %v, of ONNX Runtime %v", size, oracle.Stride, got.Shape, want.Shape)
				}
				d := oracle.Apart(got.Pix, want.Pix, 1)
				worst = max(worst, d)
				if !(d <= onnxRuntimeTolerance) {
					t.Errorf("input %v: off by %.2g of the range, want %g at most", size, d, onnxRuntimeTolerance)
				}
			}
		})
	}
	t.Logf("off by %.2g of the range at most", worst)
}

// run is g's output for the image of that size.
func run(t rapid.TB, g *graph.Graph, w graph.Weights, size graph.Size) *graph.Map {
	t.Helper()
	n, err := engine.New(g, size, 1, engine.Options{Kernel: kernel.Best(), Exact: true, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	n.SetWeights(w)
	n.SetInput(0, noise(graph.Shape{C: g.Input().Channels, H: size.H, W: size.W}))
	n.Forward()
	out := graph.NewMap(n.OutShape())
	n.Output(0, out)
	return out
}

func softmax(m *graph.Map) {
	for i := range m.H * m.W {
		sum := 0.0
		for c := range m.C {
			sum += math.Exp(float64(m.Plane(c)[i]))
		}
		for c := range m.C {
			m.Plane(c)[i] = float32(math.Exp(float64(m.Plane(c)[i])) / sum)
		}
	}
}

// writeModels writes NAME.onnx and, of each input, NAME.0.f32 …: C, H and W as
// int32, then the values.
func writeModels(t *testing.T, folder string) {
	for _, n := range networks(t) {
		path := filepath.Join(folder, n.name)
		if err := os.WriteFile(path+".onnx", export(t, n), 0o644); err != nil {
			t.Fatal(err)
		}
		for i, size := range n.sizes {
			m := noise(graph.Shape{C: n.graph.Input().Channels, H: size.H, W: size.W})
			var raw []byte
			for _, v := range []int{m.C, m.H, m.W} {
				raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
			}
			for _, v := range m.Pix {
				raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
			}
			if err := os.WriteFile(fmt.Sprintf("%s.%d.f32", path, i), raw, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
