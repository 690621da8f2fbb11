package reference

import (
	"math"

	"unetbench/graph"
)

// epsilon is what a Norm adds to the variance.
func epsilon(n *graph.Node) float64 {
	if n.Epsilon == 0 {
		return 1e-5
	}
	return n.Epsilon
}

// broadcast is At, where a side of 1 is repeated.
func (m *Map) broadcast(c, y, x int) float64 {
	return m.At(min(c, m.C-1), min(y, m.H-1), min(x, m.W-1))
}

// under calls f with the pixels of x under the window of output pixel (r, s).
func under(n *graph.Node, x *Map, r, s int, f func(y, z int)) {
	for ky := range n.Kernel[0] {
		for kx := range n.Kernel[1] {
			y := r*n.Stride[0] - n.Pads[0] + ky*max(n.Dilation[0], 1)
			z := s*n.Stride[1] - n.Pads[1] + kx*max(n.Dilation[1], 1)
			if y >= 0 && y < x.H && z >= 0 && z < x.W {
				f(y, z)
			}
		}
	}
}

// reduce is the mean or the maximum of x over the axes whose coordinate it
// ignores.
func reduce(n *graph.Node, x *Map, c, r, s int) float64 {
	sum, most, count := 0.0, math.Inf(-1), 0.0
	for k := range x.C {
		for y := range x.H {
			for z := range x.W {
				in := (n.Over&graph.OverChannels != 0 || k == c) && (n.Over&graph.OverHeight != 0 || y == r) && (n.Over&graph.OverWidth != 0 || z == s)
				if in {
					sum, most, count = sum+x.At(k, y, z), max(most, x.At(k, y, z)), count+1
				}
			}
		}
	}
	if n.Max {
		return most
	}
	return sum / count
}

// function is f with arguments a, b.
func function(f graph.Function, a, b, x float64) float64 {
	switch f {
	case graph.Identity:
		return x
	case graph.Sigmoid:
		return 1 / (1 + math.Exp(-x))
	case graph.Tanh:
		return math.Tanh(x)
	case graph.LeakyReLU:
		if x > 0 {
			return x
		}
		return a * x
	case graph.ELU:
		if x > 0 {
			return x
		}
		return a * math.Expm1(x)
	case graph.HardSigmoid:
		return min(max(a*x+b, 0), 1)
	case graph.Clip:
		return min(max(x, a), b)
	case graph.Softplus:
		if x > 30 {
			return x // e^−x is below float64's precision
		}
		return math.Log1p(math.Exp(x))
	case graph.Erf:
		return math.Erf(x)
	case graph.Exp:
		return math.Exp(x)
	case graph.Log:
		return math.Log(x)
	case graph.Sqrt:
		return math.Sqrt(x)
	case graph.Reciprocal:
		return 1 / x
	case graph.Abs:
		return math.Abs(x)
	}
	panic("reference: no such function: " + f.String())
}

type weighted struct {
	at     int
	weight float64
}

// sources are the places of x that place i of y along an axis of a Resize is
// interpolated from.
func sources(n *graph.Node, axis, i, x, y int) []weighted {
	ratio := float64(x) / float64(y)
	if n.Like == nil && n.Lengths == nil && n.Factor == 0 {
		ratio = 1 / n.Scale[axis]
	}
	half := (float64(i)+0.5)*ratio - 0.5
	place := func(at int, w float64) weighted { return weighted{min(max(at, 0), x-1), w} }
	at := max(0, half)
	switch n.Interp {
	case graph.Nearest:
		return []weighted{place(int(float64(i)*ratio+1e-6), 1)}
	case graph.NearestHalf:
		return []weighted{place(int(math.Ceil(half-0.5-1e-6)), 1)}
	case graph.Cubic:
		var all []weighted
		lo := math.Floor(half)
		for k := -1; k <= 2; k++ {
			all = append(all, place(int(lo)+k, keys(math.Abs(half-lo-float64(k)))))
		}
		return all
	case graph.BilinearCorner:
		at = float64(i) * ratio
	case graph.BilinearAlign:
		at = 0
		if y > 1 {
			at = float64(i) * float64(x-1) / float64(y-1)
		}
	}
	lo := int(at)
	f := at - float64(lo)
	return []weighted{place(lo, 1-f), place(lo+1, f)}
}

// keys is equation 4 of Keys 1981 with a = −0.75.
func keys(x float64) float64 {
	const a = -0.75
	switch {
	case x <= 1:
		return (a+2)*x*x*x - (a+3)*x*x + 1
	case x < 2:
		return a*x*x*x - 5*a*x*x + 8*a*x - 4*a
	}
	return 0
}
