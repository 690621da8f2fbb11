package bench

import (
	"fmt"
	"slices"
)

// Fewer seeds or images than these are warned of: intervals still cover what
// they say, but are wide.
const (
	fewSeeds  = 4
	fewImages = 3
)

// A warner collects what is wrong with the samples of many contrasts, and says
// each thing once.
type warner struct {
	seeds, images   map[string]int // regime: fewest
	gaps, contrasts map[string]int // metric: contrasts with gaps, contrasts
	regimes         []string
	metrics         []string
	lone            []Warning
}

func newWarner() *warner {
	return &warner{seeds: map[string]int{}, images: map[string]int{}, gaps: map[string]int{}, contrasts: map[string]int{}}
}

// alone notes that the reference has nothing to compare k with.
func (w *warner) alone(k Sample, def Metric) {
	if def.Exact {
		return // arithmetic of a tile that only this arm has
	}
	in := ""
	if k.Tile != "" {
		in = ", tile " + k.Tile
	}
	n := Warning{Code: "no-reference", Arm: k.Arm, Text: fmt.Sprintf("%s is not compared: %s has no value for it (regime %s%s)", k.Metric, Reference, k.Regime, in)}
	if !slices.Contains(w.lone, n) {
		w.lone = append(w.lone, n)
	}
}

// compared notes how many seeds and images one contrast rests on.
func (w *warner) compared(c comparison, dropped bool) {
	if !slices.Contains(w.metrics, c.Metric) {
		w.metrics = append(w.metrics, c.Metric)
	}
	w.contrasts[c.Metric]++
	if dropped {
		w.gaps[c.Metric]++
	}
	if c.exact {
		return
	}
	least := func(m map[string]int, n int) {
		if have, ok := m[c.Regime]; !ok || n < have {
			m[c.Regime] = n
		}
	}
	if !slices.Contains(w.regimes, c.Regime) {
		w.regimes = append(w.regimes, c.Regime)
	}
	least(w.seeds, c.Seeds)
	if c.Images > 0 {
		least(w.images, c.Images)
	}
}

func (w *warner) warnings() []Warning {
	var out []Warning
	say := func(code, format string, a ...any) {
		out = append(out, Warning{Code: code, Text: fmt.Sprintf(format, a...)})
	}
	for _, r := range w.regimes {
		switch n := w.seeds[r]; {
		case n == 1:
			say("few-samples", "regime %s: some contrasts rest on one seed, so they have no interval and stay undecided; use --seeds 6", r)
		case n < fewSeeds:
			say("few-samples", "regime %s: some contrasts rest on %d seeds: their intervals are wide, and as uncertain as they are wide; use --seeds 6", r, n)
		}
		switch n, ok := w.images[r]; {
		case ok && n == 1:
			say("few-samples", "regime %s: some contrasts rest on one test image: they say nothing about other images", r)
		case ok && n < fewImages:
			say("few-samples", "regime %s: some contrasts rest on %d test images: their intervals are wide, and as uncertain as they are wide", r, n)
		}
	}
	for _, m := range w.metrics {
		if n := w.gaps[m]; n > 0 {
			say("gaps", "%s: in %d of %d contrasts some seeds or images lack a value (a run cut short, a class or distance that an image does not have) and are left out", m, n, w.contrasts[m])
		}
	}
	return append(out, w.lone...)
}
