package train

import (
	"fmt"
	"slices"

	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/tile"
)

// A Window is what one arm sees of a patch: sides in px, In read and Out
// supervised, both centred on the patch.
type Window struct {
	In, Out int
	Mirror  bool // the context is the supervised patch itself, mirrored: no pixel outside of it is seen
}

func (w Window) String() string {
	if w.Mirror {
		return fmt.Sprintf("%d/%d mirrored", w.In, w.Out)
	}
	return fmt.Sprintf("%d/%d", w.In, w.Out)
}

// Check says whether w can be centred on a patch of that side, in px, without
// falling between two pixels.
func (w Window) Check(patch int) error {
	switch {
	case w.Out < 1 || w.In < w.Out:
		return fmt.Errorf("window %v: want 1 ≤ supervised ≤ read", w)
	case (w.In-w.Out)%2 != 0:
		return fmt.Errorf("window %v: read minus supervised is odd, so their centres differ by half a pixel: change one by 1", w)
	case (w.Out-patch)%2 != 0:
		return fmt.Errorf("window %v on patches of %d px: the centres differ by half a pixel: make both even or both odd", w, patch)
	}
	return nil
}

// Cut writes the window around p into dst (C×In×In) and its labels into
// labels (Out·Out). Outside the field of view both are mirrored.
func (w Window) Cut(dst *graph.Map, labels []uint8, ex *data.Example, p Patch) {
	cutTruth(w, labels, ex.Labels, ex, p)
	if p.Bend.Span > 0 {
		w.cutBent(dst, ex, p)
		return
	}
	m := ex.Image
	rows, cols := mirrored(w.lines(w.In, p.Y, p.Side), ex.H), mirrored(w.lines(w.In, p.X, p.Side), ex.W)
	outer, inner := p.offsets(m.W, rows, cols)
	corner := ex.Margin*m.W + ex.Margin // of the field of view, within the image
	for c := range dst.C {
		gather(dst.Plane(c), m.Plane(c)[corner:], outer, inner)
	}
}

// lines lists the rows (or columns) under a window of that side, centred on the
// patch that starts at from; they may lie outside of the field of view.
func (w Window) lines(side, from, patch int) []int {
	origin := from + (patch-w.Out)/2 // of the supervised window
	lines := make([]int, side)
	for i := range lines {
		d := i - (side-w.Out)/2
		if w.Mirror {
			d = tile.Mirror(d, w.Out)
		}
		lines[i] = origin + d
	}
	return lines
}

// mirrored brings lines into a field of view of length n.
func mirrored(lines []int, n int) []int {
	for i, l := range lines {
		lines[i] = tile.Mirror(l, n)
	}
	return lines
}

// offsets turns a window's rows and columns, in an array of that stride, as p
// is turned and flipped: row i, column j of the result shows the element at
// outer[i] + inner[j].
func (p Patch) offsets(stride int, rows, cols []int) (outer, inner []int) {
	for i := range rows {
		rows[i] *= stride
	}
	outer, inner = rows, cols
	if p.Turns%2 == 1 {
		outer, inner = cols, rows
	}
	if p.Turns == 1 || p.Turns == 2 {
		slices.Reverse(outer)
	}
	if (p.Turns >= 2) != p.Flip {
		slices.Reverse(inner)
	}
	return outer, inner
}

func gather[T any](dst, src []T, outer, inner []int) {
	for i, from := range outer {
		row := dst[i*len(inner) : (i+1)*len(inner)]
		for j, d := range inner {
			row[j] = src[from+d]
		}
	}
}
