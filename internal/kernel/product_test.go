package kernel

import (
	"fmt"
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// products is the table of Mul: what the networks ask for, and the edges of
// every block.
func products() []Product {
	conv := func(c, o, pixels int) Product { // one row of a 3×3 convolution
		return Product{AStep: 1, LDA: c, ARow: (pixels + 2) * c, BStep: o, BRow: 3 * c * o, LDC: o,
			Rows: 3, Depth: 3 * c, M: pixels, N: o}
	}
	gradient := func(c, o, rows, pixels int) Product { // of the weights of one kernel row
		return Product{AStep: c, LDA: 1, ARow: (pixels + 2) * c, BStep: o, BRow: pixels * o, LDC: o,
			Rows: rows, Depth: pixels, M: 3 * c, N: o}
	}
	table := []Product{
		conv(1, 8, 202), conv(8, 8, 66), conv(16, 8, 20), conv(8, 16, 29), conv(16, 16, 48), conv(32, 32, 20),
		conv(3, 1, 7), conv(64, 64, 14), conv(8, 2, 57), conv(5, 31, 3), conv(1, 1, 1),
		gradient(1, 8, 5, 40), gradient(8, 8, 3, 66), gradient(16, 8, 2, 20), gradient(32, 64, 2, 17), gradient(3, 5, 4, 9),
		gradient(8, 40, 5, 5000), // longer than cached
	}
	for _, p := range []Product{ // the points of Winograd's tiles, and of their weight gradient
		{AStep: 1, LDA: 16, BStep: 16, LDC: 16, Rows: 1, Depth: 16, M: 47, N: 16},
		{AStep: 1, LDA: 64, BStep: 32, LDC: 32, Rows: 1, Depth: 64, M: 28, N: 32},
		{AStep: 1, LDA: 8, BStep: 8, LDC: 8, Rows: 1, Depth: 8, M: 47, N: 8},
		{AStep: 1, LDA: 9, BStep: 7, LDC: 7, Rows: 1, Depth: 9, M: 8, N: 7},
		{AStep: 8, LDA: 1, BStep: 8, LDC: 8, Rows: 1, Depth: 25, M: 8, N: 8},
		{AStep: 40, LDA: 1, BStep: 40, LDC: 40, Rows: 1, Depth: 9, M: 40, N: 40},
	} {
		p.Batch, p.ABatch, p.BBatch, p.CBatch = 5, 16+max(p.AStep*p.Depth, p.LDA*p.M), 16+p.BStep*p.Depth, 16+p.LDC*p.M
		table = append(table, p)
	}
	for m := 1; m <= 30; m++ { // on cache lines
		p := conv(1, 32+m%3*16, m)
		p.Stream = true
		table = append(table, p)
	}
	for m := 1; m <= 60; m += 1 + m/30 {
		for _, n := range []int{5, 8} { // rows of C side by side in A; all kernel rows at once
			p := gradient(1, n, 2, 7)
			p.M, p.LDC = m, 8
			table = append(table, p)
			p.Batch, p.ABatch, p.CBatch = 3+m%3, p.ARow, m*p.LDC
			table = append(table, p)
		}
		for _, n := range []int{1, 7, 8, 9, 16, 17, 24, 25, 31, 32, 33, 48} {
			p := conv(2, n, m)
			p.LDC, p.BStep, p.BRow = n+3, n+5, (n+5)*p.Depth+1
			table = append(table, p)
		}
	}
	for _, p := range table {
		if p.AStep == 1 && p.N <= PairedWidth {
			p.Paired, p.BStep, p.BRow, p.BBatch = true, PairedStep, PairedSize(p.Depth)+3, PairedSize(p.Depth)+7
			table = append(table, p)
		}
	}
	return table
}

// fill gives a product its slices, no longer than they must be.
func (p Product) fill(m *memory) *Product {
	b := max(p.Batch, 1) - 1
	p.A = m.input(b*p.ABatch + (p.Rows-1)*p.ARow + (p.Depth-1)*p.AStep + (p.M-1)*p.LDA + 1)
	if p.Paired {
		p.B = m.input(b*p.BBatch + (p.Rows-1)*p.BRow + PairedSize(p.Depth))
		for i := 0; p.Depth%2 > 0 && i < (b+1)*p.Rows; i++ {
			row := p.B[i/p.Rows*p.BBatch+i%p.Rows*p.BRow:][:PairedSize(p.Depth)]
			for n := range PairedWidth {
				row[len(row)-2*n-1] = 0
			}
		}
		m.keep()
	} else {
		p.B = m.input(b*p.BBatch + (p.Rows-1)*p.BRow + (p.Depth-1)*p.BStep + p.N)
	}
	p.C = m.output(b*p.CBatch + (p.M-1)*p.LDC + p.N)
	p.Bias = m.input(p.N)
	return &p
}

func (p *Product) String() string {
	return fmt.Sprintf("%d×%d, %d rows of depth %d, steps A %d %d %d B %d %d C %d, accumulate %t, ReLU %t, paired %t",
		p.M, p.N, p.Rows, p.Depth, p.ARow, p.AStep, p.LDA, p.BRow, p.BStep, p.LDC, p.Accumulate, p.ReLU, p.Paired)
}

// value is element (m, n) of C in float64.
func (p *Product) value(m, n int) (v value) {
	switch {
	case p.Accumulate:
		v.add(f(p.C[m*p.LDC+n]))
	case p.Bias != nil:
		v.add(f(p.Bias[n]))
	}
	for r := range p.Rows {
		for k := range p.Depth {
			b := k*p.BStep + n
			if p.Paired {
				b = k/2*p.BStep + 2*n + k%2
			}
			v.add(f(p.A[r*p.ARow+k*p.AStep+m*p.LDA]) * f(p.B[r*p.BRow+b]))
		}
	}
	if p.ReLU {
		v.sum = max(v.sum, 0)
	}
	return v
}

func TestMul(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for i, shape := range products() {
			mem := newMemory(t, uint64(i))
			p := shape.fill(mem)
			p.Accumulate, p.ReLU = i%3 == 1, i%2 == 1
			if i%3 == 2 {
				p.Bias = nil
			}
			old := append([]float32(nil), p.C...)
			var want []value
			for j := range p.C {
				one, at := *p, j
				if p.Batch > 1 {
					b := j / p.CBatch
					one.A, one.B, one.C, at = p.A[b*p.ABatch:], p.B[b*p.BBatch:], p.C[b*p.CBatch:], j-b*p.CBatch
				}
				if m, n := at/p.LDC, at%p.LDC; m < p.M && n < p.N {
					want = append(want, one.value(m, n))
				} else {
					want = append(want, value{sum: f(old[j])}) // between the rows
				}
			}
			s.Mul(p)
			mem.check()
			for j, w := range want {
				if !close(p.C[j], w) {
					t.Fatalf("%v: element (%d, %d) is %v, want %v ± %.2g", p, j/p.LDC, j%p.LDC, p.C[j], w.sum, w.slack())
				}
			}
		}
	})
}

