package report

import (
	"encoding/json"
	"math"
	"os"
	"testing"
)

// The ± of one arm is scipy's t.interval.
func TestIntervalOracle(t *testing.T) {
	file, err := os.ReadFile("../testdata/oracles/stats.json")
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		OneWay []struct {
			D         []float64
			Low, High float64
		} `json:"one-way"`
	}
	if err := json.Unmarshal(file, &o); err != nil {
		t.Fatal(err)
	}
	if len(o.OneWay) == 0 {
		t.Fatal("stats.json lacks cases")
	}
	for _, c := range o.OneWay {
		e := interval(c.D)
		if math.Abs(e.Low()-c.Low) > 1e-9 || math.Abs(e.High()-c.High) > 1e-9 {
			t.Errorf("%v: %v … %v, want %v … %v", c.D, e.Low(), e.High(), c.Low, c.High)
		}
	}
}
