package probe

import (
	"errors"

	"unetbench/graph"
)

// describe reads what the network is from its wiring.
func (p *prober) describe() error {
	g := p.Graph
	m := &p.result.Model
	m.Name, m.Inputs, m.Nodes = g.Name, g.Input().Channels, len(g.Nodes)
	m.Params = int64(g.ParamCount())
	if f := p.opts.Fixed; f != nil {
		m.Fixed = []int{f.H, f.W}
	}
	sizes, err := g.Sizes()
	p.sizes, p.legal = sizes, err == nil
	if err != nil {
		p.note("no size is legal: %v", err)
	}
	p.local = g.LocalFootprint()
	f := g.Footprint()
	h, w := g.Observed()
	p.result.Axes.H, p.result.Axes.W = newAxis(f.H, p.local.H, h), newAxis(f.W, p.local.W, w)
	if f := p.opts.Fixed; f != nil {
		p.result.Axes.H.fix(f.H)
		p.result.Axes.W.fix(f.W)
	}
	in, err := p.typical()
	if err != nil {
		return err
	}
	shapes, err := g.Infer(in)
	if err != nil {
		return err
	}
	out := shapes[g.Output().ID]
	m.Outputs = out.C
	if cost, err := g.TotalCost(in); err == nil {
		m.MACsPerPx = float64(cost.MACs) / float64(out.H*out.W)
	}
	return nil
}

// typical is a size at which the network runs: what the file fixes, a legal one
// of about 512 px, or else the largest that was seen to run.
func (p *prober) typical() (graph.Size, error) {
	h, w := p.result.Axes.H.Accepted, p.result.Axes.W.Accepted
	switch {
	case p.opts.Fixed != nil:
		return *p.opts.Fixed, nil
	case p.legal:
		return graph.Size{H: p.sizes.H.Above(512), W: p.sizes.W.Above(512)}, nil
	case len(h) == 0 || len(w) == 0:
		return graph.Size{}, errors.New("the network was seen to run at no size: give the one that it was made for")
	}
	return graph.Size{H: h[len(h)-1][1], W: w[len(w)-1][1]}, nil
}

func newAxis(f, local graph.Axis, seen graph.Observation) *Axis {
	a := &Axis{Step: f.Step, Shrink: f.Shrink, Before: f.Before, HaloTop: known(f.HaloTop), HaloBottom: known(f.HaloBottom),
		ReachUp: known(local.ReachUp), ReachDown: known(local.ReachDown), HaloAt: map[string]*int{},
		Accepted: seen.Accepted, Floored: seen.Floored, Scanned: seen.Tried}
	if seen.Aligned.Step > 0 {
		l := Legal(seen.Aligned)
		a.Legal = &l
	}
	if local.HaloTop >= 0 && local.HaloBottom >= 0 {
		a.LocalHalo = []int{local.HaloTop, local.HaloBottom}
	}
	for _, r := range local.Reach {
		a.UpByPhase, a.DownByPhase = append(a.UpByPhase, r[0]), append(a.DownByPhase, r[1])
	}
	return a
}

// fix adds the length that the file fixes where the network was seen to run at
// none, since the other axis was at a wrong one.
func (a *Axis) fix(n int) {
	if len(a.Accepted) == 0 {
		a.Accepted = [][2]int{{n, n}}
	}
}

// known is n, or null for what the wiring bounds by nothing.
func known(n int) *int {
	if n < 0 {
		return nil
	}
	return &n
}

// size has n px along axis (0 is height) and m across.
func size(axis, n, m int) graph.Size {
	if axis == 0 {
		return graph.Size{H: n, W: m}
	}
	return graph.Size{H: m, W: n}
}

// along is the length of s along axis.
func along(s graph.Size, axis int) int {
	if axis == 0 {
		return s.H
	}
	return s.W
}
