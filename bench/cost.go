package bench

import (
	"fmt"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
)

// costImage is the side of the image for which cost curves are drawn, px: a
// mosaic so large that its last row and column of tiles, which overlap more
// than the others, hardly count.
const costImage = 8192

// costSamples counts what an image of costImage² px costs in tiles of several
// sides: without overlap and, where there is such a number, with the overlap
// that makes tiles agree with the whole image bit for bit.
func costSamples(c Contestant, regime string, v *coverage) ([]Sample, error) {
	s, err := c.Graph.Sizes()
	if err != nil {
		return nil, err
	}
	size := graph.Square(costImage)
	var out []Sample
	last := 0
	for _, t := range []int{c.Window.In, 256, 384, 512, 768, 1024, 2048} {
		t = s.H.Above(t)
		if t <= last {
			continue
		}
		last = t
		overlaps := []int{0}
		side := t - v.geometry.H.Before - v.geometry.H.After // of its output
		bare, err := tile.New(size, v.geometry, tile.Spec{Tile: t})
		if err != nil {
			return nil, err
		}
		if o, err := v.geometry.ExactOverlap(t); err == nil && !bare.Exact && side-o >= side/4 {
			overlaps = append(overlaps, o) // tiles of which less than a quarter is new are nobody's plan
		}
		points, err := CostCurve(c.Graph, v.geometry, size, []int{t}, overlaps)
		if err != nil {
			return nil, err
		}
		for _, p := range points {
			key := Sample{Arm: c.Name, Regime: regime, Tile: fmt.Sprintf("%d+%d", p.Tile, p.Overlap)}
			out = append(out, p.Cost.samples(key)...)
		}
	}
	return out, nil
}

// plannedBytes is the memory that one training step of c plans for.
func plannedBytes(c Contestant) (int64, error) {
	net, err := engine.New(c.Graph, graph.Square(c.Window.In), 2, engine.Options{Threads: 1, Train: true})
	if err != nil {
		return 0, err
	}
	return net.Bytes(), nil
}
