package report

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// timings reads timings.txt, which stands apart from the results because it
// varies from run to run; without that file there is no table.
func (v *view) timings(fsys fs.FS) (*htmlTable, error) {
	if fsys == nil {
		return nil, nil
	}
	f, err := fsys.Open("timings.txt")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	type sum struct {
		x float64
		n int
	}
	var names, units []string
	sums := map[[2]string]sum{}
	in := benchfmt.NewReader(f, "timings.txt")
	for in.Scan() {
		r, ok := in.Result().(*benchfmt.Result)
		if !ok {
			continue // unit metadata, or a line that is no benchmark
		}
		name := r.Name.String()
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		for _, x := range r.Values {
			unit, value := x.Unit, x.Value
			if x.OrigUnit != "" {
				unit, value = x.OrigUnit, x.OrigValue
			}
			if !slices.Contains(units, unit) {
				units = append(units, unit)
			}
			s := sums[[2]string{name, unit}]
			sums[[2]string{name, unit}] = sum{s.x + value, s.n + 1}
		}
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("timings.txt: %w; run the comparison again", err)
	}
	if len(names) == 0 {
		return nil, nil
	}
	t := &table{Title: "Time and memory on the machine that ran this", Head: append([]string{"what"}, units...), Tips: make([]string, 1+len(units)),
		Note: "Means over what was repeated. Unlike everything else on this page these figures belong to one machine and vary from run to run."}
	for _, n := range names {
		cells := []tableCell{textCell(strings.ReplaceAll(n, "/", ", "))}
		for _, u := range units {
			c := nothing
			if s, ok := sums[[2]string{n, u}]; ok {
				c = textCell(measured(u, s.x/float64(s.n)))
			}
			cells = append(cells, c)
		}
		t.Rows = append(t.Rows, tableRow{"", cells})
	}
	return v.html(t), nil
}

// measured formats a time in its own scale and memory in MiB.
func measured(unit string, x float64) string {
	switch {
	case strings.Contains(unit, "bytes") || unit == "B" || strings.HasSuffix(unit, "-B"):
		return significant(x/(1<<20)) + " MiB"
	case strings.HasPrefix(unit, "sec") && x < 1e-3:
		return significant(x*1e6) + " µs"
	case strings.HasPrefix(unit, "sec"):
		return significant(x) + " s"
	}
	return significant(x)
}
