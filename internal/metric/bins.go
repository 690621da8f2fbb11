package metric

// DistanceBins names the bins of every curve over distance, in px: a pixel whose
// centre lies between 2 and 4 px from the border is in "2-4".
var DistanceBins = []string{"0-2", "2-4", "4-8", "8-16", "16-32", "32+"}

// DistanceEnds are the distances at which the bins but the last end.
var DistanceEnds = []int{2, 4, 8, 16, 32}

// DistanceBin returns the index in DistanceBins of a pixel with d whole pixels
// between itself and the border (0: it touches it).
func DistanceBin(d int) uint8 {
	for b, end := range DistanceEnds {
		if d < end {
			return uint8(b)
		}
	}
	return uint8(len(DistanceEnds))
}
