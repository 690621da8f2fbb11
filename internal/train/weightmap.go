package train

import (
	"math"

	"unetbench/internal/data"
)

// The constants of Ronneberger 2015, equation 2.
const (
	borderWeight = 10 // w0
	borderSigma  = 5  // px
)

// WeightMaps returns the weight of every pixel's loss, per example and laid out
// like its labels (Ronneberger 2015, equation 2):
//
//	w(x) = w_c(x) + w0·exp(-(d1(x) + d2(x))² / 2σ²)
//
// d1 and d2 are the distances from x to the nearest and the second nearest cell
// of that image, between pixel centres, in px. As in the maps that the authors
// show, the second term is for what lies between cells: inside of one it is 0.
// It is 0 too where an image has fewer than two cells, which leave no border to
// be learned. The paper gives no formula for w_c; here class c weighs N/(K·N_c),
// with N pixels in all masks, of which N_c are of that class, and K classes that
// occur: every class weighs as much in total, and the mean is 1.
func WeightMaps(examples []data.Example, cells Cells) [][]float32 {
	balance := balanced(examples)
	maps := make([][]float32, len(examples))
	for i := range examples {
		ex := &examples[i]
		m := make([]float32, len(ex.Labels))
		cell, _ := components(ex.Labels, ex.H, ex.W, cells)
		gap := gaps(cell, ex.H, ex.W)
		for j, l := range ex.Labels {
			m[j] = float32(balance[l] + float64(borderWeight*math.Exp(-gap[j]*gap[j]/(2*borderSigma*borderSigma))))
		}
		maps[i] = m
	}
	return maps
}

// balanced is w_c by class.
func balanced(examples []data.Example) (w [256]float64) {
	total, classes := 0.0, 0.0
	for i := range examples {
		for _, l := range examples[i].Labels {
			if w[l] == 0 {
				classes++
			}
			w[l]++
			total++
		}
	}
	for c, n := range w {
		if n > 0 {
			w[c] = total / (classes * n)
		}
	}
	return w
}

// gapReach is the distance, px, from which on a second cell adds nothing to a
// weight that float32 could hold: w0·exp(-32).
const gapReach = 8 * borderSigma

// A neighbour is a cell and the square of the distance to it, px².
type neighbour struct{ cell, square int32 }

const farAway = math.MaxInt32

// two holds the two nearest cells, the nearest first.
type two [2]neighbour

func (t *two) meet(n neighbour) {
	switch {
	case n.square < t[0].square:
		if n.cell != t[0].cell {
			t[1] = t[0]
		}
		t[0] = n
	case n.square < t[1].square && n.cell != t[0].cell:
		t[1] = n
	}
}

// gaps is d1 + d2 of every pixel of an h×w map of cells: infinite in a cell and
// where d2 is gapReach or more.
//
// The Euclidean distance is exact. First each row finds its own two nearest
// cells; then each pixel asks the rows above and below, as far as they could
// still matter. A cell that is third in its row is third for all who ask there.
func gaps(cell []int32, h, w int) []float64 {
	near := make([]two, h*w)
	for y := range h {
		rowNeighbours(near[y*w:(y+1)*w], cell[y*w:(y+1)*w])
	}
	out := make([]float64, h*w)
	for i := range out {
		out[i] = math.Inf(1)
		if cell[i] != 0 {
			continue
		}
		best := near[i]
		y := i / w
		for d := 1; d < gapReach && int32(d*d) < best[1].square; d++ {
			for _, from := range [2]int{y - d, y + d} {
				if from < 0 || from >= h {
					continue
				}
				for _, n := range near[i+(from-y)*w] {
					if n.square < farAway {
						best.meet(neighbour{n.cell, n.square + int32(d*d)})
					}
				}
			}
		}
		if best[1].square < gapReach*gapReach {
			out[i] = math.Sqrt(float64(best[0].square)) + math.Sqrt(float64(best[1].square))
		}
	}
	return out
}

// rowNeighbours finds the two nearest cells of each pixel within one row.
func rowNeighbours(near []two, row []int32) {
	for x := range near {
		near[x] = two{{0, farAway}, {0, farAway}}
	}
	scan := func(from, to, step int) {
		var seen [2]struct {
			cell int32
			at   int
		} // the last two cells passed, the latest first
		for x := from; x != to; x += step {
			if c := row[x]; c != 0 {
				if c != seen[0].cell {
					seen[1] = seen[0]
				}
				seen[0].cell, seen[0].at = c, x
			}
			for _, s := range seen {
				if s.cell != 0 {
					near[x].meet(neighbour{s.cell, int32((x - s.at) * (x - s.at))})
				}
			}
		}
	}
	scan(0, len(row), +1)
	scan(len(row)-1, -1, -1)
}
