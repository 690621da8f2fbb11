package stat

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Hypotheses of equal p get equal intervals, and their order changes nothing.
func TestHolmTies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := []float64{0, 0.002, 0.01, 0.02, 0.05, 0.3, 1} // few, so that there are ties
		p := rapid.SliceOfN(rapid.SampledFrom(some), 1, 8).Draw(t, "p")
		adjusted, level := Holm(p, 0.05)
		order := rapid.Permutation(indices(len(p))).Draw(t, "order")
		q := make([]float64, len(p))
		for i, j := range order {
			q[i] = p[j]
		}
		movedAdjusted, movedLevel := Holm(q, 0.05)
		for i, j := range order {
			if movedAdjusted[i] != adjusted[j] || movedLevel[i] != level[j] {
				t.Fatalf("p %v: adjusted %v, level %v; in another order %v: %v, %v", p, adjusted, level, q, movedAdjusted, movedLevel)
			}
			if first := slices.Index(p, p[j]); adjusted[j] != adjusted[first] || level[j] != level[first] {
				t.Fatalf("p %v: equal ones have adjusted %v, level %v", p, adjusted, level)
			}
			// The interval of that level excludes 0 exactly if its p is at most 1 − level.
			if (p[j] <= 1-level[j]+1e-12) != (adjusted[j] <= 0.05+1e-12) {
				t.Fatalf("p %v: adjusted %v, level %v", p, adjusted, level)
			}
		}
	})
}

func indices(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}
