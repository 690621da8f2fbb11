package stat

import (
	"cmp"
	"slices"
)

// Holm adjusts the p-values of a family of hypotheses so that the chance of
// rejecting any true one by p ≤ α is at most α (Holm 1979): the k-th smallest
// of m is multiplied by m-k+1, and none is left below a smaller one's.
//
// level[i] is the confidence of the interval that says the same: 1 - α/(m-k+1)
// where k counts the hypotheses rejected before i, so that at α an interval
// excludes 0 exactly if its adjusted p is at most α. From the first hypothesis
// that is not rejected on, all share its level, and equal p share the strictest of
// theirs. The order of p changes nothing.
func Holm(p []float64, alpha float64) (adjusted, level []float64) {
	m := len(p)
	order := make([]int, m)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted, level = make([]float64, m), make([]float64, m)
	least, left, stopped := 0.0, m, false
	for k, i := range order {
		least = max(least, min(1, p[i]*float64(m-k)))
		adjusted[i] = least
		if tied := k > 0 && p[i] == p[order[k-1]]; !stopped && !tied {
			left = m - k
			stopped = least > alpha
		}
		level[i] = 1 - alpha/float64(left)
	}
	return adjusted, level
}
