package metric

// Labels of a flooded image that belong to no region.
const (
	dam    = 0  // background, or a line between regions
	dry    = -2 // not reached yet
	queued = -3
	beyond = -4 // the image's surroundings
)

// A flood is a label image with a rim, so that neighbours need no bounds.
type flood struct {
	h, w  int // of the image
	label []int32
}

func (f flood) stride() int        { return f.w + 2 }
func (f flood) at(y, x int) int    { return (y+1)*f.stride() + x + 1 }
func (f flood) row(y int) []int32  { return f.label[f.at(y, 0):][:f.w] }
func (f flood) around() (d [4]int) { return [4]int{-1, -f.stride(), 1, f.stride()} }

// newFlood is dry where the mask is on and background elsewhere.
func newFlood(m Mask) flood {
	f := flood{m.H, m.W, make([]int32, (m.H+2)*(m.W+2))}
	for i := range f.label {
		f.label[i] = beyond
	}
	for y := range f.h {
		row := f.row(y)
		for x, on := range m.On[y*m.W:][:m.W] {
			row[x] = dam
			if on {
				row[x] = dry
			}
		}
	}
	return f
}

// number gives each 4-connected dry region a number from 1, in raster order of
// their first pixels.
func (f flood) number() (n int) {
	around := f.around()
	var stack []int32
	for y := range f.h {
		for i := f.at(y, 0); i < f.at(y, f.w); i++ {
			if f.label[i] != dry {
				continue
			}
			n++
			f.label[i] = int32(n)
			stack = append(stack[:0], int32(i))
			for len(stack) > 0 {
				p := int(stack[len(stack)-1])
				stack = stack[:len(stack)-1]
				for _, d := range around {
					if f.label[p+d] == dry {
						f.label[p+d] = int32(n)
						stack = append(stack, int32(p+d))
					}
				}
			}
		}
	}
	return n
}

// image returns the labels without the rim.
func (f flood) image() []int32 {
	out := make([]int32, 0, f.h*f.w)
	for y := range f.h {
		out = append(out, f.row(y)...)
	}
	return out
}

// Components numbers the 4-connected regions of a mask from 1, in raster order
// of their first pixels; 0 is background.
func Components(m Mask) (label []int32, n int) {
	f := newFlood(m)
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
	f := newFlood(m)
	if n = f.number(); n == 0 {
		label = f.image()
		for i := range label {
			label[i] = 1
		}
		return label, min(1, len(label))
	}
	for y := range f.h {
		row := f.row(y)
		for x, l := range row {
			if l == dam {
				row[x] = dry
			}
		}
	}
	around := f.around()
	var fifo []int32
	for x := range f.w { // column by column
		for y := range f.h {
			i := f.at(y, x)
			if f.label[i] != dry {
				continue
			}
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
	return f.image(), n
}
