package bench

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchunit"
)

// WriteText writes the samples in Go's benchmark format, for benchstat: a line
// for every regime, seed, kind of measurement, bin, tile and arm, averaged over
// images. docs/results.md has the format.
func WriteText(w io.Writer, r *Results) error {
	lines, err := textLines(r)
	if err != nil {
		return err
	}
	out := benchfmt.NewWriter(w)
	described := map[string]bool{}
	for _, m := range r.Metrics {
		u := textUnit(m)
		if described[u] {
			continue // a metric and its curves have one unit
		}
		described[u] = true
		better := map[int]string{+1: "higher", -1: "lower"}[m.Better]
		assume := map[bool]string{true: "exact", false: "nothing"}[m.Exact]
		for _, kv := range [][2]string{{"better", better}, {"assume", assume}, {"unit", m.Unit}} {
			if kv[1] == "" {
				continue
			}
			if err := out.Write(&benchfmt.UnitMetadata{UnitMetadataKey: benchfmt.UnitMetadataKey{Unit: u, Key: kv[0]}, OrigUnit: u, Value: kv[1]}); err != nil {
				return err
			}
		}
	}
	if len(described) > 0 {
		if _, err := io.WriteString(w, "\n"); err != nil {
			return err
		}
	}
	for _, l := range lines {
		if err := out.Write(l); err != nil {
			return err
		}
	}
	return nil
}

// A textKey names a line of results.txt.
type textKey struct {
	Sample        // regime, seed, bin, tile and arm
	kind   string // Border for "dice:border", Unet for "dice"
}

// textLines averages the samples over images.
func textLines(r *Results) ([]*benchfmt.Result, error) {
	o := orderOf(r)
	defs := map[string]Metric{}
	kinds := map[string]int{}
	for _, m := range r.Metrics {
		defs[m.Name] = m
		_, kind := splitMetric(m.Name)
		if _, ok := kinds[kind]; !ok {
			kinds[kind] = len(kinds)
		}
	}
	type mean struct {
		metric string
		sum    float64
		n      int
	}
	means := map[textKey][]mean{} // by metric, in order
	var keys []textKey
	for _, s := range o.sorted(r.Samples) {
		if err := s.finite(); err != nil {
			return nil, err
		}
		if _, ok := defs[s.Metric]; !ok {
			return nil, fmt.Errorf("sample of a metric %q that is not defined", s.Metric)
		}
		k := textKey{Sample: s}
		_, k.kind = splitMetric(s.Metric)
		k.Metric, k.Image, k.Value = "", "", 0
		ms, ok := means[k]
		if !ok {
			keys = append(keys, k)
		}
		if len(ms) == 0 || ms[len(ms)-1].metric != s.Metric {
			ms = append(ms, mean{metric: s.Metric})
		}
		ms[len(ms)-1].sum += s.Value
		ms[len(ms)-1].n++
		means[k] = ms
	}
	// Config lines (regime, seed) outermost; then rows, and arms as columns.
	slices.SortStableFunc(keys, func(a, b textKey) int {
		return cmp.Or(
			listed(o.regime, a.Regime, b.Regime), cmp.Compare(a.Seed, b.Seed),
			listed(kinds, a.kind, b.kind), listed(tileRank, a.Tile, b.Tile), natural(a.Bin, b.Bin), listed(o.arm, a.Arm, b.Arm))
	})
	out := make([]*benchfmt.Result, len(keys))
	for i, k := range keys {
		l := &benchfmt.Result{
			Config: []benchfmt.Config{
				{Key: "regime", Value: []byte(k.Regime), File: true},
				{Key: "seed", Value: fmt.Append(nil, k.Seed), File: true},
			},
			Name: k.name(), Iters: 1,
		}
		for _, m := range means[k] {
			l.Values = append(l.Values, benchfmt.Value{Value: m.sum / float64(m.n), Unit: textUnit(defs[m.metric])})
		}
		out[i] = l
	}
	return out, nil
}

// name is the benchmark's name, less "Benchmark". The tile comes last, since a
// bin such as 0-2 would be taken for a benchmark at 2 processors there.
func (k textKey) name() benchfmt.Name {
	bin, tile := "", noTile
	if k.Bin != "" {
		bin = "/bin=" + url.PathEscape(k.Bin)
	}
	if k.Tile != "" {
		tile = url.PathEscape(k.Tile)
	}
	return benchfmt.Name(k.kind + "/arch=" + url.PathEscape(k.Arm) + bin + "/tile=" + tile)
}

