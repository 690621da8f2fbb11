//go:build !purego

package kernel

// strip is the number of columns that a reduction loop sums at once.
const strip = 64

// A grid arranges n elements of P channels in rows of a common multiple of P
// and strip, so that each column holds one channel. The order of summation
// depends on n and P alone.
type grid struct{ rows, pitch, tail int }

func newGrid(n, period int) grid {
	pitch := strip
	for pitch%period != 0 {
		pitch += strip
	}
	return grid{n / pitch, pitch, n % pitch}
}

// last is the number of elements that the strip at column j has in the last,
// short row.
func (g grid) last(j int) int { return max(0, min(strip, g.tail-j)) }

// fold adds the sums of columns j … j+strip to their channels.
func fold(sum []float32, columns *[strip]float32, j int) {
	c := j % len(sum)
	for _, v := range columns {
		sum[c] += v
		if c++; c == len(sum) {
			c = 0
		}
	}
}

func momentsAVX512(sum, sq, x []float32) {
	g := newGrid(len(x), len(sum))
	var s, q [strip]float32
	for j := 0; j < g.pitch && j < len(x); j += strip {
		momentsLoop(&s[0], &q[0], &x[j], g.rows, uintptr(4*g.pitch), g.last(j))
		fold(sum, &s, j)
		fold(sq[:len(sum)], &q, j)
	}
}

func normMomentsAVX512(sum, dot, dy, y, x []float32) {
	x = x[:len(dy)]
	if y != nil {
		y = y[:len(dy)]
	}
	g := newGrid(len(dy), len(sum))
	var s, d [strip]float32
	for j := 0; j < g.pitch && j < len(dy); j += strip {
		if y == nil {
			normMomentsLoop(&s[0], &d[0], &dy[j], &x[j], g.rows, uintptr(4*g.pitch), g.last(j))
		} else {
			normMomentsReLULoop(&s[0], &d[0], &dy[j], &y[j], &x[j], g.rows, uintptr(4*g.pitch), g.last(j))
		}
		fold(sum, &s, j)
		fold(dot[:len(sum)], &d, j)
	}
}
