package probe

import (
	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
)

// recommend looks for the cheapest tiles for the user's image. Their errors are
// those of the curves, the larger of both axes: the largest of any px that far
// from a tile's edge.
func (p *prober) recommend(g tile.Geometry) error {
	size := graph.Square(2048)
	if len(p.images) > 0 {
		size = p.images[0].Size()
	}
	p.result.ImageSize = [2]int{size.H, size.W}
	costs := tile.Costs{
		MACs: func(in graph.Size) (int64, error) {
			c, err := p.Graph.TotalCost(in)
			return c.MACs, err
		},
		Bytes: func(in graph.Size) (int64, error) {
			return engine.Bytes(p.Graph, in, engine.Options{Threads: p.opts.Threads})
		},
	}
	all, best, err := tile.Recommend(size, g, costs, p.curve(), p.opts.Memory, p.opts.Tolerance)
	if err != nil {
		p.note("%v", err)
	}
	rate := p.rate() / float64(size.H*size.W)
	least := 0
	for i := range all {
		t := tilerOf(&all[i], rate)
		if all[i].Front {
			p.result.Pareto = append(p.result.Pareto, t)
		}
		if all[i].Error < all[least].Error {
			least = i
		}
	}
	if best < 0 {
		best = least // as good as the memory allows
	}
	if best < len(all) {
		t := tilerOf(&all[best], rate)
		p.result.Recommended, p.result.Plan = &t, all[best].Plan
	}
	return nil
}

// curve is the error by discarded px. Beyond what was measured nothing is known.
func (p *prober) curve() tile.Curve {
	c := tile.Curve{}
	for _, a := range []*Axis{p.result.Axes.H, p.result.Axes.W} {
		for _, q := range a.Measured.Curve {
			c[q.Halo] = max(c[q.Halo], q.Max)
		}
	}
	return c
}

// rate is the most multiply-accumulates per second that a tiler came to, 0 if
// none was tried.
func (p *prober) rate() (most float64) {
	for _, t := range p.result.Tilers {
		if t.Seconds > 0 {
			most = max(most, t.MACPerPx*p.scenePx/t.Seconds)
		}
	}
	return most
}

// tilerOf is a candidate in the result's words, for an image that takes rate
// multiply-accumulates per px and second.
func tilerOf(k *tile.Candidate, rate float64) Tiler {
	t := Tiler{Name: "step", Tile: k.Tile.H, TileW: k.Tile.W, Overlap: max(k.Overlap.H, k.Overlap.W), Blend: "none",
		Tiles: len(k.Plan.Tiles), MACPerPx: k.MACs, Bytes: k.Bytes, Exact: k.Plan.Exact, Max: k.Error}
	switch {
	case k.Plan.Exact && len(k.Plan.Tiles) == 1:
		t.Name = "whole"
	case k.Plan.Exact:
		t.Name = "exact"
	}
	if rate > 0 {
		t.Seconds = k.MACs / rate
	}
	t.Error = t.Max
	return t
}
