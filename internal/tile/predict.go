package tile

import (
	"errors"
	"fmt"
	"image"
	"sync"
	"sync/atomic"

	"unetbench/graph"
)

// A Predictor runs a network. The map that it is given it neither changes nor
// keeps; the one that it returns is the caller's.
type Predictor interface {
	Predict(x *graph.Map) (*graph.Map, error)
}

// Predict runs p over every tile of the plan and returns C×H×W logits over
// Bounds. img holds the image with margin px of true context on each side of
// Bounds; outside those tiles read what pl.Beyond says.
func (pl *Plan) Predict(p Predictor, img *graph.Map, margin int) (*graph.Map, error) {
	return pl.PredictParallel([]Predictor{p}, img, margin)
}

// PredictParallel is Predict on several predictors of one network, which run
// side by side, each on a tile of its own. The result has the same bits for any
// number of them.
func (pl *Plan) PredictParallel(ps []Predictor, img *graph.Map, margin int) (*graph.Map, error) {
	h, w := pl.Bounds.Dy(), pl.Bounds.Dx()
	if margin < 0 || img.H != h+2*margin || img.W != w+2*margin {
		return nil, fmt.Errorf("tile: image of %v px for a plan of %d×%d px with a margin of %d px", img.Size(), h, w, margin)
	}
	if len(ps) == 0 {
		return nil, errors.New("tile: no predictor")
	}
	s := newStitcher(pl)
	var taken atomic.Int32
	var crew sync.WaitGroup
	for _, p := range ps[:min(len(ps), len(pl.Tiles))] {
		crew.Go(func() {
			var own *graph.Map
			for more := true; more; {
				i := int(taken.Add(1)) - 1
				if i >= len(pl.Tiles) {
					return
				}
				in := window(&own, img, pl.Tiles[i].Read.Add(image.Pt(margin, margin)), pl.Beyond)
				y, err := p.Predict(in)
				more = s.put(i, y, err)
			}
		})
	}
	crew.Wait()
	return s.finish()
}

// window is what of img lies in r, and what is beyond img: img itself, or *own, which
// it replaces if r has another shape.
func window(own **graph.Map, img *graph.Map, r image.Rectangle, beyond Beyond) *graph.Map {
	if r == image.Rect(0, 0, img.W, img.H) {
		return img
	}
	if s := (graph.Shape{C: img.C, H: r.Dy(), W: r.Dx()}); *own == nil || (*own).Shape != s {
		*own = graph.NewMap(s)
	}
	beyond.Fill(*own, img, r.Min)
	return *own
}

// Fill copies to dst the part of img whose top left corner is at, mirroring
// img, as often as needed, where it ends.
func Fill(dst, img *graph.Map, at image.Point) {
	// What lies inside img is one run per row.
	first := min(max(-at.X, 0), dst.W)
	last := max(min(img.W-at.X, dst.W), first)
	for c := range dst.C {
		from, to := img.Plane(c), dst.Plane(c)
		for y := range dst.H {
			src := from[Mirror(at.Y+y, img.H)*img.W:][:img.W]
			row := to[y*dst.W:][:dst.W]
			for x := range first {
				row[x] = src[Mirror(at.X+x, img.W)]
			}
			copy(row[first:last], src[min(max(at.X, 0), img.W):])
			for x := last; x < dst.W; x++ {
				row[x] = src[Mirror(at.X+x, img.W)]
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
