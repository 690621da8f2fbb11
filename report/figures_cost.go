package report

import (
	"fmt"
	"slices"
	"strings"
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

// rankTile puts the whole image first, then the arm's own tiles, then cost
// curves by side and overlap.
func rankTile(t string) int {
	switch t {
	case whole:
		return -2
	case tiled:
		return -1
	}
	side, overlap, _ := strings.Cut(t, "+")
	return leadingNumber(side)*4096 + max(leadingNumber(overlap), 0)
}

// workTiles are the ways of predicting whose arithmetic is known for the arm.
func (v *view) workTiles(arm string) []string {
	t := slices.Clone(v.tiles[[3]string{workParts[0].metric, arm, v.regime()}])
	slices.SortStableFunc(t, func(a, b string) int { return rankTile(a) - rankTile(b) })
	return t
}

// costCurve is the part of workTiles that varies the tile's side: without
// overlap, or with the overlap at which tiles agree with the whole.
func (v *view) costCurve(arm string, overlapping bool) []string {
	var out []string
	for _, t := range v.workTiles(arm) {
		_, overlap, _ := strings.Cut(t, "+")
		if leadingNumber(t) >= 0 && (leadingNumber(overlap) > 0) == overlapping {
			out = append(out, t)
		}
	}
	return out
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
		How: "Multiply-accumulates per output pixel of a large image that the tiles just cover, exact counts: red is arithmetic done more than once because tiles overlap, amber is spent outside the image; a broken bar goes on to the height that it says."}
	type group struct {
		arm, title string
		tiles      []string
		bars       []bar
	}
	var groups []group
	hi := 0.0
	for _, a := range v.Arms {
		if a.Control || noSkip(a) {
			continue
		}
		for _, overlapping := range []bool{false, true} {
			g := group{arm: a.Name, title: a.Name, tiles: v.costCurve(a.Name, overlapping)}
			if overlapping {
				g.title += ", overlapping until exact"
			}
			for _, t := range g.tiles {
				if parts, _, ok := v.work(a.Name, t); ok {
					g.bars = append(g.bars, bar{parts: parts})
				}
			}
			if len(g.bars) == len(g.tiles) && len(g.tiles) > 0 {
				if n := len(groups); overlapping && n > 0 && groups[n-1].arm == a.Name && slices.EqualFunc(groups[n-1].bars, g.bars, sameWork) {
					continue // it is exact as it is
				}
				groups = append(groups, g)
				if _, top := stackBounds(g.bars); !overlapping {
					hi = max(hi, 1.6*top) // small tiles that overlap until exact may cost ten times as much
				}
			}
		}
	}
	if len(groups) == 0 {
		return f
	}
	most := 0.0
	for _, g := range groups {
		_, top := stackBounds(g.bars)
		most = max(most, top)
	}
	hi = min(hi, most)
	for _, g := range groups {
		var said, labels []string
		for j, b := range g.bars {
			side, _, _ := strings.Cut(g.tiles[j], "+")
			labels = append(labels, side)
			said = append(said, fmt.Sprintf("%s: inside %s, border %s, repeated %s", tileShort(g.tiles[j]), si(b.parts[0]), si(b.parts[1]), si(b.parts[2])))
		}
		p := stacked(g.bars, labels, "side of the tile's input, px", []hue{slate, amber, brick}, 0, hi, armStyle{})
		p.Y.Tick.Marker = ticker{want: 3, name: func(x float64) string { return trimZeros(si(x)) }}
		f.Panels = append(f.Panels, panel{Title: g.title, Unit: "MAC per output px", W: narrowW, H: narrowH, plot: p,
			Alt: "Multiply-accumulates per output pixel of " + g.title + ". " + strings.Join(said, "; ")})
	}
	for _, w := range workParts {
		f.Legend = append(f.Legend, legendItem{w.label, armStyle{hue: w.hue}, true})
	}
	return f
}

// sameWork tells whether two bars have the same parts.
func sameWork(a, b bar) bool { return slices.Equal(a.parts, b.parts) }
