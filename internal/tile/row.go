package tile

import "fmt"

// A row is a plan along one axis: tiles of one input side, at these origins of
// their outputs.
type row struct {
	side   int
	origin []int
}

// lay covers n px of output.
func (a Axis) lay(n int, s Spec) (row, error) {
	cover := a.Above(n + a.Before + a.After) // what the whole image's network reads
	whole := row{cover, []int{0}}
	if s.Tile < 0 || s.Overlap < 0 || s.Stride < 0 {
		return row{}, fmt.Errorf("tile %d, overlap %d, stride %d: none may be negative", s.Tile, s.Overlap, s.Stride)
	}
	if s.Tile == 0 {
		if s.Overlap != 0 || s.Stride != 0 {
			return row{}, fmt.Errorf("overlap %d, stride %d: give the side of a tile too", s.Overlap, s.Stride)
		}
		return whole, nil
	}
	if !a.Legal(s.Tile) {
		return row{}, illegal("tile", s.Tile, a.Sides)
	}
	out := a.out(s.Tile)
	stride := s.Stride
	switch most := out - s.Overlap; {
	case most < a.Step:
		tile := a.Above(s.Overlap + a.Step + a.Before + a.After)
		if out < a.Step {
			return row{}, fmt.Errorf("tile %d: its output of %d px is less than the network's step of %d; use a tile of at least %d", s.Tile, out, a.Step, tile)
		}
		return row{}, fmt.Errorf("overlap %d px leaves no stride: a tile of %d px has %d px of output, and origins lie on the network's step of %d; use an overlap of at most %d, or a tile of at least %d",
			s.Overlap, s.Tile, out, a.Step, out-a.Step, tile)
	case stride == 0:
		stride = floorTo(most, a.Step)
	case stride%a.Step != 0:
		lower := max(floorTo(min(stride, most), a.Step), a.Step)
		return row{}, fmt.Errorf("stride %d px is not a multiple of the network's step of %d, so tiles would lie on different pooling grids and not agree; the nearest is %s",
			stride, a.Step, nearest(stride, lower, a.Step, floorTo(most, a.Step)))
	case stride > most:
		return row{}, fmt.Errorf("stride %d px leaves an overlap of %d px, not %d: a tile of %d px has %d px of output; use a stride of at most %d",
			stride, out-stride, s.Overlap, s.Tile, out, floorTo(most, a.Step))
	}
	if s.Tile >= cover {
		return whole, nil
	}
	// cover and tile are both legal, so the last origin lies on the step too.
	r := row{side: s.Tile}
	last := cover - s.Tile
	for o := 0; o < last; o += stride {
		r.origin = append(r.origin, o)
	}
	r.origin = append(r.origin, last)
	return r, nil
}

// nearest names the multiples of step on either side of n, as far as they are possible.
func nearest(n, lower, step, most int) string {
	if upper := lower + step; lower < n && upper <= most {
		return fmt.Sprintf("%d or %d", lower, upper)
	}
	return fmt.Sprint(lower)
}

// seam is the first px that tile i owns: the middle of its overlap with the
// tile before it, shifted so that each side discards at least its own halo as
// soon as the overlap has room for both.
func (r row) seam(a Axis, i int) int {
	if i == 0 {
		return 0
	}
	end := r.origin[i-1] + a.out(r.side)
	if i == len(r.origin) {
		return end
	}
	overlap := end - r.origin[i]
	before, after := max(a.HaloBefore, 0), max(a.HaloAfter, 0)
	return r.origin[i] + min(max(before+floorTo(overlap-before-after, 2)/2, 0), overlap)
}
