package report

import (
	"strings"

	"unetbench/bench"
)

// joining keeps out the arm whose skips carry nothing.
func joining(a bench.Arm) bool { return !noSkip(a) }

// misregistrationFigure shows by how far skip and decoder disagree on where
// they are, level by level.
func (v *view) misregistrationFigure() figure {
	f := figure{ID: "misregistration", Title: "Misregistration of skip and decoder at the joins", Cols: 2,
		How: "At each level's join, how many input px apart the two joined maps believe the same pixel to be, at worst: 0 is a join that fits, and level 0 is full resolution. Local counts this join alone, accumulated everything that the decoder has been through."}
	for _, m := range []struct{ metric, title string }{{"misreg-local-max", "Local, largest"}, {"misreg-accum-max", "Accumulated, largest"}} {
		p, arms, ok := v.byBin(m.metric, m.title, "input px", "level", lengths, joining)
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

// skipFigure shows what each level's skip contributes to the trained network.
func (v *view) skipFigure() figure {
	f := figure{ID: "skips", Title: "Is each skip used at all?", Cols: 1,
		How: "The skip of one level is permuted across space in the trained network: the higher the line, the more the network relied on that skip being in its place. Bands are 95 % intervals over seeds."}
	m, _ := v.metric("skip-use")
	if p, arms, ok := v.byBin("skip-use", "", unitName(m, "Dice lost, points"), "level", points100, joining); ok {
		p.Title = "Dice lost when the skip is permuted"
		p.Unit = unitName(m, "points")
		f.Panels, f.Legend = []panel{p}, v.legend(arms)
	}
	return f
}

// unitName is the metric's unit, or what it is taken to be.
func unitName(m bench.Metric, fallback string) string {
	if m.Unit == "" || m.Unit == "%" {
		return fallback
	}
	return m.Unit
}

// shiftFigure shows how far a prediction survives a shift of the image.
func (v *view) shiftFigure() figure {
	f := figure{ID: "shift", Title: "Shift consistency", Cols: 1,
		How: "The image is shifted by so many px and predicted again: 100 % means the prediction moved along exactly; peaks at multiples of the network's step are its sampling grid. Bands are 95 % intervals over seeds."}
	if p, arms, ok := v.byBin("shift-consistency", "Agreement after a shift", "% of pixels", "shift, px", percents, contestant); ok {
		f.Panels, f.Legend = []panel{p}, v.legend(arms)
	}
	return f
}

// checkerFigure shows the periodic pattern that upsampling leaves.
func (v *view) checkerFigure() figure {
	f := figure{ID: "checkerboard", Title: "Checkerboard energy", Cols: 3,
		How: "Energy in the pattern that repeats with the upsampling grid, with 95 % intervals over seeds: further right is a stronger checkerboard; on flat input there is nothing else to see, so all of it is the network's own."}
	for _, m := range []struct{ metric, title string }{
		{"checkerboard-init", "At initialisation"}, {"checkerboard-flat", "Trained, flat input"}, {"checkerboard-image", "Trained, test images"},
	} {
		can := lengths
		if m.metric == "checkerboard-image" { // an excess over the surroundings
			can = anything
		}
		p, ok := v.dotPanel(m.metric, m.title, can)
		if ok {
			f.Panels = append(f.Panels, p)
		}
	}
	return f
}

// dotPanel draws one estimate per arm.
func (v *view) dotPanel(metric, title string, can span) (panel, bool) {
	m, _ := v.metric(metric)
	var rows []row
	var said []string
	for _, a := range v.armsWith(metric, v.regime()) {
		e, ok := v.shown(metric, a.Name, "")
		if !ok {
			continue
		}
		rows = append(rows, row{a.Name, v.style(a.Name), e})
		said = append(said, a.Name+" "+pm(m.Unit, e))
	}
	if len(rows) == 0 {
		return panel{}, false
	}
	unit := m.Unit
	if unit == "" {
		unit = "energy"
	}
	return panel{Title: title, W: narrowW, H: dotsHeight(len(rows), false) + 22, plot: dots(rows, unit, [2]float64{}, false, can),
		Alt: title + ": " + strings.Join(said, "; ")}, true
}
