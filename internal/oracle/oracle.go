// Package oracle reads the fixtures of testdata/oracles: what PyTorch and fastai
// compute from given inputs, against which tests hold the engine. They computed
// in float64; the fixtures are rounded to float32.
package oracle

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/nlpodyssey/safetensors"

	"unetbench/graph"
)

// A Fixture is one file of named tensors and notes.
type Fixture struct {
	t       testing.TB
	meta    map[string]string
	tensors safetensors.SafeTensors
}

// Open reads a fixture.
func Open(t testing.TB, path string) *Fixture {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; make it again by testdata/oracles/network.py", err)
	}
	tensors, err := safetensors.Deserialize(raw)
	if err != nil {
		t.Fatalf("%s: %v; make it again by testdata/oracles/network.py", path, err)
	}
	_, header, err := safetensors.ReadMetadata(raw)
	if err != nil {
		t.Fatal(err)
	}
	return &Fixture{t, header.Metadata(), tensors}
}

// Note decodes the note of that name, which is JSON.
func (f *Fixture) Note(name string, v any) {
	f.t.Helper()
	if err := json.Unmarshal([]byte(f.meta[name]), v); err != nil {
		f.t.Fatalf("note %s: %v", name, err)
	}
}

// Names lists the notes.
func (f *Fixture) Names() []string {
	var names []string
	for n := range f.meta {
		names = append(names, n)
	}
	return names
}

// Has reports whether there is a tensor of that name.
func (f *Fixture) Has(name string) bool {
	_, ok := f.tensors.Tensor(name)
	return ok
}

// Values are a tensor's, in a slice of their own.
func (f *Fixture) Values(name string) []float32 {
	v, _ := f.tensor(name)
	return v
}

func (f *Fixture) tensor(name string) ([]float32, []uint64) {
	f.t.Helper()
	t, ok := f.tensors.Tensor(name)
	if !ok || t.DType() != safetensors.F32 {
		f.t.Fatalf("the fixture has no float32 tensor %s", name)
	}
	v := make([]float32, len(t.Data())/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data()[4*i:]))
	}
	return v, t.Shape()
}

// Maps are the maps of a tensor N×C×H×W.
func (f *Fixture) Maps(name string) []*graph.Map {
	f.t.Helper()
	v, shape := f.tensor(name)
	if len(shape) != 4 {
		f.t.Fatalf("%s has shape %v, not N×C×H×W", name, shape)
	}
	s := graph.Shape{C: int(shape[1]), H: int(shape[2]), W: int(shape[3])}
	var maps []*graph.Map
	for i := range int(shape[0]) {
		maps = append(maps, &graph.Map{Shape: s, Pix: v[i*s.Len() : (i+1)*s.Len()]})
	}
	return maps
}

// Weights cuts a tensor, end to end, into the parameters of which keep is true.
// The others are nil.
func (f *Fixture) Weights(name string, params []graph.Param, keep func(graph.Param) bool) graph.Weights {
	f.t.Helper()
	v := f.Values(name)
	w := make(graph.Weights, len(params))
	for i, p := range params {
		if keep(p) {
			if len(v) < p.Len() {
				f.t.Fatalf("%s ends before %s", name, p.Name)
			}
			w[i], v = v[:p.Len():p.Len()], v[p.Len():]
		}
	}
	if len(v) != 0 {
		f.t.Fatalf("%s has %d values more than the network", name, len(v))
	}
	return w
}

// All and Trainable choose parameters for Weights.
func All(graph.Param) bool         { return true }
func Trainable(p graph.Param) bool { return p.Trainable }

// Window is so many of the maps' rows and columns from row and column roll on,
// repeated where they end.
func Window(maps []*graph.Map, size graph.Size, roll [2]int) []*graph.Map {
	var out []*graph.Map
	for _, m := range maps {
		w := graph.NewMap(graph.Shape{C: m.C, H: size.H, W: size.W})
		for c := range w.C {
			for y := range w.H {
				for x := range w.W {
					w.Plane(c)[y*w.W+x] = m.At(c, (y+roll[0])%m.H, (x+roll[1])%m.W)
				}
			}
		}
		out = append(out, w)
	}
	return out
}

// Thin is every stride-th row and column of m.
func Thin(m *graph.Map, stride int) *graph.Map {
	t := graph.NewMap(graph.Shape{C: m.C, H: (m.H + stride - 1) / stride, W: (m.W + stride - 1) / stride})
	for c := range t.C {
		for y := range t.H {
			for x := range t.W {
				t.Plane(c)[y*t.W+x] = m.At(c, y*stride, x*stride)
			}
		}
	}
	return t
}

// Apart is the largest deviation of got from want, as a share of the largest
// of want's magnitudes (at least floor).
func Apart(got, want []float32, floor float64) float64 {
	if len(got) != len(want) {
		return math.Inf(1)
	}
	most, d := floor, 0.0
	for i, v := range want {
		most = max(most, math.Abs(float64(v)))
		e := math.Abs(float64(got[i]) - float64(v))
		if math.IsNaN(e) {
			return math.Inf(1)
		}
		d = max(d, e)
	}
	return d / most
}

// Silent says of a gradient that it is 0 but for the rounding of float64: that of
// a bias which a norm takes away again. There is nothing to compare.
func Silent(grad []float32) bool {
	for _, v := range grad {
		if math.Abs(float64(v)) > 1e-12 {
			return false
		}
	}
	return true
}
