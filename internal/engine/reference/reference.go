// Package reference is the slow, obvious interpreter of a graph in float64:
// the definition of every op that the engine is tested against.
package reference

import (
	"math"

	"unetbench/graph"
)

// A Map is a C×H×W array in float64.
type Map struct {
	graph.Shape
	Pix []float64
}

// At returns channel c of pixel (y, x).
func (m *Map) At(c, y, x int) float64 { return m.Pix[(c*m.H+y)*m.W+x] }

func (m *Map) set(c, y, x int, v float64) { m.Pix[(c*m.H+y)*m.W+x] = v }

func newMap(s graph.Shape) *Map { return &Map{s, make([]float64, s.Len())} }

// From converts a float32 map.
func From(m *graph.Map) *Map {
	r := newMap(m.Shape)
	for i, v := range m.Pix {
		r.Pix[i] = float64(v)
	}
	return r
}

// Weights holds one slice per Graph.Params.
type Weights [][]float64

// FromWeights converts float32 weights.
func FromWeights(w graph.Weights) Weights {
	r := make(Weights, len(w))
	for i, p := range w {
		r[i] = make([]float64, len(p))
		for j, v := range p {
			r[i][j] = float64(v)
		}
	}
	return r
}

// Mode says how a graph is run.
type Mode struct {
	Train bool // statistics of the batch, dropout
	// Dropped says whether value (c, y, x) of map i of a Dropout node is zeroed.
	Dropped func(n *graph.Node, i, c, y, x int) bool
}

// Forward returns the value of every node, by ID, for every map of the batch.
// It leaves the running statistics alone.
func Forward(g *graph.Graph, w Weights, in []*Map, mode Mode) ([][]*Map, error) {
	shapes, err := g.Infer(in[0].Size())
	if err != nil {
		return nil, err
	}
	values := make([][]*Map, len(g.Nodes))
	for _, n := range g.Nodes {
		if n.Op == graph.Input {
			values[n.ID] = in
			continue
		}
		var p [][]float64
		for _, i := range n.Params {
			p = append(p, w[i])
		}
		for i := range in {
			var x []*Map
			for _, m := range n.In {
				x = append(x, values[m.ID][i])
			}
			y := newMap(shapes[n.ID])
			if n.Op == graph.Crop || n.Op == graph.Pad {
				if err := frame(n, shapes, x[0], y); err != nil {
					return nil, err
				}
			} else {
				apply(n, p, x, y, i, mode)
			}
			values[n.ID] = append(values[n.ID], y)
		}
		if n.Op == graph.Norm && (mode.Train || n.Stats != graph.BatchStatistics) {
			normalise(n, p, values[n.In[0].ID], values[n.ID])
		}
	}
	return values, nil
}

// apply computes y, map i of node n, value by value.
func apply(n *graph.Node, p [][]float64, in []*Map, y *Map, i int, mode Mode) {
	x := in[0]
	for c := range y.C {
		for r := range y.H {
			for s := range y.W {
				y.set(c, r, s, value(n, p, in, x, y.Shape, i, c, r, s, mode))
			}
		}
	}
}

