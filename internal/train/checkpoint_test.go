package train

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"unetbench/graph"
)

func smallGraph() (*graph.Graph, graph.Weights) {
	g := &graph.Graph{Name: "small", Params: []graph.Param{
		{Name: "enc0.conv0.weight", Shape: []int{2, 1, 3, 3}, Trainable: true},
		{Name: "enc0.conv0.bias", Shape: []int{2}, Trainable: true},
		{Name: "enc0.norm0.mean", Shape: []int{2}},
	}}
	w := make(graph.Weights, len(g.Params))
	for i, p := range g.Params {
		w[i] = make([]float32, p.Len())
		for j := range w[i] {
			w[i][j] = float32(i) + float32(j)/7
		}
	}
	w[0][3], w[0][4] = math.SmallestNonzeroFloat32, -math.MaxFloat32
	return g, w
}

func TestSaveLoad(t *testing.T) {
	g, w := smallGraph()
	meta := map[string]string{"arch": "valid", "width": "8", "note": "µm \"quoted\""}
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.safetensors"), filepath.Join(dir, "b.safetensors")
	for _, path := range []string{a, b, b} { // the second time over an existing file
		if err := Save(path, g, w, meta); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(a)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(meta, c.Meta); d != "" {
		t.Error(d)
	}
	got, err := c.Weights(g)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(w, got); d != "" {
		t.Error(d)
	}
	rawA, _ := os.ReadFile(a)
	rawB, _ := os.ReadFile(b)
	if !bytes.Equal(rawA, rawB) {
		t.Error("the same weights gave other bytes")
	}
	files, _ := os.ReadDir(dir)
	if len(files) != 2 {
		t.Errorf("files left behind: %v", files)
	}
}

func TestSaveLeavesNothing(t *testing.T) {
	g, w := smallGraph()
	dir := t.TempDir()
	if err := Save(filepath.Join(dir, "missing", "a"), g, w, nil); err == nil {
		t.Error("saved into a folder that does not exist")
	}
	if err := os.Mkdir(filepath.Join(dir, "a"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Save(filepath.Join(dir, "a"), g, w, nil); err == nil {
		t.Error("saved over a folder")
	}
	if err := Save(filepath.Join(dir, "b"), g, graph.Weights{w[0], w[1], {1}}, nil); err == nil || !strings.Contains(err.Error(), "enc0.norm0.mean: 1 values for the shape [2]") {
		t.Errorf("error %v", err)
	}
	files, _ := os.ReadDir(dir)
	if len(files) != 1 {
		t.Errorf("files left behind: %v", files)
	}
}

func TestWeightsErrors(t *testing.T) {
	g, w := smallGraph()
	path := filepath.Join(t.TempDir(), "w.safetensors")
	for want, spoil := range map[string]func(g *graph.Graph, w graph.Weights){
		`no tensor "enc0.conv0.bias"`: func(g *graph.Graph, w graph.Weights) { g.Params[1].Name = "other" },
		`enc0.conv0.weight has the shape [1 2 3 3], in the network small [2 1 3 3]`: func(g *graph.Graph, w graph.Weights) { g.Params[0].Shape = []int{1, 2, 3, 3} },
		`enc0.conv0.bias: value 1 is NaN`:                                           func(g *graph.Graph, w graph.Weights) { w[1][1] = float32(math.NaN()) },
		`enc0.norm0.mean: value 0 is +Inf`:                                          func(g *graph.Graph, w graph.Weights) { w[2][0] = float32(math.Inf(1)) },
		`tensor "extra" is none of the network small`: func(g *graph.Graph, w graph.Weights) {
			g.Params = append(g.Params, graph.Param{Name: "extra", Shape: []int{2}})
		},
	} {
		other, values := smallGraph()
		spoil(other, values)
		if len(other.Params) > len(values) {
			values = append(values, w[2])
		}
		if err := Save(path, other, values, nil); err != nil {
			t.Fatal(err)
		}
		c, err := Load(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Weights(g); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

func TestLoadErrors(t *testing.T) {
	g, w := smallGraph()
	dir := t.TempDir()
	path := filepath.Join(dir, "w.safetensors")
	if err := Save(path, g, w, map[string]string{"a": "b"}); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range raw {
		if _, err := Decode("cut.safetensors", raw[:n]); err == nil || !strings.Contains(err.Error(), "cut.safetensors: not a safetensors file, or cut short") {
			t.Fatalf("cut to %d of %d bytes: error %v", n, len(raw), err)
		}
	}
	if _, err := Load(filepath.Join(dir, "none")); err == nil {
		t.Error("a missing file loaded")
	}
	if _, err := Load(dir); err == nil {
		t.Error("a folder loaded")
	}
}

// FuzzDecode: whatever the bytes, there is an error or weights of the right
// shapes, and no panic.
func FuzzDecode(f *testing.F) {
	g, w := smallGraph()
	path := filepath.Join(f.TempDir(), "w.safetensors")
	if err := Save(path, g, w, map[string]string{"a": "b"}); err != nil {
		f.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	header := func(json string, data int) []byte {
		b := binary.LittleEndian.AppendUint64(nil, uint64(len(json)))
		return append(append(b, json...), make([]byte, data)...)
	}
	f.Add(raw)
	f.Add(raw[:len(raw)-1])
	f.Add(header(`null`, 0))
	f.Add(header(`{"x":null}`, 0))
	f.Add(header(`{"__metadata__":{"a":1}}`, 0))
	f.Add(header(`{"enc0.conv0.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}`, 8))
	f.Add(header(`{"enc0.conv0.bias":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}`, 4))
	f.Add(header(`{"enc0.conv0.bias":{"dtype":"F32","shape":[2],"data_offsets":[4,2]}}`, 8))
	f.Add(header(`{"enc0.conv0.bias":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}`, 0))
	f.Add(header(`{"a":{"dtype":"U8","shape":[18446744073709551615],"data_offsets":[0,18446744073709551615]}}`, 0))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := Decode("fuzz", raw)
		if err != nil {
			return
		}
		w, err := c.Weights(g)
		if err != nil {
			return
		}
		for i, p := range g.Params {
			if len(w[i]) != p.Len() {
				t.Errorf("%s: %d values, want %d", p.Name, len(w[i]), p.Len())
			}
		}
	})
}
