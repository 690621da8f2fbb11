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

// bandCases are networks of what imported ones have beside convolutions; those
// with an error say why they do not go in bands.
var bandCases = []struct {
	name string
	err  string
	make func(b builder, x *graph.Node)
}{
	{"pointwise", "", func(b builder, x *graph.Node) {
		x = b.Add("p", graph.PReLU, graph.Node{Params: b.params("p", []int{4})}, x)
		x = b.Add("t", graph.Pointwise, graph.Node{Func: graph.Tanh}, b.norm("n", x, 4))
		x = b.Add("s", graph.ScaleShift, graph.Node{Params: b.params("s", []int{4}, []int{4})}, b.conv("c", x, 4, 4, 3, 3))
		b.op("m", graph.Softmax, b.Add("k", graph.Select, graph.Node{First: 1, Channels: 3}, x))
	}},
	{"residual-gated", "", func(b builder, x *graph.Node) {
		c := b.conv("c", b.pad("p", x, graph.PadZero, 1, 1, 1, 1), 4, 4, 3, 3)
		s := b.op("s", graph.Sum, c, x)
		g := b.Add("g", graph.Reduce, graph.Node{Over: graph.OverChannels, Max: true}, b.conv("d", b.pad("q", s, graph.PadZero, 2, 1, 0, 1), 4, 4, 3, 3))
		b.op("m", graph.Product, g, s)
	}},
	{"pools", "", func(b builder, x *graph.Node) {
		p := b.Add("p", graph.MaxPool, graph.Node{Kernel: square(3), Stride: [2]int{1, 2}, Pads: [4]int{0, 1, 0, 1}}, x)
		q := b.Add("q", graph.AvgPool, graph.Node{Kernel: square(2), Stride: square(2)}, b.conv("c", p, 4, 4, 2, 2))
		b.Add("o", graph.AvgPool, graph.Node{Kernel: square(3), Stride: square(3)}, b.Add("r", graph.MaxPool, graph.Node{Kernel: square(2), Stride: square(1)}, q))
	}},
	{"repeated", "", func(b builder, x *graph.Node) {
		p := b.op("p", graph.MaxPool, b.conv("c", b.pad("f", x, graph.PadZero, 1, 1, 1, 1), 4, 4, 3, 3))
		u := b.Add("u", graph.Resize, graph.Node{Like: x, Interp: graph.Nearest}, p)
		v := b.Add("v", graph.Resize, graph.Node{Scale: [2]float64{2, 2}, Interp: graph.NearestHalf}, p)
		b.conv("d", b.pad("g", b.op("cat", graph.Concat, u, x, v), graph.PadZero, 1, 1, 1, 1), 12, 2, 3, 3)
	}},
	{"windows", "", func(b builder, x *graph.Node) {
		y := b.Add("k", graph.Crop, graph.Node{Lengths: []*graph.Length{graph.Px(3), graph.Px(1), graph.Side(x, 0).Minus(graph.Px(4)), graph.Side(x, 1).Minus(graph.Px(2))}}, x)
		b.op("cat", graph.Concat, b.conv("c", b.pad("p", x, graph.PadZero, -2, 0, 0, -1), 4, 4, 3, 2), y)
		b.conv("d", b.Graph.Output(), 8, 2, 1, 1)
	}},
	{"encoder", "", func(b builder, x *graph.Node) { // as of a ResNet or an EfficientNet
		x = b.pad("p", x, graph.PadZero, 3, 3, 2, 2)
		x = b.op("r", graph.ReLU, b.norm("n", b.kind("c", graph.Conv, x, 4, graph.Node{Channels: 9, Kernel: square(7), Stride: square(2)}), 9))
		y := b.kind("d", graph.Conv, b.pad("q", x, graph.PadZero, 1, 1, 0, 0), 9, graph.Node{Channels: 9, Kernel: square(3), Stride: square(2), Groups: 9})
		y = b.kind("e", graph.Conv, b.pad("s", y, graph.PadZero, 2, 2, 2, 2), 9, graph.Node{Channels: 12, Kernel: square(3), Dilation: square(2), Groups: 3})
		b.op("o", graph.Sum, y, b.kind("f", graph.Conv, x, 9, graph.Node{Channels: 12, Kernel: square(1), Stride: square(2)}))
	}},
	{"transposed", "", func(b builder, x *graph.Node) {
		y := b.kind("t", graph.ConvTranspose, b.op("p", graph.MaxPool, x), 4, graph.Node{Channels: 6, Kernel: square(4), Stride: square(2)})
		y = b.conv("c", b.pad("q", y, graph.PadZero, -1, -1, -1, -1), 6, 4, 3, 3)
		b.kind("u", graph.ConvTranspose, y, 4, graph.Node{Channels: 3, Kernel: [2]int{5, 2}, Stride: [2]int{2, 3}, Groups: 1})
	}},
	{"transposed-gaps", "", func(b builder, x *graph.Node) {
		b.kind("t", graph.ConvTranspose, x, 4, graph.Node{Channels: 6, Kernel: [2]int{2, 1}, Stride: square(3)})
	}},
	{"mean", "taken over all rows", func(b builder, x *graph.Node) { b.Add("m", graph.Reduce, graph.Node{Over: graph.OverMap}, x) }},
	{"pool-beyond", "windows that reach beyond the map", func(b builder, x *graph.Node) {
		b.Add("p", graph.MaxPool, graph.Node{Kernel: square(3), Stride: square(2), Pads: [4]int{1, 1, 1, 1}}, x)
	}},
	{"cubic", "only whole rows that are repeated", func(b builder, x *graph.Node) {
		b.Add("r", graph.Resize, graph.Node{Factor: 2, Interp: graph.Cubic}, x)
	}},
	{"padded-crop", "a padded crop", func(b builder, x *graph.Node) {
		b.conv("c", b.pad("q", b.pad("p", x, graph.PadZero, -1, 0, 0, 0), graph.PadZero, 1, 1, 1, 1), 4, 2, 3, 3)
	}},
	{"padded-crop-hidden", "a padded crop", func(b builder, x *graph.Node) {
		y := b.Add("i", graph.Pointwise, graph.Node{}, b.pad("p", x, graph.PadZero, 0, 0, -1, 0))
		b.conv("c", b.pad("q", b.op("cat", graph.Concat, y, y), graph.PadZero, 1, 1, 1, 1), 8, 2, 3, 3)
	}},
	{"constant", "padding 0.5", func(b builder, x *graph.Node) { b.pad("p", x, graph.PadZero, 1, 1, 1, 1).Value = 0.5 }},
	{"halves", "do not go together", func(b builder, x *graph.Node) {
		p := b.op("p", graph.MaxPool, x)
		l := []*graph.Length{graph.Px(0), graph.Px(0), graph.Side(p, 0), graph.Side(p, 1)}
		b.op("s", graph.Sum, p, b.Add("k", graph.Crop, graph.Node{Lengths: l}, x))
	}},
	{"own-statistics", "instance statistics", func(b builder, x *graph.Node) { b.normBy("n", x, 4, 0) }},
}

