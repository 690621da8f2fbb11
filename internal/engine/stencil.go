package engine

import "unetbench/internal/kernel"

// A stencil is what c channels of a map, from c0 on, contribute to n channels of
// another, from n0 on: every pixel of that one is a sum over a window of ny×nx
// px of this one, dy and dx px apart.
//
// Where all channels are read and dx is 1, a row of the window is one stretch of
// memory, and a sum has ny rows of nx·c terms. Otherwise it stops after every
// row of the window, nx stretches of c, and goes on from there.
//
// Groups of up to a panel's width that follow each other go together: the next c
// channels contribute to the next n, and so on.
type stencil struct {
	ny, nx, dy, dx int
	c0, c, n0, n   int
	groups         int // 0 counts as 1
	stretch        bool
	layout         kernel.Layout // of the weights, and how far on those of the next group are
	next           int
	*panels
}

// newStencil makes room for the weights of t, which reads a map of so many channels.
func newStencil(k *kernel.Set, t stencil, channels int) stencil {
	if t.stretch = t.c == channels && (t.dx == 1 || t.nx == 1); t.stretch {
		t.panels = newPanels(k, t.ny, t.nx, t.c, t.n)
	} else {
		t.panels = newPanels(k, t.ny*t.nx, 1, t.c, t.n)
	}
	if t.groups = max(t.groups, 1); t.groups > 1 {
		t.packed = make([]float32, t.groups*len(t.packed))
		if t.pairs != nil {
			t.pairs = make([]float32, t.groups*len(t.pairs))
		}
	}
	return t
}

// packWeights takes the weights, times a scale per channel of the result unless
// it is nil.
func (t *stencil) packWeights(weight []float32, scale []float64) {
	one, l := *t.panels, t.layout
	size, pairs := len(t.packed)/t.groups, len(t.pairs)/t.groups
	for g := range t.groups {
		one.packed = t.packed[g*size:][:size]
		if t.pairs != nil {
			one.pairs = t.pairs[g*pairs:][:pairs]
		}
		if scale == nil {
			one.pack(weight, l, nil)
		} else {
			one.pack(weight, l, scale[t.n0+g*t.n:])
		}
		l.Base += t.next
	}
}

// A cut is the taps y0 … y1−1, x0 … x1−1 of a window: those on the map.
type cut struct{ y0, y1, x0, x1 int }

func (t *stencil) all() cut { return cut{0, t.ny, 0, t.nx} }

// mul adds up the taps of a cut for m.M pixels. In m the caller sets A, which
// begins with the first of these taps for the first pixel, LDA, LDC, M,
// Accumulate (which several groups need), ReLU and Stream; c and bias begin with
// channel n0, pixels and rows of A's map are pixel and pitch floats apart.
func (t *stencil) mul(k *kernel.Set, m *kernel.Product, c, bias []float32, s cut, pitch, pixel int) {
	m.AStep = 1
	if t.groups > 1 {
		m.Batch, m.ABatch, m.CBatch = t.groups, t.c, t.n
	}
	a, add, relu, stream := m.A, m.Accumulate, m.ReLU, m.Stream
	for n := 0; n < t.n; n += kernel.PanelWidth {
		t.operand(m, n)
		m.C, m.Bias = c[n:], bias[n:n+m.N]
		if t.groups > 1 {
			if m.B = t.packed; m.Paired {
				m.B = t.pairs
			}
			m.BBatch = len(m.B) / t.groups
		}
		if t.stretch {
			m.Rows, m.ARow, m.Depth = s.y1-s.y0, t.dy*pitch, (s.x1-s.x0)*t.c
			skip := s.x0 * t.c
			if m.Paired {
				skip /= 2 // an even number, or they would not be in pairs
			}
			m.B = m.B[s.y0*m.BRow+skip*m.BStep:]
			k.Mul(m)
			continue
		}
		m.Rows, m.ARow, m.Depth = s.x1-s.x0, t.dx*pixel, t.c
		b := m.B
		for y := s.y0; y < s.y1; y++ {
			m.A, m.B = a[(y-s.y0)*t.dy*pitch:], b[(y*t.nx+s.x0)*m.BRow:]
			last := y == s.y1-1
			m.Accumulate, m.ReLU, m.Stream = add || y > s.y0, relu && last, stream && t.ny == 1
			k.Mul(m)
		}
		m.A, m.Accumulate, m.ReLU, m.Stream = a, add, relu, stream
	}
}
