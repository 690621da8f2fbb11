package report

import (
	"fmt"
	"slices"
	"strings"

	"unetbench/bench"
)

// An answer is one of the thread's three questions with what the contrasts
// say. Headline and sentences are made from Results.Contrasts alone; with
// other data each of them comes out otherwise.
type answer struct {
	Question  string
	Headline  string
	Tone      string // "better", "worse", "equivalent", "undecided", "mixed", "none": of the alternatives against cropping
	Sentences []statement
}

// A frame is the condition that the headlines speak of.
type frame struct{ regime, tile string }

// frame picks the condition of the verdict: the first regime, whole images
// where they were compared, else what the first Dice contrast compared.
func (v *view) frame() frame { return v.frameOf(v.regime()) }

// frameOf is the condition in which the verdict under a regime is read.
func (v *view) frameOf(regime string) frame {
	f := frame{regime: regime}
	first := true
	for _, c := range v.Contrasts {
		if c.Metric != "dice" || c.Bin != "" || c.Regime != f.regime {
			continue
		}
		if first || c.Tile == "whole" {
			f.tile = c.Tile
		}
		first = false
	}
	return f
}

// findings returns the contrasts of a metric and bin for the arms that keep
// lets through, in the order of the record.
func (v *view) findings(metric, bin string, f frame, keep func(bench.Arm) bool) []finding {
	var out []finding
	for _, a := range v.Arms {
		if !keep(a) {
			continue
		}
		for _, c := range v.Contrasts {
			if c.Metric == metric && c.Bin == bin && c.Regime == f.regime && c.Tile == f.tile && c.Arm == a.Name {
				out = append(out, v.finding(c))
			}
		}
	}
	return out
}

// answers are the three answers, in the order of the questions.
func (v *view) answers() []answer {
	f := v.frame()
	contender := func(a bench.Arm) bool { return !a.Control && a.Name != "no-skip" }
	padded := func(a bench.Arm) bool { return isArch(a, "padded") }
	resized := func(a bench.Arm) bool { return isArch(a, "resized") }

	crop := v.answer("Why crop?", v.findings("dice", "", f, contender), contender, f, false)
	crop.Sentences = append(crop.Sentences, v.severed(f)...)
	crop.Sentences = append(crop.Sentences, v.controlled(bench.Reference, f)...)
	pad := v.answer("Why not pad?", v.findings("dice", "", f, padded), padded, f, true)
	pad.Sentences = append(pad.Sentences, v.controlled("padded", f)...)
	resize := v.answer("Why not resize?", v.findings("dice", "", f, resized), resized, f, true)
	resize.Sentences = append(resize.Sentences, v.controlled("resized", f)...)
	resize.Sentences = append(resize.Sentences, v.ignored(f, resized)...)
	return []answer{crop, pad, resize}
}

// answer makes headline and sentences from one group of findings.
func (v *view) answer(question string, fs []finding, keep func(bench.Arm) bool, f frame, detail bool) answer {
	a := answer{Question: question}
	if len(fs) == 0 {
		a.Tone, a.Headline = "none", "Not answered: this run holds no contrast for it."
		return a
	}
	said := headline(fs)
	if slices.ContainsFunc(fs, func(x finding) bool { return x.Provisional }) {
		said = "so far, " + said
	}
	a.Headline, a.Tone, a.Sentences = sentence(said), tone(fs), v.provisional(fs)
	if !detail {
		a.Sentences = append(a.Sentences, statement{Text: summary(fs)})
		return a
	}
	for _, x := range fs {
		a.Sentences = append(a.Sentences, x.say(""))
	}
	a.Sentences = append(a.Sentences, v.atBorder(f, keep)...)
	a.Sentences = append(a.Sentences, v.elsewhere(fs)...)
	return a
}

