package tile

import (
	"errors"
	"fmt"
	"image"

	"unetbench/graph"
)

// A Tile is one call of the network. All rectangles are in px of the image.
type Tile struct {
	Read image.Rectangle // network input; it may leave the image: see Plan.Beyond
	Out  image.Rectangle // network output
	Keep image.Rectangle // the part of Out that this tile owns
}

// A Plan covers an image with tiles.
type Plan struct {
	Bounds image.Rectangle // the image; the tiles' Keep rectangles partition it
	Tiles  []Tile          // row by row

	// Exact tells that the tiles give, bit for bit, what the whole image in one
	// piece gives (filled likewise beyond its border): the network is
	// equivariant, the origins lie on its step, and at least its halo is
	// discarded at every inner edge. Faults tell why not.
	Exact  bool
	Faults []Fault

	// Beyond is what tiles read outside the image.
	Beyond Beyond

	// MinOverlap is the smallest overlap of two neighbouring tiles' outputs; it
	// may be more than was asked for, never less. 0 for a single tile.
	MinOverlap int

	// Window blends tiles where they overlap; nil: each px is taken from the
	// tile that owns it.
	Window Window
}

// Spec asks for tiles.
type Spec struct {
	Tile    int // side of the input of one tile, px; 0: the whole image
	Overlap int // at least so many px shared by the outputs of neighbouring tiles
	Stride  int // px between neighbouring tiles; 0: the largest on the network's step that leaves Overlap
}

// Whole covers an image of that size with a single tile: the image with the
// network's context, mirrored up to the next legal size. The surplus lies at
// the bottom and right, so that the network's grid starts at the image's corner.
func Whole(size graph.Size, g Geometry) (*Plan, error) {
	return New(size, g, Spec{})
}

// New covers an image with overlapping tiles. Their origins lie on the step of
// the network, counted from the image's corner, and the last tile ends where
// the input of Whole ends, never beyond: a tile that reads further would see
// mirrored pixels where the whole image's network pads. Along an axis in which
// Whole needs no more than one tile, there is one tile, of Whole's side.
//
// What cannot be had (a tile that is not a legal size, an overlap that leaves
// no stride, a stride off the step) is an error that names the nearest that can.
func New(size graph.Size, g Geometry, s Spec) (*Plan, error) {
	if err := errors.Join(checkSize(size), g.check()); err != nil {
		return nil, err
	}
	h, err := g.H.lay(size.H, s)
	if err != nil {
		return nil, err
	}
	w, err := g.W.lay(size.W, s)
	if err != nil {
		return nil, err
	}
	return cross(size, g, h, w), nil
}

// At puts tiles of input side tile at the given origins of their outputs,
// without asking whether the network can work there: it serves to show what
// happens off the network's step. Origins start at 0 and ascend, without gaps,
// to the image's end.
func At(size graph.Size, g Geometry, tile int, y, x []int) (*Plan, error) {
	if err := errors.Join(checkSize(size), g.check()); err != nil {
		return nil, err
	}
	for i, origins := range [][]int{y, x} {
		a, n := g.H, size.H
		if i == 1 {
			a, n = g.W, size.W
		}
		if !a.Legal(tile) {
			return nil, illegal("tile", tile, a.Sides)
		}
		end := 0
		for j, o := range origins {
			if o > end || j == 0 && o != 0 || j > 0 && o <= origins[j-1] {
				return nil, fmt.Errorf("tile: origins %v leave a gap or do not ascend from 0", origins)
			}
			end = o + a.out(tile)
		}
		if end < n {
			return nil, fmt.Errorf("tile: tiles end at %d, the image at %d", end, n)
		}
	}
	return cross(size, g, row{tile, y}, row{tile, x}), nil
}

// WithContext is Whole for an image around which margin px are known: the
// network reads true pixels there instead of mirrored or padded ones, and far
// enough out that its own padding does not reach the image. A network without
// a halo has no such prediction.
func WithContext(size graph.Size, g Geometry, margin int) (*Plan, error) {
	if err := errors.Join(checkSize(size), g.check()); err != nil {
		return nil, err
	}
	p := &Plan{Bounds: image.Rect(0, 0, size.W, size.H), Exact: true}
	read, out := p.Bounds, p.Bounds
	for i, a := range []Axis{g.H, g.W} {
		if _, ok := a.halo(); !ok {
			return nil, errors.New("a network without a halo has no prediction with true context: what it predicts depends on the window's size")
		}
		n := size.H
		if i == 1 {
			n = size.W
		}
		// The first output lies on the step, as everywhere.
		first := -ceilTo(a.HaloBefore, a.Step)
		end := n + a.HaloAfter
		if need := max(a.Before-first, end+a.After-n); margin < need {
			return nil, fmt.Errorf("margin of %d px: true context of %d px is needed on every side", margin, need)
		}
		side := a.Above(a.Before + end - first + a.After)
		if i == 0 {
			read.Min.Y, read.Max.Y = first-a.Before, first-a.Before+side
			out.Min.Y, out.Max.Y = first, first+a.out(side)
		} else {
			read.Min.X, read.Max.X = first-a.Before, first-a.Before+side
			out.Min.X, out.Max.X = first, first+a.out(side)
		}
	}
	p.Tiles = []Tile{{read, out, p.Bounds}}
	return p, nil
}

// cross makes the plan whose tiles stand at every pair of origins.
func cross(size graph.Size, g Geometry, h, w row) *Plan {
	return assemble(size, g, h.pieces(g.H), w.pieces(g.W))
}
