package tile

import (
	"fmt"
	"sync"

	"unetbench/graph"
)

// A stitcher puts the tiles' outputs together in the plan's order, whatever the
// order in which they come, so that sums have the same bits for any number of
// predictors.
type stitcher struct {
	plan *Plan

	mu      sync.Mutex
	next    int                // the tile whose turn it is
	early   map[int]*graph.Map // outputs that came before their turn
	failed  map[int]error      // by tile
	logits  *graph.Map
	weights []float32 // of a tile's output, if the plan blends
	sum     []float32 // of the weights, for each px of the image
}

func newStitcher(pl *Plan) *stitcher {
	return &stitcher{plan: pl, early: map[int]*graph.Map{}, failed: map[int]error{}}
}

// put takes the output of tile i, or why there is none. It reports whether to
// go on.
func (s *stitcher) put(i int, y *graph.Map, err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.failed[i] = fmt.Errorf("tile %v: %w", s.plan.Tiles[i].Read, err)
	} else {
		s.early[i] = y
	}
	for y := s.early[s.next]; y != nil; y = s.early[s.next] {
		delete(s.early, s.next)
		if err := s.add(s.plan.Tiles[s.next], y); err != nil {
			s.failed[s.next] = err
			break
		}
		s.next++
	}
	return len(s.failed) == 0
}

// finish returns the logits, or the error of the first tile that has one.
func (s *stitcher) finish() (*graph.Map, error) {
	for i := range s.plan.Tiles {
		if err := s.failed[i]; err != nil {
			return nil, err
		}
	}
	if s.sum == nil {
		return s.logits, nil
	}
	for c := range s.logits.C {
		plane := s.logits.Plane(c)
		for i, w := range s.sum {
			plane[i] /= w
		}
	}
	return s.logits, nil
}

func (s *stitcher) add(t Tile, y *graph.Map) error {
	h, w := s.plan.Bounds.Dy(), s.plan.Bounds.Dx()
	switch {
	case y.H != t.Out.Dy() || y.W != t.Out.Dx():
		return fmt.Errorf("tile %v: the network returned %v px, want %d×%d", t.Read, y.Size(), t.Out.Dy(), t.Out.Dx())
	case s.logits != nil && s.logits.C != y.C:
		return fmt.Errorf("tile %v: the network returned %d channels, before %d", t.Read, y.C, s.logits.C)
	case s.logits != nil:
	case t.Keep == t.Out && t.Keep == s.plan.Bounds:
		s.logits = y
		return nil
	default:
		s.logits = graph.NewMap(graph.Shape{C: y.C, H: h, W: w})
		if s.plan.Window != nil {
			s.weights, s.sum = s.plan.Window(y.H, y.W), make([]float32, h*w)
		}
	}
	if s.sum == nil {
		keep(s.logits, y, t)
	} else {
		s.blend(y, t)
	}
	return nil
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

// blend adds all of t's output y that lies in the image, weighted.
func (s *stitcher) blend(y *graph.Map, t Tile) {
	r := t.Out.Intersect(s.plan.Bounds)
	for row := r.Min.Y; row < r.Max.Y; row++ {
		at := row*s.logits.W + r.Min.X
		from := (row-t.Out.Min.Y)*y.W + r.Min.X - t.Out.Min.X
		weights := s.weights[from : from+r.Dx()]
		for i, w := range weights {
			s.sum[at+i] += w
		}
		for c := range y.C {
			src, dst := y.Plane(c)[from:from+r.Dx()], s.logits.Plane(c)[at:at+r.Dx()]
			for i, w := range weights {
				dst[i] += float32(w * src[i])
			}
		}
	}
}
