package probe

import "fmt"

// judge puts wiring and measurement together. The wiring knows faint influence
// that float32 does not show; the measurement knows what the program does.
func (p *prober) judge() error {
	r := p.result
	r.Tested = -1
	wiring, measured := Exact, Exact
	for i, a := range []*Axis{r.Axes.H, r.Axes.W} {
		m := a.Measured
		if a.HaloTop == nil || a.HaloBottom == nil {
			wiring = Never
		}
		measured = worse(measured, m.Verdict)
		if half := (m.Tile - a.Shrink) / 2; r.Tested < 0 || half < r.Tested {
			r.Tested = half
		}
		p.contradict(axisNames[i], a)
	}
	switch {
	case wiring == Never:
		r.Verdict = Never
		if measured == Exact {
			p.note("what depends on the whole map is too faint to be seen in float32 on these images; by the wiring it is there")
		}
	default:
		r.Verdict = measured
		if measured == Undecided {
			p.note("by the wiring tiles agree with the whole beyond the halo; the tiles that fit into the memory are too small to see it")
		}
	}
	return nil
}

// worse is the verdict of a network of which one axis has a and the other b.
func worse(a, b string) string {
	rank := map[string]int{Exact: 0, Undecided: 1, Never: 2}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// contradict reports where tiles differ beyond the halo of the wiring.
func (p *prober) contradict(axis string, a *Axis) {
	m := a.Measured
	if a.HaloTop == nil || a.HaloBottom == nil {
		return
	}
	if tol := p.tolerance() / p.sd; m.BeyondHalo > tol && max(*a.HaloTop, *a.HaloBottom) < (m.Tile-a.Shrink)/2 {
		p.result.Contradictions = append(p.result.Contradictions, fmt.Sprintf(
			"along %s tiles differ from the whole by %.2g standard deviations beyond the halo of %d and %d px that the wiring says is enough",
			axis, m.BeyondHalo, *a.HaloTop, *a.HaloBottom))
	}
}
