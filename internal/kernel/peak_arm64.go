//go:build !purego

package kernel

// multiplyAdds does turns of independent vector FMAs as the set of that name
// does them and returns the number of operations, 0 if there is no such loop.
func multiplyAdds(set string, turns int) (operations float64) {
	if set != "neon" {
		return 0
	}
	fmaNEON(turns)
	return float64(turns) * 24 * 4 * 2
}
