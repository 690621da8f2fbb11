//go:build !purego

package kernel

func (v vector) max(dst, a, b []float32) {
	if n := len(dst); n > 0 {
		_, _ = a[n-1], b[n-1]
		if v == avx512 {
			maxAVX512(&dst[0], &a[0], &b[0], n)
		} else {
			maxAVX2(&dst[0], &a[0], &b[0], n)
		}
	}
}

func (v vector) multiply(dst, src []float32) {
	if n := len(dst); n > 0 {
		_ = src[n-1]
		if v == avx512 {
			multiplyAVX512(&dst[0], &src[0], n)
		} else {
			multiplyAVX2(&dst[0], &src[0], n)
		}
	}
}

func (v vector) clamp(dst, src []float32, lo, hi float32) {
	if n := len(dst); n > 0 {
		_ = src[n-1]
		if v == avx512 {
			clampAVX512(&dst[0], &src[0], n, lo, hi)
		} else {
			clampAVX2(&dst[0], &src[0], n, lo, hi)
		}
	}
}

func (v vector) exp(dst, src []float32) {
	if n := len(dst); n > 0 {
		_ = src[n-1]
		if v == avx512 {
			expAVX512(&dst[0], &src[0], n)
		} else {
			expAVX2(&dst[0], &src[0], n)
		}
	}
}

func (v vector) sigmoid(dst, src []float32) {
	if n := len(dst); n > 0 {
		_ = src[n-1]
		if v == avx512 {
			sigmoidAVX512(&dst[0], &src[0], n)
		} else {
			sigmoidAVX2(&dst[0], &src[0], n)
		}
	}
}

func (v vector) tanh(dst, src []float32) {
	if n := len(dst); n > 0 {
		_ = src[n-1]
		if v == avx512 {
			tanhAVX512(&dst[0], &src[0], n)
		} else {
			tanhAVX2(&dst[0], &src[0], n)
		}
	}
}

func (v vector) erf(dst, src []float32) {
	if n := len(dst); n > 0 {
		_ = src[n-1]
		if v == avx512 {
			erfAVX512(&dst[0], &src[0], n)
		} else {
			erfAVX2(&dst[0], &src[0], n)
		}
	}
}

func (v vector) slope(dst, src, slope []float32) {
	n := len(dst)
	if n == 0 {
		return
	}
	var r repeated
	a, period := r.repeat(slope)
	if period == 0 {
		slopeGeneric(dst, src, slope)
		return
	}
	_ = src[n-1]
	if v == avx512 {
		slopeAVX512(&dst[0], &src[0], a, n, 4*period)
	} else {
		slopeAVX2(&dst[0], &src[0], a, n, 4*period)
	}
}
