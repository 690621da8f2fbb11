package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
)

// Schema is the version of results.json that this program writes and reads; it
// changes when a field changes its meaning or goes. docs/results.md describes it.
const Schema = 1

// WriteJSON writes r as results.json: fields in a fixed order, one record per
// line, samples sorted, floats as the shortest decimal that reads back the
// same. Equal results give equal bytes, whatever the order of their samples. A
// value that JSON cannot hold (NaN, ±Inf) is an error that names it.
func WriteJSON(w io.Writer, r *Results) error {
	for _, s := range r.Samples {
		if err := s.finite(); err != nil {
			return err
		}
	}
	o := orderOf(r)
	curves := slices.Clone(r.Curves)
	slices.SortStableFunc(curves, func(a, b Curve) int {
		return o.compare(Sample{Regime: a.Regime, Arm: a.Arm, Seed: a.Seed}, Sample{Regime: b.Regime, Arm: b.Arm, Seed: b.Seed})
	})
	var b bytes.Buffer
	b.WriteString("{\n")
	fields := []struct {
		name   string
		values []any
		list   bool
	}{
		{"schema", []any{Schema}, false},
		{"setup", []any{r.Setup}, false},
		{"arms", anys(r.Arms), true},
		{"networks", anys(r.Networks), true},
		{"metrics", anys(r.Metrics), true},
		{"samples", anys(o.sorted(r.Samples)), true},
		{"curves", anys(curves), true},
		{"learning", anys(r.Learning), true},
		{"contrasts", anys(r.Contrasts), true},
		{"pictures", anys(r.Pictures), true},
		{"warnings", anys(r.Warnings), true},
	}
	for i, f := range fields {
		fmt.Fprintf(&b, " %q: ", f.name)
		if f.list {
			b.WriteByte('[')
		}
		for j, v := range f.values {
			if f.list {
				b.WriteString("\n  ")
			}
			line, err := compact(v)
			if err != nil {
				return fmt.Errorf("results.json: %s[%d]: %w", f.name, j, err)
			}
			b.Write(line)
			if j < len(f.values)-1 {
				b.WriteByte(',')
			}
		}
		if f.list {
			if len(f.values) > 0 {
				b.WriteString("\n ")
			}
			b.WriteByte(']')
		}
		if i < len(fields)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("}\n")
	_, err := w.Write(b.Bytes())
	return err
}

func anys[T any](s []T) []any {
	out := make([]any, len(s))
	for i, v := range s {
		out[i] = v
	}
	return out
}

// compact is v as JSON on one line, with <, > and & as they are.
func compact(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// ReadResults reads a results.json.
func ReadResults(path string) (*Results, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return ReadJSON(f, path)
}

// ReadJSON reads what WriteJSON wrote. name stands in errors.
func ReadJSON(in io.Reader, name string) (*Results, error) {
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var version struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(data, &version); err != nil {
		return nil, fmt.Errorf("%s: not the results of a comparison: %w", name, err)
	}
	if version.Schema != Schema {
		return nil, fmt.Errorf("%s: has schema %d, this program reads %d; run compare again", name, version.Schema, Schema)
	}
	r := new(Results)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(r); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}
