package probe

import (
	"unetbench/graph"
)

// scan is up to which length sizes are tried, at least.
const scan = 40

// describe reads what the network is from its wiring.
func (p *prober) describe() error {
	g := p.Graph
	m := &p.result.Model
	m.Name, m.Inputs, m.Nodes = g.Name, g.Input().Channels, len(g.Nodes)
	for _, q := range g.Params {
		m.Params += int64(q.Len())
	}
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
	p.result.Axes.H = p.axis(0, f.H, p.local.H, sizes.H)
	p.result.Axes.W = p.axis(1, f.W, p.local.W, sizes.W)
	in := graph.Size{H: p.result.Axes.H.someLength(p.opts.Fixed, 0), W: p.result.Axes.W.someLength(p.opts.Fixed, 1)}
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

// someLength is a length at which the network runs: a legal one of about 512
// px, or what the file fixes, or the longest accepted.
func (a *Axis) someLength(fixed *graph.Size, axis int) int {
	switch {
	case fixed != nil:
		return along(*fixed, axis)
	case a.Legal != nil:
		return a.Legal.sides().Above(512 + a.Shrink)
	case len(a.Accepted) > 0:
		return a.Accepted[len(a.Accepted)-1][1]
	}
	return 256
}

func (l Legal) sides() graph.Sides { return graph.Sides(l) }

func (p *prober) axis(axis int, f, local graph.Axis, sides graph.Sides) *Axis {
	a := &Axis{Step: f.Step, Shrink: f.Shrink, Before: f.Before, HaloTop: known(f.HaloTop), HaloBottom: known(f.HaloBottom),
		ReachUp: known(local.ReachUp), ReachDown: known(local.ReachDown), HaloAt: map[string]*int{}}
	if p.legal {
		l := Legal(sides)
		a.Legal = &l
	}
	if local.HaloTop >= 0 && local.HaloBottom >= 0 {
		a.LocalHalo = []int{local.HaloTop, local.HaloBottom}
	}
	for _, r := range local.Reach {
		a.UpByPhase, a.DownByPhase = append(a.UpByPhase, r[0]), append(a.DownByPhase, r[1])
	}
	p.accepted(axis, a)
	return a
}

// accepted tries every length up to scan, or up to some steps beyond the
// smallest legal one.
func (p *prober) accepted(axis int, a *Axis) {
	other := 64
	if p.legal {
		o := p.sizes.W
		if axis == 1 {
			o = p.sizes.H
		}
		other = o.Above(64)
	}
	a.Scanned = scan
	if a.Legal != nil {
		a.Scanned = max(scan, a.Legal.Min+2*a.Legal.Step)
	}
	for n := 1; n <= a.Scanned; n++ {
		if _, err := p.Graph.Infer(size(axis, n, other)); err != nil {
			continue
		}
		if k := len(a.Accepted) - 1; k >= 0 && a.Accepted[k][1] == n-1 {
			a.Accepted[k][1] = n
		} else {
			a.Accepted = append(a.Accepted, [2]int{n, n})
		}
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
