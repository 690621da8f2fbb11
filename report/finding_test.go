package report

import (
	"strings"
	"testing"

	"unetbench/bench"
)

// TestNegligibleDifference: a difference that is real but lies within the
// margin is said to be both.
func TestNegligibleDifference(t *testing.T) {
	for _, tc := range []struct {
		low, high float64
		small     bool
	}{{-0.42, -0.04, true}, {-0.62, -0.04, false}} {
		c := bench.Contrast{Metric: "dice", Arm: "padded", Reference: "valid", Diff: -0.23, Low: tc.low, High: tc.high,
			PHolm: 0.02, Seeds: 6, Images: 6, Margin: 0.5, Verdict: bench.Different}
		said := finding{c, bench.Metric{Name: "dice", Unit: "%", Better: 1}, "padding", "cropping"}.say("").Text
		if got := strings.Contains(said, "too small to matter"); got != tc.small {
			t.Errorf("interval %g to %g: said %q", tc.low, tc.high, said)
		}
	}
}
