package report

import (
	"fmt"
	"strings"

	"unetbench/bench"
)

// course gathers an arm's estimates over the bins of a metric.
func (v *view) course(metric, arm string) (s series, ok bool) {
	s.style = v.style(arm)
	for i, b := range v.bins[metric] {
		if e, ok := v.shown(metric, arm, b); ok {
			s.x, s.e = append(s.x, float64(i)), append(s.e, e)
		}
	}
	return s, len(s.x) > 0
}

// told puts a course into words: "valid 12.1 (0-2) … 5.0 (32+)".
func (v *view) told(metric, arm string) string {
	var parts []string
	m, _ := v.metric(metric)
	for _, b := range v.bins[metric] {
		if e, ok := v.shown(metric, arm, b); ok {
			parts = append(parts, b+": "+number(m.Unit, e.Mean))
		}
	}
	return arm + " " + strings.Join(parts, ", ")
}

// labels typesets the bins of a metric for an axis.
func (v *view) labels(metric string) []string {
	var out []string
	for _, b := range v.bins[metric] {
		b = strings.TrimPrefix(strings.TrimPrefix(b, "level"), "shift")
		out = append(out, strings.ReplaceAll(b, "-", "–"))
	}
	return out
}

// byBin makes one panel of courses, arm by arm; keep chooses the arms.
func (v *view) byBin(metric, title, unit, xlabel string, can span, keep func(bench.Arm) bool) (p panel, arms []string, ok bool) {
	var all []series
	var said []string
	for _, a := range v.armsWith(metric, v.regime()) {
		if !keep(a) {
			continue
		}
		if s, ok := v.course(metric, a.Name); ok {
			all, arms = append(all, s), append(arms, a.Name)
			said = append(said, v.told(metric, a.Name))
		}
	}
	if len(all) == 0 {
		return p, nil, false
	}
	return panel{Title: title, Unit: unit, W: panelW, H: panelH, plot: overBins(all, v.labels(metric), xlabel, can),
		Alt: fmt.Sprintf("%s by %s. %s", title, xlabel, strings.Join(said, "; "))}, arms, true
}

// contestant keeps the controls out of charts that would become unreadable.
func contestant(a bench.Arm) bool { return !a.Control || noSkip(a) }

// curveFigure shows accuracy over the distance to the image border or to the
// nearest tile edge.
func (v *view) curveFigure(place string) figure {
	f := figure{ID: place, Cols: 2}
	xlabel := "distance to the image border, px"
	if place == "border" {
		f.Title = "Accuracy against distance to the image border"
		f.How = "Towards the left lie the pixels at the border; a line that bends there shows what missing context costs that arm. Bands are 95 % intervals over seeds."
	} else {
		f.Title = "Accuracy against distance to the nearest tile edge"
		f.How = "Tile edges are the lines between areas that different tiles predicted, image borders excluded: a flat line means that nobody can see where the tiles met. Bands are 95 % intervals over seeds."
		xlabel = "distance to the nearest tile edge, px"
	}
	for _, m := range []struct {
		metric, title, unit string
	}{{"dice", "Dice", "%, higher is better"}, {"error", "Error rate", "% of pixels wrong, lower is better"}} {
		p, arms, ok := v.byBin(m.metric+":"+place, m.title, m.unit, xlabel, percents, contestant)
		if !ok {
			continue
		}
		f.Panels = append(f.Panels, p)
		if len(arms) > len(f.Legend) {
			f.Legend = v.legend(arms)
		}
	}
	return f
}

// oracleFigure splits what an arm loses at the border into what any network
// without the true context loses and what this arm loses beyond that.
func (v *view) oracleFigure() figure {
	f := figure{ID: "oracle", Title: "What missing context costs, and what the arm adds", Cols: 4,
		How: "Excess error over the reference fed with the true continuation of the scene: the lower part is lost by the best way of predicting without it, the upper part is the arm's own; the dot is their sum with its 95 % interval over seeds."}
	const total, context, own = "oracle-excess:border", "oracle-context:border", "oracle-arm:border"
	bins := v.bins[total]
	if len(bins) == 0 {
		bins = v.bins[context]
	}
	var groups [][]bar
	var arms []bench.Arm
	for _, a := range v.Arms {
		var bars []bar
		for _, b := range bins {
			c, okC := v.shown(context, a.Name, b)
			o, okO := v.shown(own, a.Name, b)
			t, okT := v.shown(total, a.Name, b)
			if !okC || !okO {
				continue
			}
			x := bar{parts: []float64{c.Mean, o.Mean}}
			if okT {
				x.total = &t
			}
			bars = append(bars, x)
		}
		if len(bars) == len(bins) && len(bins) > 0 {
			groups, arms = append(groups, bars), append(arms, a)
		}
	}
	if len(arms) == 0 {
		return f
	}
	lo, hi := stackBounds(groups...)
	lo, hi = max(lo, points100.lo), min(hi, points100.hi)
	labels := v.labels(total)
	if len(labels) == 0 {
		labels = v.labels(context)
	}
	for i, a := range arms {
		var said []string
		for j, b := range groups[i] {
			said = append(said, fmt.Sprintf("%s px: context %s, arm %s", bins[j], points(b.parts[0]), points(b.parts[1])))
		}
		f.Panels = append(f.Panels, panel{Title: a.Name, Unit: "excess error, points", W: narrowW, H: narrowH,
			Alt:  "Excess error of " + a.Name + " over the reference with true context. " + strings.Join(said, "; "),
			plot: stacked(groups[i], labels, "px from the image border", []hue{slate, amber}, lo, hi, armStyle{hue: ink})})
	}
	f.Legend = []legendItem{{"missing context", armStyle{hue: slate}, true}, {"the arm's own", armStyle{hue: amber}, true}}
	return f
}