// headline groups the arms by outcome: "padding scores higher than cropping;
// resizing the skip scores lower".
func headline(fs []finding) string {
	groups := map[outcome][]string{}
	for _, x := range fs {
		groups[x.outcome()] = append(groups[x.outcome()], x.arm)
	}
	base := fs[0].base
	var parts []string
	than := " than " + base
	for _, o := range []outcome{better, same, worse, open} {
		names := groups[o]
		if len(names) == 0 {
			continue
		}
		s := "s"
		if len(names) > 1 {
			s = ""
		}
		switch o {
		case better:
			parts = append(parts, fmt.Sprintf("%s score%s higher%s", list(names), s, than))
		case worse:
			parts = append(parts, fmt.Sprintf("%s score%s lower%s", list(names), s, than))
		case same:
			parts = append(parts, fmt.Sprintf("%s do%s as well as %s", list(names), map[string]string{"s": "es", "": ""}[s], base))
		case open:
			switch {
			case len(parts) > 0:
				parts = append(parts, list(names)+" undecided")
			case len(names) == 1:
				parts = append(parts, fmt.Sprintf("undecided between %s and %s", names[0], base))
			default:
				parts = append(parts, fmt.Sprintf("against %s, %s are undecided", base, list(names)))
			}
		}
		if o == better || o == worse {
			than = "" // said once is enough
		}
	}
	return strings.Join(parts, "; ")
}

// tone is the outcome that all findings share, or "mixed".
func tone(fs []finding) string {
	o := fs[0].outcome()
	for _, x := range fs[1:] {
		if x.outcome() != o {
			return "mixed"
		}
	}
	return o.String()
}

// summary counts what the alternatives to cropping came to.
func summary(fs []finding) string {
	n := [4]int{}
	for _, x := range fs {
		n[x.outcome()]++
	}
	base, total := fs[0].base, len(fs)
	switch {
	case n[better] == total:
		return sentence(fmt.Sprintf("on accuracy there is no reason for %s here: every alternative measured scores higher", base))
	case n[better] > 0:
		return sentence(fmt.Sprintf("on accuracy %s is beaten here by %d of the %d alternatives measured", base, n[better], total))
	case n[worse] == total:
		return sentence(fmt.Sprintf("on accuracy %s is the best of what was measured: every alternative scores lower", base))
	case n[same] == total:
		return sentence(fmt.Sprintf("on accuracy it makes no difference beyond %s: choose by cost and by what happens at the edges", fs[0].margin()))
	case n[open] == total:
		return sentence(fmt.Sprintf("these samples do not decide whether %s costs or gains anything; more seeds or images would", base))
	}
	var parts []string
	for _, o := range []struct {
		n    int
		what string
	}{{n[worse], "lower"}, {n[same], "equivalent"}, {n[open], "undecided"}} {
		if o.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", o.n, o.what))
		}
	}
	return sentence(fmt.Sprintf("no alternative beats %s here; of the %d measured, %s", base, total, list(parts)))
}

// atBorder says the same for the band nearest the image border.
func (v *view) atBorder(f frame, keep func(bench.Arm) bool) []statement {
	for _, m := range []string{"dice:border", "error:border"} {
		bins := v.contrastBins(m)
		if len(bins) == 0 {
			continue
		}
		fs := v.findings(m, bins[0], f, keep)
		if len(fs) == 0 {
			fs = v.findings(m, bins[0], frame{f.regime, ""}, keep)
		}
		var out []statement
		for _, x := range fs {
			out = append(out, x.say("at the border"))
		}
		return out
	}
	return nil
}

// contrastBins are the bins of a metric's contrasts, nearest first.
func (v *view) contrastBins(metric string) []string {
	var bins []string
	for _, c := range v.Contrasts {
		if c.Metric == metric && c.Bin != "" && !slices.Contains(bins, c.Bin) {
			bins = append(bins, c.Bin)
		}
	}
	sortBins(bins)
	return bins
}

// elsewhere compares the headline with the other ways of predicting under its
// regime, and with the other regimes.
func (v *view) elsewhere(fs []finding) []statement {
	var out []statement
	var agree []string
	for _, x := range fs {
		for _, c := range v.Contrasts {
			if c.Metric != x.Metric || c.Bin != x.Bin || c.Arm != x.Arm || (c.Regime == x.Regime) == (c.Tile == x.Tile) {
				continue
			}
			o := v.finding(c)
			if o.outcome() == x.outcome() {
				if s := o.condition(); !slices.Contains(agree, s) {
					agree = append(agree, s)
				}
				continue
			}
			opening := "otherwise "
			if o.Provisional {
				opening = "otherwise, so far, "
			}
			out = append(out, o.say(opening+o.condition()))
		}
	}
	switch n := len(agree); {
	case n > 2:
		out = append(out, statement{Text: fmt.Sprintf("The same verdict in %d other ways of training and predicting.", n)})
	case n > 0:
		out = append(out, statement{Text: sentence("the same verdict " + strings.Join(agree, "; and "))})
	}
	return out
}
