package kernel

import "fmt"

// depthwiseGeneric is the definition of Set.Depthwise.
func depthwiseGeneric(p *Product) {
	p.checkDepthwise()
	for m := range p.M {
		c := p.C[m*p.LDC:][:p.N]
		copy(c, p.Bias)
		for r := range p.Rows {
			for k := range p.Depth {
				a, b := p.A[r*p.ARow+k*p.AStep+m*p.LDA:][:p.N], p.B[r*p.BRow+k*p.BStep:][:p.N]
				for n := range c {
					c[n] += float32(a[n] * b[n])
				}
			}
		}
		if p.ReLU {
			for n, v := range c {
				if v < 0 {
					c[n] = 0
				}
			}
		}
	}
}

// foursGeneric is the definition of Set.Fours.
func foursGeneric(p *Product) {
	p.checkDepthwise()
	for m := range p.M {
		for n := range p.N {
			s := p.Bias[n]
			for r := range p.Rows {
				for k := range p.Depth {
					a, b := r*p.ARow+k*p.AStep+m*p.LDA+n-n%4, r*p.BRow+4*k*p.BStep+n
					for j := range 4 {
						s += float32(p.A[a+j] * p.B[b+j*p.BStep])
					}
				}
			}
			p.finish(m, n, s)
		}
	}
}

// checkDepthwise panics if p has what Depthwise does not do, or lacks a bias.
func (p *Product) checkDepthwise() {
	if p.Accumulate || p.Paired || p.Batch > 1 || len(p.Bias) < p.N {
		panic(fmt.Sprintf("kernel: a depthwise product of %d columns that accumulates (%v), is paired (%v), in batches (%d) or has a bias of %d",
			p.N, p.Accumulate, p.Paired, p.Batch, len(p.Bias)))
	}
}
