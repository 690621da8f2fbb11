package metric

import (
	"math"
	"slices"
)

// Surfaces compares the outlines of a true and a predicted mask: for each
// element of either, its length and how far the other outline is.
type Surfaces struct {
	truth, pred  directed
	interpolated bool // percentiles are taken between elements
}

type directed []element

// An element is a squared distance to the other outline, times 4, plus the kind
// of the element: so elements order by distance, then length.
type element int64

func (e element) squared() int64    { return int64(e) >> 2 }
func (e element) length() float64   { return lengths[e&3] }
func (e element) distance() float64 { return math.Sqrt(float64(e.squared())) }

// lengths of the kinds of outline element; 0 is no element.
var lengths = [4]float64{half: math.Sqrt2 / 2, straight: 1, double: math.Sqrt2}

const (
	half     = 1 // one pixel of four differs from the others
	straight = 2
	double   = 3 // two pixels touch at a corner
)

// Contours follows google-deepmind/surface-distance, and MONAI with
// use_subvoxels: the outline runs between pixel centres, through the corners of
// pixels, and is as long as marching squares make it. A mask that touches the
// image's edge is closed there.
func Contours(truth, pred Mask) Surfaces { return between(corners(truth), corners(pred), false) }

// Edges follows MONAI's default and MetricsReloaded: the outline is the
// foreground pixels that have a 4-neighbour outside, beyond the image included,
// each of length 1.
func Edges(truth, pred Mask) Surfaces { return between(rim(truth), rim(pred), true) }

// An outline holds the kind of element at each point of a grid.
type outline struct {
	h, w int
	kind []uint8
}

func between(truth, pred outline, interpolated bool) Surfaces {
	return Surfaces{truth.to(pred), pred.to(truth), interpolated}
}

// to lists the elements of o with their distances to those of other.
func (o outline) to(other outline) directed {
	there := make([]bool, len(other.kind))
	n := 0
	for i, k := range other.kind {
		there[i] = k != 0
		if o.kind[i] != 0 {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	d, out := distancesTo(there, o.h, o.w), make(directed, 0, n)
	for y := range o.h {
		for x, k := range o.kind[y*o.w:][:o.w] {
			if k != 0 {
				out = append(out, element(d.squared(y, x))<<2|element(k))
			}
		}
	}
	return out
}

// corners is the outline on the (h+1)×(w+1) grid of pixel corners: those among
// whose four pixels some are foreground and some are not.
func corners(m Mask) outline {
	out := outline{m.H + 1, m.W + 1, make([]uint8, (m.H+1)*(m.W+1))}
	empty := make([]bool, m.W)
	row := func(y int) []bool {
		if y < 0 || y >= m.H {
			return empty
		}
		return m.On[y*m.W:][:m.W]
	}
	for y := range out.h {
		above, below := row(y-1), row(y)
		code := 0 // bits: left above, left below, above, below
		for x := range out.w {
			code >>= 2
			if x < m.W {
				if above[x] {
					code |= 4
				}
				if below[x] {
					code |= 8
				}
			}
			out.kind[y*out.w+x] = kinds[code]
		}
	}
	return out
}

// kinds of outline at a corner, by which of its four pixels are foreground.
var kinds = [16]uint8{
	0, half, half, straight,
	half, straight, double, half,
	half, double, straight, half,
	straight, half, half, 0,
}

// rim is the foreground that erosion by a cross takes away.
func rim(m Mask) outline {
	out := outline{m.H, m.W, make([]uint8, m.H*m.W)}
	for i, on := range m.On {
		if y, x := i/m.W, i%m.W; on && !(m.at(y-1, x) && m.at(y+1, x) && m.at(y, x-1) && m.at(y, x+1)) {
			out.kind[i] = straight
		}
	}
	return out
}

// NSD is the normalised surface distance, or surface Dice (Nikolov et al.
// 2021): the part of both outlines that lies within tolerance px of the other.
// NaN where neither mask has any foreground, 0 where one has none.
func (s Surfaces) NSD(tolerance float64) float64 {
	var within, all float64
	for _, d := range []directed{s.truth, s.pred} {
		for _, e := range d {
			all += e.length()
			if e.squared() != nowhere && e.distance() <= tolerance {
				within += e.length()
			}
		}
	}
	return within / all
}

// HD is the Hausdorff distance in px, robust where percent is below 100: the
// larger of the two directed percentiles. +Inf where a mask has no foreground.
func (s Surfaces) HD(percent float64) float64 {
	if len(s.truth) == 0 || len(s.pred) == 0 {
		return math.Inf(1)
	}
	return max(s.truth.percentile(percent, s.interpolated), s.pred.percentile(percent, s.interpolated))
}

// percentile is the distance up to which percent of the outline lies. Taken
// between elements it is numpy's: linear between order statistics.
func (d directed) percentile(percent float64, interpolated bool) float64 {
	slices.Sort(d)
	if interpolated {
		at := percent / 100 * float64(len(d)-1)
		i := min(int(at), len(d)-1)
		low, high := d[i].distance(), d[min(i+1, len(d)-1)].distance()
		return low + (at-float64(i))*(high-low)
	}
	all := 0.0
	for _, e := range d {
		all += e.length()
	}
	sum := 0.0
	for _, e := range d {
		if sum += e.length(); sum/all >= percent/100 {
			return e.distance()
		}
	}
	return d[len(d)-1].distance()
}
