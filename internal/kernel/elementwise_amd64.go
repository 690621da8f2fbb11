//go:build !purego

package kernel

import (
	"math"
	"unsafe"
)

func (v vector) add(dst, src []float32) {
	if n := len(dst); n > 0 {
		_ = src[n-1]
		if v == avx512 {
			addAVX512(&dst[0], &src[0], n)
		} else {
			addAVX2(&dst[0], &src[0], n)
		}
	}
}

func (v vector) lerp(dst, a, b []float32, wa, wb float32) {
	if n := len(dst); n > 0 {
		_, _ = a[n-1], b[n-1]
		if v == avx512 {
			lerpAVX512(&dst[0], &a[0], &b[0], n, wa, wb)
		} else {
			lerpAVX2(&dst[0], &a[0], &b[0], n, wa, wb)
		}
	}
}

func (v vector) axpy(dst, x []float32, w float32) {
	if n := len(dst); n > 0 {
		_ = x[n-1]
		if v == avx512 {
			axpyAVX512(&dst[0], &x[0], n, w)
		} else {
			axpyAVX2(&dst[0], &x[0], n, w)
		}
	}
}

func (v vector) maskPositive(dx, dy, y []float32) {
	if n := len(dx); n > 0 {
		_, _ = dy[n-1], y[n-1]
		if v == avx512 {
			maskPositiveAVX512(&dx[0], &dy[0], &y[0], n)
		} else {
			maskPositiveAVX2(&dx[0], &dy[0], &y[0], n)
		}
	}
}

func (v vector) adam(w, m1, m2, average, g []float32, s *AdamStep) (finite bool) {
	n := len(g)
	if n == 0 {
		return true
	}
	_, _, _, _ = w[n-1], m1[n-1], m2[n-1], average[n-1]
	var check [avx512]float32 // zeros, or NaN
	if v == avx512 {
		adamAVX512(&w[0], &m1[0], &m2[0], &average[0], &g[0], &check[0], n,
			s.Keep1, s.Take1, s.Keep2, s.Take2, s.Rate, s.Scale, s.Epsilon, s.Fresh)
	} else {
		adamAVX2(&w[0], &m1[0], &m2[0], &average[0], &g[0], &check[0], n,
			s.Keep1, s.Take1, s.Keep2, s.Take2, s.Rate, s.Scale, s.Epsilon, s.Fresh)
	}
	return check == [avx512]float32{}
}

// A repeated holds the coefficients of P channels over a common multiple of P
// and the lanes of a register, from a multiple of 64 bytes on.
type repeated [16 + 256]float32

// repeat returns coefficients that may be read in whole registers and their
// number, 0 if there is no room for them in r.
func (r *repeated) repeat(c []float32) (*float32, int) {
	n := len(c)
	for n%16 != 0 {
		n += len(c)
	}
	if n == len(c) {
		return &c[0], n
	}
	first := int(-uintptr(unsafe.Pointer(&r[0])) % 64 / 4)
	if n > len(r)-16 {
		return nil, 0
	}
	for i := 0; i < n; i += len(c) {
		copy(r[first+i:], c)
	}
	return &r[first], n
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
	if v == avx512 {
		scaleShiftAVX512(&dst[0], &src[0], a, b, n, 4*period, floor)
	} else {
		scaleShiftAVX2(&dst[0], &src[0], a, b, n, 4*period, floor)
	}
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
	if y != nil {
		_ = y[n-1]
	}
	switch {
	case y == nil && v == avx512:
		normBackAVX512(&dx[0], &dy[0], &x[0], pa, pb, ps, n, 4*period)
	case y == nil:
		normBackAVX2(&dx[0], &dy[0], &x[0], pa, pb, ps, n, 4*period)
	case v == avx512:
		normBackReLUAVX512(&dx[0], &dy[0], &y[0], &x[0], pa, pb, ps, n, 4*period)
	default:
		normBackReLUAVX2(&dx[0], &dy[0], &y[0], &x[0], pa, pb, ps, n, 4*period)
	}
}

func (v vector) maxPool2(dst, r0, r1 []float32, c int) {
	if n := len(dst); n > 0 {
		_, _ = r0[2*n-1], r1[2*n-1]
		if v == avx512 {
			maxPool2AVX512(&dst[0], &r0[0], &r1[0], n/c, c)
		} else {
			maxPool2AVX2(&dst[0], &r0[0], &r1[0], n/c, c)
		}
	}
}

func (v vector) maxPool2Back(d0, d1, dy, r0, r1 []float32, c int) {
	if n := len(dy); n > 0 {
		_, _, _, _ = d0[2*n-1], d1[2*n-1], r0[2*n-1], r1[2*n-1]
		if v == avx512 {
			maxPool2BackAVX512(&d0[0], &d1[0], &dy[0], &r0[0], &r1[0], n/c, c)
		} else {
			maxPool2BackAVX2(&d0[0], &d1[0], &dy[0], &r0[0], &r1[0], n/c, c)
		}
	}
}