// Where C goes past the caches, it has the same bits.
func TestMulStream(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for i, p := range products() {
			if !p.Stream {
				continue
			}
			want := *p.fill(newMemory(t, uint64(i)))
			got := want
			got.C = make([]float32, len(want.C)+16)
			for uintptr(unsafe.Pointer(&got.C[0]))%64 != 0 {
				got.C = got.C[1:]
			}
			copy(got.C, want.C)
			want.Stream = false
			s.Mul(&got)
			s.Mul(&want)
			if !slices.EqualFunc(got.C[:len(want.C)], want.C, same) {
				t.Errorf("%v: other bits", &want)
			}
		}
	})
}

// An element has the same bits in whatever product it is computed.
func TestMulPosition(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		rapid.Check(t, func(r *rapid.T) {
			size := func(name string, low, high int) int { return rapid.IntRange(low, high).Draw(r, name) }
			p := Product{Rows: size("rows", 1, 3), Depth: size("depth", 1, 20), M: size("m", 1, 70), N: size("n", 1, 70)}
			p.AStep, p.LDA, p.ARow = size("astep", 1, 9), size("lda", 1, 20), size("arow", 0, 30)
			p.BStep, p.BRow, p.LDC = p.N+size("bgap", 0, 9), size("brow", 0, 90), p.N+size("cgap", 0, 5)
			if p.N <= PairedWidth && rapid.Bool().Draw(r, "paired") {
				p.Paired, p.AStep, p.BStep, p.BRow = true, 1, PairedStep, PairedSize(p.Depth)
			}
			p.Accumulate, p.ReLU = rapid.Bool().Draw(r, "accumulate"), rapid.Bool().Draw(r, "relu")
			whole := p.fill(newMemory(t, rapid.Uint64().Draw(r, "seed")))
			part := *whole
			part.C = append([]float32(nil), whole.C...)
			s.Mul(whole)

			m, n := size("m0", 0, p.M-1), 0
			if !p.Paired { // B's rows are whole
				n = size("n0", 0, p.N-1)
			}
			part.M, part.N = size("m1", 1, p.M-m), size("n1", 1, p.N-n)
			part.A, part.B, part.Bias = part.A[m*p.LDA:], part.B[n:], part.Bias[n:]
			part.C = part.C[m*p.LDC+n:]
			s.Mul(&part)
			for i := range part.M {
				for j := range part.N {
					a, b := part.C[i*p.LDC+j], whole.C[(m+i)*p.LDC+n+j]
					if !same(a, b) {
						r.Fatalf("%v: (%d, %d) is %v, but %v in the part from (%d, %d)", whole, m+i, n+j, b, a, m, n)
					}
				}
			}
		})
	})
}

