//go:build !purego

package kernel

import "math"

func (v vector) add(dst, src []float32) {
	if n := len(dst); n > 0 {
		_ = src[n-1]
		addNEON(&dst[0], &src[0], n)
	}
}

func (v vector) lerp(dst, a, b []float32, wa, wb float32) {
	if n := len(dst); n > 0 {
		_, _ = a[n-1], b[n-1]
		lerpNEON(&dst[0], &a[0], &b[0], n, wa, wb)
	}
}

func (v vector) axpy(dst, x []float32, w float32) {
	if n := len(dst); n > 0 {
		_ = x[n-1]
		axpyNEON(&dst[0], &x[0], n, w)
	}
}

func (v vector) maskPositive(dx, dy, y []float32) {
	if n := len(dx); n > 0 {
		_, _ = dy[n-1], y[n-1]
		maskPositiveNEON(&dx[0], &dy[0], &y[0], n)
	}
}

func (v vector) scaleShift(dst, src, scale, shift []float32, relu bool) {
	n := len(dst)
	if n == 0 {
		return
	}
	var r0, r1 repeated
	a, period := r0.repeat(scale)
	if period == 0 {
		scaleShiftGeneric(dst, src, scale, shift, relu)
		return
	}
	b, _ := r1.repeat(shift[:len(scale)])
	floor := float32(math.Inf(-1))
	if relu {
		floor = 0
	}
	_ = src[n-1]
	scaleShiftNEON(&dst[0], &src[0], a, b, n, 4*period, floor)
}

func (v vector) normBack(dx, dy, y, x, a, b, s []float32) {
	n := len(dx)
	if n == 0 {
		return
	}
	var r0, r1, r2 repeated
	pa, period := r0.repeat(a)
	if period == 0 {
		normBackGeneric(dx, dy, y, x, a, b, s)
		return
	}
	pb, _ := r1.repeat(b[:len(a)])
	ps, _ := r2.repeat(s[:len(a)])
	_, _ = dy[n-1], x[n-1]
	if y == nil {
		normBackNEON(&dx[0], &dy[0], &x[0], pa, pb, ps, n, 4*period)
		return
	}
	_ = y[n-1]
	normBackReLUNEON(&dx[0], &dy[0], &y[0], &x[0], pa, pb, ps, n, 4*period)
}
