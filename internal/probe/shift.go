package probe

import (
	"math"

	"unetbench/graph"
	"unetbench/internal/metric"
)

// shifts predicts windows that lie d px apart along an axis and compares what
// they say of the same px, beyond the halo: the measure of Zhang (2019, "Making
// convolutional networks shift-invariant again"), per px.
func (p *prober) shifts() error {
	if !p.legal {
		return nil
	}
	var bases [2]*graph.Map
	for axis := range bases {
		var err error
		if bases[axis], err = p.predict(part(p.strips[axis][0].image, axis, p.layout[axis].origins[0], p.layout[axis].tile)); err != nil {
			return err
		}
	}
	for i, d := range shiftsTried(max(p.layout[0].step, p.layout[1].step)) {
		if i > 0 && p.halfTime() {
			p.note("not all shifts were tried: the time is used up")
			break
		}
		same, n, square := 0, 0, 0.0
		for axis, a := range []*Axis{p.result.Axes.H, p.result.Axes.W} {
			l, s, base := p.layout[axis], p.strips[axis][0], bases[axis]
			half := (l.tile - l.shrink) / 2
			halo := p.localHalo(a, half)
			from, to := halo[0]+l.step, l.tile-l.shrink-halo[1]-l.step-d
			moved, err := p.predict(part(s.image, axis, l.origins[0]+d, l.tile))
			if err != nil {
				return err
			}
			k, b := classes(base), classes(moved)
			for r := from; r < to; r++ {
				eachInRow(&graph.Map{Shape: graph.Shape{C: 1, H: base.H, W: base.W}}, axis, r+d, func(j int) {
					i := j - d*rowStride(base, axis)
					if k[j] == b[i] {
						same++
					}
					n++
					for c := range base.C {
						e := float64(base.Plane(c)[j]) - float64(moved.Plane(c)[i])
						square += e * e / float64(base.C)
					}
				})
			}
		}
		if n > 0 {
			p.result.Shift = append(p.result.Shift, ShiftSame{d, float64(same) / float64(n), math.Sqrt(square/float64(n)) / p.sd})
		}
	}
	return nil
}

// shiftsTried are 1 px, half a step, and one step with and without 1 px more.
func shiftsTried(step int) []int {
	var out []int
	for _, d := range []int{1, 2, step / 2, step, step + 1} {
		if d > 0 && (len(out) == 0 || d > out[len(out)-1]) {
			out = append(out, d)
		}
	}
	return out
}

// rowStride is how many values lie between a px and the next along axis.
func rowStride(m *graph.Map, axis int) int {
	if axis == 0 {
		return m.W
	}
	return 1
}

// classes is the class of each px. A single channel has two: it is a
// probability, with the boundary at a half, unless some value is no probability.
func classes(m *graph.Map) []uint8 {
	if m.C > 1 {
		return metric.Argmax(m.Pix, m.C)
	}
	at := float32(0.5)
	for _, v := range m.Pix {
		if v < 0 || v > 1 {
			at = 0
			break
		}
	}
	out := make([]uint8, len(m.Pix))
	for i, v := range m.Pix {
		if v > at {
			out[i] = 1
		}
	}
	return out
}
