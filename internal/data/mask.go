package data

import (
	"fmt"
	"slices"
	"strings"
)

// A mask is one file's values and how many pixels have each.
type mask struct {
	path  string
	pix   []uint16
	count map[uint16]int
	lossy bool
}

const (
	// maxInferred is the most classes that masks may ask for by themselves:
	// beyond it the values are more likely numbers of objects, or greys.
	maxInferred = 16
	maxClasses  = 256 // a label is a byte
)

// newMask takes the values out of a mask's raster. Palette masks count by index
// (as in Pascal VOC), but a palette of one or two greys by its greys, since
// then the order of the entries is the encoder's own.
func newMask(path string, r *raster) (*mask, error) {
	if r.palette != nil && r.paletteIsGrey() && len(r.palette) <= 2 {
		r = r.colours()
	}
	if r.C == 3 && !r.looksGrey() {
		return nil, &Error{path, "the mask is in colour", "save class indices 0, 1, 2 … as an 8-bit grey or palette PNG"}
	}
	m := &mask{path: path, pix: r.plane(0), count: make(map[uint16]int), lossy: r.lossy}
	for _, v := range m.pix {
		m.count[v]++
	}
	return m, nil
}

// A reading says what the masks' values mean.
type reading struct {
	classes int
	label   func(v uint16) uint8
	warning string // "" if there is nothing to say
}

// readMasks decides what the values of all masks together mean: class indices;
// or two values, of which the larger is class 1; or 0 and 255 blurred by JPEG
// or resampling, which are parted in the middle. With classes 0 the masks
// decide how many there are.
func readMasks(masks []*mask, classes int) (*reading, error) {
	values, count, brightest, lossy := survey(masks)
	top := values[len(values)-1]
	index := func(v uint16) uint8 { return uint8(v) }

	var lossyPath string
	if lossy != nil {
		lossyPath = lossy.path
	}
	if share, ok := blurredPair(values, count, lossy != nil); ok {
		if err := checkTwo(brightest.path, top, classes); err != nil {
			return nil, err
		}
		where := "the masks hold"
		if lossy != nil {
			where = "JPEG masks are lossy: these hold"
		}
		return &reading{2, func(v uint16) uint8 { return above(v, top/2) },
			fmt.Sprintf("%s %d grey levels (%.2g %% of the pixels between black and white); parted at %d; save masks as PNG, unsmoothed",
				where, len(values), 100*share, top/2)}, nil
	}
	twoValued := len(values) == 2 && top > 1 || len(values) == 1 && (top == 255 || top == 65535)
	if lossy != nil && !(twoValued && top >= 128) && top > 0 {
		return nil, &Error{lossyPath, "JPEG is lossy and cannot hold class indices", "save the masks as PNG"}
	}
	switch {
	case classes > 0 && int(top) < classes: // as said
		return &reading{classes, index, ""}, nil
	case classes == 0 && len(values) == 1:
		return nil, &Error{brightest.path, fmt.Sprintf("every mask has the value %d everywhere", top), "mark the foreground with 1 or 255"}
	case twoValued:
		if err := checkTwo(brightest.path, top, classes); err != nil {
			return nil, err
		}
		low, warning := values[0], ""
		if len(values) == 1 {
			low = 0
		}
		if low != 0 || top != 255 && top != 65535 {
			warning = fmt.Sprintf("the masks hold the values %d and %d: read as background and class 1", low, top)
		}
		return &reading{2, func(v uint16) uint8 { return above(v, low) }, warning}, nil
	case classes > 0:
		return nil, &Error{brightest.path, fmt.Sprintf("value %d found, but --classes %d allows 0 to %d", top, classes, classes-1), remedyTooMany(values)}
	case int(top) >= maxInferred:
		return nil, &Error{brightest.path, fmt.Sprintf("the masks hold %d values, up to %d (%s): numbers of objects or greys, not classes", len(values), top, list(values)),
			"mark all objects of a class with its index 1, 2 …" + ifClasses(values)}
	}
	warning := ""
	if len(values) != int(top)+1 {
		warning = fmt.Sprintf("the masks hold the values %s: classes in between have no pixels", list(values))
	}
	return &reading{int(top) + 1, index, warning}, nil
}

// survey lists the values of all masks, ascending, with their pixels, the first
// mask that holds the largest, and the first that was lossy.
func survey(masks []*mask) (values []uint16, count map[uint16]int, brightest, lossy *mask) {
	count = make(map[uint16]int)
	top := -1
	for _, m := range masks {
		highest := -1
		for v, n := range m.count {
			count[v] += n
			highest = max(highest, int(v))
		}
		if highest > top {
			top, brightest = highest, m
		}
		if m.lossy && lossy == nil {
			lossy = m
		}
	}
	for v := range count {
		values = append(values, v)
	}
	slices.Sort(values)
	return values, count, brightest, lossy
}

// blurredPair recognises black-and-white masks that went through JPEG or
// smoothing: many values, nine in ten pixels near black or white, and white
// ones not rarer than those in between (which tells them from numbered
// objects). share is that of the pixels in between.
func blurredPair(values []uint16, count map[uint16]int, lossy bool) (share float64, ok bool) {
	top := int(values[len(values)-1])
	white := 255
	if top > white {
		white = 65535
	}
	if top < white*15/16 || int(values[0]) > white/16 || len(values) <= 2 || len(values) <= maxInferred && !lossy {
		return 0, false
	}
	var low, high, all float64
	for v, n := range count {
		all += float64(n)
		switch {
		case int(v) <= white/8:
			low += float64(n)
		case int(v) >= white-white/8:
			high += float64(n)
		}
	}
	return 1 - (low+high)/all, low+high >= .9*all && high >= all-low-high
}

// checkTwo refuses two-valued masks where more classes were asked for.
func checkTwo(path string, top uint16, classes int) error {
	if classes > 2 {
		return &Error{path, fmt.Sprintf("the masks hold two values, up to %d, but --classes says %d", top, classes),
			"leave --classes out, or save class indices 0, 1, 2 … in the masks"}
	}
	return nil
}

func remedyTooMany(values []uint16) string {
	if n := int(values[len(values)-1]) + 1; n <= maxInferred || n <= maxClasses && n == len(values) {
		return fmt.Sprintf("give --classes %d, or correct the masks", n)
	}
	return fmt.Sprintf("save the masks with class indices 0 to %d", min(len(values), maxInferred)-1)
}

func ifClasses(values []uint16) string {
	if n := int(values[len(values)-1]) + 1; n <= maxClasses {
		return fmt.Sprintf(", or give --classes %d", n)
	}
	return ""
}

func above(v, limit uint16) uint8 {
	if v > limit {
		return 1
	}
	return 0
}

// list writes at most five values.
func list(values []uint16) string {
	var words []string
	for i, v := range values {
		if i == 5 {
			words = append(words, "…")
			break
		}
		words = append(words, fmt.Sprint(v))
	}
	return strings.Join(words, ", ")
}
