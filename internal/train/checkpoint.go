package train

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/nlpodyssey/safetensors"

	"unetbench/graph"
)

// A Checkpoint is what a file of weights holds: named tensors, and notes (such
// as the settings that the network was built from) by key.
type Checkpoint struct {
	Meta    map[string]string
	name    string // of the file, for errors
	tensors safetensors.SafeTensors
}

// maxFile bounds what Load reads; the largest U-Net here has 124 MB.
const maxFile = 4 << 30

// Save writes g's weights w and the notes meta as safetensors (float32, torch's
// names and layouts). The file appears whole or not at all.
func Save(path string, g *graph.Graph, w graph.Weights, meta map[string]string) error {
	views := make(map[string]safetensors.TensorView, len(g.Params))
	for i, p := range g.Params {
		raw := make([]byte, 0, 4*len(w[i]))
		for _, v := range w[i] {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
		view, err := safetensors.NewTensorView(safetensors.F32, dims(p.Shape), raw)
		if err != nil {
			return fmt.Errorf("save %s: %s: %d values for the shape %v", path, p.Name, len(w[i]), p.Shape)
		}
		views[p.Name] = view
	}
	raw, err := safetensors.Serialize(views, meta)
	if err != nil {
		return fmt.Errorf("save %s: %w", path, err)
	}
	if err := writeWhole(path, raw); err != nil {
		return fmt.Errorf("save weights: %w", err)
	}
	return nil
}

// writeWhole writes a temporary file beside path, then renames it.
func writeWhole(path string, raw []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the first error is the one to tell
		}
	}()
	_, err = f.Write(raw)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Load reads a file that Save, or any other writer of safetensors, wrote.
func Load(path string) (*Checkpoint, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("load weights: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("load weights: %w", err)
	}
	if int64(len(raw)) > maxFile {
		return nil, fmt.Errorf("%s: more than %d bytes: not a file of weights", path, int64(maxFile))
	}
	return Decode(path, raw)
}

// Decode reads a Checkpoint from a file's bytes; name stands for it in errors.
func Decode(name string, raw []byte) (*Checkpoint, error) {
	st, err := safetensors.Deserialize(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: not a safetensors file, or cut short (%w): write it again", name, err)
	}
	_, header, err := safetensors.ReadMetadata(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return &Checkpoint{Meta: header.Metadata(), name: name, tensors: st}, nil
}

// Weights returns the tensors in the order of g's parameters. Names and shapes
// must be g's, no more and no fewer, and all values numbers.
func (c *Checkpoint) Weights(g *graph.Graph) (graph.Weights, error) {
	const remedy = "build the network with the settings that the weights were trained with"
	w := make(graph.Weights, len(g.Params))
	for i, p := range g.Params {
		t, ok := c.tensors.Tensor(p.Name)
		switch {
		case !ok:
			return nil, fmt.Errorf("%s: no tensor %q, which the network %s has: %s", c.name, p.Name, g.Name, remedy)
		case t.DType() != safetensors.F32:
			return nil, fmt.Errorf("%s: %s holds %v values: convert them to F32", c.name, p.Name, t.DType())
		case !slices.Equal(t.Shape(), dims(p.Shape)):
			return nil, fmt.Errorf("%s: %s has the shape %v, in the network %s %v: %s", c.name, p.Name, t.Shape(), g.Name, p.Shape, remedy)
		}
		w[i] = make([]float32, p.Len())
		for j := range w[i] {
			v := math.Float32frombits(binary.LittleEndian.Uint32(t.Data()[4*j:]))
			if v-v != 0 {
				return nil, fmt.Errorf("%s: %s: value %d is %g: train the network again", c.name, p.Name, j, v)
			}
			w[i][j] = v
		}
	}
	if c.tensors.Len() != len(g.Params) {
		known := make(map[string]bool, len(g.Params))
		for _, p := range g.Params {
			known[p.Name] = true
		}
		for _, name := range c.tensors.Names() {
			if !known[name] {
				return nil, fmt.Errorf("%s: tensor %q is none of the network %s: %s", c.name, name, g.Name, remedy)
			}
		}
	}
	return w, nil
}

func dims(shape []int) []uint64 {
	d := make([]uint64, len(shape))
	for i, n := range shape {
		d[i] = uint64(n)
	}
	return d
}
