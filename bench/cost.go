package bench

import (
	"fmt"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
)

// costImage is the least side of the images for which cost curves are drawn, px:
// so large that their borders hardly count.
const costImage = 8192

// costSide is the first side from costImage on that tiles just cover, so that the
// last ones overlap no more than the others do: a cost per px of the tiling alone.
func costSide(g tile.Geometry, side, overlap int) int {
	out := side - g.H.Before - g.H.After
	stride := max((out-overlap)/g.H.Step, 1) * g.H.Step // tile.New says what is wrong with less
	return out + (costImage-out+stride-1)/stride*stride
}

// costSamples counts what a large image costs per px in tiles of several
// sides: without overlap and, where there is such a number, with the overlap
// that makes tiles agree with the whole image bit for bit.
func costSamples(c Contestant, regime string, v *coverage) ([]Sample, error) {
	s, err := c.Graph.Sizes()
	if err != nil {
		return nil, err
	}
	var out []Sample
	last := 0
	for _, t := range []int{c.Window.In, 256, 384, 512, 768, 1024, 2048} {
		t = s.H.Above(t)
		if t <= last {
			continue
		}
		last = t
		overlaps, err := sensibleOverlaps(graph.Square(costSide(v.geometry, t, 0)), v.geometry, t)
		if err != nil {
			return nil, err
		}
		for _, o := range overlaps {
			points, err := CostCurve(c.Graph, v.geometry, graph.Square(costSide(v.geometry, t, o)), []int{t}, []int{o})
			if err != nil {
				return nil, err
			}
			for _, p := range points {
				key := Sample{Arm: c.Name, Regime: regime, Tile: fmt.Sprintf("%d+%d", p.Tile, p.Overlap)}
				out = append(out, p.Cost.samples(key)...)
			}
		}
	}
	return out, nil
}

// sensibleOverlaps are none and, where tiles without overlap do not agree with
// the whole image but tiles with some do, the least that do. Tiles of which
// less than a quarter is new are nobody's plan, and left out.
func sensibleOverlaps(size graph.Size, g tile.Geometry, side int) ([]int, error) {
	bare, err := tile.New(size, g, tile.Spec{Tile: side})
	if err != nil {
		return nil, err
	}
	out := side - g.H.Before - g.H.After
	if o, err := g.ExactOverlap(side); err == nil && !bare.Exact && out-o >= out/4 {
		return []int{0, o}, nil
	}
	return []int{0}, nil
}

// plannedBytes is the memory that one training step of c plans for.
func plannedBytes(c Contestant) (int64, error) {
	net, err := engine.New(c.Graph, graph.Square(c.Window.In), 2, engine.Options{Threads: 1, Train: true})
	if err != nil {
		return 0, err
	}
	return net.Bytes(), nil
}