// value is channel c of pixel (r, s) of the node's output.
func value(n *graph.Node, p [][]float64, in []*Map, x *Map, out graph.Shape, i, c, r, s int, mode Mode) float64 {
	kh, kw := n.Kernel[0], n.Kernel[1]
	switch n.Op {
	case graph.Conv:
		sum := p[1][c]
		in, out := x.C/max(n.Groups, 1), out.C/max(n.Groups, 1)
		for k := range in {
			for ky := range kh {
				for kx := range kw {
					sum += p[0][((c*in+k)*kh+ky)*kw+kx] * x.At(c/out*in+k, r*n.Stride[0]+ky*max(n.Dilation[0], 1), s*n.Stride[1]+kx*max(n.Dilation[1], 1))
				}
			}
		}
		return sum
	case graph.ConvTranspose:
		sum := p[1][c]
		in, out := x.C/max(n.Groups, 1), out.C/max(n.Groups, 1)
		for k := range in {
			from := c/out*in + k
			for ky := range kh {
				for kx := range kw {
					y, z := r-ky, s-kx
					if y >= 0 && z >= 0 && y%n.Stride[0] == 0 && z%n.Stride[1] == 0 && y/n.Stride[0] < x.H && z/n.Stride[1] < x.W {
						sum += p[0][((from*out+c%out)*kh+ky)*kw+kx] * x.At(from, y/n.Stride[0], z/n.Stride[1])
					}
				}
			}
		}
		return sum
	case graph.MaxPool:
		most := math.Inf(-1)
		under(n, x, r, s, func(y, z int) { most = max(most, x.At(c, y, z)) })
		return most
	case graph.AvgPool:
		sum, count := 0.0, 0.0
		under(n, x, r, s, func(y, z int) {
			sum += x.At(c, y, z)
			count++
		})
		return sum / count
	case graph.ReLU:
		return max(0, x.At(c, r, s))
	case graph.Norm:
		if n.Stats != graph.BatchStatistics {
			return 0 // normalise knows the whole map
		}
		return (x.At(c, r, s)-p[2][c])/math.Sqrt(p[3][c]+epsilon(n))*p[0][c] + p[1][c]
	case graph.Dropout:
		if !mode.Train {
			return x.At(c, r, s)
		}
		if mode.Dropped(n, i, c, r, s) {
			return 0
		}
		return x.At(c, r, s) / (1 - n.Rate)
	case graph.Resize:
		sum := 0.0
		for _, a := range sources(n, 0, r, x.H, out.H) {
			for _, b := range sources(n, 1, s, x.W, out.W) {
				sum += a.weight * b.weight * x.At(c, a.at, b.at)
			}
		}
		return sum
	case graph.PixelShuffle:
		f := n.Factor
		return x.At(c*f*f+r%f*f+s%f, r/f, s/f)
	case graph.Concat:
		for _, m := range in {
			if c < m.C {
				return m.At(c, r, s)
			}
			c -= m.C
		}
	case graph.Sum:
		sum := 0.0
		for _, m := range in {
			sum += m.broadcast(c, r, s)
		}
		return sum
	case graph.Product:
		product := 1.0
		for _, m := range in {
			product *= m.broadcast(c, r, s)
		}
		return product
	case graph.Zero:
		return 0
	case graph.Pointwise:
		return function(n.Func, n.Args[0], n.Args[1], x.At(c, r, s))
	case graph.PReLU:
		return function(graph.LeakyReLU, p[0][c], 0, x.At(c, r, s))
	case graph.ScaleShift:
		return x.At(c, r, s)*p[0][c] + p[1][c]
	case graph.Reduce:
		return reduce(n, x, c, r, s)
	case graph.Softmax:
		sum := 0.0
		for k := range x.C {
			sum += math.Exp(x.At(k, r, s) - x.At(c, r, s))
		}
		return 1 / sum
	case graph.Select:
		return x.At(n.First+c, r, s)
	}
	panic("reference: no such op: " + n.Op.String())
}

// normalise does so by the measured mean and variance: of the whole batch, or of
// each map by itself.
func normalise(n *graph.Node, p [][]float64, in, out []*Map) {
	group := 1 // channels that share both
	if n.Stats == graph.GroupStatistics {
		group = in[0].C / n.Groups
	}
	if n.Stats != graph.BatchStatistics {
		for i := range in {
			share(n, p, in[i:i+1], out[i:i+1], group)
		}
		return
	}
	share(n, p, in, out, group)
}

// share normalises these maps, every group of channels by its mean and variance.
func share(n *graph.Node, p [][]float64, in, out []*Map, group int) {
	plane := in[0].H * in[0].W
	count := float64(len(in) * plane * group)
	for from := 0; from < in[0].C*plane; from += group * plane {
		sum, sq := 0.0, 0.0
		for _, m := range in {
			for _, v := range m.Pix[from : from+group*plane] {
				sum += v
			}
		}
		mean := sum / count
		for _, m := range in {
			for _, v := range m.Pix[from : from+group*plane] {
				sq += (v - mean) * (v - mean)
			}
		}
		for i, m := range in {
			for j := from; j < from+group*plane; j++ {
				c := j / plane
				out[i].Pix[j] = (m.Pix[j]-mean)/math.Sqrt(sq/count+epsilon(n))*p[0][c] + p[1][c]
			}
		}
	}
}
