package tile

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"unetbench/graph"
)

// Costs are what one tile of an input size takes.
type Costs struct {
	MACs  func(graph.Size) (int64, error)
	Bytes func(graph.Size) (int64, error) // at peak
}

// A Curve is an error, measured, by how many px of output are discarded on
// either side of an inner tile edge, with origins on the network's step.
type Curve map[int]float64

// At is the error to expect where px are discarded: that of the next smaller
// number which was measured, or of a still smaller one if that is less, since
// to discard more does no harm; without one, infinite.
func (c Curve) At(px int) float64 {
	e := math.Inf(1)
	for p, v := range c {
		if p <= px {
			e = min(e, v)
		}
	}
	return e
}

// A Candidate is a plan and what it costs.
type Candidate struct {
	Plan      *Plan
	Tile      graph.Size // of the tiles' input
	Overlap   graph.Size // the least of neighbouring tiles' outputs; 0 along an axis with one tile
	Discarded int        // px of output, at least, at every inner edge; -1 without inner edges
	MACs      float64    // per px of the image
	Repeated  float64    // share of the MACs that the whole image in one piece does not need
	Bytes     int64      // of one tile
	Error     float64    // by the curve; 0 where the plan is exact
	Front     bool       // no other candidate has both less error and fewer MACs
}

// Weigh tells what a plan costs. A curve that is nil leaves the error of a plan
// that is not exact unknown, not a number.
func Weigh(p *Plan, g Geometry, c Costs, curve Curve) (Candidate, error) {
	size := graph.Size{H: p.Bounds.Dy(), W: p.Bounds.Dx()}
	k := Candidate{Plan: p, Error: math.NaN(), Discarded: p.discarded()}
	k.Tile = graph.Size{H: p.Tiles[0].Read.Dy(), W: p.Tiles[0].Read.Dx()}
	k.Overlap.H, k.Overlap.W = p.overlaps()
	total := int64(0)
	one := map[graph.Size]int64{}
	for _, t := range p.Tiles {
		in := graph.Size{H: t.Read.Dy(), W: t.Read.Dx()}
		if _, ok := one[in]; !ok {
			macs, err := c.MACs(in)
			if err != nil {
				return k, err
			}
			bytes, err := c.Bytes(in)
			if err != nil {
				return k, err
			}
			one[in] = macs
			k.Bytes = max(k.Bytes, bytes)
			if in.H*in.W > k.Tile.H*k.Tile.W {
				k.Tile = in
			}
		}
		total += one[in]
	}
	whole, err := Whole(size, g)
	if err != nil {
		return k, err
	}
	r := whole.Tiles[0].Read
	least, err := c.MACs(graph.Size{H: r.Dy(), W: r.Dx()})
	if err != nil {
		return k, err
	}
	k.MACs = float64(total) / float64(size.H*size.W)
	if total > 0 {
		k.Repeated = max(0, 1-float64(least)/float64(total))
	}
	switch {
	case p.Exact:
		k.Error = 0
	case curve != nil && p.Window == nil && !slices.Contains(p.Faults, GridPhase) && !slices.Contains(p.Faults, ImageBorder):
		k.Error = curve.At(k.Discarded)
	}
	return k, nil
}

// discarded is the least that a tile does not keep at an inner edge.
func (pl *Plan) discarded() int {
	least := math.MaxInt
	for _, t := range pl.Tiles {
		if t.Keep.Empty() {
			continue
		}
		for _, e := range [][2]int{
			{t.Keep.Min.Y, t.Keep.Min.Y - t.Out.Min.Y}, {t.Keep.Min.X, t.Keep.Min.X - t.Out.Min.X},
			{pl.Bounds.Max.Y - t.Keep.Max.Y, t.Out.Max.Y - t.Keep.Max.Y}, {pl.Bounds.Max.X - t.Keep.Max.X, t.Out.Max.X - t.Keep.Max.X},
		} {
			if e[0] > 0 {
				least = min(least, e[1])
			}
		}
	}
	if least == math.MaxInt {
		return -1
	}
	return least
}

// overlaps are the least that neighbouring tiles' outputs share along each axis.
func (pl *Plan) overlaps() (h, w int) {
	along := func(lo, hi func(Tile) int) int {
		end := map[int]int{}
		for _, t := range pl.Tiles {
			end[lo(t)] = hi(t)
		}
		var starts []int
		for s := range end {
			starts = append(starts, s)
		}
		slices.Sort(starts)
		least := math.MaxInt
		for i := 1; i < len(starts); i++ {
			least = min(least, end[starts[i-1]]-starts[i])
		}
		if least == math.MaxInt {
			return 0
		}
		return least
	}
	h = along(func(t Tile) int { return t.Out.Min.Y }, func(t Tile) int { return t.Out.Max.Y })
	w = along(func(t Tile) int { return t.Out.Min.X }, func(t Tile) int { return t.Out.Max.X })
	return h, w
}

