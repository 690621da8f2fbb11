package kernel

import "fmt"

// depthwiseGeneric is the definition of Set.Depthwise. Row by row of C it adds
// tap by tap, so that the compiler needs no bounds in the inner loop.
func depthwiseGeneric(p *Product) {
	p.checkDepthwise()
	for m := range p.M {
		c := p.C[m*p.LDC:][:p.N]
		if p.Bias != nil {
			copy(c, p.Bias)
		} else {
			clear(c)
		}
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

// checkDepthwise panics if p has what Depthwise does not do.
func (p *Product) checkDepthwise() {
	if p.Accumulate || p.Paired || p.Batch > 1 {
		panic(fmt.Sprintf("kernel: a depthwise product that accumulates (%v), is paired (%v) or in batches (%d)", p.Accumulate, p.Paired, p.Batch))
	}
}
