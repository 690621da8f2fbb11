package engine

// align is the number of floats in a cache line: rows start on one.
const align = 16

func roundUp(n, to int) int { return (n + to - 1) / to * to }

// A block is a stretch of the arena that is alive from step first to step last.
type block struct {
	size        int
	first, last int
	off         int
	mem         []float32
}

// use extends b's life to step t.
func (b *block) use(t int) {
	b.first, b.last = min(b.first, t), max(b.last, t)
}

// A border is the width of the frame around a map: top, left, bottom, right.
type border [4]int

// A buffer holds n maps of h×w pixels of c channels (H×W×C each), with a
// border around every map, so that padding a map copies nothing.
type buffer struct {
	block
	n, h, w, c int
	border     border

	lead, pitch, image int // floats: row start to pixel 0, row to row, map to map
}

// layout fixes the strides and the size, once the border is known.
func (b *buffer) layout() {
	b.lead = roundUp(b.border[1]*b.c, align)
	b.pitch = b.lead + roundUp((b.w+b.border[3])*b.c, align)
	b.image = (b.border[0] + b.h + b.border[2]) * b.pitch
	b.size = b.n*b.image + align
}

// at is the place of pixel (y, x) of map i; the border has negative y, x.
func (b *buffer) at(i, y, x int) int {
	return i*b.image + (y+b.border[0])*b.pitch + b.lead + x*b.c
}

// span is w pixels from (y, x) on.
func (b *buffer) span(i, y, x, w int) []float32 {
	o := b.at(i, y, x)
	return b.mem[o : o+w*b.c]
}

// A region is a window: h×w pixels from (y, x) on.
type region struct{ y, x, h, w int }

// outer is the whole of b, border included.
func (b *buffer) outer() region {
	return region{-b.border[0], -b.border[1], b.border[0] + b.h + b.border[2], b.border[1] + b.w + b.border[3]}
}

// large says that, once b is written to its end, its beginning has left the
// caches: most cores have less.
func (b *buffer) large() bool { return 4*b.size > 32<<20 }

// reach widens the border so that r lies inside.
func (b *buffer) reach(r region) {
	for i, v := range [4]int{-r.y, -r.x, r.y + r.h - b.h, r.x + r.w - b.w} {
		b.border[i] = max(b.border[i], v)
	}
}

// clearOutside zeroes map i but for r.
func (b *buffer) clearOutside(i int, r region) {
	o := b.outer()
	for y := o.y; y < o.y+o.h; y++ {
		start := b.at(i, y, 0) - b.lead
		row := b.mem[start : start+b.pitch]
		if y < r.y || y >= r.y+r.h {
			clear(row)
			continue
		}
		clear(row[:b.lead+r.x*b.c])
		clear(row[b.lead+(r.x+r.w)*b.c:])
	}
}

// A view is a window on a buffer.
type view struct {
	*buffer
	region
}

// row is row y of the window in map i.
func (v view) row(i, y int) []float32 { return v.span(i, v.region.y+y, v.region.x, v.region.w) }

// from is everything from pixel (y, x) of the window in map i on: what a
// Product gets, which finds the following rows a pitch further.
func (v view) from(i, y, x int) []float32 { return v.mem[v.at(i, v.region.y+y, v.region.x+x):] }
