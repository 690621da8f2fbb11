package report

import (
	"fmt"
	"slices"
	"strings"

	"unetbench/bench"
)

// provisional says why the findings' verdicts are provisional, if they are:
// which of their arms had not finished learning, or never began.
func (v *view) provisional(fs []finding) []statement {
	var learning, short, dead []string
	for _, l := range v.Learning {
		if !slices.ContainsFunc(fs, func(f finding) bool {
			return f.Provisional && f.Regime == l.Regime && (f.Arm == l.Arm || f.Reference == l.Arm)
		}) {
			continue
		}
		arm := v.doingName(l.Arm)
		switch l.State {
		case bench.StillLearning:
			learning = append(learning, arm)
		case bench.TooShort:
			short = append(short, arm)
		}
		for _, seed := range l.Dead {
			dead = append(dead, fmt.Sprintf("seed %d of %s", seed, arm))
		}
	}
	var why []string
	say := func(who []string, one, many string) {
		switch len(who) {
		case 0:
		case 1:
			why = append(why, who[0]+" "+one)
		default:
			why = append(why, list(who)+" "+many)
		}
	}
	say(learning, "was still learning when stopped", "were still learning when stopped")
	say(short, "took too few steps to tell", "took too few steps to tell")
	say(dead, "never woke up", "never woke up")
	if len(why) == 0 {
		return nil
	}
	return []statement{{Text: sentence("provisional: " + strings.Join(why, "; ") + ": see the learning curves; more steps would tell")}}
}

// learningTable says of every arm and regime whether training was long enough.
func (v *view) learningTable() *table {
	several := len(v.Setup.Regimes) > 1
	t := &table{ID: "learned", Title: "Was the training long enough?",
		Head: []string{"arm", "steps", "still to gain", "spread of seeds", "curve"},
		Tips: []string{"", "", "what another quarter of the steps would take off the loss, from a line through the last quarter", "standard deviation between seeds of the loss over the last quarter", ""},
		Note: "Flat: another quarter of the steps would take no more off the loss than seeds differ by, or than noise explains. A verdict on arms that are not all flat and awake is provisional."}
	for _, l := range v.Learning {
		name, state, tone := l.Arm, "flat", "equivalent"
		if several {
			name += ", " + l.Regime
		}
		switch l.State {
		case bench.StillLearning:
			state, tone = "still learning", "undecided"
		case bench.TooShort:
			state, tone = "too short to tell", "undecided"
		}
		if n := len(l.Dead); n > 0 {
			state, tone = fmt.Sprintf("%s; %s never woke up", state, count(n, "run")), "worse"
		}
		gain, spread := nothing, nothing
		if l.State != bench.TooShort {
			gain, spread = textCell(significant(l.Gain)), textCell(significant(l.Spread))
		}
		t.Rows = append(t.Rows, tableRow{l.Arm, []tableCell{textCell(name), textCell(fmt.Sprint(l.Steps)), gain, spread, {Text: state, Tone: tone}}})
	}
	return t
}
