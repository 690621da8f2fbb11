package tile

import (
	"errors"
	"fmt"
	"math"

	"unetbench/graph"
)

// Cheapest covers an image with the Exact tiles that together read the fewest
// px, among tiles that read at most px each; they need not be square. It is an
// error where no overlap is exact, or px leave no room beside the halos.
func Cheapest(size graph.Size, g Geometry, px int) (*Plan, error) {
	if err := errors.Join(checkSize(size), g.check()); err != nil {
		return nil, err
	}
	hs, err := g.H.exactRows(size.H)
	if err != nil {
		return nil, err
	}
	ws, err := g.W.exactRows(size.W)
	if err != nil {
		return nil, err
	}
	var best [2]row
	least, smallest := math.MaxInt, math.MaxInt
	for _, h := range hs {
		for _, w := range ws {
			tile := h.side * w.side
			smallest = min(smallest, tile)
			if read := tile * len(h.origin) * len(w.origin); tile <= px && read < least {
				best, least = [2]row{h, w}, read
			}
		}
	}
	if least == math.MaxInt {
		return nil, fmt.Errorf("no tiles of at most %d px agree with the whole image; the smallest that do have %d", px, smallest)
	}
	return cross(size, g, best[0], best[1]), nil
}

// exactRows are the exact ways to cover n px: one tile, and the smallest sides
// with which two, three … are enough.
func (a Axis) exactRows(n int) ([]row, error) {
	halo, ok := a.halo()
	if !ok || a.Wraps {
		whole, err := a.lay(n, Spec{})
		return []row{whole}, err
	}
	cover := a.Above(n + a.Before + a.After)
	rows := []row{{cover, []int{0}}}
	for side := cover - a.Step; side >= a.Min && floorTo(a.out(side)-halo, a.Step) >= a.Step; side -= a.Step {
		r, err := a.lay(n, Spec{Tile: side, Overlap: halo})
		if err != nil {
			return nil, err
		}
		if last := len(rows) - 1; len(r.origin) == len(rows[last].origin) {
			rows[last] = r
		} else {
			rows = append(rows, r)
		}
	}
	return rows, nil
}
