package engine

import "unetbench/internal/kernel"

// panels are the weights that a piece of an operand is multiplied by, as products
// want them: rows × depth × columns, panel by panel. A narrow last panel lies in
// pairs, but not for maps of one channel, which the kernels do as fast without.
type panels struct {
	rows, depth, columns int
	packed, pairs        []float32
}

// newPanels makes room for the weights of a kh×kw kernel from in to out channels.
func newPanels(kh, kw, in, out int) *panels {
	p := &panels{rows: kh, depth: kw * in, columns: out}
	p.packed = make([]float32, p.rows*p.depth*out)
	if last := (out-1)%kernel.PanelWidth + 1; last <= kernel.PairedWidth && in > 1 {
		p.pairs = make([]float32, p.rows*kernel.PairedSize(p.depth))
	}
	return p
}

// pack takes the weights that l finds, times a scale per column unless it is nil.
func (p *panels) pack(weight []float32, l kernel.Layout, scale []float64) {
	kernel.Pack(p.packed, weight, l)
	for n := 0; n < p.columns && scale != nil; n += kernel.PanelWidth {
		panel, width := p.panel(n)
		for i, v := range panel {
			panel[i] = float32(float64(v) * scale[n+i%width])
		}
	}
	if p.pairs != nil {
		panel, width := p.panel((p.columns - 1) / kernel.PanelWidth * kernel.PanelWidth)
		kernel.Pair(p.pairs, panel, p.rows, p.depth, width)
	}
}

// panel is the panel from column n on, not in pairs.
func (p *panels) panel(n int) (panel []float32, width int) {
	return kernel.Panel(p.packed, p.rows*p.depth, p.columns, n)
}

// operand makes the panel from column n on the second operand of m.
func (p *panels) operand(m *kernel.Product, n int) {
	m.B, m.N = p.panel(n)
	m.BRow, m.BStep = p.depth*m.N, m.N
	if m.Paired = p.pairs != nil && m.N <= kernel.PairedWidth; m.Paired {
		m.B, m.BRow, m.BStep = p.pairs, kernel.PairedSize(p.depth), kernel.PairedStep
	}
}
