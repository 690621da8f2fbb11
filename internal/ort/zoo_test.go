//go:build ort

package ort_test

import (
	"math"
	"os"
	"testing"

	"unetbench/graph"
	"unetbench/internal/modeltest"
	"unetbench/internal/ort"
)

// open opens a model; where the library is not installed the test is skipped,
// unless $UNETBENCH_ORT says that it is.
func open(t testing.TB, path string, o ort.Options) *ort.Session {
	t.Helper()
	requireLibrary(t)
	s, err := ort.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func requireLibrary(t testing.TB) {
	t.Helper()
	if _, err := ort.Find(""); err != nil {
		if os.Getenv(ort.Variable) != "" {
			t.Fatal(err)
		}
		t.Skip("no ONNX Runtime: pip install onnxruntime, or set UNETBENCH_ORT to its library")
	}
}

// apart is the largest difference of two maps.
func apart(t testing.TB, a, b *graph.Map) float64 {
	t.Helper()
	if a.Shape != b.Shape {
		t.Fatalf("%v instead of %v", a.Shape, b.Shape)
	}
	d := 0.0
	for i, v := range a.Pix {
		e := math.Abs(float64(v) - float64(b.Pix[i]))
		if math.IsNaN(e) {
			return math.Inf(1)
		}
		d = max(d, e)
	}
	return d
}

// TestReferences: every model gives what its folder says that it gives.
func TestReferences(t *testing.T) {
	requireLibrary(t)
	for _, r := range modeltest.References(t) {
		t.Run(r.Name, func(t *testing.T) {
			s := open(t, r.Model, ort.Options{Threads: 2})
			got, err := s.Predict(modeltest.Read(t, r.In, r.ChannelsLast()))
			if err != nil {
				t.Fatal(err)
			}
			if d := apart(t, got, modeltest.Read(t, r.Out, r.ChannelsLast())); d > r.Tolerance {
				t.Errorf("differs by up to %.2g; want %g", d, r.Tolerance)
			}
		})
	}
}
