// Package report turns the records of a comparison into what a person reads:
// tables and sentences in the terminal, one self-contained HTML page, and PNG
// figures. Everything here is a pure function of bench.Results: no clock, no
// host, no map order, so the same results give the same bytes.
//
// The path of one page: a view indexes the samples; tables, figures, answers
// and claims are made from the view; terminal.go, html.go and png.go only lay
// them out.
package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"unetbench/bench"
)

// Ways of predicting an image, as in Sample.Tile.
const (
	whole = "whole" // in one piece
	tiled = "tiled" // in the arm's own tiles
)

// A key names one group of samples: all seeds and images of one condition.
type key struct{ metric, arm, regime, tile, bin string }

// A view is Results with the lookups that every part of a report needs. Its
// maps are only ever looked up, never ranged over.
type view struct {
	*bench.Results
	Arms  []bench.Arm // each name once; Results.Arms may repeat it per regime
	cells map[key]*cell
	tiles map[[3]string][]string // metric, arm, regime → tiles, in order of appearance
	bins  map[string][]string    // metric → bins, nearest first
}

// newView indexes r. Values that are not finite are left out: a page must not
// show a mean that one broken sample has poisoned.
func newView(r *bench.Results) *view {
	v := &view{Results: r, cells: map[key]*cell{}, tiles: map[[3]string][]string{}, bins: map[string][]string{}}
	for _, a := range r.Arms {
		if _, ok := v.arm(a.Name); !ok {
			v.Arms = append(v.Arms, a)
		}
	}
	for _, s := range r.Samples {
		if math.IsNaN(s.Value) || math.IsInf(s.Value, 0) {
			continue
		}
		k := key{s.Metric, s.Arm, s.Regime, s.Tile, s.Bin}
		c := v.cells[k]
		if c == nil {
			c = &cell{}
			v.cells[k] = c
			t := [3]string{s.Metric, s.Arm, s.Regime}
			if !slices.Contains(v.tiles[t], s.Tile) {
				v.tiles[t] = append(v.tiles[t], s.Tile)
			}
			if s.Bin != "" && !slices.Contains(v.bins[s.Metric], s.Bin) {
				v.bins[s.Metric] = append(v.bins[s.Metric], s.Bin)
			}
		}
		c.add(s)
	}
	for _, m := range r.Metrics {
		sortBins(v.bins[m.Name])
	}
	for _, s := range r.Samples { // metrics that the record forgot to describe
		if _, ok := v.metric(s.Metric); !ok {
			sortBins(v.bins[s.Metric])
		}
	}
	return v
}

// sortBins orders bins by the first number in their name: "0-2", "2-4", "32+".
func sortBins(bins []string) {
	slices.SortStableFunc(bins, func(a, b string) int {
		return cmp.Or(cmp.Compare(leadingNumber(a), leadingNumber(b)), strings.Compare(a, b))
	})
}

// leadingNumber is the first run of digits in s, or -1.
func leadingNumber(s string) int {
	i := strings.IndexAny(s, "0123456789")
	if i < 0 {
		return -1
	}
	j := i
	for j < len(s) && s[j] >= '0' && s[j] <= '9' {
		j++
	}
	n, err := strconv.Atoi(s[i:j])
	if err != nil {
		return -1
	}
	return n
}

// metric returns the record that describes the samples of that name.
func (v *view) metric(name string) (bench.Metric, bool) {
	for _, m := range v.Metrics {
		if m.Name == name {
			return m, true
		}
	}
	return bench.Metric{Name: name}, false
}

// arm returns the arm of that name.
func (v *view) arm(name string) (bench.Arm, bool) {
	for _, a := range v.Arms {
		if a.Name == name {
			return a, true
		}
	}
	return bench.Arm{Name: name}, false
}

// armsWith returns, in the order of the record, the arms that have a sample of
// the metric under the regime.
func (v *view) armsWith(metric, regime string) []bench.Arm {
	var out []bench.Arm
	for _, a := range v.Arms {
		if len(v.tiles[[3]string{metric, a.Name, regime}]) > 0 {
			out = append(out, a)
		}
	}
	return out
}

// regime is the regime that the page shows first.
func (v *view) regime() string {
	if len(v.Setup.Regimes) > 0 {
		return v.Setup.Regimes[0]
	}
	if len(v.Samples) > 0 {
		return v.Samples[0].Regime
	}
	return ""
}

// tileFor is the way of predicting that a single figure for the arm should
// come from: the whole image where that was done, else the arm's own tiles,
// else the smallest tile of a cost curve.
func (v *view) tileFor(metric, arm, regime string) string {
	have := v.tiles[[3]string{metric, arm, regime}]
	for _, t := range []string{whole, tiled, ""} {
		if slices.Contains(have, t) {
			return t
		}
	}
	if len(have) == 0 {
		return ""
	}
	have = slices.Clone(have)
	sortBins(have)
	return have[0]
}

// shown is the estimate of a metric for an arm in the regime and tile that the
// page shows first; ok is false where nothing was measured.
func (v *view) shown(metric, arm, bin string) (e estimate, ok bool) {
	r := v.regime()
	return v.estimate(key{metric, arm, r, v.tileFor(metric, arm, r), bin})
}

// synthetic reports whether the images were drawn rather than acquired.
func (v *view) synthetic() bool { return strings.HasPrefix(v.Setup.Data, "synthetic") }
