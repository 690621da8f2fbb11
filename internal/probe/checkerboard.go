package probe

import (
	"math"
	"strconv"

	"unetbench/graph"
	"unetbench/internal/engine"
)

// levels are the constants whose response shows a checkerboard.
var levels = []float32{0, 0.5, 1}

// checkerboard measures the pattern that the network writes on constant input.
func (p *prober) checkerboard() error {
	if !p.legal {
		return nil
	}
	k := &Checkerboard{Levels: map[string][]float64{}}
	var in graph.Size
	for axis, a := range []*Axis{p.result.Axes.H, p.result.Axes.W} {
		halo := 0
		if a.LocalHalo != nil {
			halo = max(a.LocalHalo[0], a.LocalHalo[1])
		}
		sides := p.sizes.H
		if axis == 1 {
			sides = p.sizes.W
		}
		k.Phases[axis] = a.Step
		k.Margin[axis] = max(up(halo, a.Step), 2*a.Step)
		k.Image[axis] = sides.Above(max(128, 2*k.Margin[axis]+4*a.Step) + a.Shrink)
	}
	in = graph.Size{H: k.Image[0], W: k.Image[1]}
	o := engine.Options{Threads: p.opts.Threads}
	if bytes, err := engine.Bytes(p.Graph, in, o); err != nil || bytes > p.opts.Memory {
		p.note("no checkerboard is measured: an image of %v px, which its margin beyond the halo takes, needs more than %d bytes of memory", in, p.opts.Memory)
		return err
	}
	run := p.Runner
	if run == nil {
		run = engine.NewPredictor(p.Graph, p.Weights, o)
	}
	shape := graph.Shape{C: p.Graph.Input().Channels, H: in.H, W: in.W}
	y, err := run.Predict(p.noise(shape, 0, 1, 1<<32))
	if err != nil {
		return err
	}
	for c := range y.C {
		_, sd := moments(y.Plane(c))
		k.NoiseSD = append(k.NoiseSD, sd)
	}
	for _, level := range levels {
		x := graph.NewMap(shape)
		for i := range x.Pix {
			x.Pix[i] = level
		}
		if y, err = run.Predict(x); err != nil {
			return err
		}
		var spread []float64
		for c := range y.C {
			e := phaseSpread(y, c, k.Margin, k.Phases) / k.NoiseSD[c]
			spread = append(spread, e)
			k.Max = max(k.Max, e)
		}
		k.Levels[strconv.FormatFloat(float64(level), 'g', -1, 32)] = spread
	}
	p.result.Checkerboard = k
	return nil
}

// phaseSpread is the largest minus the smallest mean over the phases of a
// channel, margin px from the ends.
func phaseSpread(m *graph.Map, c int, margin, phases [2]int) float64 {
	sum := make([]float64, phases[0]*phases[1])
	n := make([]int, len(sum))
	plane := m.Plane(c)
	for y := margin[0]; y < m.H-margin[0]; y++ {
		for x := margin[1]; x < m.W-margin[1]; x++ {
			i := y%phases[0]*phases[1] + x%phases[1]
			sum[i] += float64(plane[y*m.W+x])
			n[i]++
		}
	}
	least, most := math.Inf(1), math.Inf(-1)
	for i, s := range sum {
		if n[i] > 0 {
			least, most = min(least, s/float64(n[i])), max(most, s/float64(n[i]))
		}
	}
	return most - least
}
