// Package metric scores segmentations by the definitions of the field's own
// tools, so that its numbers can be laid beside theirs. Where tools differ by
// definition, each has a function of its own that names the tool; testdata/oracles
// holds what the tools answered.
package metric

// A Mask is the foreground of an image, row by row.
type Mask struct {
	H, W int
	On   []bool
}

// Of marks the pixels of an h×w label image that have that class.
func Of(label []uint8, h, w, class int) Mask {
	m := Mask{h, w, make([]bool, h*w)}
	for i, l := range label {
		m.On[i] = int(l) == class
	}
	return m
}

// at reads a pixel; beyond the image there is none.
func (m Mask) at(y, x int) bool {
	return y >= 0 && y < m.H && x >= 0 && x < m.W && m.On[y*m.W+x]
}

// Any reports whether there is any foreground.
func (m Mask) Any() bool {
	for _, v := range m.On {
		if v {
			return true
		}
	}
	return false
}
