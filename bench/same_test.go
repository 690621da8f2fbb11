package bench

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
)

// Networks that were really trained, 24 of one variant from different seeds on
// the same images, are dealt out to four arms at random: names differ, random
// streams differ, nothing else does. testdata/valid24.json holds a row of
// images per seed for each metric, and the command that measured them.
func TestSameVariantUnderFourNames(t *testing.T) {
	file, err := os.ReadFile("testdata/valid24.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded map[string]json.RawMessage
	if err := json.Unmarshal(file, &recorded); err != nil {
		t.Fatal(err)
	}
	delete(recorded, "command")
	if len(recorded) == 0 {
		t.Fatal("no metrics")
	}
	arms := []string{"valid", "padded", "resized-skip", "resized-up"}
	for metric, raw := range recorded {
		var value [][]float64
		if err := json.Unmarshal(raw, &value); err != nil {
			t.Fatal(err)
		}
		def, ok := LookupMetric(metric)
		if !ok || len(value) != 24 {
			t.Fatalf("%s: %d seeds", metric, len(value))
		}
		wrong, deviation := simulated(t, 300, func(seed uint64) bool {
			r := &Results{Setup: Setup{Margin: 0.5, Regimes: []string{"output"}}, Metrics: []Metric{def}}
			for i, s := range rand.New(rand.NewPCG(seed, 24)).Perm(24) {
				for image, v := range value[s] {
					r.Samples = append(r.Samples, sample(metric, arms[i/6], TileWhole, "", fmt.Sprint(image), uint64(i%6), v))
				}
			}
			cs, _ := contrasts(t, r)
			for _, c := range cs {
				if c.Verdict == Different {
					return true
				}
			}
			return false
		})
		t.Logf("%s: %.1f %%", metric, 100*wrong)
		if wrong > .05+2.5*deviation {
			t.Errorf("%s: one variant under four names differs from itself in %.1f %% of comparisons", metric, 100*wrong)
		}
	}
}
