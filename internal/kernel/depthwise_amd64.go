//go:build !purego

package kernel

import "math"

// depthwise computes blocks of 8 pixels. The last one begins earlier where fewer
// are left, and computes some again; less than 8 are done one by one.
func (v vector) depthwise(p *Product) {
	p.checkDepthwise()
	if p.M <= 0 || p.N <= 0 || p.Rows <= 0 || p.Depth <= 0 {
		depthwiseGeneric(p)
		return
	}
	_ = p.A[(p.Rows-1)*p.ARow+(p.Depth-1)*p.AStep+(p.M-1)*p.LDA+p.N-1]
	_ = p.B[(p.Rows-1)*p.BRow+(p.Depth-1)*p.BStep+p.N-1]
	_ = p.C[(p.M-1)*p.LDC+p.N-1]
	const height = 8
	if p.M < height {
		for m := range p.M {
			v.depthwiseBlock(p, m, false)
		}
		return
	}
	for m := 0; m < p.M; m += height {
		v.depthwiseBlock(p, min(m, p.M-height), true)
	}
}

// depthwiseBlock computes pixel m, or the 8 from there on.
func (v vector) depthwiseBlock(p *Product, m int, eight bool) {
	const bytes = 4
	floor := float32(math.Inf(-1))
	if p.ReLU {
		floor = 0
	}
	a, b, bias, c := &p.A[m*p.LDA], &p.B[0], &p.Bias[0], &p.C[m*p.LDC]
	aturn, bturn := uintptr(bytes*(p.ARow-p.Depth*p.AStep)), uintptr(bytes*(p.BRow-p.Depth*p.BStep))
	astep, lda, bstep, ldc := uintptr(bytes*p.AStep), uintptr(bytes*p.LDA), uintptr(bytes*p.BStep), uintptr(bytes*p.LDC)
	switch {
	case v == avx512 && eight:
		depthwise8AVX512(p.N, p.Rows, p.Depth, a, aturn, astep, lda, b, bturn, bstep, bias, c, ldc, floor)
	case v == avx512:
		depthwise1AVX512(p.N, p.Rows, p.Depth, a, aturn, astep, lda, b, bturn, bstep, bias, c, ldc, floor)
	case eight:
		depthwise8AVX2(p.N, p.Rows, p.Depth, a, aturn, astep, lda, b, bturn, bstep, bias, c, ldc, floor)
	default:
		depthwise1AVX2(p.N, p.Rows, p.Depth, a, aturn, astep, lda, b, bturn, bstep, bias, c, ldc, floor)
	}
}