const (
	noTile    = "none" // in place of Sample.Tile ""
	plainKind = "Unet" // of metrics that are no curve
)

// splitMetric parts the name of a curve, "dice:border", in "dice" and "Border".
func splitMetric(name string) (base, kind string) {
	base, place, ok := strings.Cut(name, ":")
	if !ok || place == "" {
		return name, plainKind
	}
	return base, strings.ToUpper(place[:1]) + place[1:]
}

// textUnit is the unit of m in benchmark text, which has one for each table:
// "dice-%" for Dice and its curves, "mac/px" for what is a rate by its name.
func textUnit(m Metric) string {
	base, _ := splitMetric(m.Name)
	if strings.Contains(base, "/") || m.Unit == "" {
		return base
	}
	return base + "-" + strings.ReplaceAll(m.Unit, " ", "-")
}

// finite refuses a sample that neither format can hold.
func (s Sample) finite() error {
	if math.IsNaN(s.Value) || math.IsInf(s.Value, 0) {
		return fmt.Errorf("%s of %s (regime %s, seed %d, image %q, tile %q, bin %q) is %v", s.Metric, s.Arm, s.Regime, s.Seed, s.Image, s.Tile, s.Bin, s.Value)
	}
	return nil
}

// ReadText reads what WriteText wrote: samples averaged over images, and the
// metrics without their Doc. name stands in errors.
func ReadText(in io.Reader, name string) ([]Sample, []Metric, error) {
	var samples []Sample
	var metrics []Metric
	index := map[string]int{}
	r := benchfmt.NewReader(in, name)
	for r.Scan() {
		switch rec := r.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, nil, rec
		case *benchfmt.Result:
			k, err := readKey(rec)
			if err != nil {
				_, line := rec.Pos()
				return nil, nil, fmt.Errorf("%s:%d: %w", name, line, err)
			}
			for _, v := range rec.Values {
				if v.OrigUnit != "" { // undo the reader's own conversion
					v.Value, v.Unit = v.OrigValue, v.OrigUnit
				}
				m := readMetric(r.Units(), v.Unit, k.kind)
				if _, ok := index[m.Name]; !ok {
					index[m.Name] = len(metrics)
					metrics = append(metrics, m)
				}
				s := k.Sample
				s.Metric, s.Value = m.Name, v.Value
				samples = append(samples, s)
			}
		}
	}
	return samples, metrics, r.Err()
}

// readKey reads the name and the configuration of a line.
func readKey(rec *benchfmt.Result) (k textKey, err error) {
	base, parts := rec.Name.Parts()
	k.kind = string(base)
	for _, p := range parts {
		key, value, ok := strings.Cut(string(p), "=")
		if value, err = url.PathUnescape(value); err != nil {
			return k, err
		}
		switch {
		case ok && key == "/arch":
			k.Arm = value
		case ok && key == "/bin":
			k.Bin = value
		case ok && key == "/tile" && value != noTile:
			k.Tile = value
		case ok && key == "/tile":
		default:
			return k, fmt.Errorf("%s: unexpected part %q of the name", rec.Name, p)
		}
	}
	k.Regime = rec.GetConfig("regime")
	if _, err := fmt.Sscan(rec.GetConfig("seed"), &k.Seed); err != nil || k.Arm == "" {
		return k, fmt.Errorf("%s: without arch or seed", rec.Name)
	}
	return k, nil
}

// readMetric is the inverse of textUnit.
func readMetric(units benchfmt.UnitMetadataMap, unit, kind string) Metric {
	m := Metric{Better: units.GetBetter(unit)}
	get := func(key string) string {
		_, tidy := benchunit.Tidy(1, unit)
		if u, ok := units[benchfmt.UnitMetadataKey{Unit: tidy, Key: key}]; ok {
			return u.Value
		}
		return ""
	}
	m.Unit, m.Exact = get("unit"), get("assume") == "exact"
	m.Name = strings.TrimSuffix(unit, "-"+m.Unit)
	if kind != plainKind {
		m.Name += ":" + strings.ToLower(kind[:1]) + kind[1:]
	}
	return m
}
