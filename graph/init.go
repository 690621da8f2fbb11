package graph

import (
	"hash/fnv"
	"math/rand/v2"
)

// InitWeights draws every parameter from a stream of its own, keyed by the
// seed and the parameter's name: variants that share names and shapes start
// from the same bits, however their graphs are wired.
func (g *Graph) InitWeights(seed uint64) Weights {
	w := make(Weights, len(g.Params))
	for i, p := range g.Params {
		w[i] = p.draw(seed)
	}
	return w
}

func (p Param) draw(seed uint64) []float32 {
	v := make([]float32, p.Len())
	key := fnv.New64a()
	key.Write([]byte(p.Name))
	r := rand.New(rand.NewPCG(seed, key.Sum64()))
	filter := len(v)
	if len(p.Shape) > 0 {
		filter /= p.Shape[0]
	}
	repeat := max(p.Init.Repeat, 1)
	for i := range v {
		switch {
		case p.Init.Std == 0:
			v[i] = float32(p.Init.Mean)
		case i/filter%repeat != 0:
			v[i] = v[i-filter]
		default:
			v[i] = float32(p.Init.Mean + float64(p.Init.Std*r.NormFloat64()))
		}
	}
	return v
}

// ParamCount is the number of trainable values.
func (g *Graph) ParamCount() int {
	n := 0
	for _, p := range g.Params {
		if p.Trainable {
			n += p.Len()
		}
	}
	return n
}
