package bench

import (
	"fmt"
	"math"
	"slices"

	"unetbench/graph"
)

// axisCount counts the positions of a node along one axis over all tiles.
type axisCount struct{ all, distinct, inside int64 }

// countAxis counts every node's positions over tiles that read those intervals
// of an image that spans [low, high); across is their side along the other axis.
func countAxis(g *graph.Graph, reads []interval, low, high, across, step int, vertical bool) ([]axisCount, error) {
	if step < 1 {
		return nil, fmt.Errorf("overlap cost: %s has no legal size", g.Name)
	}
	// stretches[node] collects intervals of indices on each lattice that the node is computed on.
	stretches := make([]map[lattice][]stretch, len(g.Nodes))
	for i := range stretches {
		stretches[i] = map[lattice][]stretch{}
	}
	for i, r := range reads {
		size := graph.Size{H: r.length(), W: across}
		if !vertical {
			size = graph.Size{H: across, W: r.length()}
		}
		shapes, err := g.Infer(size)
		if err != nil {
			return nil, fmt.Errorf("overlap cost: %w", err)
		}
		at, err := g.Coordinates(size)
		if err != nil {
			return nil, fmt.Errorf("overlap cost: %w", err)
		}
		shared := onStep(g, shapes)
		for _, n := range g.Nodes {
			line, side := at[n.ID].W, shapes[n.ID].W
			if vertical {
				line, side = at[n.ID].H, shapes[n.ID].H
			}
			residue := r.from - floorDiv(r.from, step)*step
			l, first := lattice{float64(residue) + line.B, line.A, 0}, int(math.Round(float64(r.from-residue)/line.A))
			if !shared[n.ID] {
				l, first = lattice{float64(r.from) + line.B, line.A, i + 1}, 0
			}
			stretches[n.ID][l] = append(stretches[n.ID][l], stretch{first, first + side})
		}
	}
	out := make([]axisCount, len(g.Nodes))
	for id, byLattice := range stretches {
		for l, rs := range byLattice { // integer sums: the order does not matter
			out[id].add(l, rs, float64(low)-0.5, float64(high)-0.5)
		}
	}
	return out, nil
}

// A lattice holds the places origin + pitch·k for all k; own sets a tile's apart.
type lattice struct {
	origin, pitch float64
	own           int
}

// A stretch holds the indices from … to−1 of a lattice.
type stretch struct{ from, to int }

func (c *axisCount) add(l lattice, stretches []stretch, low, high float64) {
	slices.SortFunc(stretches, func(a, b stretch) int { return a.from - b.from })
	// The first index within the image, and the first beyond it.
	first := int(math.Ceil((low - l.origin) / l.pitch))
	beyond := int(math.Ceil((high - l.origin) / l.pitch))
	done := math.MinInt
	for _, r := range stretches {
		c.all += int64(r.to - r.from)
		from := max(r.from, done)
		if r.to > from {
			c.distinct += int64(r.to - from)
			c.inside += int64(max(0, min(r.to, beyond)-max(from, first)))
			done = r.to
		}
	}
}

// onStep reports, per node, whether its positions move with the window by whole
// steps: not at an interpolation to another size, nor anywhere behind one.
func onStep(g *graph.Graph, shapes []graph.Shape) []bool {
	ok := make([]bool, len(g.Nodes))
	for _, n := range g.Nodes {
		ok[n.ID] = n.Op != graph.Resize || n.Like == nil && n.Interp != graph.BilinearAlign || shapes[n.In[0].ID] == shapes[n.ID]
		for _, o := range n.In {
			ok[n.ID] = ok[n.ID] && ok[o.ID]
		}
	}
	return ok
}

func floorDiv(a, b int) int { return int(math.Floor(float64(a) / float64(b))) }
