package bench

import (
	"io"
	"strings"
	"unicode"

	"golang.org/x/perf/benchfmt"
)

// WriteTimings writes measured times and memory as Go benchmark text. They
// differ from run to run, so they stand apart from the results.
func WriteTimings(w io.Writer, ts []Timing) error {
	out := benchfmt.NewWriter(w)
	for _, t := range ts {
		name := []rune(t.Name)
		name[0] = unicode.ToUpper(name[0])
		full := []string{string(name), "arch=" + t.Arm}
		if t.Tile != "" {
			full = append(full, "tile="+t.Tile)
		}
		err := out.Write(&benchfmt.Result{
			Name: benchfmt.Name(strings.Join(full, "/")), Iters: 1,
			Values: []benchfmt.Value{{Value: t.Value, Unit: t.Unit}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
