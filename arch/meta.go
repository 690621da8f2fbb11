package arch

import (
	"fmt"
	"strconv"

	"unetbench/graph"
)

// Describe writes c as text, for the metadata of a weights file.
func Describe(c Config) map[string]string {
	return map[string]string{
		"in": strconv.Itoa(c.In), "classes": strconv.Itoa(c.Classes), "pools": strconv.Itoa(c.Pools),
		"width": strconv.Itoa(c.Width), "up": c.Up.String(), "norm": c.Norm.String(),
		"padding": c.Padding.String(), "interp": c.Interp.String(),
		"dropout": strconv.FormatFloat(c.Dropout, 'g', -1, 64),
	}
}

// FromDescription reads what Describe wrote.
func FromDescription(m map[string]string) (Config, error) {
	var c Config
	for _, f := range []struct {
		key  string
		read func(string) error
	}{
		{"in", intInto(&c.In)}, {"classes", intInto(&c.Classes)}, {"pools", intInto(&c.Pools)}, {"width", intInto(&c.Width)},
		{"up", func(s string) (err error) { c.Up, err = ParseUp(s); return }},
		{"norm", func(s string) (err error) { c.Norm, err = ParseNorm(s); return }},
		{"padding", func(s string) (err error) { c.Padding, err = graph.ParsePadding(s); return }},
		{"interp", func(s string) (err error) { c.Interp, err = graph.ParseInterp(s); return }},
		{"dropout", func(s string) (err error) { c.Dropout, err = strconv.ParseFloat(s, 64); return }},
	} {
		v, ok := m[f.key]
		if !ok {
			return c, fmt.Errorf("the description of the network lacks %q", f.key)
		}
		if err := f.read(v); err != nil {
			return c, fmt.Errorf("the description of the network has %s %q: %w", f.key, v, err)
		}
	}
	return c, c.Validate()
}

func intInto(p *int) func(string) error {
	return func(s string) (err error) { *p, err = strconv.Atoi(s); return }
}
