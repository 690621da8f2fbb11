package engine

import "unetbench/graph"

// pad fills the border of its operand's buffers; backward folds the border's
// gradient back onto the pixels that it was copied from.
type pad struct {
	net     *Net
	mode    graph.Padding
	pads    [4]int
	in, out []piece // the operand, and the operand with its border
	grads   []view
}

func (u *pad) claim(c *compiler, t int) {
	for i, p := range u.in {
		if g, ok := c.grad(p, t); ok {
			g.reach(u.out[i].region) // readers may have cropped the border away
			u.grads = append(u.grads, g)
		}
	}
}

// source is the coordinate that the border's coordinate i copies, of n; −1 for
// a zero.
func source(mode graph.Padding, i, n int) int {
	if i >= 0 && i < n {
		return i
	}
	switch mode {
	case graph.PadReflect:
		if i < 0 {
			return -i
		}
		return 2*(n-1) - i
	case graph.PadReplicate:
		return min(max(i, 0), n-1)
	case graph.PadCircular:
		return (i + n) % n
	}
	return -1
}

func (u *pad) forward() []phase {
	var ph []phase
	for _, p := range u.in {
		b := p.s.val
		ph = append(ph, phase{b.n, func(i int, _ *worker) { u.fill(b, i) }})
	}
	return ph
}

// fill copies first the sides of each row, then whole rows: corners included.
func (u *pad) fill(b *buffer, i int) {
	top, left, bottom, right := u.pads[0], u.pads[1], u.pads[2], u.pads[3]
	for y := range b.h {
		for x := -left; x < b.w+right; x++ {
			if x == 0 {
				x = b.w
				if right == 0 {
					break
				}
			}
			if s := source(u.mode, x, b.w); s >= 0 {
				copy(b.span(i, y, x, 1), b.span(i, y, s, 1))
			} else {
				clear(b.span(i, y, x, 1))
			}
		}
	}
	for y := -top; y < b.h+bottom; y++ {
		if y == 0 {
			y = b.h
			if bottom == 0 {
				break
			}
		}
		row := b.span(i, y, -left, left+b.w+right)
		if s := source(u.mode, y, b.h); s >= 0 {
			copy(row, b.span(i, s, -left, left+b.w+right))
		} else {
			clear(row)
		}
	}
}

func (u *pad) backward() []phase {
	var ph []phase
	for _, g := range u.grads {
		b := g.buffer
		ph = append(ph, phase{b.n, func(i int, _ *worker) { u.fold(b, i) }})
	}
	return ph
}

// fold is the adjoint of fill, in the opposite order, and leaves the border
// zero for those who add to it next.
func (u *pad) fold(b *buffer, i int) {
	top, left, bottom, right := u.pads[0], u.pads[1], u.pads[2], u.pads[3]
	for y := -top; y < b.h+bottom; y++ {
		if y == 0 {
			y = b.h
			if bottom == 0 {
				break
			}
		}
		row := b.span(i, y, -left, left+b.w+right)
		if s := source(u.mode, y, b.h); s >= 0 {
			u.net.kernel.Add(b.span(i, s, -left, left+b.w+right), row)
		}
		clear(row)
	}
	for y := range b.h {
		for x := -left; x < b.w+right; x++ {
			if x == 0 {
				x = b.w
				if right == 0 {
					break
				}
			}
			px := b.span(i, y, x, 1)
			if s := source(u.mode, x, b.w); s >= 0 {
				dst := b.span(i, y, s, 1)
				for c, v := range px {
					dst[c] += v
				}
			}
			clear(px)
		}
	}
}
