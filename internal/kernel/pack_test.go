package kernel

import (
	"testing"
)

// A convolution through Pack and Mul is the textbook's, and the one with
// ConvBackLayout is its adjoint: ⟨dy, conv(x)⟩ = ⟨convBack(dy), x⟩.
func TestLayouts(t *testing.T) {
	for _, c := range []struct{ out, in, kh, kw int }{
		{1, 1, 1, 1}, {8, 3, 3, 3}, {40, 5, 3, 3}, {3, 33, 2, 5}, {70, 4, 1, 2},
	} {
		m := newMemory(t, 1)
		const h, w = 5, 6 // of the output
		inW := w + c.kw - 1
		x, weight := m.input((h+c.kh-1)*inW*c.in), m.input(c.out*c.in*c.kh*c.kw)
		y := convolve(x, weight, ConvLayout(c.out, c.in, c.kh, c.kw), h, w)
		for i := range y {
			o, px, py := i%c.out, i/c.out%w, i/c.out/w
			var v value
			for in := range c.in {
				for ky := range c.kh {
					for kx := range c.kw {
						v.add(f(x[((py+ky)*inW+px+kx)*c.in+in]) * f(weight[((o*c.in+in)*c.kh+ky)*c.kw+kx]))
					}
				}
			}
			if !close(y[i], v) {
				t.Fatalf("%v: pixel (%d, %d) channel %d is %v, want %v", c, py, px, o, y[i], v.sum)
			}
		}

		dy := m.input(len(y))
		padW := w + 2*(c.kw-1)
		padded := make([]float32, (h+2*(c.kh-1))*padW*c.out)
		for r := range h {
			copy(padded[((r+c.kh-1)*padW+c.kw-1)*c.out:], dy[r*w*c.out:(r+1)*w*c.out])
		}
		dx := convolve(padded, weight, ConvBackLayout(c.out, c.in, c.kh, c.kw), h+c.kh-1, inW)
		var left, right value
		for i := range y {
			left.add(f(dy[i]) * f(y[i]))
		}
		for i := range x {
			right.add(f(dx[i]) * f(x[i]))
		}
		if !close(float32(left.sum), right) {
			t.Errorf("%v: ⟨dy, conv(x)⟩ is %v, ⟨convBack(dy), x⟩ is %v", c, left.sum, right.sum)
		}
	}
}

// convolve applies packed weights to every h×w window of x.
func convolve(x, weight []float32, l Layout, h, w int) []float32 {
	packed := make([]float32, l.Depth()*l.N)
	Pack(packed, weight, l)
	kh, kw, in := l.Count[0], l.Count[1], l.Count[2]
	pitch := (w + kw - 1) * in
	y := make([]float32, h*w*l.N)
	for n := 0; n < l.N; n += PanelWidth {
		b, width := Panel(packed, l.Depth(), l.N, n)
		for r := range h {
			Best().Mul(&Product{
				A: x[r*pitch:], ARow: pitch, AStep: 1, LDA: in, Rows: kh, Depth: kw * in,
				B: b, BRow: kw * in * width, BStep: width,
				C: y[r*w*l.N+n:], LDC: l.N, M: w, N: width,
			})
		}
	}
	return y
}

func TestUnpack(t *testing.T) {
	for _, l := range []Layout{ConvLayout(70, 3, 3, 3), ConvBackLayout(4, 33, 2, 5), ConvLayout(1, 1, 1, 1)} {
		m := newMemory(t, 2)
		w := m.input(l.Depth() * l.N)
		packed, back := make([]float32, len(w)), make([]float32, len(w))
		Pack(packed, w, l)
		Unpack(back, packed, l)
		for i := range w {
			if !same(w[i], back[i]) {
				t.Fatalf("%+v: weight %d was %v, is %v", l, i, w[i], back[i])
			}
		}
	}
}

// BenchmarkPack packs, and unpacks, the weights of a 3×3 convolution of 512 to
// 512 channels, the forward's and the input gradient's.
func BenchmarkPack(b *testing.B) {
	const c = 512
	w, packed := make([]float32, 9*c*c), make([]float32, 9*c*c)
	for name, l := range map[string]Layout{"conv": ConvLayout(c, c, 3, 3), "back": ConvBackLayout(c, c, 3, 3)} {
		for way, pack := range map[string]func(dst, src []float32, l Layout){"pack": Pack, "unpack": Unpack} {
			b.Run("layout="+name+"/way="+way, func(b *testing.B) {
				b.SetBytes(2 * 4 * 9 * c * c)
				for b.Loop() {
					pack(packed, w, l)
				}
			})
		}
	}
}

// A matrix in pairs has the products of the plain one, and nothing behind it.
func TestPair(t *testing.T) {
	for _, c := range []struct{ rows, depth, n int }{{1, 1, 1}, {3, 9, 3}, {36, 8, 8}, {2, 5, 7}} {
		m := newMemory(t, 3)
		w, pairs := m.input(c.rows*c.depth*c.n), m.output(c.rows*PairedSize(c.depth))
		Pair(pairs, w, c.rows, c.depth, c.n)
		m.check()
		p := Product{AStep: 1, ARow: c.depth, BStep: c.n, BRow: c.depth * c.n, Rows: c.rows, Depth: c.depth, M: 1, N: c.n}
		p.A, p.B, p.C = m.input(c.rows*c.depth), w, make([]float32, c.n)
		q := p
		q.Paired, q.B, q.BStep, q.BRow = true, pairs, PairedStep, PairedSize(c.depth)
		Best().Mul(&q)
		for n := range c.n {
			if v := p.value(0, n); !close(q.C[n], v) {
				t.Errorf("%v: column %d is %v, want %v", c, n, q.C[n], v.sum)
			}
		}
	}
}
