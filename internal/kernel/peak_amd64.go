//go:build !purego

package kernel

// multiplyAdds does turns of independent vector FMAs as the set of that name
// does them and returns the number of operations, 0 if there is no such loop.
func multiplyAdds(set string, turns int) (operations float64) {
	switch set {
	case "avx512":
		fmaAVX512(turns)
		return float64(turns) * 24 * 16 * 2
	case "avx2":
		fmaAVX2(turns)
		return float64(turns) * 12 * 8 * 2
	}
	return 0
}
