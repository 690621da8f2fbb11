package engine

// A tiling covers n maps of h×w pixels with tiles of m×m: th rows of tw tiles
// each. A last tile that would stand out is moved back inside, so tiles may
// overlap there; every pixel belongs to the tile that has it in its own m×m.
type tiling struct{ m, n, h, w, th, tw int }

func newTiling(m, n, h, w int) tiling {
	return tiling{m, n, h, w, (h + m - 1) / m, (w + m - 1) / m}
}

// tiles is their number, all maps together.
func (t *tiling) tiles() int { return t.n * t.th * t.tw }

// A run is n tiles side by side, m px apart: in map i, the first with its
// corner at (y, x). The px before (top, left) belong to other tiles; where
// there are any, a run has one tile.
type run struct {
	first, n  int // which tiles
	i, y, x   int
	top, left int
}

// next is the run that begins with tile k and ends before tile end.
func (t *tiling) next(k, end int) run {
	ty, tx := k/t.tw%t.th, k%t.tw
	r := run{first: k, n: min(t.tw-tx, end-k), i: k / (t.tw * t.th)}
	r.y, r.x = min(ty*t.m, t.h-t.m), min(tx*t.m, t.w-t.m)
	r.top, r.left = ty*t.m-r.y, tx*t.m-r.x
	if r.top > 0 || r.left > 0 {
		r.n = 1
	} else if t.w%t.m != 0 {
		r.n = min(r.n, t.tw-1-tx)
	}
	return r
}

// rows is the map and the pixel rows that tile row k, counted over all maps,
// owns.
func (t *tiling) rows(k int) (i, y0, y1 int) {
	i, y0 = k/t.th, k%t.th*t.m
	return i, y0, min(y0+t.m, t.h)
}
