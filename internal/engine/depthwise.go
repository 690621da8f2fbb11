package engine

import "unetbench/internal/kernel"

// A depthwise convolution has as many groups as channels: every channel has a
// kernel of its own. Its sums run over pixels alone, a vector of channels at a
// time, with nothing to multiply a matrix by. So do those of groups of four,
// whose products would leave most of a vector idle.

// channelwise is the channels of a group, 1 or 4, if there is such a loop for u;
// 0 otherwise.
func (u *conv) channelwise() int {
	each := u.channels() / u.groups()
	if u.groups() == 1 || u.channels() != u.out.c {
		return 0
	}
	for _, p := range u.in {
		if p.c%each > 0 {
			return 0
		}
	}
	if each == 1 || each == 4 && u.net.kernel.Fours != nil {
		return each
	}
	return 0
}

// packDepthwise lays torch's [C, 1 or 4, kh, kw] tap by tap.
func (u *conv) packDepthwise(weight []float32) {
	taps, channels, each := u.kh*u.kw, u.out.c, u.channelwise()
	for c := range channels {
		scale := 1.0
		if u.scale != nil {
			scale = u.scale[c]
		}
		for t := range taps {
			for j := range each {
				u.depthwise[(t*each+j)*channels+c] = float32(float64(weight[(c*each+j)*taps+t]) * scale)
			}
		}
	}
}

// depthwiseRow is row for depthwise convolutions.
func (u *conv) depthwiseRow(y view, i, r int, w *worker) {
	s, d := u.step(), u.dilation()
	each, mul := u.channels()/u.groups(), u.net.kernel.Depthwise
	if each == 4 {
		mul = u.net.kernel.Fours
	}
	c0 := 0
	for _, p := range u.in {
		c, bias := y.from(i, r, 0)[c0:], u.bias[c0:c0+p.c]
		if p.s == nil {
			constant(c, bias, y.c, y.region.w, u.relu)
		} else {
			x := p.val()
			w.mul = kernel.Product{
				A: x.from(i, r*s[0], 0), ARow: d[0] * x.pitch, AStep: d[1] * x.c, LDA: s[1] * x.c,
				B: u.depthwise[c0:], BRow: u.kw * each * y.c, BStep: y.c, C: c, LDC: y.c, Bias: bias,
				Rows: u.kh, Depth: u.kw, M: y.region.w, N: p.c, ReLU: u.relu,
			}
			mul(&w.mul)
		}
		c0 += p.c
	}
}
