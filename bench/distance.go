package bench

import "unetbench/internal/metric"

// DistanceBins names the bins of every curve over distance, in px: a pixel whose
// centre lies between 2 and 4 px from the border is in "2-4".
var DistanceBins = metric.DistanceBins

// A binning assigns each pixel of an image to a bin: the x axis of a curve.
type binning struct {
	suffix string   // of the metric's name: ":border"
	names  []string // per bin
	of     []uint8  // bin of each pixel
}

// noBin marks a pixel that is on no bin of a binning.
const noBin = 255

// wholeImage puts n pixels into one nameless bin.
func wholeImage(n int) binning { return binning{"", []string{""}, make([]uint8, n)} }

// byBorder bins an h×w image by distance to the image border.
func byBorder(h, w int) binning {
	of := make([]uint8, h*w)
	for y := range h {
		for x := range w {
			of[y*w+x] = metric.DistanceBin(min(y, x, h-1-y, w-1-x))
		}
	}
	return binning{":border", DistanceBins, of}
}

// byEdge bins pixels by dist, the whole pixels between each and the nearest
// tile edge; a negative distance means that there is no tile edge.
func byEdge(dist []int16) binning {
	of := make([]uint8, len(dist))
	for i, d := range dist {
		of[i] = noBin
		if d >= 0 {
			of[i] = metric.DistanceBin(int(d))
		}
	}
	return binning{":edge", DistanceBins, of}
}
