//go:build !purego

package kernel

// What does not fill a row of the grid begins with channel 0 again and is left
// to plain Go.

func (v vector) moments(sum, sq, x []float32) {
	g := v.grid(len(x), len(sum))
	whole := g.rows * g.pitch
	var s, q [strip]float32
	for j := 0; j < min(whole, g.pitch); j += strip {
		momentsNEON(&s[0], &q[0], &x[j], g.rows, uintptr(4*g.pitch))
		fold(sum, s[:], j)
		fold(sq[:len(sum)], q[:], j)
	}
	momentsGeneric(sum, sq, x[whole:])
}

func (v vector) normMoments(sum, dot, dy, y, x []float32) {
	x = x[:len(dy)]
	if y != nil {
		y = y[:len(dy)]
	}
	g := v.grid(len(dy), len(sum))
	whole := g.rows * g.pitch
	var s, d [strip]float32
	for j := 0; j < min(whole, g.pitch); j += strip {
		if y == nil {
			normMomentsNEON(&s[0], &d[0], &dy[j], &x[j], g.rows, uintptr(4*g.pitch))
		} else {
			normMomentsReLUNEON(&s[0], &d[0], &dy[j], &y[j], &x[j], g.rows, uintptr(4*g.pitch))
		}
		fold(sum, s[:], j)
		fold(dot[:len(sum)], d[:], j)
	}
	if y != nil {
		y = y[whole:]
	}
	normMomentsGeneric(sum, dot, dy[whole:], y, x[whole:])
}
