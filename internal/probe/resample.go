package probe

import (
	"math"

	"unetbench/graph"
)

// A tap is one px of a line and its weight.
type tap struct {
	at     int
	weight float64
}

// taps are what px i of a line of out px takes from a line of in px, counted
// from px back on. They may lie outside the line.
func taps(k graph.Interp, i, in, out, back int) []tap {
	ratio := float64(in) / float64(out)
	at := (float64(i)+0.5)*ratio - 0.5
	inside := func(j int) int { return min(max(j, 0), in-1) - back }
	switch k {
	case graph.Nearest:
		return []tap{{inside(i * in / out), 1}}
	case graph.NearestHalf:
		return []tap{{inside(int(math.Ceil(at - 0.5))), 1}}
	case graph.BilinearCorner:
		at = float64(i) * ratio
	case graph.BilinearAlign:
		at = 0
		if out > 1 {
			at = float64(i) * float64(in-1) / float64(out-1)
		}
	case graph.Cubic:
		j := int(math.Floor(at))
		var all []tap
		for d := -1; d <= 2; d++ {
			all = append(all, tap{inside(j + d), cubic(math.Abs(at - float64(j+d)))})
		}
		return all
	}
	j := int(math.Floor(at))
	u := at - float64(j)
	return []tap{{inside(j), 1 - u}, {inside(j + 1), u}}
}

// cubic is Keys' kernel (1981) with a = −0.75.
func cubic(d float64) float64 {
	const a = -0.75
	switch {
	case d <= 1:
		return (a+2)*d*d*d - (a+3)*d*d + 1
	case d < 2:
		return a * (d*d*d - 5*d*d + 8*d - 4)
	}
	return 0
}

// resample makes m n px long along axis; taps outside take the px at the end.
func resample(m *graph.Map, axis, n int, at func(i int) []tap) *graph.Map {
	s := size(axis, n, along(m.Size(), 1-axis))
	out := graph.NewMap(graph.Shape{C: m.C, H: s.H, W: s.W})
	last := along(m.Size(), axis) - 1
	for i := range n {
		all := at(i)
		for c := range m.C {
			x, y := m.Plane(c), out.Plane(c)
			for j := range along(m.Size(), 1-axis) {
				sum := 0.0
				for _, t := range all {
					k := min(max(t.at, 0), last)
					if axis == 0 {
						sum += float64(t.weight * float64(x[k*m.W+j]))
					} else {
						sum += float64(t.weight * float64(x[j*m.W+k]))
					}
				}
				if axis == 0 {
					y[i*s.W+j] = float32(sum)
				} else {
					y[j*s.W+i] = float32(sum)
				}
			}
		}
	}
	return out
}
