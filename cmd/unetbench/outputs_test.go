package main

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unetbench/graph"
	"unetbench/internal/npy"
)

// TestOutputs: which pixels are marked, and how probable that is, for one
// channel and several, logits and probabilities.
func TestOutputs(t *testing.T) {
	sigmoid := func(x float64) float32 { return float32(1 / (1 + math.Exp(-x))) }
	for _, c := range []struct {
		name          string
		channels      [][]float32
		probabilities bool
		labels        []uint8 // of one channel
		foreground    []float32
	}{
		{"one logit", [][]float32{{-1, 0, .25, 3}}, false, []uint8{0, 0, 1, 1}, []float32{sigmoid(-1), .5, sigmoid(.25), sigmoid(3)}},
		{"one probability", [][]float32{{0, .5, .501, 1}}, true, []uint8{0, 0, 1, 1}, []float32{0, .5, .501, 1}},
		{"two logits", [][]float32{{0, 2}, {1, 0}}, false, nil, []float32{sigmoid(1), sigmoid(-2)}},
		{"three probabilities", [][]float32{{.7, .25}, {.1, .5}, {.2, .25}}, true, nil, []float32{.3, .75}},
	} {
		m := &graph.Map{Shape: graph.Shape{C: len(c.channels), H: 1, W: len(c.channels[0])}, Pix: slices.Concat(c.channels...)}
		if c.labels != nil {
			if got := above(m, c.probabilities); !slices.Equal(got, c.labels) {
				t.Errorf("%s: %v; want %v", c.name, got, c.labels)
			}
		}
		for i, got := range foreground(m, c.probabilities) {
			if math.Abs(float64(got-c.foreground[i])) > 1e-6 {
				t.Errorf("%s: pixel %d is foreground with %g; want %g", c.name, i, got, c.foreground[i])
			}
		}
	}
}

// TestRaw: what the network gives is in the array, before anything is refused.
func TestRaw(t *testing.T) {
	o := outputs{mask: filepath.Join(t.TempDir(), "m.png"), raw: filepath.Join(t.TempDir(), "y.npy")}
	m := graph.NewMap(graph.Shape{C: maxMask + 1, H: 2, W: 3})
	m.Pix[7] = -1.5
	if err := o.write(m, false); err == nil || !strings.Contains(err.Error(), "257 output channels, of which a mask tells 256 apart") {
		t.Error(err)
	}
	a, err := npy.Read(o.raw)
	if err != nil || !slices.Equal(a.Dims, []int{1, 257, 2, 3}) || !slices.Equal(a.Pix, m.Pix) {
		t.Error(a, err)
	}
}
