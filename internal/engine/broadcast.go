package engine

import "unetbench/graph"

// broadcast adds or multiplies maps whose sides may be 1 where the result's are
// not: they are repeated. It runs forward only; sum is for equal shapes.
type broadcast struct {
	net     *Net
	in      []piece
	out     piece
	product bool
}

func (c *compiler) broadcast(n *graph.Node) unit {
	u := &broadcast{net: c.net, product: n.Op == graph.Product}
	for _, m := range n.In {
		u.in = append(u.in, c.one(m))
	}
	c.read(u.in) // at this step: an operand after it may have been copied in between
	u.out = c.output(n)
	c.scratch(2 * roundUp(u.out.c, align))
	return u
}

// equal reports whether all operands of n have its shape.
func (c *compiler) equal(n *graph.Node) bool {
	for _, m := range n.In {
		if c.shapes[m.ID] != c.shapes[n.ID] {
			return false
		}
	}
	return true
}

func (u *broadcast) result() piece { return u.out }

func (u *broadcast) claim(*compiler, int) {}
func (u *broadcast) backward() []phase    { return nil }

func (u *broadcast) forward() []phase {
	y := u.out.val()
	return []phase{rowPhase(y.n, y.region.h, 8*len(u.in)*y.region.w*y.c, func(i, r int, w *worker) {
		dst := y.row(i, r)
		for j, p := range u.in {
			from := r
			if p.h == 1 {
				from = 0
			}
			u.row(dst, p.val().row(i, from), p, j == 0, w)
		}
	})}
}

// row sets dst to a row of operand p, or adds it to or multiplies it by that.
func (u *broadcast) row(dst, src []float32, p piece, first bool, w *worker) {
	c, k := u.out.c, u.net.kernel
	switch whole := p.w == u.out.w; {
	case whole && p.c == c && first:
		copy(dst, src)
	case whole && p.c == c && u.product:
		k.Multiply(dst, src)
	case whole && p.c == c:
		k.Add(dst, src)
	case whole: // one number per pixel
		for i, v := range src {
			d := dst[i*c:][:c]
			for j := range d {
				switch {
				case first:
					d[j] = v
				case u.product:
					d[j] *= v
				default:
					d[j] += v
				}
			}
		}
	default: // one pixel
		same, pixel := w.scratch[:c], w.scratch[roundUp(c, align):][:c]
		copy(pixel, src)
		for j := p.c; j < c; j++ {
			pixel[j] = src[0]
		}
		switch {
		case first:
			for ; len(dst) > 0; dst = dst[c:] {
				copy(dst, pixel)
			}
		case u.product:
			clear(same)
			k.ScaleShift(dst, dst, pixel, same, false)
		default:
			for j := range same {
				same[j] = 1
			}
			k.ScaleShift(dst, dst, same, pixel, false)
		}
	}
}
