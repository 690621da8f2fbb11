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

// checkDepthwise panics if p has what Depthwise does not do, or lacks a bias.
func (p *Product) checkDepthwise() {
	if p.Accumulate || p.Paired || p.Batch > 1 || len(p.Bias) < p.N {
		panic(fmt.Sprintf("kernel: a depthwise product of %d columns that accumulates (%v), is paired (%v), in batches (%d) or has a bias of %d",
			p.N, p.Accumulate, p.Paired, p.Batch, len(p.Bias)))
	}
}