// Recommend lists plans on the network's step, one for each number of px that
// curve has an error for and one that is exact, each the cheapest whose tiles
// take at most memory; they need not be square. The candidates come the
// cheapest first; best is the index of the cheapest whose error is at most
// tolerance, or -1 with a reason that names the remedy.
func Recommend(size graph.Size, g Geometry, c Costs, curve Curve, memory int64, tolerance float64) (all []Candidate, best int, err error) {
	if err := errors.Join(checkSize(size), g.check()); err != nil {
		return nil, -1, err
	}
	search := &search{size: size, g: g, costs: c, memory: memory, macs: map[graph.Size]int64{}, bytes: map[graph.Size]int64{}}
	for _, px := range append(discards(g, curve), math.MaxInt) {
		p, err := search.cheapest(px)
		if err != nil {
			return nil, -1, err
		}
		if p == nil {
			continue
		}
		k, err := Weigh(p, g, c, curve)
		if err != nil {
			return nil, -1, err
		}
		if !slices.ContainsFunc(all, func(o Candidate) bool { return o.Tile == k.Tile && o.Overlap == k.Overlap }) {
			all = append(all, k)
		}
	}
	slices.SortStableFunc(all, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(a.MACs, b.MACs), cmp.Compare(a.Error, b.Error))
	})
	best = -1
	least := math.Inf(1)
	for i := range all {
		if e := all[i].Error; e < least {
			all[i].Front, least = true, e
		}
		if best < 0 && all[i].Error <= tolerance {
			best = i
		}
	}
	switch {
	case len(all) == 0:
		return nil, -1, fmt.Errorf("no tiles fit into %s: the smallest take %s; give more memory", mebibytes(memory), mebibytes(search.smallest))
	case best < 0:
		return all, -1, fmt.Errorf("within %s no tiles err by at most %g; the least error is %g: give more memory or a larger tolerance", mebibytes(memory), tolerance, least)
	}
	return all, best, nil
}

func mebibytes(n int64) string { return fmt.Sprintf("%.4g MiB", float64(n)/(1<<20)) }

// discards are the px to try: those that were measured and are less than the halo.
func discards(g Geometry, curve Curve) (px []int) {
	halo := 0
	for _, a := range []Axis{g.H, g.W} {
		if h, ok := a.halo(); !ok || a.Wraps {
			halo = math.MaxInt
		} else {
			halo = max(halo, h)
		}
	}
	for p := range curve {
		if p >= 0 && p < halo {
			px = append(px, p)
		}
	}
	slices.Sort(px)
	return px
}

// A search looks for the cheapest tiles that fit.
type search struct {
	size        graph.Size
	g           Geometry
	costs       Costs
	memory      int64
	macs, bytes map[graph.Size]int64
	smallest    int64 // bytes of the smallest tiles that were tried
}

// cheapest is the cheapest plan that discards at least px of output on both
// sides of inner edges, or as many as are exact if that is less; nil if none fits.
func (s *search) cheapest(px int) (*Plan, error) {
	hs, err := s.g.H.rows(s.size.H, px)
	if err != nil {
		return nil, err
	}
	ws, err := s.g.W.rows(s.size.W, px)
	if err != nil {
		return nil, err
	}
	type pair struct {
		h, w row
		in   graph.Size
		macs int64
	}
	var pairs []pair
	for _, h := range hs {
		for _, w := range ws {
			in := graph.Size{H: h.side, W: w.side}
			one, ok := s.macs[in]
			if !ok {
				if one, err = s.costs.MACs(in); err != nil {
					return nil, err
				}
				s.macs[in] = one
			}
			pairs = append(pairs, pair{h, w, in, one * int64(len(h.origin)*len(w.origin))})
		}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(a.macs, b.macs), cmp.Compare(a.in.H*a.in.W, b.in.H*b.in.W))
	})
	var failed []graph.Size // tiles that are larger need more
	for _, p := range pairs {
		if slices.ContainsFunc(failed, func(f graph.Size) bool { return p.in.H >= f.H && p.in.W >= f.W }) {
			continue
		}
		bytes, ok := s.bytes[p.in]
		if !ok {
			if bytes, err = s.costs.Bytes(p.in); err != nil {
				return nil, err
			}
			s.bytes[p.in] = bytes
		}
		if bytes <= s.memory {
			return cross(s.size, s.g, p.h, p.w), nil
		}
		failed = append(failed, p.in)
		if s.smallest == 0 || bytes < s.smallest {
			s.smallest = bytes
		}
	}
	return nil, nil
}

// mostRows bounds how many ways to cut an axis are tried: from as many on they
// are taken so that their numbers of tiles grow by an eighth.
const mostRows = 16

// rows are ways to cover n px: one tile, and the smallest sides with which two,
// three … are enough, with at least px discarded on both sides of inner edges,
// or the halo where that is less.
func (a Axis) rows(n, px int) ([]row, error) {
	before, after := max(a.HaloBefore, 0), max(a.HaloAfter, 0)
	halo, ok := a.halo()
	ok = ok && !a.Wraps
	var overlap int
	switch {
	case px == 0:
	case px < math.MaxInt:
		// A seam lies where both halos could be discarded: unlike ones shift it.
		overlap = 2*px + max(before-after, after-before)
		if ok {
			overlap = min(overlap, halo)
		}
	case ok:
		overlap = halo
	default:
		whole, err := a.lay(n, Spec{})
		return []row{whole}, err
	}
	cover := a.Above(n + a.Before + a.After)
	rows := []row{{cover, []int{0}}}
	for side := cover - a.Step; side >= a.Min && floorTo(a.out(side)-overlap, a.Step) >= a.Step; side -= a.Step {
		stride := floorTo(a.out(side)-overlap, a.Step)
		count := (cover-side+stride-1)/stride + 1
		last := len(rows) - 1
		have := len(rows[last].origin)
		if count > mostRows && count < have+have/8 && count != have {
			continue
		}
		r, err := a.lay(n, Spec{Tile: side, Overlap: overlap})
		if err != nil {
			return nil, err
		}
		if len(r.origin) == have {
			rows[last] = r
		} else {
			rows = append(rows, r)
		}
	}
	return rows, nil
}
