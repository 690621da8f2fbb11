package claims

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"unetbench/internal/stat"
)

// A Figure is one number of an experiment.
type Figure struct {
	Name  string  `json:"name"`
	Unit  string  `json:"unit,omitempty"` // "%", "points", "px"; "" for a count
	Value float64 `json:"value"`
	Low   float64 `json:"low"` // interval; equal to Value where nothing was sampled
	High  float64 `json:"high"`

	Level   float64 `json:"level,omitempty"`   // confidence of the interval, 0 where there is none
	Sampled string  `json:"sampled,omitempty"` // over what: "6 seeds × 4 images"
}

// Figures are those of one experiment, in the order in which they are read.
type Figures []Figure

// Get returns the figure of that name. A rule that asks for one that its
// experiment does not give is a mistake in this package.
func (f Figures) Get(name string) Figure {
	for _, x := range f {
		if x.Name == name {
			return x
		}
	}
	panic("claims: no figure " + name)
}

// exact is a number without sampling error.
func exact(name, unit string, v float64) Figure {
	return Figure{Name: name, Unit: unit, Value: v, Low: v, High: v}
}

// estimated is the mean of d[seed][image] with its interval (stat.TwoWay), at
// 95 % for a family of that many figures together (Bonferroni).
func estimated(name, unit string, d [][]float64, family int) Figure {
	e := stat.TwoWay(d)
	level := 1 - 0.05/float64(family)
	low, high := e.Interval(level)
	f := Figure{Name: name, Unit: unit, Value: e.Mean, Low: low, High: high, Level: level, Sampled: fmt.Sprintf("%d seeds", len(d))}
	if n := len(d[0]); n > 1 {
		f.Sampled += fmt.Sprintf(" × %d images", n)
	}
	return f
}

// minus is a[seed][image] − b[seed][image].
func minus(a, b [][]float64) [][]float64 {
	d := make([][]float64, len(a))
	for s := range a {
		d[s] = make([]float64, len(a[s]))
		for i := range a[s] {
			d[s][i] = a[s][i] - b[s][i]
		}
	}
	return d
}

// number gives three significant digits, or all of a whole number.
func number(x float64) string {
	s := strconv.FormatFloat(x, 'g', 3, 64)
	switch a := math.Abs(x); {
	case x == math.Trunc(x) && a < 1e6:
		s = strconv.FormatFloat(x, 'f', 0, 64)
	case a >= 1000 || a < 1e-3:
		s = strconv.FormatFloat(x, 'e', 1, 64)
	}
	return strings.ReplaceAll(s, "-", "−")
}

// Text is the value with its unit, its interval and what that rests on.
func (f Figure) Text() string {
	s := number(f.Value)
	if f.Unit == "%" {
		s += " %"
	} else if f.Unit != "" {
		s += " " + f.Unit
	}
	if f.Level > 0 {
		s += fmt.Sprintf(" (%s %% interval %s to %s; %s)", strconv.FormatFloat(100*f.Level, 'g', 4, 64), number(f.Low), number(f.High), f.Sampled)
	}
	return s
}
