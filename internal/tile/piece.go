package tile

import (
	"image"
	"slices"

	"unetbench/graph"
)

// A piece is one tile along one axis, in px of the image: its output begins at
// at and is out px long, of which from … to−1 are the tile's own.
type piece struct{ at, out, from, to int }

// pieces are r's tiles, which part at the seams.
func (r row) pieces(a Axis) (ps []piece) {
	for i, at := range r.origin {
		ps = append(ps, piece{at, a.out(r.side), r.seam(a, i), r.seam(a, i+1)})
	}
	return ps
}

// A Fault is why tiles do not give what the whole image gives.
type Fault uint8

const (
	MissingContext Fault = iota // less than the halo is discarded at an inner tile edge
	GridPhase                   // a tile begins off the network's step
	ImageBorder                 // a tile ends elsewhere beyond the image than the whole does, where a network that pads sees it
	WindowSize                  // what the network predicts depends on the window's size, or on the opposite border
	Blending                    // px from within the halo are mixed in
	numFaults
)

var faultNames = [numFaults]string{"missing context", "grid phase", "image border", "window size", "blending"}

func (f Fault) String() string { return faultNames[f] }

// faults compares pieces that cover n px with the whole, in which the network's
// output begins at 0 and ends with the first legal side.
func (a Axis) faults(n int, ps []piece) (faults []Fault) {
	end := a.out(a.Above(n + a.Before + a.After))
	found := map[Fault]bool{}
	for _, p := range ps {
		from, to := max(p.from, 0), min(p.to, n)
		if from >= to || p.at == 0 && p.out == end {
			continue
		}
		if _, ok := a.halo(); !ok || a.Wraps {
			found[WindowSize] = true
			continue
		}
		last := p.at + p.out
		found[GridPhase] = found[GridPhase] || mod(p.at, a.Step) != 0
		found[MissingContext] = found[MissingContext] || p.at > 0 && from-p.at < a.HaloBefore || last < n && last-to < a.HaloAfter
		found[ImageBorder] = found[ImageBorder] || p.at < 0 && from < a.HaloBefore ||
			last >= n && last < end && last-to < a.HaloAfter || last > end && end-to < a.HaloAfter
	}
	for f := range numFaults {
		if found[f] {
			faults = append(faults, f)
		}
	}
	return faults
}

// assemble makes the plan whose tiles are all pairs of pieces.
func assemble(size graph.Size, g Geometry, hs, ws []piece) *Plan {
	p := &Plan{Bounds: image.Rect(0, 0, size.W, size.H)}
	for _, f := range append(g.H.faults(size.H, hs), g.W.faults(size.W, ws)...) {
		if !slices.Contains(p.Faults, f) {
			p.Faults = append(p.Faults, f)
		}
	}
	slices.Sort(p.Faults)
	p.Exact = len(p.Faults) == 0
	var overlaps []int
	for _, ps := range [][]piece{hs, ws} {
		for i := 1; i < len(ps); i++ {
			overlaps = append(overlaps, ps[i-1].at+ps[i-1].out-ps[i].at)
		}
	}
	if len(overlaps) > 0 {
		p.MinOverlap = slices.Min(overlaps)
	}
	for _, h := range hs {
		for _, w := range ws {
			out := image.Rect(w.at, h.at, w.at+w.out, h.at+h.out)
			p.Tiles = append(p.Tiles, Tile{
				Read: image.Rect(out.Min.X-g.W.Before, out.Min.Y-g.H.Before, out.Max.X+g.W.After, out.Max.Y+g.H.After),
				Out:  out,
				Keep: image.Rect(w.from, h.from, w.to, h.to).Intersect(p.Bounds),
			})
		}
	}
	return p
}
