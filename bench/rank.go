package bench

import "math"

// descending returns the pixels in order of falling score, ties in pixel order:
// a radix sort, since images have many pixels and this runs for each of them.
func descending(score []float32) []uint32 {
	const bits, buckets = 11, 1 << 11
	a, b := make([]uint64, len(score)), make([]uint64, len(score))
	for i, v := range score {
		// The bits of a float order like its value once negatives are mirrored;
		// inverted, the largest comes first. Adding 0 makes −0 a 0.
		k := math.Float32bits(v + 0)
		if k>>31 == 0 {
			k = ^(k | 1<<31)
		}
		a[i] = uint64(k)<<32 | uint64(uint32(i))
	}
	for shift := 32; shift < 64; shift += bits {
		var at [buckets + 1]int
		for _, k := range a {
			at[(k>>shift)%buckets+1]++
		}
		for i := range buckets {
			at[i+1] += at[i]
		}
		for _, k := range a {
			d := (k >> shift) % buckets
			b[at[d]] = k
			at[d]++
		}
		a, b = b, a
	}
	order := make([]uint32, len(a))
	for i, k := range a {
		order[i] = uint32(k)
	}
	return order
}

// averagePrecision returns Σ (R_n − R_{n−1})·P_n over the distinct thresholds,
// per bin: scikit-learn's definition, without interpolation. NaN where the bin
// holds no pixel of the class.
func averagePrecision(score []float32, order []uint32, truth []uint8, class int, b binning) []float64 {
	type state struct {
		tp, all   int     // pixels at or above the current score
		gain, sum float64 // positives at the current score; Σ gain·precision
		last      float32
	}
	s := make([]state, len(b.names))
	// Pixels of equal score enter together: a bin's precision is taken when its
	// score falls.
	settle := func(s *state) {
		if s.gain > 0 {
			s.sum += s.gain * float64(s.tp) / float64(s.all)
			s.gain = 0
		}
	}
	for _, i := range order {
		if b.of[i] == noBin {
			continue
		}
		k := &s[b.of[i]]
		if score[i] != k.last {
			settle(k)
			k.last = score[i]
		}
		k.all++
		if int(truth[i]) == class {
			k.tp++
			k.gain++
		}
	}
	ap := make([]float64, len(s))
	for i := range s {
		settle(&s[i])
		ap[i] = math.NaN()
		if s[i].tp > 0 {
			ap[i] = s[i].sum / float64(s[i].tp)
		}
	}
	return ap
}

// bestThreshold returns the score t for which "score ≥ t" has the largest Dice
// with truth == class, the highest such t; ok is false where truth has no pixel
// of the class, since then no threshold has a Dice.
func bestThreshold(score []float32, order []uint32, truth []uint8, class int) (t float32, ok bool) {
	positives := 0
	for _, v := range truth {
		if int(v) == class {
			positives++
		}
	}
	if positives == 0 {
		return 0, false
	}
	tp, best := 0, -1.0
	for n, i := range order {
		if int(truth[i]) == class {
			tp++
		}
		if n+1 < len(order) && score[order[n+1]] == score[i] {
			continue
		}
		if d := 2 * float64(tp) / float64(n+1+positives); d > best {
			best, t = d, score[i]
		}
	}
	return t, true
}
