package tile

import "math"

// EdgeDistance gives, for every px of Bounds row by row, the distance to the
// nearest tile edge: the number of px between it and the line that parts two
// tiles' areas, so 0 on both sides of the line. The image's own borders are no
// tile edges. Without a tile edge all are -1; distances end at 32767.
func (pl *Plan) EdgeDistance() []int16 {
	ys, xs := pl.Lines()
	return pl.distances(toLines(pl.Bounds.Dy(), ys), toLines(pl.Bounds.Dx(), xs))
}

// BorderDistance gives, for every px of Bounds row by row, the number of px
// between it and the nearest border of the image: 0 in the outermost ring.
func (pl *Plan) BorderDistance() []int16 {
	border := func(n int) []int {
		d := make([]int, n)
		for i := range d {
			d[i] = min(i, n-1-i)
		}
		return d
	}
	return pl.distances(border(pl.Bounds.Dy()), border(pl.Bounds.Dx()))
}

// far stands for a line that does not exist.
const far = math.MaxInt

// toLines is the distance of each of n px to the nearest line; a line at i
// runs between px i-1 and i.
func toLines(n int, lines []int) []int {
	d := make([]int, n)
	for i := range d {
		d[i] = far
		for _, l := range lines {
			if i >= l {
				d[i] = min(d[i], i-l)
			} else {
				d[i] = min(d[i], l-1-i)
			}
		}
	}
	return d
}

// distances combines the axes: every line crosses the whole image, so the
// nearest one is the nearer of the nearest horizontal and vertical ones.
func (pl *Plan) distances(ys, xs []int) []int16 {
	d := make([]int16, 0, len(ys)*len(xs))
	for _, y := range ys {
		for _, x := range xs {
			v := min(y, x)
			switch {
			case v == far:
				v = -1
			case v > math.MaxInt16:
				v = math.MaxInt16
			}
			d = append(d, int16(v))
		}
	}
	return d
}

// Lines returns the tile edges: the rows and the columns at which another
// tile's area begins, ascending.
func (pl *Plan) Lines() (ys, xs []int) {
	for _, t := range pl.Tiles {
		if t.Keep.Empty() {
			continue
		}
		if t.Keep.Min.X == 0 && t.Keep.Min.Y > 0 {
			ys = append(ys, t.Keep.Min.Y)
		}
		if t.Keep.Min.Y == 0 && t.Keep.Min.X > 0 {
			xs = append(xs, t.Keep.Min.X)
		}
	}
	return ys, xs
}
