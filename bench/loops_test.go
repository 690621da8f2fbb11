package bench

import (
	"math"

	"unetbench/graph"
	"unetbench/internal/tile"
)

// loops runs a network by obvious loops, so that the metrics are tried on real
// variants without the engine. edit, if given, changes the value of one node.
type loops struct {
	g    *graph.Graph
	w    graph.Weights
	node *graph.Node
	edit func(*graph.Map)
}

// loops is the Editor of its network.
func (l loops) edited(node *graph.Node, edit func(*graph.Map)) (tile.Predictor, error) {
	return loops{l.g, l.w, node, edit}, nil
}

func (l loops) Predict(x *graph.Map) (*graph.Map, error) {
	shapes, err := l.g.Infer(x.Size())
	if err != nil {
		return nil, err
	}
	values := make([]*graph.Map, len(l.g.Nodes))
	for _, n := range l.g.Nodes {
		y := graph.NewMap(shapes[n.ID])
		if n.Op == graph.Input {
			copy(y.Pix, x.Pix)
		} else {
			var in []*graph.Map
			for _, o := range n.In {
				in = append(in, values[o.ID])
			}
			var w [][]float32
			for _, p := range n.Params {
				w = append(w, l.w[p])
			}
			compute(n, in, w, y)
		}
		if n == l.node {
			l.edit(y)
		}
		values[n.ID] = y
	}
	return values[len(values)-1], nil
}

// compute computes one node: for every output pixel, what it reads.
func compute(n *graph.Node, in []*graph.Map, w [][]float32, y *graph.Map) {
	x := in[0]
	kh, kw := n.Kernel[0], n.Kernel[1]
	channel0 := 0
	for c := range y.C {
		for c-channel0 >= x.C && n.Op == graph.Concat {
			channel0 += x.C
			in = in[1:]
			x = in[0]
		}
		for i := range y.H {
			for j := range y.W {
				var v float32
				switch n.Op {
				case graph.Conv:
					v = w[1][c]
					for k := range x.C {
						for a := range kh {
							for b := range kw {
								v += w[0][((c*x.C+k)*kh+a)*kw+b] * x.At(k, i*n.Stride[0]+a, j*n.Stride[1]+b)
							}
						}
					}
				case graph.ConvTranspose:
					v = w[1][c]
					for k := range x.C {
						v += w[0][((k*y.C+c)*kh+i%kh)*kw+j%kw] * x.At(k, i/kh, j/kw)
					}
				case graph.MaxPool:
					v = float32(math.Inf(-1))
					for a := range kh {
						for b := range kw {
							v = max(v, x.At(c, i*kh+a, j*kw+b))
						}
					}
				case graph.AvgPool:
					for a := range kh {
						for b := range kw {
							v += x.At(c, i+a, j+b) / float32(kh*kw)
						}
					}
				case graph.ReLU:
					v = max(0, x.At(c, i, j))
				case graph.Norm:
					v = (x.At(c, i, j)-w[2][c])/float32(math.Sqrt(float64(w[3][c])+1e-5))*w[0][c] + w[1][c]
				case graph.Dropout:
					v = x.At(c, i, j)
				case graph.Pad:
					a, b := i-n.Pads[0], j-n.Pads[1]
					if a >= 0 && a < x.H && b >= 0 && b < x.W {
						v = x.At(c, a, b)
					}
				case graph.Crop:
					v = x.At(c, i+(x.H-y.H)/2, j+(x.W-y.W)/2)
				case graph.Resize:
					a, b := Resampler{n.Interp, x.H, y.H}, Resampler{n.Interp, x.W, y.W}
					r, u := a.taps(i)
					s, t := b.taps(j)
					at := func(r, s int) float64 {
						return float64(x.At(c, min(max(r, 0), x.H-1), min(max(s, 0), x.W-1)))
					}
					v = float32((1-u)*((1-t)*at(r, s)+t*at(r, s+1)) + u*((1-t)*at(r+1, s)+t*at(r+1, s+1)))
				case graph.PixelShuffle:
					f := n.Factor
					v = x.At(c*f*f+i%f*f+j%f, i/f, j/f)
				case graph.Concat:
					v = x.At(c-channel0, i, j)
				case graph.Zero:
				default:
					panic(n.Op)
				}
				y.Pix[(c*y.H+i)*y.W+j] = v
			}
		}
	}
}
