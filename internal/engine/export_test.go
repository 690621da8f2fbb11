package engine

import (
	"math"

	"unetbench/graph"
)

// DroppedForTest is the mask of the first Forward after SetSeed(seed).
func DroppedForTest(g *graph.Graph, in graph.Size, seed uint64) func(n *graph.Node, i, c, y, x int) bool {
	shapes, err := g.Infer(in)
	if err != nil {
		panic(err)
	}
	return func(n *graph.Node, i, c, y, x int) bool {
		s := shapes[n.ID]
		u := dropout{net: &Net{seed: seed, step: 1}, node: uint64(n.ID)}
		return dropped(u.key(), ((i*s.H+y)*s.W+x)*s.C+c, n.Rate)
	}
}

// Weights is what SetWeights was given in training, with the running statistics
// of now.
func (n *Net) Weights() graph.Weights { return n.weights }

// PoisonForTest fills the arena with NaN.
func (n *Net) PoisonForTest() {
	for i := range n.arena {
		n.arena[i] = float32(math.NaN())
	}
}

// DirectForwardForTest leaves fast mode to backward passes, until the returned
// function is called.
func DirectForwardForTest() (restore func()) {
	old := cache
	cache.directForward = true
	return func() { cache = old }
}

// FastForTest uses F(m×m) wherever it can work, and lets no or all of its tasks
// share their tiles, few at a time, until the returned function is called.
func FastForTest(m int, shared bool) (restore func()) {
	old := cache
	if shared {
		cache = budget{only: m, shared: 60_000, group: 7}
	} else {
		cache = budget{only: m, weights: 1 << 30, sums: 1 << 30, tiles: 60_000, pairs: 1 << 18}
	}
	return func() { cache = old }
}
