//go:build ort

package ort_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
	"unetbench/internal/modeltest"
	"unetbench/internal/onnx"
	"unetbench/internal/ort"
	"unetbench/internal/tile"
)

// TestEngine: our own engine gives what ONNX Runtime gives, for the reference
// input and, unless the model is bound to its size, for noise of another one.
func TestEngine(t *testing.T) {
	requireLibrary(t)
	for _, r := range modeltest.References(t) {
		t.Run(r.Name, func(t *testing.T) {
			s := open(t, r.Model, ort.Options{Threads: 2})
			n, err := onnx.Load(r.Model)
			if err != nil {
				t.Fatal(err)
			}
			ours := engine.NewPredictor(n.Graph, n.Weights, engine.Options{Threads: 2, Kernel: kernel.Best()})
			x := modeltest.Read(t, r.In, r.ChannelsLast())
			inputs := []*graph.Map{x}
			if s.Size() == (graph.Size{}) {
				sizes, err := n.Graph.Sizes()
				if err != nil {
					t.Fatal(err)
				}
				inputs = append(inputs, noise(graph.Shape{C: x.C, H: sizes.H.Above(x.H/2 + 1), W: sizes.W.Above(x.W + 1)}))
			}
			for _, x := range inputs {
				want, err := s.Predict(x)
				if err != nil {
					t.Fatal(err)
				}
				got, err := ours.Predict(x)
				if err != nil {
					t.Fatal(err)
				}
				// The references' outputs are of the order of 1; on noise some are far larger.
				if d := apart(t, got, want) / max(1, rms(want)); d > r.Tolerance {
					t.Errorf("%v: the engines differ by up to %.2g; want %g", x.Shape, d, r.Tolerance)
				}
			}
		})
	}
}

func rms(m *graph.Map) float64 {
	sum := 0.0
	for _, v := range m.Pix {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(len(m.Pix)))
}

// noise is normal, and the same again.
func noise(s graph.Shape) *graph.Map {
	m := graph.NewMap(s)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range m.Pix {
		m.Pix[i] = float32(r.NormFloat64())
	}
	return m
}

// BenchmarkEngines times both engines on some of the references, 512×512 px.
func BenchmarkEngines(b *testing.B) {
	requireLibrary(b)
	for _, r := range modeltest.References(b) {
		switch r.Name {
		case "zero_convt_d4_faint", "valid_d4", "bilinear_d3", "monai_basicunet", "nnunet_plain", "smp_unet_resnet18s", "bioimageio_unet2d_nuclei_broad/nuclei_256x320", "lwnet_wnet_drive/fundus_256":
		default:
			continue
		}
		n, err := onnx.Load(r.Model)
		if err != nil {
			b.Fatal(err)
		}
		sizes, err := n.Graph.Sizes()
		if err != nil {
			b.Fatal(err)
		}
		x := noise(graph.Shape{C: n.Graph.Input().Channels, H: sizes.H.Above(512), W: sizes.W.Above(512)})
		for _, threads := range []int{1, 2} {
			ours := engine.NewPredictor(n.Graph, n.Weights, engine.Options{Threads: threads, Kernel: kernel.Best()})
			theirs := open(b, r.Model, ort.Options{Threads: threads})
			for _, e := range []struct {
				name string
				tile.Predictor
			}{{"native", ours}, {"onnxruntime", theirs}} {
				b.Run(fmt.Sprintf("%s/threads=%d/%s", r.Name, threads, e.name), func(b *testing.B) {
					for b.Loop() {
						if _, err := e.Predict(x); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		}
	}
}
