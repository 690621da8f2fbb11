package probe

import (
	"fmt"
	"math"
	"strconv"

	"unetbench/graph"
	"unetbench/internal/engine"
)

// tolerances of Axis.HaloAt, in standard deviations of the output.
var tolerances = []float64{1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6}

// seams compares tiles with the whole, along each axis.
func (p *prober) seams() error {
	if !p.legal {
		p.note("tiles cannot be compared with the whole: the network has no sizes that differ by a step")
		p.result.Verdict = Undecided
		for _, c := range p.Graph.Causes() {
			if nonlocal(c.Cause) {
				p.result.Verdict = Never
			}
		}
		return nil
	}
	for axis := range 2 {
		l, err := p.lay(axis)
		if err != nil {
			return err
		}
		p.layout[axis], p.strips[axis] = l, p.cut(l)
		for _, s := range p.strips[axis] {
			if s.whole, err = p.predict(s.image); err != nil {
				return err
			}
		}
	}
	p.spread()
	if err := p.floor(); err != nil {
		return err
	}
	for axis, a := range []*Axis{p.result.Axes.H, p.result.Axes.W} {
		if err := p.measure(a, p.layout[axis], p.strips[axis]); err != nil {
			return err
		}
	}
	return p.judge()
}

// spread takes the standard deviation of the output over the users' images, or
// over noise without any.
func (p *prober) spread() {
	var all []float32
	for _, strips := range p.strips {
		for _, s := range strips {
			if !s.noise || len(p.images) == 0 {
				all = append(all, s.whole.Pix...)
			}
		}
	}
	var mean float64
	mean, p.sd = moments(all)
	p.result.Model.OutputSD = p.sd
	if p.sd < 1e-3*math.Abs(mean) {
		p.note("the output hardly varies, by %.2g about %.2g: errors, which are relative to that, say little; give images as the network was trained on", p.sd, mean)
	}
}

// floor measures what another order of summation makes of the same strip: the
// engine's fast convolutions against its direct ones. A Runner is compared too.
func (p *prober) floor() error {
	s := p.strips[0][0]
	direct := s.whole
	var err error
	if p.Runner != nil {
		if direct, err = p.exact(p.Graph, p.Weights).Predict(s.image); err != nil {
			return err
		}
		if e := p.apart(s.whole, direct); e > 1e-3 {
			p.result.Contradictions = append(p.result.Contradictions,
				fmt.Sprintf("the runner and this program's engine differ by %.2g standard deviations on the same image", e))
		}
	}
	fast, err := engine.NewPredictor(p.Graph, p.Weights, engine.Options{Threads: p.opts.Threads}).Predict(s.image)
	if err != nil {
		return err
	}
	p.result.Floor = p.apart(fast, direct)
	return nil
}

// apart is the largest difference of two outputs, in standard deviations.
func (p *prober) apart(a, b *graph.Map) (most float64) {
	for i, v := range a.Pix {
		most = max(most, diff(v, b.Pix[i])/p.sd)
	}
	return most
}

// tolerance is above what two results differ that are equal: nothing for the
// engine, which sums in one order, and for a Runner some times the floor, which
// is one sample of such differences only.
func (p *prober) tolerance() float64 {
	if p.Runner == nil {
		return 0
	}
	return 8 * max(p.result.Floor, 1e-6) * p.sd
}

func (p *prober) measure(a *Axis, l layout, strips []*strip) error {
	m := &Measured{Tile: l.tile, Whole: l.whole, Across: l.across, Origins: l.origins, Strips: len(strips), Misaligned: map[int]float64{}}
	a.Measured = m
	all, seen := newProfile(l.tile-l.shrink), newProfile(l.tile-l.shrink)
	for _, s := range strips {
		for _, o := range l.origins {
			if err := p.compare(l, s, o, all, seen); err != nil {
				return err
			}
		}
	}
	if seen.n == 0 {
		seen = all
	}
	top, bottom := all.halo(p.tolerance())
	half := len(all.most) / 2
	local := p.localHalo(a, half)
	m.Curve = seen.curve(p.sd, l.step)
	m.Plateau = all.centre() / p.sd
	beyond, _ := all.beyond(local[0], local[1])
	m.BeyondHalo = beyond / p.sd
	m.Verdict = verdict(top, bottom, half, l.reach, m)
	if m.Verdict == Exact {
		m.HaloTop, m.HaloBottom = &top, &bottom
	}
	for _, tol := range tolerances {
		t, b := seen.halo(tol * p.sd)
		var h *int
		if n := max(t, b); n <= 3*half/4 {
			h = &n
		}
		a.HaloAt[strconv.FormatFloat(tol, 'g', -1, 64)] = h
	}
	return p.misaligned(m, l, strips[0], local)
}

// verdict judges by the measurement alone: the error ends somewhere before the
// central quarter, or goes on through it undiminished (at least a tenth of what
// there is just beyond the local reach), or the tile was too short to tell.
func verdict(top, bottom, half, reach int, m *Measured) string {
	switch {
	case max(top, bottom) <= 3*half/4:
		return Exact
	case half > reach && m.Plateau >= m.BeyondHalo/10:
		return Never
	}
	return Undecided
}

// localHalo is the halo of the local part by the wiring; without one half of
// the room there is.
func (p *prober) localHalo(a *Axis, half int) [2]int {
	if a.LocalHalo == nil {
		return [2]int{half / 2, half / 2}
	}
	return [2]int{min(a.LocalHalo[0], half-1), min(a.LocalHalo[1], half-1)}
}

// compare adds the tile of s at origin o to the profiles, that of the users'
// images apart.
func (p *prober) compare(l layout, s *strip, o int, all, seen *profile) error {
	y, err := p.predict(part(s.image, l.axis, o, l.tile))
	if err != nil {
		return err
	}
	if got := along(y.Size(), l.axis); got != l.tile-l.shrink {
		return fmt.Errorf("a tile of %d px gave %d px of output; %d px are expected", l.tile, got, l.tile-l.shrink)
	}
	all.add(y, s.whole, l.axis, o)
	if !s.noise {
		seen.add(y, s.whole, l.axis, o)
	}
	return nil
}

// misaligned measures what is left beyond the halo if tiles begin off the step.
func (p *prober) misaligned(m *Measured, l layout, s *strip, local [2]int) error {
	for _, off := range offsets(l.step) {
		f := newProfile(l.tile - l.shrink)
		if err := p.compare(l, s, l.origins[0]+off, f, f); err != nil {
			return err
		}
		// A tile that begins off the step may need up to a step more.
		half := len(f.most) / 2
		most, _ := f.beyond(min(local[0]+l.step, half-1), min(local[1]+l.step, half-1))
		m.Misaligned[off] = most / p.sd
	}
	return nil
}

// offsets are 1 px, half a step and a step less 1 px.
func offsets(step int) []int {
	var out []int
	for _, o := range []int{1, step / 2, step - 1} {
		if o > 0 && o < step && (len(out) == 0 || o > out[len(out)-1]) {
			out = append(out, o)
		}
	}
	return out
}

// predict runs the network as it is measured: with Exact, or by the Runner.
func (p *prober) predict(x *graph.Map) (*graph.Map, error) {
	if err := p.ctx.Err(); err != nil {
		return nil, err
	}
	if p.run == nil {
		p.run = p.runner()
	}
	y, err := p.run.Predict(x)
	if err != nil {
		return nil, err
	}
	for _, v := range y.Pix {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("the output for an image of %v px holds %v: standardise the image as the network wants it", x.Size(), v)
		}
	}
	return y, nil
}
