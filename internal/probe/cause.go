package probe

import (
	"errors"
	"math"
	"math/bits"

	"unetbench/graph"
)

// remedies says how each cause is taken away.
var remedies = map[graph.Cause]string{
	graph.InputStatistics:     "tiles are normalised by the whole image's statistics",
	graph.GlobalPooling:       "tiles take means and maxima over the map from the whole image",
	graph.SizeDependentResize: "tiles are resized by the places that their px have in the whole image",
	graph.MissingContext:      "the halo is discarded, so that tiles overlap more",
	graph.GridPhase:           "tiles begin on the step",
}

// causes takes the causes that the wiring names away, in every combination,
// and sees what becomes of the seam of an unaware tiling. Seams of both axes add
// up as squares.
func (p *prober) causes() error {
	culprits := p.Graph.Causes()
	for _, c := range culprits {
		k := Cause{Name: c.Cause.String(), How: remedies[c.Cause]}
		for _, n := range c.Nodes {
			k.Nodes = append(k.Nodes, n.Name)
		}
		p.result.Cause = append(p.result.Cause, k.Name)
		p.result.Causes = append(p.result.Causes, k)
	}
	if !p.legal || p.Weights == nil || len(culprits) == 0 {
		return nil
	}
	without := make([]float64, 1<<len(culprits)) // squared seam, by the set of causes removed
	faded := 0.0
	for axis := range 2 {
		if axis == 1 && p.halfTime() {
			p.note("causes have the shares of seams between tiles side by side in height: the time is used up")
			break
		}
		switch err := p.remove(axis, culprits, without, &faded); {
		case errors.Is(err, errNoRoom):
			p.note("causes have no shares: to keep every value of a strip takes more than %d bytes of memory", p.opts.Memory)
			return nil
		case err != nil:
			return err
		}
	}
	for i, v := range without {
		without[i] = math.Sqrt(v)
	}
	before := without[0]
	p.result.Seam = before / p.sd
	if before == 0 {
		p.note("even tiles laid without regard to the network leave no seam on these images")
		return nil
	}
	p.result.Blending = 1 - math.Sqrt(faded)/before
	for i := range culprits {
		c := &p.result.Causes[i]
		c.Alone = 1 - without[1<<i]/before
		c.Share = shapley(without, i) / before
	}
	return nil
}

// shapley is what removing cause i takes off the value, averaged over every
// order in which the causes can be removed (Shapley 1953).
func shapley(value []float64, i int) float64 {
	n := bits.Len(uint(len(value))) - 1
	order := func(k int) float64 { // k!·(n−1−k)!/n!
		w := 1 / float64(n)
		for j := 1; j <= k; j++ {
			w *= float64(j) / float64(n-j)
		}
		return w
	}
	total := 0.0
	for s, v := range value {
		if s&(1<<i) == 0 {
			total += order(bits.OnesCount(uint(s))) * (v - value[s|1<<i])
		}
	}
	return total
}

// remove measures the seam along one axis for every set of causes removed.
func (p *prober) remove(axis int, culprits []graph.Culprit, square []float64, faded *float64) error {
	l, s := p.layout[axis], p.strips[axis][0]
	sides := p.sizes.H
	if axis == 1 {
		sides = p.sizes.W
	}
	a := []*Axis{p.result.Axes.H, p.result.Axes.W}[axis]
	halo := [2]int{}
	if a.LocalHalo != nil {
		halo = [2]int{a.LocalHalo[0], a.LocalHalo[1]}
	}
	side := sides.Below(min(sides.Above(max(64, halo[0]+halo[1]+8*l.step)+l.shrink), (l.whole+l.shrink)*2/3))
	if side == 0 {
		side = sides.Min
	}
	var global []*graph.Node
	for _, c := range culprits {
		if nonlocal(c.Cause) {
			global = append(global, c.Nodes...)
		}
	}
	f, err := p.freeze(l, s, global)
	if err != nil {
		return err
	}
	runs := map[uint]tileRunner{}
	for set := range square {
		var nodes []*graph.Node
		var key uint
		aligned, context := false, false
		for i, c := range culprits {
			switch {
			case set&(1<<i) == 0:
			case c.Cause == graph.GridPhase:
				aligned = true
			case c.Cause == graph.MissingContext:
				context = true
			default:
				nodes, key = append(nodes, c.Nodes...), key|1<<i
			}
		}
		if runs[key] == nil {
			if runs[key], err = f.runner(side, nodes); err != nil {
				return err
			}
		}
		t := l.unaware(side, halo, aligned, context)
		seam, err := t.seam(s, runs[key])
		if err != nil {
			return err
		}
		square[set] += seam * seam
		if set == 0 {
			t.fade = true
			if seam, err = t.seam(s, runs[key]); err != nil {
				return err
			}
			*faded += seam * seam
		}
	}
	if axis == 0 {
		if err := p.blame(f, l.unaware(side, halo, true, true), s, culprits); err != nil {
			return err
		}
	}
	return nil
}

// blame freezes the nodes that depend on the whole map one at a time, where
// nothing else makes a seam: on the step, with the halo discarded.
func (p *prober) blame(f *frozen, t *tiling, s *strip, culprits []graph.Culprit) error {
	seam := func(nodes ...*graph.Node) (float64, error) {
		run, err := f.runner(t.side, nodes)
		if err != nil {
			return 0, err
		}
		return t.seam(s, run)
	}
	before := -1.0
	for i, c := range culprits {
		if !nonlocal(c.Cause) {
			continue
		}
		for _, n := range c.Nodes {
			if p.halfTime() {
				p.noteOnce("not every node was frozen by itself: the time is up")
				return nil
			}
			var err error
			if before < 0 {
				if before, err = seam(); err != nil {
					return err
				}
			}
			if before == 0 {
				return nil
			}
			after, err := seam(n)
			if err != nil {
				return err
			}
			k := &p.result.Causes[i]
			k.Blame = append(k.Blame, Blame{n.Name, 1 - after/before})
		}
	}
	return nil
}

// nonlocal reports whether no halo helps against c.
func nonlocal(c graph.Cause) bool {
	return c == graph.InputStatistics || c == graph.GlobalPooling || c == graph.SizeDependentResize
}
