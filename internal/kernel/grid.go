//go:build (amd64 || arm64) && !purego

package kernel

// strip is the number of columns that the widest reduction loop sums at once:
// four vectors.
const strip = 4 * int(widest)

// A grid arranges n elements of P channels in rows of a common multiple of P
// and strip, so that each column holds one channel. The order of summation
// depends on n and P alone.
type grid struct{ rows, pitch, tail, strip int }

func (v vector) grid(n, period int) grid {
	pitch := strip
	for pitch%period != 0 {
		pitch += strip
	}
	return grid{n / pitch, pitch, n % pitch, 4 * int(v)}
}

// fold adds the sums of the columns from j on to their channels.
func fold(sum, columns []float32, j int) {
	c := j % len(sum)
	for _, v := range columns {
		sum[c] += v
		if c++; c == len(sum) {
			c = 0
		}
	}
}
