package data

import "strings"

// compareNames orders names as people do: runs of digits by their number, so
// that slice2 comes before slice10.
func compareNames(a, b string) int {
	x, y := a, b
	for x != "" && y != "" {
		nx, ny := digits(x), digits(y)
		if nx > 0 && ny > 0 {
			p, q := strings.TrimLeft(x[:nx], "0"), strings.TrimLeft(y[:ny], "0")
			if c := len(p) - len(q); c != 0 {
				return c
			}
			if c := strings.Compare(p, q); c != 0 {
				return c
			}
			x, y = x[nx:], y[ny:]
			continue
		}
		if x[0] != y[0] {
			return int(x[0]) - int(y[0])
		}
		x, y = x[1:], y[1:]
	}
	if c := len(x) - len(y); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// digits is the length of the run of digits that s begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// looksLikeSeries reports whether examples may be slices of one stack: three or
// more of one size, whose names differ in one number only.
func looksLikeSeries(examples []Example) bool {
	if len(examples) < 3 {
		return false
	}
	before, after := aroundNumber(examples[0].Name, examples[1].Name)
	for _, e := range examples {
		number, fits := strings.CutPrefix(e.Name, before)
		number, ends := strings.CutSuffix(number, after)
		if !fits || !ends || number == "" || digits(number) != len(number) || e.Size() != examples[0].Size() {
			return false
		}
	}
	return true
}

// aroundNumber is what a has before and after the first number in which b
// differs from it.
func aroundNumber(a, b string) (before, after string) {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	for i > 0 && digits(a[i-1:]) > 0 {
		i-- // back to where the number begins
	}
	return a[:i], a[i+digits(a[i:]):]
}
