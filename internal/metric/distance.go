package metric

// nowhere is the squared distance where nothing is marked.
const nowhere = 1 << 30

// A distance answers how far a pixel is from the nearest marked one.
type distance struct {
	w      int
	column []int32 // per pixel, to the nearest mark of its column
	any    bool
}

func distancesTo(mark []bool, h, w int) distance {
	d := distance{w, make([]int32, h*w), false}
	none := int32(h + w) // more than any
	row := make([]int32, w)
	for x := range row {
		row[x] = none
	}
	for y := range h { // downwards
		out, on := d.column[y*w:][:w], mark[y*w:][:w]
		for x, v := range row {
			v = min(v+1, none)
			if on[x] {
				v, d.any = 0, true
			}
			row[x], out[x] = v, v
		}
	}
	for y := h - 2; y >= 0; y-- {
		out, below := d.column[y*w:][:w], d.column[(y+1)*w:][:w]
		for x := range out {
			out[x] = min(out[x], below[x]+1)
		}
	}
	return d
}

// squared is the squared Euclidean distance of pixel (y, x): exact. It looks at
// columns from near to far, as far as one could still be nearer, so its time
// is the distance itself; outlines that are compared lie close together.
func (d distance) squared(y, x int) int32 {
	if !d.any {
		return nowhere
	}
	row := d.column[y*d.w:][:d.w]
	best := row[x] * row[x]
	for k := int32(1); k*k < best; k++ {
		left, right := x-int(k), x+int(k)
		if left < 0 && right >= d.w {
			break
		}
		if left >= 0 {
			best = min(best, k*k+row[left]*row[left])
		}
		if right < d.w {
			best = min(best, k*k+row[right]*row[right])
		}
	}
	return best
}
