package probe

import (
	"unetbench/graph"
)

// phasesTried is how many phases of the step a row is disturbed at, at most.
const phasesTried = 8

// influence disturbs one row of the input at a time and sees which rows of the
// output change at all, and where the centre of the change lies. The former is
// the reach by experiment; the latter, averaged over the phases, is where the
// output's content lies against the input's.
func (p *prober) influence(a *Axis, l layout, s *strip) (centre float64, err error) {
	m := a.Measured
	base := part(s.image, l.axis, l.origins[0], l.tile)
	before, err := p.predict(base)
	if err != nil {
		return 0, err
	}
	_, sd := moments(s.image.Pix)
	tried := min(l.step, phasesTried)
	if p.halfTime() {
		tried = 1
		p.noteOnce("the reach by experiment is that of one phase: the time is used up")
	}
	upward, downward, weight := 0, 0, 0.0
	for i := range tried {
		row := up(l.tile/2, l.step) + i*l.step/tried
		x := &graph.Map{Shape: base.Shape, Pix: append([]float32(nil), base.Pix...)}
		eachInRow(x, l.axis, row, func(j int) { x.Pix[j] += float32(sd) })
		after, err := p.predict(x)
		if err != nil {
			return 0, err
		}
		f := newProfile(l.tile - l.shrink)
		f.add(after, before, l.axis, 0)
		for r, e := range f.most {
			if !(e > p.tolerance()) {
				continue
			}
			at := r + a.Before - row // of the output's row, from the disturbed one
			upward, downward = max(upward, at), max(downward, -at)
		}
		for r, e := range f.square {
			centre += e * (float64(r-row) + float64(l.shrink)/2)
			weight += e
		}
	}
	m.ReachUp, m.ReachDown = upward, downward
	if weight > 0 {
		centre /= weight
	}
	return centre, nil
}

// places compares where the output's content lies by the wiring and by the
// change that a disturbed row makes.
func (p *prober) places() error {
	if !p.legal {
		return nil
	}
	in, err := p.typical()
	if err != nil {
		return err
	}
	at, err := p.Graph.Coordinates(in)
	if err != nil {
		return err
	}
	out := at[p.Graph.Output().ID]
	r := &Place{}
	for axis, a := range []*Axis{p.result.Axes.H, p.result.Axes.W} {
		line := out.H
		if axis == 1 {
			line = out.W
		}
		middle := float64(along(in, axis)-a.Shrink-1) / 2 // ratios that are no whole number move the ends
		r.Wiring[axis] = middle + float64(a.Shrink)/2 - line.At(middle)
		if r.Measured[axis], err = p.influence(a, p.layout[axis], p.strips[axis][0]); err != nil {
			return err
		}
	}
	p.result.Place = r
	return nil
}
