package bench

import (
	"fmt"
	"image"
	"slices"

	"unetbench/graph"
	"unetbench/internal/tile"
)

// Work is an amount of multiply-accumulates, split by what they are spent on.
// A position is one pixel of one node, placed in the image.
type Work struct {
	Inside   int64 // on positions within the image, once each
	Border   int64 // on positions outside it, once each
	Repeated int64 // on positions that an earlier tile has computed already
}

// Total is all of w.
func (w Work) Total() int64 { return w.Inside + w.Border + w.Repeated }

func (w Work) plus(v Work) Work {
	return Work{w.Inside + v.Inside, w.Border + v.Border, w.Repeated + v.Repeated}
}

// A NodeWork is what all tiles of a plan together spend on one node.
type NodeWork struct {
	Node  string
	Level int
	MACs  Work
	// Interp is spent on interpolation, counted apart as in graph.Cost.
	Interp Work
}

// An Overlap is what predicting one image in tiles takes, exactly.
type Overlap struct {
	Pixels int64 // of the image
	Nodes  []NodeWork
	MACs   Work
	Interp Work
}

// Levels sums o's nodes by resolution level; Node is empty.
func (o Overlap) Levels() []NodeWork {
	var levels []NodeWork
	for _, n := range o.Nodes {
		for len(levels) <= n.Level {
			levels = append(levels, NodeWork{Level: len(levels)})
		}
		l := &levels[n.Level]
		l.MACs, l.Interp = l.MACs.plus(n.MACs), l.Interp.plus(n.Interp)
	}
	return levels
}

// OverlapCost counts the work of g over every tile of plan.
//
// A tile computes a node at the positions origin + A·i + B (graph.Coordinates)
// for i from 0 to the node's side. Two tiles whose origins differ by a multiple
// of the network's step compute a node on one lattice, so a position of both is
// the second time repeated; tiles off each other's step share nothing, and
// neither do nodes at or below an interpolation to a size, whose lattice is that
// of their own window. A position is within the image if its centre is.
// Tiles form a grid, so each count is a product of counts along the axes.
func OverlapCost(g *graph.Graph, plan *tile.Plan) (Overlap, error) {
	ys, xs, err := gridOf(plan)
	if err != nil {
		return Overlap{}, err
	}
	fp := g.Footprint()
	h, err := countAxis(g, ys, plan.Bounds.Min.Y, plan.Bounds.Max.Y, xs[0].length(), fp.H.Step, true)
	if err != nil {
		return Overlap{}, err
	}
	w, err := countAxis(g, xs, plan.Bounds.Min.X, plan.Bounds.Max.X, ys[0].length(), fp.W.Step, false)
	if err != nil {
		return Overlap{}, err
	}
	shapes, err := g.Infer(graph.Size{H: ys[0].length(), W: xs[0].length()})
	if err != nil {
		return Overlap{}, err
	}
	costs := g.Costs(shapes)
	o := Overlap{Pixels: int64(plan.Bounds.Dx()) * int64(plan.Bounds.Dy())}
	for _, n := range g.Nodes {
		positions := int64(shapes[n.ID].H) * int64(shapes[n.ID].W)
		inside := h[n.ID].inside * w[n.ID].inside
		distinct := h[n.ID].distinct * w[n.ID].distinct
		all := h[n.ID].all * w[n.ID].all
		spend := func(macs int64) Work {
			per := macs / positions
			return Work{per * inside, per * (distinct - inside), per * (all - distinct)}
		}
		node := NodeWork{n.Name, n.Level, spend(costs[n.ID].MACs), spend(costs[n.ID].Interp)}
		o.Nodes = append(o.Nodes, node)
		o.MACs, o.Interp = o.MACs.plus(node.MACs), o.Interp.plus(node.Interp)
	}
	return o, nil
}

// samples gives o per pixel of the image: in all, and by level in bins "level0" ….
func (o Overlap) samples(key Sample) []Sample {
	var out []Sample
	add := func(n NodeWork, bin string) {
		for _, v := range []struct {
			metric string
			macs   int64
		}{
			{"mac/px", n.MACs.Total()}, {"mac-inside/px", n.MACs.Inside}, {"mac-border/px", n.MACs.Border},
			{"mac-repeated/px", n.MACs.Repeated}, {"interp/px", n.Interp.Total()},
		} {
			s := key
			s.Metric, s.Bin, s.Value = v.metric, bin, float64(v.macs)/float64(o.Pixels)
			out = append(out, s)
		}
	}
	add(NodeWork{MACs: o.MACs, Interp: o.Interp}, "")
	for _, l := range o.Levels() {
		add(l, fmt.Sprintf("level%d", l.Level))
	}
	return out
}

// A CostPoint is the cost of one way to tile an image.
type CostPoint struct {
	Tile, Overlap int // as asked for; Tile 0: the whole image
	Tiles         int
	Cost          Overlap
}

// CostCurve counts what an image of that size costs for every tile side and
// overlap; what cannot be laid (an illegal tile, an overlap that leaves no
// stride) is left out.
func CostCurve(g *graph.Graph, geometry tile.Geometry, size graph.Size, tiles, overlaps []int) ([]CostPoint, error) {
	var out []CostPoint
	for _, t := range tiles {
		for _, o := range overlaps {
			if t == 0 && o != 0 {
				continue
			}
			plan, err := tile.New(size, geometry, tile.Spec{Tile: t, Overlap: o})
			if err != nil {
				continue
			}
			cost, err := OverlapCost(g, plan)
			if err != nil {
				return nil, err
			}
			out = append(out, CostPoint{t, o, len(plan.Tiles), cost})
		}
	}
	return out, nil
}

// An interval is what one tile reads along one axis, in image px.
type interval struct{ from, to int }

func (i interval) length() int { return i.to - i.from }

// gridOf returns the rows and columns of tiles that plan is made of.
func gridOf(plan *tile.Plan) (ys, xs []interval, err error) {
	if len(plan.Tiles) == 0 || plan.Bounds.Empty() {
		return nil, nil, fmt.Errorf("overlap cost: a plan of %d tiles over %v", len(plan.Tiles), plan.Bounds)
	}
	seen := map[image.Rectangle]bool{}
	for _, t := range plan.Tiles {
		y, x := interval{t.Read.Min.Y, t.Read.Max.Y}, interval{t.Read.Min.X, t.Read.Max.X}
		if !slices.Contains(ys, y) {
			ys = append(ys, y)
		}
		if !slices.Contains(xs, x) {
			xs = append(xs, x)
		}
		if seen[t.Read] {
			return nil, nil, fmt.Errorf("overlap cost: two tiles read %v", t.Read)
		}
		seen[t.Read] = true
	}
	if len(ys)*len(xs) != len(plan.Tiles) {
		return nil, nil, fmt.Errorf("overlap cost: %d tiles do not form a grid of %d rows and %d columns", len(plan.Tiles), len(ys), len(xs))
	}
	return ys, xs, nil
}
