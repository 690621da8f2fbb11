package report

import (
	"fmt"
	"math"
	"strings"

	"unetbench/bench"
)

// An outcome is what one contrast decided, seen from the arm's side.
type outcome int

const (
	open   outcome = iota // undecided: the interval holds 0 and leaves the margin
	better                // different, in the direction that the metric calls better
	worse                 // different, the other way
	same                  // equivalent within the margin
)

func (o outcome) String() string {
	return [...]string{"undecided", "better", "worse", "equivalent"}[o]
}

// A finding is a contrast with what is needed to say it in words.
type finding struct {
	bench.Contrast
	of   bench.Metric
	arm  string // the arm as the subject of a sentence
	base string // the reference, likewise
}

func (v *view) finding(c bench.Contrast) finding {
	m, _ := v.metric(c.Metric)
	if m.Unit == "" {
		m.Unit = "%"
	}
	if m.Better == 0 {
		m.Better = 1
	}
	return finding{c, m, v.doingName(c.Arm), v.doingName(c.Reference)}
}

func (f finding) outcome() outcome {
	switch f.Verdict {
	case "equivalent":
		return same
	case "different":
		if f.Diff*float64(f.of.Better) > 0 {
			return better
		}
		return worse
	}
	return open
}

// verdict is the outcome as a cell of a table.
func (f finding) verdict() tableCell {
	o := f.outcome().String()
	if f.Provisional && f.outcome() != open {
		return tableCell{Text: o + " so far", Tone: o}
	}
	return tableCell{Text: o, Tone: o}
}

// unit is how a difference is named: percentages differ by points.
func (f finding) unit() string {
	if f.of.Unit == "%" {
		return "points"
	}
	return f.of.Unit
}

func (f finding) margin() string {
	return fmt.Sprintf("±%s %s", plain(f.Margin), f.unit())
}

// evidence is what stands in parentheses: interval, n, p.
func (f finding) evidence() string {
	if f.Seeds < 2 {
		return count(f.Seeds, "seed") + ", no interval"
	}
	return fmt.Sprintf("95 %% interval %s to %s, n = %s, %s", difference(f.of.Unit, f.Low), difference(f.of.Unit, f.High), f.n(), pEquals(f.PHolm))
}

// n is the number of pairs: "6 seeds × 6 images".
func (f finding) n() string {
	if f.Images == 0 {
		return count(f.Seeds, "seed")
	}
	return count(f.Seeds, "seed") + " × " + count(f.Images, "image")
}

// where names the place on a curve.
func (f finding) where() string {
	if f.Bin == "" {
		return ""
	}
	return " " + binPhrase(f.Metric, f.Bin)
}

// what is the metric's name without the place.
func (f finding) what() string {
	base, _, _ := strings.Cut(f.Metric, ":")
	return metricLabel(base)
}

// A statement is a sentence with the evidence that belongs in parentheses.
type statement struct{ Text, Evidence string }

func (s statement) String() string {
	if s.Evidence == "" {
		return s.Text
	}
	return strings.TrimSuffix(s.Text, ".") + " (" + s.Evidence + ")."
}

// say states the finding as a sentence about the arm, after an opening such as
// "at the border": "At the border: with padding, Dice is 1.20 points higher
// than with cropping".
func (f finding) say(opening string) statement {
	dir := "higher"
	if f.Diff < 0 {
		dir = "lower"
	}
	size := number(f.of.Unit, math.Abs(f.Diff))
	if f.of.Unit == "%" {
		size = points(math.Abs(f.Diff))[1:]
		if points(f.Diff) == "0.00" {
			size = "0.00"
		}
	}
	var s string
	switch f.outcome() {
	case same:
		s = fmt.Sprintf("with %s, %s%s equals that with %s within %s: the difference is %s",
			f.arm, f.what(), f.where(), f.base, f.margin(), difference(f.of.Unit, f.Diff))
	case open:
		s = fmt.Sprintf("%s against %s is undecided in %s%s: the difference is %s %s",
			f.arm, f.base, f.what(), f.where(), difference(f.of.Unit, f.Diff), f.unit())
		switch {
		case f.Seeds < 2:
			s += ", from a single seed"
		case f.Margin > 0:
			s += ", its interval neither excludes 0 nor stays within " + f.margin()
		default:
			s += ", its interval does not exclude 0"
		}
	default:
		s = fmt.Sprintf("with %s, %s%s is %s %s %s than with %s", f.arm, f.what(), f.where(), size, f.unit(), dir, f.base)
		if f.Negligible() {
			s += ": real, and too small to matter, as its interval stays within " + f.margin()
		}
	}
	if opening != "" {
		s = opening + ": " + s
	}
	return statement{sentence(s), f.evidence()}
}

// condition is the regime and the way of predicting, in prose.
func (f finding) condition() string {
	r, t := regimePhrase(f.Regime), tilePhrase(f.Tile)
	if r != "" && t != "" {
		return r + ", " + t
	}
	return r + t
}
