package bench

import (
	"math"
	"slices"

	"unetbench/internal/data"
	"unetbench/internal/metric"
)

// Cells scores how well class 1 parts class 0 into cells: "v-rand" and "v-info"
// of ISBI 2012, of which the prediction is thinned. As there, each is the best
// over the class probability thresholds 0, 0.1 … 1.
func Cells(c *Case) ([]Sample, error) {
	if err := c.check(c.Logits); err != nil {
		return nil, c.wrap("cells", err)
	}
	truth := metric.NewChallenge(metric.Of(c.Example.Labels, c.Logits.H, c.Logits.W, 0))
	rand, info := truth.Best(margins(c.Logits, 0), logOdds[:])
	if math.IsNaN(rand) {
		return nil, nil // the image is all membrane
	}
	return c.keyed([]value{{"v-rand", "", 100 * rand}, {"v-info", "", 100 * info}}), nil
}

// logOdds of the probabilities 0, 0.1 … 1: what margins are compared with.
var logOdds = func() (t [11]float64) {
	for i := range t {
		p := float64(i) / 10
		t[i] = math.Log(p / (1 - p))
	}
	return t
}()

// partsCells reports whether class 1 is a membrane: whether in every example it
// parts class 0 so that no region holds half of it. Of nuclei, vessels and
// other things that lie in one background, V_Rand says nothing.
func partsCells(examples []data.Example, classes int) bool {
	if classes != 2 {
		return false
	}
	for i := range examples {
		e := &examples[i]
		label, n := metric.Components(metric.Of(e.Labels, e.H, e.W, 0))
		size, all := make([]int, n+1), 0
		for _, l := range label {
			if l > 0 {
				size[l]++
				all++
			}
		}
		if 2*slices.Max(size) >= all {
			return false
		}
	}
	return len(examples) > 0
}
