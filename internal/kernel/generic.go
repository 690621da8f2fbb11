package kernel

import "math"

// Generic is the plain-Go implementation: it runs everywhere and is the
// definition that the others are tested against.
var Generic = &Set{
	Name:         "generic",
	Lanes:        1,
	Mul:          mulGeneric,
	Depthwise:    depthwiseGeneric,
	F2:           winogradGeneric(matrices2, Cost{110, 90, 110, 120, 100}),
	F4:           winogradGeneric(matrices4, Cost{740, 460, 270, 280, 500}),
	ScaleShift:   scaleShiftGeneric,
	Moments:      momentsGeneric,
	NormMoments:  normMomentsGeneric,
	NormBack:     normBackGeneric,
	MaskPositive: maskPositiveGeneric,
	Add:          addGeneric,
	Lerp:         lerpGeneric,
	AXPY:         axpyGeneric,
	Max:          maxGeneric,
	Multiply:     multiplyGeneric,
	Slope:        slopeGeneric,
	Clamp:        clampGeneric,
	Exp:          expGeneric,
	Sigmoid:      sigmoidGeneric,
	Tanh:         tanhGeneric,
	Erf:          erfGeneric,
	MaxPool2:     maxPool2Generic,
	MaxPool2Back: maxPool2BackGeneric,
	Adam:         adamGeneric,
}

func mulGeneric(p *Product) {
	q := *p
	for b := range max(p.Batch, 1) {
		q.A, q.B, q.C = p.A[b*p.ABatch:], p.B[b*p.BBatch:], p.C[b*p.CBatch:]
		if p.Paired {
			mulPaired(&q)
		} else {
			mulOne(&q)
		}
	}
}

func mulOne(p *Product) {
	m := 0
	for ; m+4 <= p.M; m += 4 {
		n := 0
		for ; n+2 <= p.N; n += 2 {
			mul4x2(p, m, n)
		}
		for ; n < p.N; n++ {
			for i := range 4 {
				mul1x1(p, m+i, n)
			}
		}
	}
	for ; m < p.M; m++ {
		for n := range p.N {
			mul1x1(p, m, n)
		}
	}
}

// start is the value the sum for (m, n) begins with.
func (p *Product) start(m, n int) float32 {
	switch {
	case p.Accumulate:
		return p.C[m*p.LDC+n]
	case p.Bias != nil:
		return p.Bias[n]
	}
	return 0
}

func (p *Product) finish(m, n int, s float32) {
	if p.ReLU && s < 0 {
		s = 0
	}
	p.C[m*p.LDC+n] = s
}

// mul1x1 is the reference loop. Products are rounded before they are added
// (float32(x*y)), or some compilers would fuse them.
func mul1x1(p *Product, m, n int) {
	s := p.start(m, n)
	for r := range p.Rows {
		a, b := r*p.ARow+m*p.LDA, r*p.BRow+n
		for range p.Depth {
			s += float32(p.A[a] * p.B[b])
			a += p.AStep
			b += p.BStep
		}
	}
	p.finish(m, n, s)
}

// mulPaired is the loop of Paired products, for two rows and two columns at once:
// eight sums. What is odd in M or N is computed twice.
func mulPaired(p *Product) {
	p.checkPaired()
	for m0 := 0; m0 < p.M; m0 += 2 {
		m1 := min(m0+1, p.M-1)
		for n0 := 0; n0 < p.N; n0 += 2 {
			n1 := min(n0+1, p.N-1)
			even00, even01 := p.start(m0, n0), p.start(m0, n1)
			even10, even11 := p.start(m1, n0), p.start(m1, n1)
			var odd00, odd01, odd10, odd11 float32
			for r := range p.Rows {
				a0, a1 := r*p.ARow+m0*p.LDA, r*p.ARow+m1*p.LDA
				b0, b1 := r*p.BRow+2*n0, r*p.BRow+2*n1
				for range p.Depth / 2 {
					x, y := p.A[a0], p.A[a0+1]
					even00 += float32(x * p.B[b0])
					odd00 += float32(y * p.B[b0+1])
					even01 += float32(x * p.B[b1])
					odd01 += float32(y * p.B[b1+1])
					x, y = p.A[a1], p.A[a1+1]
					even10 += float32(x * p.B[b0])
					odd10 += float32(y * p.B[b0+1])
					even11 += float32(x * p.B[b1])
					odd11 += float32(y * p.B[b1+1])
					a0, a1 = a0+2, a1+2
					b0, b1 = b0+p.BStep, b1+p.BStep
				}
				if p.Depth%2 > 0 {
					even00 += float32(p.A[a0] * p.B[b0])
					even01 += float32(p.A[a0] * p.B[b1])
					even10 += float32(p.A[a1] * p.B[b0])
					even11 += float32(p.A[a1] * p.B[b1])
				}
			}
			p.finish(m0, n0, even00+odd00)
			p.finish(m0, n1, even01+odd01)
			p.finish(m1, n0, even10+odd10)
			p.finish(m1, n1, even11+odd11)
		}
	}
}

