package report

import (
	"fmt"
	"slices"
	"strings"

	"unetbench/bench"
)

// The parts of a prediction's arithmetic, in the order of their stack.
var workParts = []struct {
	metric, label string
	hue           hue
}{
	{"mac-inside/px", "inside: distinct positions within the image", slate},
	{"mac-border/px", "border: distinct, outside it", amber},
	{"mac-repeated/px", "repeated: computed again in another tile", brick},
}

// workTiles are the tiles whose arithmetic is known for the arm, smallest
// first, the whole image last.
func (v *view) workTiles(arm string) []string {
	t := slices.Clone(v.tiles[[3]string{workParts[0].metric, arm, v.regime()}])
	slices.SortStableFunc(t, func(a, b string) int {
		rank := func(s string) int {
			if n := leadingNumber(s); n >= 0 {
				return n
			}
			return 1 << 30
		}
		return rank(a) - rank(b)
	})
	return t
}

// work is the arithmetic of an arm in one tiling, split into workParts.
func (v *view) work(arm, tile string) (parts []float64, total float64, ok bool) {
	for _, w := range workParts {
		e, ok := v.estimate(key{w.metric, arm, v.regime(), tile, ""})
		if !ok {
			return nil, 0, false
		}
		parts = append(parts, e.Mean)
		total += e.Mean
	}
	return parts, total, true
}

// overlapFigure stacks what a prediction costs per output pixel.
func (v *view) overlapFigure() figure {
	f := figure{ID: "overlap", Title: "What overlap costs", Cols: 4,
		How: "Multiply-accumulates per output pixel, exact, against the side of the tile's input in px: red is arithmetic done more than once because tiles overlap, amber is spent outside the image, and both shrink as tiles grow."}
	var groups [][]bar
	var arms []bench.Arm
	var tiles [][]string
	for _, a := range v.Arms {
		if a.Control && !noSkip(a) {
			continue
		}
		var bars []bar
		ts := v.workTiles(a.Name)
		for _, t := range ts {
			if parts, _, ok := v.work(a.Name, t); ok {
				bars = append(bars, bar{parts: parts})
			}
		}
		if len(bars) == len(ts) && len(ts) > 0 {
			groups, arms, tiles = append(groups, bars), append(arms, a), append(tiles, ts)
		}
	}
	if len(arms) == 0 {
		return f
	}
	_, hi := stackBounds(groups...)
	for i, a := range arms {
		var said []string
		for j, b := range groups[i] {
			said = append(said, fmt.Sprintf("%s: inside %s, border %s, repeated %s", tileShort(tiles[i][j]), si(b.parts[0]), si(b.parts[1]), si(b.parts[2])))
		}
		p := stacked(groups[i], tiles[i], "tile, px", []hue{slate, amber, brick}, 0, hi, armStyle{})
		p.Y.Tick.Marker = ticker{want: 3, name: func(x float64) string { return trimZeros(si(x)) }}
		f.Panels = append(f.Panels, panel{Title: a.Name, Unit: "MAC per output px", W: narrowW, H: narrowH, plot: p,
			Alt: "Multiply-accumulates per output pixel of " + a.Name + ". " + strings.Join(said, "; ")})
	}
	for _, w := range workParts {
		f.Legend = append(f.Legend, legendItem{w.label, armStyle{hue: w.hue}, true})
	}
	return f
}
