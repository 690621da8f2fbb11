package engine_test

import (
	"fmt"
	"slices"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/engine"
)

// In bands of rows a network predicts what it predicts in one piece, bit for
// bit, for bands of any height and any number of threads.
func TestBandsEqualOnePiece(t *testing.T) {
	for _, c := range []struct {
		arch arch.Arch
		up   arch.Up
		norm arch.NormKind
	}{
		{arch: padded.Arch}, {arch: padded.Arch, norm: arch.NormBatch}, {arch: padded.Arch, up: arch.UpShuffle},
		{arch: valid.Arch}, {arch: valid.NoSkip, norm: arch.NormBatch},
	} {
		for pools := 1; pools <= 3; pools++ {
			cfg := arch.Config{In: 2, Classes: 3, Pools: pools, Width: 8, Up: c.up, Norm: c.norm, Padding: graph.PadZero, Dropout: 0.5}
			g, err := c.arch.Build(cfg)
			if err != nil {
				t.Fatal(err)
			}
			sizes, err := g.Sizes()
			if err != nil {
				t.Fatal(err)
			}
			step := sizes.H.Step
			size := graph.Size{H: sizes.H.Above(101), W: sizes.W.Above(100)}
			x := newFixture(t, g, size, 1)
			whole, err := engine.NewPredictor(g, x.w, engine.Options{Exact: true}).Predict(x.in[0])
			if err != nil {
				t.Fatal(err)
			}
			for _, rows := range []int{step, 3 * step, 200 / step * step} {
				for threads := 1; threads <= 3; threads += 2 {
					t.Run(fmt.Sprintf("%s/%v/pools=%d/rows=%d/threads=%d", g.Name, c.up, pools, rows, threads), func(t *testing.T) {
						p := engine.NewPredictor(g, x.w, engine.Options{Exact: true, Rows: rows, Threads: threads})
						for range 2 { // the second time memory is not fresh
							y, err := p.Predict(x.in[0])
							if err != nil {
								t.Fatal(err)
							}
							if y.Shape != whole.Shape || !slices.Equal(y.Pix, whole.Pix) {
								t.Fatal("bands differ from one piece")
							}
						}
					})
				}
			}
		}
	}
}
