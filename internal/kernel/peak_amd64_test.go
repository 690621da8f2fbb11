//go:build !purego

package kernel

// multiplyAdds does turns of 24 FMAs with 16 lanes and returns the number of
// operations, 0 if the machine has no AVX-512.
func multiplyAdds(turns int) (operations float64) {
	if native() == nil {
		return 0
	}
	fmaLoop(turns)
	return float64(turns) * 24 * 16 * 2
}
