//go:build ort

package ort_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"unetbench/arch"
	"unetbench/arch/fastai"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
	"unetbench/internal/onnx"
	"unetbench/internal/ort"
)

// configs are every choice of every setting, one at a time.
func configs() (all []arch.Config) {
	with := func(change func(*arch.Config)) {
		c := arch.Config{In: 1, Classes: 3, Pools: 2, Width: 4, Norm: arch.NormBatch}
		change(&c)
		all = append(all, c)
	}
	for _, up := range arch.Ups() {
		with(func(c *arch.Config) { c.Up = up })
	}
	for p := graph.PadReflect; p <= graph.PadCircular; p++ {
		with(func(c *arch.Config) { c.Padding = p })
	}
	for i := graph.BilinearAlign; i <= graph.Nearest; i++ {
		with(func(c *arch.Config) { c.Interp = i })
	}
	for _, n := range arch.Norms() {
		with(func(c *arch.Config) { c.Norm = n })
	}
	with(func(c *arch.Config) { c.In, c.Dropout = 3, .5 })
	return all
}

// TestExported: ONNX Runtime computes from an exported network what our engine
// computes from the graph, at a legal size and at others that it accepts.
func TestExported(t *testing.T) {
	requireLibrary(t)
	folder, illegal := t.TempDir(), 0
	for _, a := range []arch.Arch{valid.Arch, valid.NoSkip, padded.Arch, resized.Skip, resized.Up, fastai.Arch} {
		for i, c := range configs() {
			if c.Interp == graph.Nearest && (a.Name() == resized.Skip.Name() || a.Name() == resized.Up.Name()) {
				continue // ONNX Runtime divides in float32: 20 px to 48, it takes px 36 from 14.999
			}
			g, err := a.Build(c)
			if err != nil {
				continue // the preset does not know every upsampling
			}
			w := g.InitWeights(uint64(i))
			m, err := onnx.Export(g, w, onnx.ExportOptions{})
			if err != nil {
				t.Fatal(err)
			}
			file, err := m.Encode()
			if err != nil {
				t.Fatal(err)
			}
			s := open(t, write(t, filepath.Join(folder, fmt.Sprintf("%s%d.onnx", a.Name(), i)), string(file)), ort.Options{Threads: 1})
			ours := engine.NewPredictor(g, w, engine.Options{Threads: 1, Kernel: kernel.Best()})
			sizes, err := g.Sizes()
			if err != nil {
				t.Fatal(err)
			}
			legal := graph.Size{H: sizes.H.Above(48), W: sizes.W.Above(61)}
			for _, size := range []graph.Size{legal, {H: legal.H + 1, W: legal.W}, {H: legal.H, W: legal.W + 2}, {H: legal.H + 3, W: legal.W + 1}} {
				if _, err := g.Infer(size); err != nil {
					continue
				}
				if size != legal {
					illegal++
				}
				x := noise(graph.Shape{C: c.In, H: size.H, W: size.W})
				want, err := s.Predict(x)
				if err != nil {
					t.Errorf("%s, %+v: %v", a.Name(), c, err)
					continue
				}
				got, err := ours.Predict(x)
				if err != nil {
					t.Fatal(err)
				}
				if d := apart(t, got, want) / max(1, rms(want)); d > 1e-4 {
					t.Errorf("%s, %+v, %v: the engines differ by up to %.2g", a.Name(), c, size, d)
				}
			}
		}
	}
	if illegal < 50 {
		t.Errorf("only %d sizes that are accepted but not legal were tried", illegal)
	}
}
