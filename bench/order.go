package bench

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// An order ranks the parts of a sample's key, so that records come in one order
// whatever the order in which they were measured: metrics, regimes and arms as
// the results list them (unlisted ones last, by name), the rest by name and
// number.
type order struct{ metric, regime, arm map[string]int }

func orderOf(r *Results) order {
	o := order{map[string]int{}, map[string]int{}, map[string]int{}}
	note := func(m map[string]int, name string) {
		if _, ok := m[name]; !ok {
			m[name] = len(m)
		}
	}
	for _, m := range r.Metrics {
		note(o.metric, m.Name)
	}
	for _, g := range r.Setup.Regimes {
		note(o.regime, g)
	}
	for _, a := range r.Arms {
		note(o.arm, a.Name)
	}
	return o
}

// compare orders by metric, regime, tile, bin, arm, seed, image.
func (o order) compare(a, b Sample) int {
	return cmp.Or(
		listed(o.metric, a.Metric, b.Metric),
		listed(o.regime, a.Regime, b.Regime),
		listed(tileRank, a.Tile, b.Tile),
		natural(a.Bin, b.Bin),
		listed(o.arm, a.Arm, b.Arm),
		cmp.Compare(a.Seed, b.Seed),
		strings.Compare(a.Image, b.Image),
	)
}

// sorted returns the samples in order, sharing nothing with the argument.
func (o order) sorted(s []Sample) []Sample {
	s = slices.Clone(s)
	slices.SortStableFunc(s, o.compare)
	return s
}

func listed(rank map[string]int, a, b string) int {
	i, oki := rank[a]
	j, okj := rank[b]
	switch {
	case oki && okj:
		return cmp.Compare(i, j)
	case oki:
		return -1
	case okj:
		return +1
	}
	return natural(a, b)
}

// tileRank puts the whole image first, then the arms' own tiles.
var tileRank = map[string]int{"whole": 0, "tiled": 1}

// natural compares names with the numbers in them as numbers: "4-8" < "16-32".
func natural(a, b string) int {
	for a != "" && b != "" {
		x, restA := number(a)
		y, restB := number(b)
		if restA == a || restB == b { // no number in front of one of them
			if a[0] != b[0] {
				return cmp.Compare(a[0], b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		if x != y {
			return cmp.Compare(x, y)
		}
		a, b = restA, restB
	}
	return cmp.Compare(len(a), len(b))
}

// number splits the number off the front of s.
func number(s string) (uint64, string) {
	n := len(s) - len(strings.TrimLeft(s, "0123456789"))
	v, _ := strconv.ParseUint(s[:n], 10, 64)
	return v, s[n:]
}
