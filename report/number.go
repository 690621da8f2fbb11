package report

import (
	"math"
	"strconv"
	"strings"
)

// minus turns ASCII hyphens of a formatted number into minus signs.
func minus(s string) string { return strings.ReplaceAll(s, "-", "−") }

// number formats x with the digits that its unit deserves: percent and px with
// one decimal, operation counts with a k or M, everything else with three
// significant digits.
func number(unit string, x float64) string {
	switch {
	case x == 0:
		return "0"
	case strings.Contains(unit, "/px"), unit == "MAC", unit == "B":
		return minus(si(x))
	case unit == "%", unit == "px", unit == "points":
		return minus(decimals(x))
	}
	return minus(significant(x))
}

// decimals gives one decimal, or two below a tenth.
func decimals(x float64) string {
	if a := math.Abs(x); a > 0 && a < 0.1 {
		return significant(x)
	}
	return strconv.FormatFloat(x, 'f', 1, 64)
}

// significant gives three significant digits.
func significant(x float64) string {
	a := math.Abs(x)
	switch {
	case a == 0:
		return "0"
	case a < 1e-3 || a >= 1e6:
		return strconv.FormatFloat(x, 'e', 1, 64)
	case a >= 100:
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	d := 2 - int(math.Floor(math.Log10(a)))
	return strconv.FormatFloat(x, 'f', min(d, 4), 64)
}

// si gives three significant digits with k, M, G.
func si(x float64) string {
	a := math.Abs(x)
	for _, u := range []struct {
		scale float64
		name  string
	}{{1e9, " G"}, {1e6, " M"}, {1e3, " k"}} {
		if a >= 0.9995*u.scale {
			return strconv.FormatFloat(x/u.scale, 'f', max(0, 2-int(math.Floor(math.Log10(a/u.scale)+1e-3))), 64) + u.name
		}
	}
	return significant(x)
}

// signed formats a difference with its sign.
func signed(unit string, x float64) string {
	s := number(unit, x)
	if x > 0 {
		return "+" + s
	}
	return s
}

// points formats a difference in percent points with two decimals: the margin
// of equivalence is half a point.
func points(x float64) string {
	s := minus(strconv.FormatFloat(x, 'f', 2, 64))
	switch {
	case s == "0.00" || s == "−0.00":
		return "0.00"
	case x > 0:
		return "+" + s
	}
	return s
}

// difference formats x as a contrast of a metric with that unit.
func difference(unit string, x float64) string {
	if unit == "%" || unit == "points" || unit == "" {
		return points(x)
	}
	return signed(unit, x)
}

// pm formats an estimate: "74.6 ± 0.8", or the mean alone where there is no
// interval to give.
func pm(unit string, e estimate) string {
	if !e.Spread || e.Half == 0 {
		return number(unit, e.Mean)
	}
	if strings.Contains(unit, "/px") {
		return number(unit, e.Mean)
	}
	digits := 1
	switch fine := 1 - int(math.Floor(math.Log10(e.Half))); { // two digits of the interval
	case unit == "%" || unit == "px" || unit == "points":
		if e.Half >= 100 {
			digits = 0
		} else if e.Half < 0.1 && math.Abs(e.Mean) < 3 {
			digits = 2
		}
	case fine > 5 || math.Abs(e.Mean) >= 1e6:
		return number(unit, e.Mean) + " ± " + significant2(e.Half)
	default:
		digits = max(fine, 0)
	}
	return fixed(e.Mean, digits) + " ± " + halfWidth(e.Half, digits)
}

// fixed formats x with that many decimals, never as −0.
func fixed(x float64, digits int) string {
	s := strconv.FormatFloat(x, 'f', digits, 64)
	if strings.Trim(s, "-0.") == "" {
		s = strings.TrimPrefix(s, "-")
	}
	return minus(s)
}

// halfWidth gives that many decimals, and never a misleading 0.0.
func halfWidth(h float64, digits int) string {
	least := math.Pow(10, -float64(digits))
	if h < least/2 {
		return "<" + strconv.FormatFloat(least, 'f', digits, 64)
	}
	return strconv.FormatFloat(h, 'f', digits, 64)
}

// significant2 gives two significant digits.
func significant2(x float64) string {
	a := math.Abs(x)
	switch {
	case a == 0:
		return "0"
	case a < 1e-3 || a >= 1e6:
		return strconv.FormatFloat(x, 'e', 0, 64)
	case a >= 10:
		return strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strconv.FormatFloat(x, 'f', min(4, 1-int(math.Floor(math.Log10(a)))), 64)
}

// pvalue formats a probability.
func pvalue(p float64) string {
	switch {
	case p < 0.001:
		return "< 0.001"
	case p >= 0.995:
		return "1"
	case p >= 0.1:
		return strconv.FormatFloat(p, 'f', 2, 64)
	}
	return strconv.FormatFloat(p, 'f', 3, 64)
}

// pEquals is pvalue in a sentence.
func pEquals(p float64) string {
	s := pvalue(p)
	if s[0] != '<' {
		s = "= " + s
	}
	return "p " + s
}

// plain formats a setting: 0.5, not 0.500.
func plain(x float64) string { return minus(strconv.FormatFloat(x, 'g', -1, 64)) }

// grouped writes thousands apart: 121,394.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// count writes n of a thing, with its plural: "1 seed", "6 seeds".
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}

// list joins names in prose: "a, b and c".
func list(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// sentence gives s a capital and a full stop.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return stopped(strings.ToUpper(s[:1]) + s[1:])
}

// stopped gives s a full stop and leaves its start alone, which may be a name.
func stopped(s string) string {
	if s != "" && !strings.ContainsAny(s[len(s)-1:], ".!?") {
		s += "."
	}
	return s
}
