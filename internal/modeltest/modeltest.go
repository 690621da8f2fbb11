// Package modeltest finds ONNX networks whose outputs are known, for the tests of
// what reads them. They are not part of the repository.
package modeltest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"unetbench/graph"
	"unetbench/internal/npy"
)

// A Reference is a network and what is to come out of it.
type Reference struct {
	Name, Model, In, Out string  // paths, but for the name
	Tolerance            float64 // absolute
}

// folder is $UNETBENCH_MODELS, or shared/models beside the clone; without either
// the test is skipped.
func folder(t testing.TB) string {
	dir := os.Getenv("UNETBENCH_MODELS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "models")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no models: set UNETBENCH_MODELS to the folder that holds zoo and trained")
	}
	return dir
}

// Zoo is the folder of the networks that have a truth.json, each in one of its own.
func Zoo(t testing.TB) string { return filepath.Join(folder(t), "zoo") }

// References are all networks with an output that is known.
func References(t testing.TB) []Reference {
	dir := folder(t)
	var all []Reference
	zoo, _ := filepath.Glob(filepath.Join(dir, "zoo", "*", "model.onnx"))
	for _, model := range zoo {
		at := filepath.Dir(model)
		r := Reference{filepath.Base(at), model, filepath.Join(at, "input.npy"), filepath.Join(at, "expected.npy"), 1e-4}
		if strings.HasPrefix(r.Name, "smp_") || strings.HasPrefix(r.Name, "tv_") {
			r.Tolerance = 5e-4
		}
		all = append(all, r)
	}
	inputs, _ := filepath.Glob(filepath.Join(dir, "trained", "*", "*_in.npy"))
	for _, in := range inputs {
		at := filepath.Dir(in)
		model := filepath.Join(at, "model_dynHW.onnx")
		if _, err := os.Stat(model); err != nil {
			model = filepath.Join(at, "model.onnx")
		}
		stem := strings.TrimSuffix(in, "_in.npy")
		all = append(all, Reference{filepath.Base(at) + "/" + filepath.Base(stem), model, in, stem + "_out.npy", 1e-4})
	}
	if len(zoo) < 54 || len(inputs) < 7 {
		t.Fatalf("%s holds %d networks of the zoo and %d trained references", dir, len(zoo), len(inputs))
	}
	return all
}

// Read is the one map of an array N×C×H×W, or N×H×W×C if last.
func Read(t testing.TB, path string, last bool) *graph.Map {
	t.Helper()
	a, err := npy.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Dims) != 4 || a.Dims[0] != 1 {
		t.Fatalf("%s has shape %v", path, a.Dims)
	}
	if !last {
		return &graph.Map{Shape: graph.Shape{C: a.Dims[1], H: a.Dims[2], W: a.Dims[3]}, Pix: a.Pix}
	}
	m := graph.NewMap(graph.Shape{C: a.Dims[3], H: a.Dims[1], W: a.Dims[2]})
	for i, v := range a.Pix {
		m.Pix[i%m.C*m.H*m.W+i/m.C] = v
	}
	return m
}

// ChannelsLast tells that the arrays of a reference are N×H×W×C.
func (r Reference) ChannelsLast() bool { return strings.HasPrefix(r.Name, "nhwc_") }
