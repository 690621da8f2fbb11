// Package tile lays tiles over an image, runs a predictor on each and puts the
// pieces together so that, where the network allows it, nobody can tell that
// there were tiles.
package tile

import (
	"errors"
	"fmt"

	"unetbench/graph"
)

// A Geometry is what tiling has to know of a network.
type Geometry struct{ H, W Axis }

// An Axis is a Geometry along one axis. Lengths are in px.
type Axis struct {
	// A legal input side n has n ≥ Min and n ≡ Offset (mod Step); tile origins
	// advance by Step, so that all tiles lie on one pooling grid.
	Step, Offset, Min int

	Before, After         int  // context: input read beyond the output at the top (left) and bottom (right)
	HaloBefore, HaloAfter int  // output to discard at an inner tile edge; -1: no number is enough
	Equivariant           bool // shifting the input by Step shifts the output, away from the borders
	Resizes               bool // the output has the input's size
}

// legal reports whether a network accepts an input of side n with nothing floored.
func (a Axis) legal(n int) bool { return n >= a.Min && mod(n-a.Offset, a.Step) == 0 }

// above is the smallest legal side of at least n.
func (a Axis) above(n int) int {
	n = max(n, a.Min)
	return n + mod(a.Offset-n, a.Step)
}

// below is the largest legal side of at most n, or the smallest legal side.
func (a Axis) below(n int) int { return max(n-mod(n-a.Offset, a.Step), a.above(0)) }

// out is the output side for an input of side n.
func (a Axis) out(n int) int { return n - a.Before - a.After }

// halo is what neighbouring tiles have to discard together between them.
func (a Axis) halo() (int, bool) {
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
		if !ok {
			return 0, errors.New("no overlap makes tiles of this network agree with the whole image: what it predicts depends on the window's size")
		}
		if !a.legal(tile) {
			return 0, illegal("tile", tile, a)
		}
		out := a.out(tile)
		stride := floorTo(out-halo, a.Step)
		if stride < a.Step {
			return 0, fmt.Errorf("tile %d: its output of %d px is used up by the halos of %d + %d px; use a tile of at least %d",
				tile, out, a.HaloBefore, a.HaloAfter, a.above(a.Before+a.After+halo+a.Step))
		}
		overlap = max(overlap, out-stride)
	}
	return overlap, nil
}

func illegal(what string, n int, a Axis) error {
	if n < a.Min {
		return fmt.Errorf("%s %d px is not a legal input side; the smallest is %d", what, n, a.above(0))
	}
	return fmt.Errorf("%s %d px is not a legal input side; the nearest are %d and %d", what, n, a.below(n), a.above(n))
}

// check refuses geometries that no network has.
func (g Geometry) check() error {
	for _, a := range []Axis{g.H, g.W} {
		if a.Step < 1 || a.Before < 0 || a.After < 0 || a.Resizes && a.Before+a.After != 0 || a.out(a.above(0)) < 1 {
			return fmt.Errorf("tile: impossible geometry %+v", a)
		}
	}
	return nil
}

func checkSize(s graph.Size) error {
	if s.H < 1 || s.W < 1 {
		return fmt.Errorf("tile: image of %v px", s)
	}
	return nil
}

func mod(n, m int) int     { return ((n % m) + m) % m }
func floorTo(n, m int) int { return n - mod(n, m) }
func ceilTo(n, m int) int  { return n + mod(-n, m) }
