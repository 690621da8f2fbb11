package tile

import (
	"errors"
	"fmt"
	"math"

	"unetbench/graph"
)

// Sized covers an image with tiles whose input has that size, which need not be
// square: the one that a network exported for a fixed size takes. An image that
// is smaller is mirrored up to it. Tiles overlap by the network's halo where
// that is enough, else by a quarter of their output.
func Sized(size graph.Size, g Geometry, tile graph.Size) (*Plan, error) {
	if err := errors.Join(checkSize(size), g.check()); err != nil {
		return nil, err
	}
	h, err := g.H.sized(size.H, tile.H)
	if err != nil {
		return nil, err
	}
	w, err := g.W.sized(size.W, tile.W)
	if err != nil {
		return nil, err
	}
	return cross(size, g, h, w), nil
}

// Largest covers an image with tiles, as Sized does, that read at most px each
// and are as nearly square as that allows: the best that a network without
// exact tiles can have.
func Largest(size graph.Size, g Geometry, px int) (*Plan, error) {
	if err := errors.Join(checkSize(size), g.check()); err != nil {
		return nil, err
	}
	cover := graph.Size{H: g.H.Above(size.H + g.H.Before + g.H.After), W: g.W.Above(size.W + g.W.Before + g.W.After)}
	root := int(math.Sqrt(float64(px)))
	h := min(cover.H, max(g.H.Below(root), g.H.Min))
	w := min(cover.W, max(g.W.Below(px/h), g.W.Min))
	h = min(cover.H, max(g.H.Below(px/w), g.H.Min))
	if h*w > px {
		return nil, fmt.Errorf("no tiles of at most %d px: the smallest legal ones are %d×%d", px, g.H.Min, g.W.Min)
	}
	return Sized(size, g, graph.Size{H: h, W: w})
}

// sized covers n px with tiles of that input side.
func (a Axis) sized(n, side int) (row, error) {
	if !a.Legal(side) {
		return row{}, illegal("tile", side, a.Sides)
	}
	out := a.out(side)
	if side >= a.Above(n+a.Before+a.After) {
		return row{side, []int{0}}, nil
	}
	if halo, ok := a.halo(); ok && !a.Wraps && out-halo >= a.Step {
		return a.lay(n, Spec{Tile: side, Overlap: halo})
	}
	return a.lay(n, Spec{Tile: side, Overlap: min(out/4, max(out-a.Step, 0))})
}
