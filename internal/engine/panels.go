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

func (p *panels) pack(weight []float32, l kernel.Layout) {
	kernel.Pack(p.packed, weight, l)
	if p.pairs != nil {
		last := (p.columns - 1) / kernel.PanelWidth * kernel.PanelWidth
		panel, width := kernel.Panel(p.packed, p.rows*p.depth, p.columns, last)
		kernel.Pair(p.pairs, panel, p.rows, p.depth, width)
	}
}

// operand makes the panel from column n on the second operand of m.
func (p *panels) operand(m *kernel.Product, n int) {
	m.B, m.N = kernel.Panel(p.packed, p.rows*p.depth, p.columns, n)
	m.BRow, m.BStep = p.depth*m.N, m.N
	if m.Paired = p.pairs != nil && m.N <= kernel.PairedWidth; m.Paired {
		m.B, m.BRow, m.BStep = p.pairs, kernel.PairedSize(p.depth), kernel.PairedStep
	}
}
