package bench

import (
	"fmt"
	"slices"
)

// A cell is where a sample stands in its table of seeds × images.
type cell struct {
	seed  uint64
	image string
}

// A table holds the samples of every key (metric, arm, regime, tile, bin).
type table struct {
	metric map[string]Metric
	keys   []Sample // in order; seed, image and value empty
	cells  map[Sample]map[cell]float64
}

func tabulate(r *Results) (*table, error) {
	t := &table{metric: map[string]Metric{}, cells: map[Sample]map[cell]float64{}}
	for _, m := range r.Metrics {
		t.metric[m.Name] = m
	}
	for _, s := range orderOf(r).sorted(r.Samples) {
		if _, ok := t.metric[s.Metric]; !ok {
			return nil, fmt.Errorf("sample of a metric %q that is not defined", s.Metric)
		}
		if err := s.finite(); err != nil {
			return nil, err
		}
		k := Sample{Metric: s.Metric, Arm: s.Arm, Regime: s.Regime, Tile: s.Tile, Bin: s.Bin}
		if t.cells[k] == nil {
			t.cells[k] = map[cell]float64{}
			t.keys = append(t.keys, k)
		}
		t.cells[k][cell{s.Seed, s.Image}] = s.Value
	}
	return t, nil
}

// ofNetwork reports whether the samples of k belong to no image.
func (t *table) ofNetwork(k Sample) bool {
	for c := range t.cells[k] {
		if c.image != "" {
			return false
		}
	}
	return true
}

// pair returns arm − reference for seeds (rows) × images (columns) that both
// have in full. Where a value is missing, the seed or the image that misses the
// largest part is dropped, images first, until none is.
func pair(arm, ref map[cell]float64) (d [][]float64, dropped bool) {
	both := map[cell]float64{}
	var seeds []uint64
	var images []string
	for c, v := range arm {
		if w, ok := ref[c]; ok {
			both[c] = v - w
			seeds, images = append(seeds, c.seed), append(images, c.image)
		}
	}
	dropped = len(both) < max(len(arm), len(ref))
	slices.Sort(seeds)
	slices.Sort(images)
	seeds, images = slices.Compact(seeds), slices.Compact(images)
	for len(seeds) > 0 {
		seed, bySeed := worst(seeds, images, func(s uint64, i string) bool { _, ok := both[cell{s, i}]; return ok })
		image, byImage := worst(images, seeds, func(i string, s uint64) bool { _, ok := both[cell{s, i}]; return ok })
		switch {
		case bySeed == 0:
			for _, s := range seeds {
				row := make([]float64, len(images))
				for i, name := range images {
					row[i] = both[cell{s, name}]
				}
				d = append(d, row)
			}
			return d, dropped
		case bySeed > byImage:
			seeds = slices.Delete(seeds, seed, seed+1)
		default:
			images = slices.Delete(images, image, image+1)
		}
		dropped = true
	}
	return nil, true
}

// worst finds the first of list that misses the largest part of across.
func worst[A, B any](list []A, across []B, has func(A, B) bool) (index int, part float64) {
	for i, a := range list {
		missing := 0
		for _, b := range across {
			if !has(a, b) {
				missing++
			}
		}
		if p := float64(missing) / float64(len(across)); p > part {
			index, part = i, p
		}
	}
	return index, part
}