// A sum too long for the cache stops on the way; its bits do not show it.
func TestMulLong(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		shape := Product{AStep: 8, LDA: 1, ARow: 40_000, BStep: 40, BRow: 200_000, LDC: 40,
			Rows: 5, Depth: 5000, M: 24, N: 40, ReLU: true}
		p := shape.fill(newMemory(t, 1))
		s.Mul(p)
		for _, at := range [][2]int{{0, 0}, {23, 39}, {11, 20}} {
			m, n := at[0], at[1]
			one := *p
			one.A, one.B, one.Bias = p.A[m:], p.B[n:], p.Bias[n:]
			one.C, one.M, one.N = make([]float32, 1), 1, 1
			s.Mul(&one)
			if got := p.C[m*p.LDC+n]; !same(got, one.C[0]) {
				t.Errorf("(%d, %d) is %v, alone %v", m, n, got, one.C[0])
			}
		}
	})
}

func TestMulNothing(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		c := []float32{1, 2}
		s.Mul(&Product{C: c, LDC: 2, M: 1, N: 2, Bias: []float32{3, -4}, ReLU: true})
		if c[0] != 3 || c[1] != 0 {
			t.Errorf("the empty sum with bias 3, -4 and ReLU is %v", c)
		}
		s.Mul(&Product{C: c, LDC: 2, Rows: 1, Depth: 1, AStep: 1, BStep: 2})
	})
}

// What plain Go would panic at, assembly must not read or write.
func TestMulOutOfRange(t *testing.T) {
	short := map[string]func(p *Product){
		"A":    func(p *Product) { p.A = p.A[:len(p.A)-1] },
		"B":    func(p *Product) { p.B = p.B[:len(p.B)-1] },
		"C":    func(p *Product) { p.C = p.C[:len(p.C)-1] },
		"Bias": func(p *Product) { p.Bias = p.Bias[:len(p.Bias)-1] },
	}
	eachSet(t, func(t *testing.T, s *Set) {
		table := products()
		for name, cut := range short {
			for _, p := range []Product{table[0], table[len(table)-1]} {
				p := p.fill(newMemory(t, 1))
				cut(p)
				func() {
					defer func() {
						if recover() == nil {
							t.Errorf("%v, %s one value too short: no panic", p, name)
						}
					}()
					s.Mul(p)
				}()
			}
		}
	})
}

func TestMulPairs(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		for _, p := range []Product{{N: 9, AStep: 1}, {N: 8, AStep: 2}} {
			p.Paired, p.Rows, p.Depth, p.M, p.LDA, p.BStep = true, 1, 2, 1, 1, PairedStep
			p.A, p.B, p.C = make([]float32, 9), make([]float32, 99), make([]float32, 9)
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%v: no panic", &p)
					}
				}()
				s.Mul(&p)
			}()
		}
	})
}

func TestMulAllocates(t *testing.T) {
	eachSet(t, func(t *testing.T, s *Set) {
		p := products()[1].fill(newMemory(t, 1))
		if n := testing.AllocsPerRun(10, func() { s.Mul(p) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}
