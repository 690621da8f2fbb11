package kernel

import "testing"

// depthwises is the table of Depthwise: c channels, windows of rows×depth, strides
// and dilation, and pixels on both sides of a block.
func depthwises() (all []Product) {
	for _, c := range []int{1, 5, 8, 16, 19, 32, 40, 144} {
		for _, pixels := range []int{1, 7, 8, 9, 16, 21} {
			for _, k := range []struct{ rows, depth, stride, dilation int }{{3, 3, 1, 1}, {5, 5, 2, 1}, {1, 2, 1, 3}, {1, 1, 1, 1}} {
				wide := (pixels-1)*k.stride + (k.depth-1)*k.dilation + 1
				all = append(all, Product{
					ARow: wide*c + 3, AStep: k.dilation * c, LDA: k.stride * c, BRow: k.depth*c + 2, BStep: c,
					LDC: c + 1, Rows: k.rows, Depth: k.depth, M: pixels, N: c,
				})
			}
		}
	}
	return all
}

func TestDepthwise(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for i, p := range depthwises() {
			mem := newMemory(t, uint64(i))
			p.A = mem.input((p.Rows-1)*p.ARow + (p.Depth-1)*p.AStep + (p.M-1)*p.LDA + p.N)
			p.B = mem.input((p.Rows-1)*p.BRow + (p.Depth-1)*p.BStep + p.N)
			p.C, p.Bias = mem.output((p.M-1)*p.LDC+p.N), mem.input(p.N)
			p.ReLU = i%2 == 1
			wants := want(p.C, func(j int) (v value) {
				m, n := j/p.LDC, j%p.LDC
				if n >= p.N {
					return value{sum: f(p.C[j])} // between the rows
				}
				v.add(f(p.Bias[n]))
				for r := range p.Rows {
					for k := range p.Depth {
						v.add(f(p.A[r*p.ARow+k*p.AStep+m*p.LDA+n]) * f(p.B[r*p.BRow+k*p.BStep+n]))
					}
				}
				if p.ReLU {
					v.sum = max(v.sum, 0)
				}
				return v
			})
			s.Depthwise(&p)
			mem.check()
			for j, w := range wants {
				if !close(p.C[j], w) {
					t.Fatalf("%v: element (%d, %d) is %v, want %v ± %.2g", &p, j/p.LDC, j%p.LDC, p.C[j], w.sum, w.slack())
				}
			}
		}
	})
}
