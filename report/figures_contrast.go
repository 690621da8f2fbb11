package report

import (
	"fmt"
	"strings"
)

// figures are all figures that the results have data for, in the page's order.
func (v *view) figures() []figure {
	var out []figure
	for _, f := range []figure{
		v.contrastFigure(), v.paretoFigure(), v.curveFigure("border"), v.curveFigure("edge"), v.oracleFigure(),
		v.overlapFigure(), v.misregistrationFigure(), v.displacementFigure(), v.skipFigure(), v.shiftFigure(), v.checkerFigure(), v.learningFigure(),
	} {
		if n := len(f.Panels); n > 0 {
			if f.Cols == 4 && (n == 3 || n > 4) { // 3 + 2 rather than 4 + 1
				f.Cols = 3
			}
			out = append(out, f)
		}
	}
	return out
}

// contrastFigure is the verdict as a picture: every Dice contrast with its
// interval against the margin of equivalence.
func (v *view) contrastFigure() figure {
	f := figure{ID: "contrasts", Title: "Dice against cropping, paired by seed and image", Cols: 1,
		How: "Each dot is an arm's mean Dice minus the reference's, with its 95 % interval: an interval that stays clear of 0 is a difference, one that stays inside the grey margin is an equivalence, any other is undecided."}
	var rows []row
	var said []string
	margin := v.Setup.Margin
	several := v.severalConditions()
	for _, c := range v.Contrasts {
		if c.Metric != "dice" || c.Bin != "" {
			continue
		}
		x := v.finding(c)
		label := c.Arm
		if several {
			label += ", " + condition(c.Regime, c.Tile, len(v.Setup.Regimes) > 1)
		}
		rows = append(rows, row{label, v.style(c.Arm), estimate{Mean: c.Diff, Half: max(c.High-c.Diff, c.Diff-c.Low)}})
		said = append(said, fmt.Sprintf("%s %s (%s to %s, %s)", label, points(c.Diff), points(c.Low), points(c.High), x.Verdict))
		margin = c.Margin
	}
	if len(rows) == 0 {
		return f
	}
	f.Panels = []panel{{W: 360, H: dotsHeight(len(rows), false), Alt: "Difference in Dice points against the reference: " + strings.Join(said, "; "),
		plot: dots(rows, "difference in Dice, points", [2]float64{-margin, margin}, true, points100)}}
	return f
}

// severalConditions reports whether Dice was contrasted in more than one
// regime or way of predicting.
func (v *view) severalConditions() bool {
	for _, c := range v.Contrasts {
		for _, d := range v.Contrasts {
			if c.Metric == "dice" && d.Metric == "dice" && c.Bin == "" && d.Bin == "" && (c.Tile != d.Tile || c.Regime != d.Regime) {
				return true
			}
		}
	}
	return false
}

// condition labels a row of a chart or table.
func condition(regime, tile string, withRegime bool) string {
	t := tileShort(tile)
	if withRegime {
		return regime + ", " + t
	}
	return t
}
