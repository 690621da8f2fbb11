package tile

import (
	"fmt"
	"image"

	"unetbench/graph"
)

// A Predictor runs a network. It may reuse the map that it returns, and must
// not keep the one that it is given.
type Predictor interface {
	Predict(x *graph.Map) (*graph.Map, error)
}

// Predict runs p over every tile of the plan and returns C×H×W logits over
// Bounds. img holds the image with margin px of true context on each side of
// Bounds; beyond those it is mirrored.
func (pl *Plan) Predict(p Predictor, img *graph.Map, margin int) (*graph.Map, error) {
	h, w := pl.Bounds.Dy(), pl.Bounds.Dx()
	if margin < 0 || img.H != h+2*margin || img.W != w+2*margin {
		return nil, fmt.Errorf("tile: image of %v px for a plan of %d×%d px with a margin of %d px", img.Size(), h, w, margin)
	}
	var in, logits *graph.Map
	for _, t := range pl.Tiles {
		if s := (graph.Shape{C: img.C, H: t.Read.Dy(), W: t.Read.Dx()}); in == nil || in.Shape != s {
			in = graph.NewMap(s)
		}
		Fill(in, img, t.Read.Min.Add(image.Pt(margin, margin)))
		y, err := p.Predict(in)
		if err != nil {
			return nil, fmt.Errorf("tile %v: %w", t.Read, err)
		}
		if y.H != t.Out.Dy() || y.W != t.Out.Dx() {
			return nil, fmt.Errorf("tile %v: the network returned %v px, want %d×%d", t.Read, y.Size(), t.Out.Dy(), t.Out.Dx())
		}
		if logits == nil {
			logits = graph.NewMap(graph.Shape{C: y.C, H: h, W: w})
		} else if logits.C != y.C {
			return nil, fmt.Errorf("tile %v: the network returned %d channels, before %d", t.Read, y.C, logits.C)
		}
		keep(logits, y, t)
	}
	return logits, nil
}

// keep copies what t owns from its output y.
func keep(dst, y *graph.Map, t Tile) {
	for c := range y.C {
		from, to := y.Plane(c), dst.Plane(c)
		for row := t.Keep.Min.Y; row < t.Keep.Max.Y; row++ {
			src := from[(row-t.Out.Min.Y)*y.W+t.Keep.Min.X-t.Out.Min.X:]
			copy(to[row*dst.W+t.Keep.Min.X:row*dst.W+t.Keep.Max.X], src)
		}
	}
}

// Fill copies to dst the part of img whose top left corner is at, mirroring
// img, as often as needed, where it ends.
func Fill(dst, img *graph.Map, at image.Point) {
	xs := make([]int, dst.W)
	for x := range xs {
		xs[x] = Mirror(at.X+x, img.W)
	}
	for c := range dst.C {
		from, to := img.Plane(c), dst.Plane(c)
		for y := range dst.H {
			src := from[Mirror(at.Y+y, img.H)*img.W:][:img.W]
			row := to[y*dst.W:][:dst.W]
			for x, sx := range xs {
				row[x] = src[sx]
			}
		}
	}
}

// Mirror maps any position to one in 0 … n-1 by reflection at the first and
// last px, neither of which is repeated: d c b | a b c d | c b a b.
func Mirror(i, n int) int {
	if n == 1 {
		return 0
	}
	i = mod(i, 2*(n-1))
	return min(i, 2*(n-1)-i)
}
