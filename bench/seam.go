package bench

import (
	"cmp"
	"fmt"
	"image"
	"math"
	"slices"

	"unetbench/graph"
)

// A Seam compares the steps of the logits across tile edges with those away from them.
type Seam struct {
	Edge float64 // mean |difference| of the logits of two neighbours with the tile edge between them
	Null float64 // the same of neighbours far from any tile edge, with the same image gradients
	N    int     // pairs across an edge
}

// seamGap is how far a pair must lie from any tile edge to count as away from it, in px.
const seamGap = 8

// seamMatches is with how many pairs away from the edges each pair across one is compared.
const seamMatches = 64

// seamStep measures logits (C×H×W, stitched) over owner, the number of the tile
// that owns each pixel. Images step too, and a network steps with them: so each
// pair across an edge is compared with those pairs away from all edges whose image
// difference (img: H×W, as the logits) is closest to its own. ok is false where
// there is no edge, or no pair away from all of them.
func seamStep(logits, img *graph.Map, owner []int32, edge []int16) (s Seam, ok bool) {
	m := contrastMap(logits)
	h, w := m.H, m.W
	type pair struct{ gradient, step float64 }
	var at, away []pair
	between := func(i, j int) pair {
		g, d := 0.0, 0.0
		for c := range img.C {
			p := img.Plane(c)
			g += math.Abs(float64(p[i]) - float64(p[j]))
		}
		for c := range m.C {
			p := m.Plane(c)
			d += math.Abs(float64(p[i]) - float64(p[j]))
		}
		return pair{g, d / float64(m.C)}
	}
	for y := range h {
		for x := range w {
			i := y*w + x
			for _, j := range neighbours(i, x, y, w, h) {
				switch {
				case owner[i] != owner[j]:
					at = append(at, between(i, j))
				case edge[i] >= seamGap && edge[j] >= seamGap:
					away = append(away, between(i, j))
				}
			}
		}
	}
	if len(at) == 0 || len(away) == 0 {
		return Seam{}, false
	}
	slices.SortFunc(away, func(a, b pair) int { return cmp.Compare(a.gradient, b.gradient) })
	sum := make([]float64, len(away)+1) // of the steps of the first i
	for i, p := range away {
		sum[i+1] = sum[i] + p.step
	}
	for _, p := range at {
		byGradient := func(q pair, g float64) int { return cmp.Compare(q.gradient, g) }
		lo, _ := slices.BinarySearchFunc(away, p.gradient, byGradient)
		hi, _ := slices.BinarySearchFunc(away, math.Nextafter(p.gradient, math.Inf(1)), byGradient)
		if more := seamMatches - (hi - lo); more > 0 {
			lo = max(0, min(lo-more/2, len(away)-seamMatches))
			hi = min(len(away), lo+seamMatches)
		}
		s.Edge += p.step / float64(len(at))
		s.Null += (sum[hi] - sum[lo]) / float64(hi-lo) / float64(len(at))
	}
	s.N = len(at)
	return s, true
}

// neighbours returns the pixels right of and below pixel i, at x, y.
func neighbours(i, x, y, w, h int) []int {
	var a [2]int
	n := a[:0]
	if x+1 < w {
		n = append(n, i+1)
	}
	if y+1 < h {
		n = append(n, i+w)
	}
	return n
}

// owners numbers each pixel of bounds by the rectangle of keep that holds it.
func owners(bounds image.Rectangle, keep []image.Rectangle) ([]int32, error) {
	out := make([]int32, bounds.Dx()*bounds.Dy())
	n := 0
	for i, r := range keep {
		if !r.In(bounds) {
			return nil, fmt.Errorf("seam: tile %d keeps %v, outside the image %v", i, r, bounds)
		}
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				out[(y-bounds.Min.Y)*bounds.Dx()+x-bounds.Min.X] = int32(i)
				n++
			}
		}
	}
	if n != len(out) {
		return nil, fmt.Errorf("seam: tiles keep %d of the image's %d pixels", n, len(out))
	}
	return out, nil
}
