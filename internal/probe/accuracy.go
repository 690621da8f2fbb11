package probe

import (
	"unetbench/graph"
	"unetbench/internal/metric"
	"unetbench/internal/tile"
)

// labelled is how many images with masks are scored, at most.
const labelled = 4

// accuracy scores the network on the images that have masks: in one piece, and
// in the tiles of the first rule of other programs that takes the network.
func (p *prober) accuracy(s *scene) error {
	var border, edge tally
	right, n := 0, 0
	for i := range min(len(p.masks), labelled) {
		img, mask := p.images[i], p.masks[i]
		if mask == nil {
			continue
		}
		if len(mask) != img.H*img.W {
			p.note("the mask of image %d has %d px, the image %d: it is left out", i, len(mask), img.H*img.W)
			continue
		}
		whole, err := tile.Whole(img.Size(), s.geometry)
		if err != nil {
			return err
		}
		y, err := whole.Predict(s.run, img, 0)
		if err != nil {
			return err
		}
		one := classes(y)
		for j, k := range one {
			if k == mask[j] {
				right++
			}
		}
		n += len(one)
		border.add(whole.BorderDistance(), one, nil, mask)
		plan := foreign(img.Size(), s)
		if plan == nil || len(plan.Tiles) < 2 {
			continue
		}
		if y, err = plan.Predict(s.run, img, 0); err != nil {
			return err
		}
		edge.add(plan.EdgeDistance(), one, classes(y), mask)
	}
	if n > 0 {
		p.result.Accuracy = &Accuracy{Whole: float64(right) / float64(n), Border: border.bands(), Edge: edge.bands()}
	}
	return nil
}

// foreign is the plan of the first rule but ours that takes the network.
func foreign(size graph.Size, s *scene) *tile.Plan {
	for _, r := range tile.Rules[1:] {
		if plan, err := r.Plan(size, s.geometry, s.tile); err == nil {
			return plan
		}
	}
	return nil
}

// A tally counts px by distance.
type tally struct {
	n, whole, tiled [6]int
	both            bool
}

// add counts px whose distance is not negative; tiled may be nil.
func (t *tally) add(distance []int16, whole, tiled, mask []uint8) {
	t.both = t.both || tiled != nil
	for i, d := range distance {
		if d < 0 {
			continue
		}
		b := metric.DistanceBin(int(d))
		t.n[b]++
		if whole[i] == mask[i] {
			t.whole[b]++
		}
		if tiled != nil && tiled[i] == mask[i] {
			t.tiled[b]++
		}
	}
}

func (t *tally) bands() []Band {
	var all []Band
	from := 0
	for b, n := range t.n {
		to := 0 // no end
		if b < len(metric.DistanceEnds) {
			to = metric.DistanceEnds[b]
		}
		if n > 0 {
			k := Band{From: from, To: to, Whole: float64(t.whole[b]) / float64(n), Px: n}
			if t.both {
				k.Tiled = float64(t.tiled[b]) / float64(n)
			}
			all = append(all, k)
		}
		from = to
	}
	return all
}