// What looks at a few rows goes in bands bit for bit, behind a convolution that
// lags; what does not says so.
func TestOpsInBands(t *testing.T) {
	for _, c := range bandCases {
		t.Run(c.name, func(t *testing.T) {
			b := builder{&graph.Graph{Name: c.name}}
			c.make(b, b.conv("first", b.in(2), 2, 4, 2, 3))
			sizes, err := b.Sizes()
			if err != nil {
				t.Fatal(err)
			}
			x := newFixture(t, b.Graph, graph.Size{H: sizes.H.Above(61), W: sizes.W.Above(40)}, 1)
			predict := func(o engine.Options) *graph.Map {
				o.Exact = true
				y, err := engine.NewPredictor(b.Graph, x.w, o).Predict(x.in[0])
				if (err == nil) != (c.err == "" || o.Rows == 0) || err != nil && !strings.Contains(err.Error(), c.err) {
					t.Fatalf("error %v, want %q", err, c.err)
				}
				return y
			}
			whole := predict(engine.Options{})
			if ok := engine.CheckBands(b.Graph) == nil; ok != (c.err == "") {
				t.Errorf("CheckBands: %v", engine.CheckBands(b.Graph))
			}
			for _, bands := range []int{1, 2, 7} {
				for _, threads := range []int{1, 3} {
					y := predict(engine.Options{Rows: bands * sizes.H.Step, Threads: threads})
					if c.err == "" && (y.Shape != whole.Shape || !slices.Equal(y.Pix, whole.Pix)) {
						t.Fatalf("%d rows: bands differ from one piece", bands*sizes.H.Step)
					}
				}
			}
		})
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
		{padded.Arch, bilinear, 16, 64, "dec1.up (Resize): only whole rows that are repeated go in bands of rows"},
		{padded.Arch, blur, 16, 64, "padding replicate"},
		{resized.Skip, plain, 16, 84, "only whole rows that are repeated go in bands of rows"},
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
