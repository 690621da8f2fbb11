package graph_test

import (
	"math"
	"slices"

	"pgregory.net/rapid"

	"unetbench/graph"
)

// A pixel of the slow interpreter: which input px it depends on, and the whole
// computation that led to it as a hash, so that two pixels are equal exactly
// if they were computed alike from the same values.
type pixel struct {
	lo, hi int // hi < lo: depends on nothing
	hash   uint64
}

func mix(h uint64, vs ...uint64) uint64 {
	for _, v := range vs {
		h = (h ^ v ^ 0xd6e8feb86659fd93) * 0x9e3779b97f4a7c15 // no small h and v make a 0
		h ^= h >> 29
	}
	return h
}

// along runs g over one axis (0 height, 1 width) with the obvious loop for each
// op, and returns every node's line by ID.
func along(t rapid.TB, g *graph.Graph, axis int, in []pixel) [][]pixel {
	t.Helper()
	return alongAs(t, g, axis, in, false)
}

// alongAs is along, where statistics of whole lines may be frozen: constants
// that depend on nothing.
func alongAs(t rapid.TB, g *graph.Graph, axis int, in []pixel, frozen bool) [][]pixel {
	t.Helper()
	v := make([][]pixel, len(g.Nodes))
	sizes := make([]graph.Shape, len(g.Nodes))
	px := func(l *graph.Length) int {
		n, err := l.Eval(sizes)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, n := range g.Nodes {
		key := mix(1, uint64(n.ID))
		blank := pixel{lo: math.MaxInt, hi: math.MinInt, hash: key}
		add := func(p *pixel, as uint64, q pixel) {
			p.lo, p.hi = min(p.lo, q.lo), max(p.hi, q.hi)
			p.hash = mix(p.hash, as, q.hash)
		}
		if n.Op == graph.Input {
			v[n.ID], sizes[n.ID] = in, graph.Shape{C: 1, H: len(in), W: len(in)}
			continue
		}
		x := v[n.In[0].ID]
		var y []pixel
		switch n.Op {
		case graph.Conv, graph.MaxPool, graph.AvgPool:
			for _, i := range windows(n, axis, len(x)) {
				p := blank
				for k := range n.Kernel[axis] {
					if j := i + k*max(n.Dilation[axis], 1); j >= 0 && j < len(x) {
						add(&p, uint64(k), x[j])
					}
				}
				y = append(y, p)
			}
		case graph.ConvTranspose:
			y = slices.Repeat([]pixel{blank}, (len(x)-1)*n.Stride[axis]+n.Kernel[axis])
			for i, q := range x {
				for k := range n.Kernel[axis] {
					add(&y[i*n.Stride[axis]+k], uint64(k), q)
				}
			}
		case graph.PixelShuffle:
			for _, q := range x {
				for k := range n.Factor {
					p := blank
					add(&p, uint64(k), q)
					y = append(y, p)
				}
			}
		case graph.Pad:
			before, after := n.Pads[axis], n.Pads[axis+2]
			if n.Lengths != nil {
				before, after = before+px(n.Lengths[axis]), after+px(n.Lengths[axis+2])
			}
			for i := -before; i < len(x)+after; i++ {
				j := i
				switch n.Padding {
				case graph.PadZero:
					if i < 0 || i >= len(x) {
						y = append(y, blank)
						continue
					}
				case graph.PadReflect:
					if i < 0 {
						j = -i
					} else if i >= len(x) {
						j = 2*(len(x)-1) - i
					}
				case graph.PadReplicate:
					j = min(max(i, 0), len(x)-1)
				case graph.PadCircular:
					j = (i + len(x)) % len(x)
				}
				p := blank
				add(&p, 0, x[j])
				y = append(y, p)
			}
		case graph.Crop:
			first, size := 0, 0
			if n.Like != nil {
				size = len(v[n.Like.ID])
				first = (len(x) - size) / 2
			} else {
				first, size = px(n.Lengths[axis]), px(n.Lengths[axis+2])
			}
			y = x[first : first+size]
		case graph.Resize:
			size := len(x) * n.Factor
			if n.Factor == 0 {
				size = int(float32(len(x)) * float32(n.Scale[axis]))
			}
			if n.Lengths != nil {
				size = px(n.Lengths[axis])
			}
			if n.Like != nil {
				size = len(v[n.Like.ID])
			}
			y = resample(x, size, n.Interp, blank, add)
		case graph.Concat, graph.Sum, graph.Product:
			most := 0
			for _, m := range n.In {
				most = max(most, len(v[m.ID]))
			}
			for i := range most {
				p := blank
				for k, m := range n.In {
					add(&p, uint64(k), v[m.ID][i%len(v[m.ID])])
				}
				y = append(y, p)
			}
		case graph.Zero:
			for range x {
				y = append(y, blank)
			}
		case graph.ReLU, graph.Norm, graph.Dropout, graph.Reduce, graph.Pointwise, graph.ScaleShift, graph.PReLU, graph.Softmax, graph.Select:
			reduced := n.Op == graph.Reduce && n.Over&(graph.OverHeight<<axis) != 0
			whole := blank
			if !frozen && (reduced || n.Op == graph.Norm && n.Stats != graph.BatchStatistics) {
				for i, q := range x {
					add(&whole, uint64(i), q)
				}
			}
			if reduced {
				y = []pixel{whole}
				break
			}
			for _, q := range x {
				p := whole
				add(&p, 0, q)
				y = append(y, p)
			}
		default:
			t.Fatalf("no loop for %v", n.Op)
		}
		v[n.ID] = y
		sizes[n.ID] = graph.Shape{C: 1, H: len(y), W: len(y)}
	}
	return v
}

// windows is where the windows of n begin in x px, laid one after another.
func windows(n *graph.Node, axis, x int) (at []int) {
	end := (n.Kernel[axis]-1)*max(n.Dilation[axis], 1) + 1
	i := -n.Pads[axis]
	for ; i+end <= x+n.Pads[axis+2]; i += n.Stride[axis] {
		at = append(at, i)
	}
	if last := i - n.Stride[axis] + end; n.Ceil && last < x+n.Pads[axis+2] && i < x {
		at = append(at, i)
	}
	return at
}

// resample is torch's interpolate, in floating point.
func resample(x []pixel, size int, how graph.Interp, blank pixel, add func(*pixel, uint64, pixel)) []pixel {
	if size == len(x) {
		return x
	}
	var y []pixel
	for i := range size {
		at := 0.0
		switch how {
		case graph.Bilinear:
			at = (float64(i)+0.5)*float64(len(x))/float64(size) - 0.5
		case graph.BilinearAlign:
			at = float64(i) * float64(len(x)-1) / float64(max(size-1, 1))
		case graph.Nearest:
			at = math.Floor(float64(i) * float64(len(x)) / float64(size))
		case graph.NearestHalf:
			at = math.Ceil((float64(i)+0.5)*float64(len(x))/float64(size) - 1)
		case graph.BilinearCorner:
			at = float64(i) * float64(len(x)) / float64(size)
		case graph.Cubic:
			at = (float64(i)+0.5)*float64(len(x))/float64(size) - 0.5
		}
		lo := math.Floor(at)
		weight := math.Round((at-lo)*1e9) / 1e9
		p := blank
		first, taps := 0, 2
		if how == graph.Cubic {
			first, taps = -1, 4
		}
		for k := first; k < first+taps; k++ {
			if j := int(lo) + k; k == 0 || weight > 0 {
				add(&p, mix(math.Float64bits(weight), uint64(int64(k))), x[min(max(j, 0), len(x)-1)])
			}
		}
		y = append(y, p)
	}
	return y
}

// line is n input px from first on, of an endless image.
func line(first, n int) []pixel {
	in := make([]pixel, n)
	for i := range in {
		in[i] = pixel{first + i, first + i, mix(2, uint64(int64(first+i)))}
	}
	return in
}
