package report

import (
	"fmt"
	"slices"
	"strings"

	"unetbench/bench"
)

// regimeTable gives the verdict in Dice under each regime: what decides under
// one need not under another. It is empty where there is one regime only.
func (v *view) regimeTable() *table {
	t := v.armTable("regimes", "The verdict in Dice under each regime, against "+v.reference()+", "+tilePhrase(v.frame().tile), v.contenders())
	t.Note = "Arm minus reference, points, and what that decides: " + regimes(v.Setup.Regimes) + ". Regimes that disagree do so by what each leaves unequal: context, supervised pixels, arithmetic or time."
	if len(v.Setup.Regimes) < 2 {
		return t
	}
	for _, r := range v.Setup.Regimes {
		f := v.frameOf(r)
		cells := make([]tableCell, len(t.Rows))
		for i, row := range t.Rows {
			cells[i] = nothing
			for _, x := range v.findings("dice", "", f, func(a bench.Arm) bool { return a.Name == row.Arm }) {
				cells[i] = x.verdict()
				cells[i].Text = difference(x.of.Unit, x.Diff) + " " + cells[i].Text
			}
		}
		t.add(r, regimePhrase(r), cells)
	}
	return t
}

// contenders are the arms that are contrasted, controls left out.
func (v *view) contenders() []bench.Arm {
	return slices.DeleteFunc(slices.Clone(v.Arms), func(a bench.Arm) bool { return a.Control || a.Name == v.reference() })
}

// stepsFact says how many steps each arm was trained for, where a regime does
// not give all the same.
func (v *view) stepsFact() string {
	var parts []string
	for _, r := range v.Setup.Regimes {
		var arms []string
		for _, a := range v.Results.Arms {
			if a.Regime == r && a.Steps != v.Setup.Steps && a.Steps > 0 {
				arms = append(arms, fmt.Sprintf("%s %d", a.Name, a.Steps))
			}
		}
		if len(arms) > 0 {
			parts = append(parts, fmt.Sprintf("%s, others than %d: %s", regimePhrase(r), v.Setup.Steps, strings.Join(arms, ", ")))
		}
	}
	return strings.Join(parts, "; ")
}

// timeRatios is the value of --time-ratios that repeats regime time, or "".
func (v *view) timeRatios() string {
	var parts []string
	for _, a := range v.Results.Arms {
		if a.Regime == "time" && a.Name != v.reference() && a.TimeRatio > 0 {
			parts = append(parts, a.Name+"="+plain(a.TimeRatio))
		}
	}
	return strings.Join(parts, ",")
}
