package engine_test

import (
	"fmt"
	"testing"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/kernel"
)

// fastOps are the places in which Winograd's convolutions stand: whole and part
// tiles, several panels and slabs, a concatenation with a crop, padding, severed
// skips, gradients that are added to others.
var fastOps = []struct {
	name string
	in   graph.Shape
	make func(b builder, x *graph.Node)
}{
	{"one-tile", graph.Shape{C: 8, H: 6, W: 6}, func(b builder, x *graph.Node) { b.conv("c", x, 8, 8, 3, 3) }},
	{"part-tiles", graph.Shape{C: 8, H: 9, W: 15}, func(b builder, x *graph.Node) { b.conv("c", x, 8, 16, 3, 3) }},
	{"many-tiles", graph.Shape{C: 16, H: 22, W: 31}, func(b builder, x *graph.Node) {
		b.op("s", graph.ReLU, b.conv("d", b.op("r", graph.ReLU, b.conv("c", x, 16, 24, 3, 3)), 24, 8, 3, 3))
	}},
	{"panels", graph.Shape{C: 40, H: 8, W: 7}, func(b builder, x *graph.Node) { b.conv("c", x, 40, 72, 3, 3) }},
	{"slabs", graph.Shape{C: 8, H: 10, W: 7}, func(b builder, x *graph.Node) {
		b.conv("d", b.conv("c", x, 8, 272, 1, 1), 272, 8, 3, 3)
	}},
	{"norm", graph.Shape{C: 8, H: 13, W: 14}, func(b builder, x *graph.Node) {
		b.conv("d", b.op("r", graph.ReLU, b.norm("n", b.conv("c", x, 8, 16, 3, 3), 16)), 16, 8, 3, 3)
	}},
	{"behind", graph.Shape{C: 8, H: 11, W: 14}, func(b builder, x *graph.Node) {
		c := b.op("r", graph.ReLU, b.conv("c", x, 8, 16, 3, 3))
		d := b.norm("n", b.conv("d", c, 16, 5, 1, 1), 5)
		b.transpose("u", b.op("p", graph.MaxPool, c), 16, 3, 2)
		b.op("cat", graph.Concat, b.op("q", graph.MaxPool, c), b.op("s", graph.MaxPool, d))
	}},
	{"crop-pool-concat", graph.Shape{C: 8, H: 18, W: 20}, func(b builder, x *graph.Node) {
		e := b.op("r", graph.ReLU, b.conv("c", x, 8, 16, 3, 3))
		d := b.transpose("t", b.conv("m", b.op("p", graph.MaxPool, e), 16, 16, 3, 3), 16, 8, 2)
		cat := b.op("cat", graph.Concat, b.Add("crop", graph.Crop, graph.Node{Like: d}, e), d)
		b.conv("o", cat, 24, 8, 3, 3)
	}},
	{"padded-twice-read", graph.Shape{C: 8, H: 7, W: 9}, func(b builder, x *graph.Node) {
		e := b.conv("e", b.pad("p", x, graph.PadReflect, 1, 1, 1, 1), 8, 16, 3, 3)
		p := b.pad("q", e, graph.PadZero, 1, 1, 1, 1)
		b.op("cat", graph.Concat, b.conv("f", p, 16, 8, 3, 3), b.conv("g", p, 16, 16, 3, 3))
	}},
	{"severed", graph.Shape{C: 8, H: 9, W: 8}, func(b builder, x *graph.Node) {
		c := b.conv("c", x, 8, 16, 1, 1)
		b.conv("d", b.op("cat", graph.Concat, b.op("zero", graph.Zero, x), c), 24, 8, 3, 3)
	}},
	{"mixed", graph.Shape{C: 3, H: 12, W: 11}, func(b builder, x *graph.Node) {
		b.conv("d", b.op("r", graph.ReLU, b.conv("c", x, 3, 16, 3, 3)), 16, 8, 3, 3)
	}},
}

// eachFast runs f on the table with both sizes of tiles, with tasks that have
// tiles of their own and with tasks that share them.
func eachFast(t *testing.T, f func(t *testing.T, x *fixture)) {
	for _, m := range []int{2, 4} {
		for _, shared := range []bool{false, true} {
			restore := engine.FastForTest(m, shared)
			for _, op := range fastOps {
				t.Run(fmt.Sprintf("F%d/shared=%t/%s", m, shared, op.name), func(t *testing.T) {
					b := builder{&graph.Graph{Name: op.name}}
					op.make(b, b.in(op.in.C))
					f(t, newFixture(t, b.Graph, op.in.Size(), 2))
				})
			}
			restore()
		}
	}
}

// F(4×4, 3×3) loses about a digit: the largest numbers in its matrices are 5 and 8.
func TestFastForward(t *testing.T) {
	eachFast(t, func(t *testing.T, x *fixture) {
		for _, k := range kernel.Sets {
			x.forward(t, engine.Options{Kernel: k}, 2e-5)
			x.forward(t, engine.Options{Kernel: k, Train: true}, 2e-5)
		}
	})
}

func TestFastGradient(t *testing.T) {
	eachFast(t, func(t *testing.T, x *fixture) {
		for _, k := range kernel.Sets {
			x.gradients(t, engine.Options{Kernel: k}, 1, 3e-4)
		}
	})
}

func TestFastThreadsAgree(t *testing.T) {
	eachFast(t, func(t *testing.T, x *fixture) {
		o := engine.Options{Train: true, InputGrad: true, Threads: 1}
		want := trainStep(t, x, o)
		for _, o.Threads = range []int{2, 3, 7} {
			if !sameBits(trainStep(t, x, o), want) {
				t.Errorf("%d threads give other bits than one", o.Threads)
			}
		}
	})
}

// The table is worth something only if Winograd's transforms compute it.
func TestFastIsFast(t *testing.T) {
	eachFast(t, func(t *testing.T, x *fixture) {
		fast, exact := trainStep(t, x, engine.Options{Train: true}), trainStep(t, x, engine.Options{Train: true, Exact: true})
		if sameBits(fast, exact) {
			t.Error("fast and exact mode give the same bits")
		}
	})
}
