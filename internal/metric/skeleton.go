package metric

// Skeleton thins a mask to lines one pixel wide as scikit-image's skeletonize
// does: by the method of Zhang & Suen (1984), rounds of two passes of which the
// first takes away south-east outline pixels and north-west corners, the second
// the others, until nothing changes; but for the neighbourhoods of unlike.
// Beyond the image is background.
func Skeleton(m Mask) Mask {
	w := m.W + 2                                                 // with a rim of background
	around := [8]int{-w, -w + 1, 1, w + 1, w, w - 1, -1, -w - 1} // clockwise from north
	near := make([]uint8, (m.H+2)*w)                             // bit k: the k-th neighbour is there
	var left []int
	for i, v := range m.On {
		if v {
			at := (i/m.W+1)*w + i%m.W + 1
			left = append(left, at)
			for k, d := range around {
				near[at+d] |= 1 << ((k + 4) & 7)
			}
		}
	}
	var gone []int
	for changed := true; changed; {
		changed = false
		for pass := range uint8(2) {
			gone = gone[:0]
			kept := left[:0]
			for _, i := range left {
				if removable[near[i]]>>pass&1 == 1 {
					gone = append(gone, i)
				} else {
					kept = append(kept, i)
				}
			}
			left = kept
			for _, i := range gone { // only now: the pass saw the mask as it was
				for k, d := range around {
					near[i+d] &^= 1 << ((k + 4) & 7)
				}
			}
			changed = changed || len(gone) > 0
		}
	}
	out := Mask{m.H, m.W, make([]bool, len(m.On))}
	for _, at := range left {
		out.On[(at/w-1)*m.W+at%w-1] = true
	}
	return out
}

// removable says of each neighbourhood (bit k: the k-th neighbour clockwise
// from north) whether the first (bit 0) and the second pass (bit 1) take its
// centre away. In the paper that takes 2 to 6 neighbours, in one run, and for
// the first pass one of north, east, south and one of east, south, west missing,
// for the second one of north, east, west and one of north, south, west.
var removable = func() (t [256]uint8) {
	for code := range t {
		bit := func(k int) int { return code >> (k & 7) & 1 }
		n, runs := 0, 0
		for k := range 8 {
			n += bit(k)
			if bit(k) == 0 && bit(k+1) == 1 {
				runs++
			}
		}
		if n < 2 || n > 6 || runs != 1 {
			continue
		}
		north, east, south, west := bit(0), bit(2), bit(4), bit(6)
		if north*east*south == 0 && east*south*west == 0 {
			t[code] |= 1
		}
		if north*east*west == 0 && north*south*west == 0 {
			t[code] |= 2
		}
	}
	for passes, codes := range unlike {
		for _, c := range codes {
			t[c] = uint8(passes)
		}
	}
	return t
}()

// unlike lists, by the passes that take the centre away, the neighbourhoods of
// which scikit-image decides otherwise than the paper: steps, whose neighbours
// meet at a corner only, and most with two or three neighbours in a run.
var unlike = [4][]uint8{
	0: {24, 192},
	1: {3, 6, 7, 67, 97, 99, 129, 133, 193, 208},
	2: {12, 13, 28, 48, 52, 54, 88, 96, 112},
	3: {5, 20, 65, 80},
}

// ClDice is the centreline Dice of Shit et al. (2021), as jocpae/clDice's
// metric has it: the harmonic mean of the share of each mask's skeleton that
// lies in the other mask. ok is false where neither mask has foreground; where
// one has none, or a skeleton vanished (a 2×2 square leaves none), it is 0, for
// which the original has 0/0.
func ClDice(truth, pred Mask) (v float64, ok bool) {
	if !truth.Any() && !pred.Any() {
		return 0, false
	}
	share := func(skeleton, mask Mask) float64 {
		in, all := 0, 0
		for i, on := range skeleton.On {
			if on {
				all++
				if mask.On[i] {
					in++
				}
			}
		}
		return float64(in) / float64(max(all, 1))
	}
	precision, sensitivity := share(Skeleton(pred), truth), share(Skeleton(truth), pred)
	if precision+sensitivity == 0 {
		return 0, true
	}
	return 2 * precision * sensitivity / (precision + sensitivity), true
}
