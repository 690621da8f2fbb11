package report

import (
	"fmt"
	"strings"

	"unetbench/bench"
)

// noSkip selects the control whose skips are cut.
func noSkip(a bench.Arm) bool { return a.Name == "no-skip" || a.Arch == "no-skip" }

// severed says what the skips are worth at all: a comparison of joins means
// little in a network that does not need what they carry.
func (v *view) severed(f frame) []statement {
	var out []statement
	for _, x := range v.findings("dice", "", f, noSkip) {
		var s string
		switch x.outcome() {
		case worse:
			s = "the skips are needed"
		case better:
			s = "the skips do harm here, so this is no test of how to join them"
		case same:
			s = "the skips are worth nothing measurable here, so how they are joined hardly can be"
		default:
			s = "whether the skips are needed at all stays open"
		}
		out = append(out, x.say(s))
	}
	return out
}

// ignored warns where a resized skip seems harmless but the skip itself is
// not shown to be needed: the network may have learnt to ignore it.
func (v *view) ignored(f frame, keep func(bench.Arm) bool) []statement {
	cut := v.findings("dice", "", f, noSkip)
	if len(cut) == 0 || cut[0].outcome() == worse {
		return nil
	}
	for _, x := range v.findings("dice", "", f, keep) {
		if x.outcome() == same || x.outcome() == better {
			return []statement{{Text: fmt.Sprintf("Caution: having %s is not shown to cost anything either (%s), so a network that ignores a misplaced skip would look the same.",
				cut[0].arm, cut[0].outcome())}}
		}
	}
	return nil
}

// controlled repeats the contrast for the controls of one family, which hold
// equal what the default windows do not.
func (v *view) controlled(family string, f frame) []statement {
	keep := func(a bench.Arm) bool {
		return a.Control && !noSkip(a) && (a.Arch == family || strings.HasPrefix(a.Arch, family+"-"))
	}
	var out []statement
	for _, x := range v.findings("dice", "", f, keep) {
		a, _ := v.arm(x.Arm)
		what := fmt.Sprintf("control that reads %d px and is supervised on %d", a.In, a.Out)
		if a.Mirrored {
			what = fmt.Sprintf("control that sees only the %d px patch, mirrored out to %d", a.Out, a.In)
		}
		out = append(out, x.say(what))
	}
	return out
}
