// Package tile lays tiles over an image, runs a predictor on each and puts the
// pieces together so that, where the network allows it, nobody can tell that
// there were tiles.
package tile

import (
	"errors"
	"fmt"
	"slices"

	"unetbench/graph"
)

// A Geometry is what tiling has to know of a network.
type Geometry struct{ H, W Axis }

// An Axis is a Geometry along one axis. Lengths are in px.
type Axis struct {
	graph.Sides // legal input sides; tile origins advance by their Step, so that all tiles lie on one pooling grid

	Before, After         int  // context: input read beyond the output at the top (left) and bottom (right)
	HaloBefore, HaloAfter int  // output to discard at an inner tile edge; -1: no number is enough
	Equivariant           bool // shifting the input by Step shifts the output, away from the borders
	Resizes               bool // interpolates to a size, so that what it predicts depends on the window's
	Wraps                 bool // circular padding: what lies at one border reads the opposite one
}

// NewGeometry reads the geometry of a network from its wiring.
func NewGeometry(g *graph.Graph) (Geometry, error) {
	sizes, err := g.Sizes()
	if err != nil {
		return Geometry{}, err
	}
	if err := g.CheckResolution(); err != nil {
		return Geometry{}, err
	}
	f := g.Footprint()
	wraps := slices.ContainsFunc(g.Nodes, func(n *graph.Node) bool {
		return n.Op == graph.Pad && n.Padding == graph.PadCircular
	})
	resizes := slices.ContainsFunc(g.Nodes, func(n *graph.Node) bool { return n.Op == graph.Resize && n.Like != nil })
	axis := func(s graph.Sides, a graph.Axis) Axis {
		return Axis{s, a.Before, a.After, a.HaloTop, a.HaloBottom, a.Equivariant, resizes, wraps}
	}
	t := Geometry{axis(sizes.H, f.H), axis(sizes.W, f.W)}
	if err := t.check(); err != nil {
		return Geometry{}, fmt.Errorf("%s: %w", g.Name, err)
	}
	return t, nil
}

// out is the output side for an input of side n.
func (a Axis) out(n int) int { return n - a.Before - a.After }

// halo is what neighbouring tiles have to discard together between them.
func (a Axis) halo() (px int, ok bool) {
	if a.HaloBefore < 0 || a.HaloAfter < 0 || !a.Equivariant {
		return 0, false
	}
	return a.HaloBefore + a.HaloAfter, true
}

// ExactOverlap is the smallest overlap with which tiles of input side tile give
// bit for bit what the whole image gives: both halos, rounded up so that
// origins stay on the step. It is an error where no overlap is enough, or the
// tile is too small for it.
func (g Geometry) ExactOverlap(tile int) (int, error) {
	overlap := 0
	for _, a := range []Axis{g.H, g.W} {
		halo, ok := a.halo()
		switch {
		case !ok:
			return 0, errors.New("no overlap makes tiles of this network agree with the whole image: what it predicts depends on the window's size")
		case a.Wraps:
			return 0, errors.New("no overlap makes tiles of this network agree with the whole image: its circular padding reads the opposite border, which a tile does not have")
		case !a.Legal(tile):
			return 0, illegal("tile", tile, a.Sides)
		}
		out := a.out(tile)
		stride := floorTo(out-halo, a.Step)
		if stride < a.Step {
			return 0, fmt.Errorf("tile %d: its output of %d px is used up by the halos of %d + %d px; use a tile of at least %d",
				tile, out, a.HaloBefore, a.HaloAfter, a.Above(a.Before+a.After+halo+a.Step))
		}
		overlap = max(overlap, out-stride)
	}
	return overlap, nil
}

func illegal(what string, n int, s graph.Sides) error {
	if n < s.Min {
		return fmt.Errorf("%s %d px is not a legal input side; the smallest is %d", what, n, s.Min)
	}
	return fmt.Errorf("%s %d px is not a legal input side; the nearest are %d and %d", what, n, s.Below(n), s.Above(n))
}

// check refuses geometries that cannot be tiled.
func (g Geometry) check() error {
	for _, a := range []Axis{g.H, g.W} {
		if a.Step < 1 || a.Before < 0 || a.After < 0 || a.out(a.Min) < 1 || !a.Legal(a.Min) {
			return fmt.Errorf("cannot be tiled: %+v", a)
		}
	}
	return nil
}

func checkSize(s graph.Size) error {
	if s.H < 1 || s.W < 1 {
		return fmt.Errorf("an image of %v px cannot be tiled", s)
	}
	return nil
}

func mod(n, m int) int     { return ((n % m) + m) % m }
func floorTo(n, m int) int { return n - mod(n, m) }
func ceilTo(n, m int) int  { return n + mod(-n, m) }
