package metric

// Labels of a flooded image that belong to no region.
const (
	dam    = 0  // background, or a line between regions
	dry    = -2 // not reached yet
	queued = -3
	beyond = -4 // the image's surroundings
)

// A flood is a label image, column by column, since a watershed goes through it
// so; a rim spares bounds.
type flood struct {
	h, w   int // of the image
	label  []int32
	parent []int32 // of provisional labels, for number
	fifo   []int32 // for grow
}

func newFlood(h, w int) *flood { return &flood{h: h, w: w, label: make([]int32, (h+2)*(w+2))} }

func (f *flood) stride() int          { return f.h + 2 }
func (f *flood) at(y, x int) int      { return (x+1)*f.stride() + y + 1 }
func (f *flood) column(x int) []int32 { return f.label[f.at(0, x):][:f.h] }

// fill makes pixels dry whose value, column by column, exceeds t, and the others
// background.
func (f *flood) fill(value []float32, t float64) {
	first := f.label[:f.stride()]
	for i := range first {
		first[i] = beyond
	}
	copy(f.label[(f.w+1)*f.stride():], first)
	for x := range f.w {
		column := f.column(x)
		f.label[f.at(-1, x)], f.label[f.at(f.h, x)] = beyond, beyond
		for y, v := range value[x*f.h:][:f.h] {
			l := int32(dam)
			if float64(v) > t {
				l = dry
			}
			column[y] = l
		}
	}
}

// floodOf is dry where m is on.
func floodOf(m Mask) *flood {
	value := make([]float32, len(m.On))
	for i, on := range m.On {
		if on {
			value[i] = 1
		}
	}
	f := newFlood(m.H, m.W)
	f.fill(columns(value, m.H, m.W), 0)
	return f
}

// number gives each 4-connected dry region a number from 1, in the order of
// their first pixels, and returns how many there are: two passes, with a
// union-find over provisional labels between.
func (f *flood) number() int {
	parent := append(f.parent[:0], 0)
	root := func(l int32) int32 {
		for parent[l] != l {
			parent[l] = parent[parent[l]]
			l = parent[l]
		}
		return l
	}
	stride := f.stride()
	for x := range f.w {
		start := f.at(0, x)
		column, left := f.label[start:][:f.h], f.label[start-stride:][:f.h]
		above := int32(beyond)
		for y, v := range column {
			if v == dry {
				switch l := left[y]; {
				case above > 0:
					v = above
					if l > 0 && l != above {
						if a, b := root(l), root(above); a < b {
							parent[b] = a
						} else {
							parent[a] = b
						}
					}
				case l > 0:
					v = l
				default:
					v = int32(len(parent))
					parent = append(parent, v)
				}
				column[y] = v
			}
			above = v
		}
	}
	n := int32(0)
	for l := int32(1); l < int32(len(parent)); l++ { // a parent is the smaller, and has its number
		if parent[l] == l {
			n++
			parent[l] = n
		} else {
			parent[l] = parent[parent[l]]
		}
	}
	for x := range f.w {
		column := f.column(x)
		for y, v := range column {
			if v > 0 {
				column[y] = parent[v]
			}
		}
	}
	f.parent = parent
	return int(n)
}

// grow lets numbered regions flood the background until they meet.
func (f *flood) grow() {
	around := [4]int{-f.stride(), -1, f.stride(), 1} // left, up, right, down
	fifo := f.fifo[:0]
	for x := range f.w {
		start := f.at(0, x)
		for y, v := range f.label[start:][:f.h] {
			if v != dam {
				continue
			}
			i := start + y
			f.label[i] = dry
			for _, d := range around {
				if f.label[i+d] > dam {
					f.label[i] = queued
					fifo = append(fifo, int32(i))
					break
				}
			}
		}
	}
	fromDam := false // the last pixel that became a dam did so beside one
	for at := 0; at < len(fifo); at++ {
		i := int(fifo[at])
		for _, d := range around {
			switch v, own := f.label[i+d], f.label[i]; {
			case v > dam && (own == queued || own == dam && fromDam):
				f.label[i] = v
			case v > dam && own > dam && own != v:
				f.label[i], fromDam = dam, false
			case v == dam && own == queued:
				f.label[i], fromDam = dam, true
			case v == dry:
				f.label[i+d] = queued
				fifo = append(fifo, int32(i+d))
			}
		}
	}
	f.fifo = fifo
}

// watershed numbers regions and lets them grow; where there is none, all is one.
func (f *flood) watershed() (n int) {
	if n = f.number(); n > 0 {
		f.grow()
		return n
	}
	for x := range f.w {
		column := f.column(x)
		for y := range column {
			column[y] = 1
		}
	}
	return min(1, f.h*f.w)
}

// image returns the labels row by row, without the rim.
func (f *flood) image() []int32 {
	out := make([]int32, f.h*f.w)
	for x := range f.w {
		for y, v := range f.column(x) {
			out[y*f.w+x] = v
		}
	}
	return out
}

// columns returns the rows of an h×w image column by column.
func columns(rows []float32, h, w int) []float32 {
	out := make([]float32, len(rows))
	for y := range h {
		for x, v := range rows[y*w:][:w] {
			out[x*h+y] = v
		}
	}
	return out
}

// Components numbers the 4-connected regions of a mask from 1; 0 is background.
func Components(m Mask) (label []int32, n int) {
	f := floodOf(m)
	n = f.number()
	return f.image(), n
}

// Watershed numbers the 4-connected regions of a mask from 1 and lets them grow
// into what lies between until they meet: lines of 0, one pixel wide, part them.
// It is the flooding of Vincent & Soille (1991) on an image of two levels, with
// the order of visits of Fiji's Trainable Segmentation (WatershedTransform2D),
// on which depends where a line runs. Where the mask is empty, everything is one
// region.
func Watershed(m Mask) (label []int32, n int) {
	f := floodOf(m)
	n = f.watershed()
	return f.image(), n
}
