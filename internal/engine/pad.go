package engine

import (
	"fmt"

	"unetbench/graph"
)

// A padding is what lies in a border.
type padding struct {
	mode  graph.Padding
	value float32 // of PadZero
}

// frame is the operand of a Crop or Pad seen through its frame: a window on it
// where that is smaller, and where it is larger padded.
func (c *compiler) frame(n *graph.Node) ([]piece, unit, error) {
	x, y := c.shapes[n.In[0].ID], c.shapes[n.ID]
	top, left, err := n.Window(c.shapes)
	if err != nil {
		return nil, nil, err
	}
	pads := [4]int{-top, -left, top + y.H - x.H, left + y.W - x.W}
	inner := region{max(top, 0), max(left, 0), x.H + min(pads[0], 0) + min(pads[2], 0), x.W + min(pads[1], 0) + min(pads[3], 0)}
	if inner.h < 1 || inner.w < 1 {
		return nil, nil, fmt.Errorf("of %v nothing is left to pad: top, left, bottom, right %v", x, pads)
	}
	var v []piece
	for _, p := range c.values[n.In[0].ID] {
		p.region = region{p.y + inner.y, p.x + inner.x, inner.h, inner.w}
		v = append(v, p)
	}
	for i := range pads {
		pads[i] = max(pads[i], 0)
	}
	if pads == [4]int{} {
		return v, nil, nil
	}
	for i, p := range pads {
		px := [2]int{inner.h, inner.w}[i%2]
		if n.Padding == graph.PadReflect && p >= px || n.Padding == graph.PadCircular && p > px {
			return nil, nil, fmt.Errorf("cannot pad the %d px that are left by %d px in mode %v", px, p, n.Padding)
		}
	}
	out, u := c.pad(n, v, pads)
	return out, u, nil
}

// pad is v seen with its border. Where the border cannot be used (v is a window,
// or its border holds another padding), it is copied.
func (c *compiler) pad(n *graph.Node, v []piece, pads [4]int) ([]piece, unit) {
	u := &pad{net: c.net, padding: padding{n.Padding, n.Value}, pads: pads}
	var out []piece
	for i, p := range v {
		frame := region{-pads[0], -pads[1], p.h + pads[0] + pads[2], p.w + pads[1] + pads[3]}
		if p.s == nil && n.Value == 0 {
			p.region = frame
			out = append(out, p)
			continue
		}
		if p.s == nil || !p.whole() || p.s.padded && p.s.pad != u.padding {
			q := piece{&storage{wants: c.wants[n.In[0].ID] && p.s != nil && p.s.wants}, region{0, 0, p.h, p.w}, p.c}
			q.s.val = c.buffer(graph.Shape{C: p.c, H: p.h, W: p.w}, c.now())
			in := c.read(v[i : i+1])
			c.units = append(c.units, &gather{net: c.net, in: in, out: q})
			p = q
		}
		p.s.pad, p.s.padded = u.padding, true
		u.in = append(u.in, p)
		p.region = frame
		p.s.val.reach(p.region)
		u.out = append(u.out, p)
		out = append(out, p)
	}
	c.read(u.in)
	return out, u
}

// pad fills the border of its operand's buffers; backward folds the border's
// gradient back onto the pixels that it was copied from.
type pad struct {
	net *Net
	padding
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
				u.constant(b.span(i, y, x, 1))
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
			u.constant(row)
		}
	}
}

func (u *pad) constant(row []float32) {
	for j := range row {
		row[j] = u.value
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
