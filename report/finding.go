package report

import (
	"fmt"
	"math"

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

// unit is how a difference is named: percentages differ by points.
func (f finding) unit() string {
	if f.of.Unit == "%" {
		return "points"
	}
	return f.of.Unit
}

func (f finding) margin() string {
	return fmt.Sprintf("±%s %s", number("", f.Margin), f.unit())
}

// evidence is the part in parentheses: interval, n, p.
func (f finding) evidence() string {
	s := fmt.Sprintf("95 %% interval %s to %s; %s × %s", difference(f.of.Unit, f.Low), difference(f.of.Unit, f.High),
		count(f.Seeds, "seed"), count(f.Images, "image"))
	if f.PHolm > 0 {
		p := pvalue(f.PHolm)
		if p[0] != '<' {
			p = "= " + p
		}
		s += "; Holm-adjusted p " + p
	}
	return s
}

// where names the place on a curve and the way of predicting.
func (f finding) where() string {
	s := ""
	if f.Bin != "" {
		s = " " + binPhrase(f.Metric, f.Bin)
	}
	return s
}

// what is the metric's name without the place.
func (f finding) what() string {
	l := metricLabel(f.Metric)
	if f.Bin != "" {
		base := f.Metric
		for i, r := range base {
			if r == ':' {
				base = base[:i]
				break
			}
		}
		l = metricLabel(base)
	}
	return l
}

// say states the finding as a clause that starts with the arm:
// "padding: Dice 1.20 points higher than with cropping (95 % interval …)".
func (f finding) say() string {
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
	switch f.outcome() {
	case same:
		return fmt.Sprintf("with %s, %s%s equals that with %s within %s: difference %s (%s)",
			f.arm, f.what(), f.where(), f.base, f.margin(), difference(f.of.Unit, f.Diff), f.evidence())
	case open:
		return fmt.Sprintf("between %s and %s, %s%s is undecided: difference %s %s (%s), which holds 0 and reaches beyond %s",
			f.arm, f.base, f.what(), f.where(), difference(f.of.Unit, f.Diff), f.unit(), f.evidence(), f.margin())
	}
	return fmt.Sprintf("with %s, %s%s is %s %s %s than with %s (%s)",
		f.arm, f.what(), f.where(), size, f.unit(), dir, f.base, f.evidence())
}

// condition is the regime and the way of predicting, in prose.
func (f finding) condition() string {
	r, t := regimePhrase(f.Regime), tilePhrase(f.Tile)
	if r != "" && t != "" {
		return r + ", " + t
	}
	return r + t
}
