package tile

import (
	"errors"
	"fmt"

	"unetbench/graph"
)

// MONAI lays tiles as MONAI's sliding_window_inference does (1.6,
// dense_patch_slices): int(tile·(1−overlap)) px apart, at least 1, the last one
// moved back to end with the image. That may lie off the network's step, and
// the overlap may be less than its halo: the plan says whether it is Exact.
//
// It is for networks whose output is as large as their input: MONAI takes a
// smaller one for a coarser one and misplaces it. An image smaller than a tile,
// which MONAI pads with zeros, is refused.
func MONAI(size graph.Size, g Geometry, tile int, overlap float64) (*Plan, error) {
	if err := errors.Join(checkSize(size), g.check()); err != nil {
		return nil, err
	}
	if !(overlap >= 0 && overlap < 1) {
		return nil, fmt.Errorf("overlap of %g of a tile: MONAI's rule wants 0 or more and less than 1", overlap)
	}
	lay := func(a Axis, n int) (row, error) {
		switch {
		case a.Before != 0 || a.After != 0:
			return row{}, errors.New("MONAI's rule is for networks whose output is as large as their input: it would misplace a smaller output")
		case !a.Legal(tile):
			return row{}, illegal("tile", tile, a.Sides)
		case tile > n:
			return row{}, fmt.Errorf("tile %d px is larger than the image of %v px: use a tile of at most %d", tile, size, a.Below(min(size.H, size.W)))
		}
		return row{tile, march(n, tile, max(int(float64(tile)*(1-overlap)), 1))}, nil
	}
	h, err := lay(g.H, size.H)
	if err != nil {
		return nil, err
	}
	w, err := lay(g.W, size.W)
	if err != nil {
		return nil, err
	}
	return cross(size, g, h, w), nil
}