// mul4x2 is mul1x1 for four rows and two columns at once: eight sums that do
// not wait for each other. Each keeps mul1x1's order, hence its bits.
func mul4x2(p *Product, m, n int) {
	s00, s01 := p.start(m, n), p.start(m, n+1)
	s10, s11 := p.start(m+1, n), p.start(m+1, n+1)
	s20, s21 := p.start(m+2, n), p.start(m+2, n+1)
	s30, s31 := p.start(m+3, n), p.start(m+3, n+1)
	lda := p.LDA
	for r := range p.Rows {
		a, b := r*p.ARow+m*lda, r*p.BRow+n
		for range p.Depth {
			y0, y1 := p.B[b], p.B[b+1]
			x := p.A[a]
			s00 += float32(x * y0)
			s01 += float32(x * y1)
			x = p.A[a+lda]
			s10 += float32(x * y0)
			s11 += float32(x * y1)
			x = p.A[a+2*lda]
			s20 += float32(x * y0)
			s21 += float32(x * y1)
			x = p.A[a+3*lda]
			s30 += float32(x * y0)
			s31 += float32(x * y1)
			a += p.AStep
			b += p.BStep
		}
	}
	p.finish(m, n, s00)
	p.finish(m, n+1, s01)
	p.finish(m+1, n, s10)
	p.finish(m+1, n+1, s11)
	p.finish(m+2, n, s20)
	p.finish(m+2, n+1, s21)
	p.finish(m+3, n, s30)
	p.finish(m+3, n+1, s31)
}

func scaleShiftGeneric(dst, src, scale, shift []float32, relu bool) {
	period := len(scale)
	for c := 0; c < len(dst); c += period {
		for i, x := range src[c:min(c+period, len(dst))] {
			v := float32(x*scale[i]) + shift[i]
			if relu && v < 0 {
				v = 0
			}
			dst[c+i] = v
		}
	}
}

func momentsGeneric(sum, sq, x []float32) {
	period := len(sum)
	for c := 0; c < len(x); c += period {
		for i, v := range x[c:min(c+period, len(x))] {
			sum[i] += v
			sq[i] += float32(v * v)
		}
	}
}

func normMomentsGeneric(sum, dot, dy, y, x []float32) {
	period := len(sum)
	for c := 0; c < len(dy); c += period {
		for i, g := range dy[c:min(c+period, len(dy))] {
			if y != nil && !(y[c+i] > 0) {
				g = 0
			}
			sum[i] += g
			dot[i] += float32(g * x[c+i])
		}
	}
}

func normBackGeneric(dx, dy, y, x, a, b, s []float32) {
	period := len(a)
	for c := 0; c < len(dx); c += period {
		for i, g := range dy[c:min(c+period, len(dx))] {
			if y != nil && !(y[c+i] > 0) {
				g = 0
			}
			dx[c+i] = float32(a[i]*g) + (float32(b[i]*x[c+i]) + s[i])
		}
	}
}

func maskPositiveGeneric(dx, dy, y []float32) {
	for i := range dx {
		if y[i] > 0 {
			dx[i] = dy[i]
		} else {
			dx[i] = 0
		}
	}
}

func addGeneric(dst, src []float32) {
	for i := range dst {
		dst[i] += src[i]
	}
}

func lerpGeneric(dst, a, b []float32, wa, wb float32) {
	for i := range dst {
		dst[i] = float32(a[i]*wa) + float32(b[i]*wb)
	}
}

func axpyGeneric(dst, x []float32, w float32) {
	for i := range dst {
		dst[i] += float32(w * x[i])
	}
}

func maxPool2Generic(dst, r0, r1 []float32, c int) {
	for px := 0; px < len(dst); px += c {
		for i := px; i < px+c; i++ {
			j := px + i
			dst[i] = max(r0[j], r0[j+c], r1[j], r1[j+c])
		}
	}
}

func maxPool2BackGeneric(d0, d1, dy, r0, r1 []float32, c int) {
	for px := 0; px < len(dy); px += c {
		for i := px; i < px+c; i++ {
			j := px + i
			m, d := r0[j], &d0[j]
			if v := r0[j+c]; v > m {
				m, d = v, &d0[j+c]
			}
			if v := r1[j]; v > m {
				m, d = v, &d1[j]
			}
			if v := r1[j+c]; v > m {
				d = &d1[j+c]
			}
			*d += dy[i]
		}
	}
}

func adamGeneric(w, m, v, average, g []float32, s *AdamStep) (finite bool) {
	n := len(g)
	w, m, v, average = w[:n], m[:n], v[:n], average[:n]
	var check float32 // 0, or NaN
	for i, gi := range g {
		mi := float32(s.Keep1*m[i]) + float32(s.Take1*gi)
		vi := float32(s.Keep2*v[i]) + float32(s.Take2*float32(gi*gi))
		check += vi - vi
		root := float32(math.Sqrt(float64(vi)))
		wi := w[i] - float32(s.Rate*mi)/(float32(root*s.Scale)+s.Epsilon)
		m[i], v[i], w[i] = mi, vi, wi
		average[i] += float32(s.Fresh * (wi - average[i]))
	}
	return check == 0
}
