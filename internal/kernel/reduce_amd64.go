//go:build !purego

package kernel

// last is the number of elements that the strip at column j has in the last,
// short row.
func (g grid) last(j int) int { return max(0, min(g.strip, g.tail-j)) }

func (v vector) moments(sum, sq, x []float32) {
	g := v.grid(len(x), len(sum))
	var s, q [strip]float32
	for j := 0; j < g.pitch && j < len(x); j += g.strip {
		if v == avx512 {
			momentsAVX512(&s[0], &q[0], &x[j], g.rows, uintptr(4*g.pitch), g.last(j))
		} else {
			momentsAVX2(&s[0], &q[0], &x[j], g.rows, uintptr(4*g.pitch), g.last(j))
		}
		fold(sum, s[:g.strip], j)
		fold(sq[:len(sum)], q[:g.strip], j)
	}
}

func (v vector) normMoments(sum, dot, dy, y, x []float32) {
	x = x[:len(dy)]
	if y != nil {
		y = y[:len(dy)]
	}
	g := v.grid(len(dy), len(sum))
	var s, d [strip]float32
	for j := 0; j < g.pitch && j < len(dy); j += g.strip {
		switch {
		case y == nil && v == avx512:
			normMomentsAVX512(&s[0], &d[0], &dy[j], &x[j], g.rows, uintptr(4*g.pitch), g.last(j))
		case y == nil:
			normMomentsAVX2(&s[0], &d[0], &dy[j], &x[j], g.rows, uintptr(4*g.pitch), g.last(j))
		case v == avx512:
			normMomentsReLUAVX512(&s[0], &d[0], &dy[j], &y[j], &x[j], g.rows, uintptr(4*g.pitch), g.last(j))
		default:
			normMomentsReLUAVX2(&s[0], &d[0], &dy[j], &y[j], &x[j], g.rows, uintptr(4*g.pitch), g.last(j))
		}
		fold(sum, s[:g.strip], j)
		fold(dot[:len(sum)], d[:g.strip], j)
	}
}
