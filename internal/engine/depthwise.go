package engine

import "unetbench/internal/kernel"

// A depthwise convolution has as many groups as channels: every channel has a
// kernel of its own. Its sums run over pixels alone, a vector of channels at a
// time, with nothing to multiply a matrix by.

// packDepthwise lays torch's [C, 1, kh, kw] tap by tap.
func (u *conv) packDepthwise(weight []float32) {
	taps, channels := u.kh*u.kw, u.out.c
	for c := range channels {
		scale := 1.0
		if u.scale != nil {
			scale = u.scale[c]
		}
		for t := range taps {
			u.depthwise[t*channels+c] = float32(float64(weight[c*taps+t]) * scale)
		}
	}
}

// depthwiseRow is row for depthwise convolutions.
func (u *conv) depthwiseRow(y view, i, r int, w *worker) {
	s, d := u.step(), u.dilation()
	c0 := 0
	for _, p := range u.in {
		c, bias := y.from(i, r, 0)[c0:], u.bias[c0:c0+p.c]
		if p.s == nil {
			constant(c, bias, y.c, y.region.w, u.relu)
		} else {
			x := p.val()
			w.mul = kernel.Product{
				A: x.from(i, r*s[0], 0), ARow: d[0] * x.pitch, AStep: d[1] * x.c, LDA: s[1] * x.c,
				B: u.depthwise[c0:], BRow: u.kw * y.c, BStep: y.c, C: c, LDC: y.c, Bias: bias,
				Rows: u.kh, Depth: u.kw, M: y.region.w, N: p.c, ReLU: u.relu,
			}
			u.net.kernel.Depthwise(&w.mul)
		}
		c0 += p.c
	}
}
