package engine_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
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

// In fast mode bands have the same bits for any number of threads, and one
// piece's but for rounding.
func TestFastBands(t *testing.T) {
	g, err := padded.Arch.Build(arch.Config{In: 1, Classes: 2, Pools: 2, Width: 16, Padding: graph.PadZero})
	if err != nil {
		t.Fatal(err)
	}
	x := newFixture(t, g, graph.Size{H: 84, W: 72}, 1)
	predict := func(o engine.Options) []float32 {
		y, err := engine.NewPredictor(g, x.w, o).Predict(x.in[0])
		if err != nil {
			t.Fatal(err)
		}
		return y.Pix
	}
	whole, want := predict(engine.Options{}), predict(engine.Options{Rows: 16, Threads: 1})
	for _, threads := range []int{2, 3, 7} {
		if !slices.Equal(predict(engine.Options{Rows: 16, Threads: threads}), want) {
			t.Errorf("%d threads differ from one", threads)
		}
	}
	for i := range want {
		if d := math.Abs(float64(want[i] - whole[i])); d > 1e-4 {
			t.Fatalf("value %d is %g in bands, %g in one piece", i, want[i], whole[i])
		}
	}
}

// What cannot go in bands says so; nothing is predicted wrongly instead.
func TestBandsRefuse(t *testing.T) {
	plain := arch.Config{In: 1, Classes: 2, Pools: 2, Width: 8, Padding: graph.PadZero}
	reflect, bilinear, blur := plain, plain, plain
	reflect.Padding = graph.PadReflect
	bilinear.Up = arch.UpBilinear
	blur.Up = arch.UpShuffleBlur
	for _, c := range []struct {
		arch arch.Arch
		cfg  arch.Config
		rows int
		h    int
		want string
	}{
		{padded.Arch, reflect, 16, 64, "padding reflect does not go in bands of rows: only zero does"},
		{padded.Arch, bilinear, 16, 64, "dec1.up (Resize): this op does not go in bands of rows"},
		{padded.Arch, blur, 16, 64, "padding replicate"},
		{resized.Skip, plain, 16, 84, "this op does not go in bands of rows"},
		{padded.Arch, plain, 10, 64, "bands of a multiple of the network's step of 4"},
		{padded.Arch, plain, 16, 66, "a legal height: the nearest is 68"},
	} {
		g, err := c.arch.Build(c.cfg)
		if err != nil {
			t.Fatal(err)
		}
		_, err = engine.NewPredictor(g, g.InitWeights(1), engine.Options{Rows: c.rows}).Predict(graph.NewMap(graph.Shape{C: 1, H: c.h, W: 84}))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", g.Name, err, c.want)
		}
		if ok := engine.CheckBands(g) == nil; ok != (c.cfg == plain && c.arch == padded.Arch) {
			t.Errorf("%s, %+v: CheckBands says %v", g.Name, c.cfg, ok)
		}
	}
}

func TestBandsAreForPredictors(t *testing.T) {
	g, err := padded.Arch.Build(arch.Config{In: 1, Classes: 2, Pools: 1, Width: 8, Padding: graph.PadZero})
	if err != nil {
		t.Fatal(err)
	}
	o := engine.Options{Rows: 16}
	if _, err := engine.New(g, graph.Square(64), 1, o); err == nil {
		t.Error("New took bands, which Forward does not know")
	}
	p := engine.NewPredictor(g, g.InitWeights(1), o)
	p.Intervene(g.Output(), func(*graph.Map) {})
	if _, err := p.Predict(graph.NewMap(graph.Shape{C: 1, H: 64, W: 64})); err == nil {
		t.Error("an intervention was left out")
	}
}

// Bands bound the memory: it grows with the width of a map, not its height; and
// they cost little more than one piece.
func TestBandsAreCheap(t *testing.T) {
	g, err := padded.Arch.Build(arch.Config{In: 1, Classes: 2, Pools: 3, Width: 8, Padding: graph.PadZero})
	if err != nil {
		t.Fatal(err)
	}
	o := engine.Options{Threads: 1, Rows: 32}
	bytes := func(h int, o engine.Options) int64 {
		b, err := engine.Bytes(g, graph.Size{H: h, W: 256}, o)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if a, b := bytes(256, o), bytes(4096, o); a != b {
		t.Errorf("%d bytes for 256 rows, %d for 4096", a, b)
	}
	if a, b := bytes(1024, o), bytes(1024, engine.Options{Threads: 1}); a*5 > b {
		t.Errorf("%d bytes in bands, %d in one piece", a, b)
	}
	n, err := engine.New(g, graph.Square(256), 1, engine.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := bytes(256, engine.Options{Threads: 1}), n.Bytes(); a < b || a > b+1<<20 {
		t.Errorf("planned %d bytes, New took %d and scratch", a, b)
	}
	size := graph.Size{H: 1024, W: 256}
	cost, err := g.TotalCost(size)
	if err != nil {
		t.Fatal(err)
	}
	macs, err := engine.BandMACs(g, size, o)
	if err != nil || macs < cost.MACs || float64(macs) > 1.04*float64(cost.MACs) {
		t.Errorf("%d MACs in bands, %d in one piece, %v", macs, cost.MACs, err)
	}
}
