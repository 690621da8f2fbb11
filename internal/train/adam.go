package train

import (
	"math"

	"unetbench/graph"
)

// adam is the state of Adam (Kingma and Ba 2015, in torch's arrangement of
// epsilon) and of the running average of everything it moves.
type adam struct {
	recipe        Recipe
	params        []graph.Param
	first, second graph.Weights // moments; nil for untrainable parameters
	average       graph.Weights
}

// newAdam starts at the weights w, which are copied into the average.
func newAdam(r Recipe, params []graph.Param, w graph.Weights) *adam {
	a := &adam{recipe: r, params: params, first: make(graph.Weights, len(w)),
		second: make(graph.Weights, len(w)), average: make(graph.Weights, len(w))}
	for i, p := range params {
		if p.Trainable {
			a.first[i] = make([]float32, len(w[i]))
			a.second[i] = make([]float32, len(w[i]))
		}
		a.average[i] = append([]float32(nil), w[i]...)
	}
	return a
}

// step moves w along the gradients, as step t counted from 0, and takes the
// result into the average. Untrainable parameters (running statistics, which
// the engine moves) are only averaged. It returns the first parameter whose
// squared gradient is not finite, or -1.
func (a *adam) step(t int, w, gradients graph.Weights) (broken int) {
	r := a.recipe
	k := coefficients{
		keep1: float32(r.Beta1), take1: float32(1 - r.Beta1),
		keep2: float32(r.Beta2), take2: float32(1 - r.Beta2),
		rate:  float32(r.RateAt(t) / (1 - math.Pow(r.Beta1, float64(t+1)))),
		scale: float32(1 / math.Sqrt(1-math.Pow(r.Beta2, float64(t+1)))),
		eps:   float32(r.Eps),
		fresh: float32(1 - r.DecayAt(t)),
	}
	broken = -1
	for i, p := range a.params {
		if !p.Trainable {
			mix(a.average[i], w[i], k.fresh)
		} else if check := k.move(w[i], gradients[i], a.first[i], a.second[i], a.average[i]); check != 0 && broken < 0 {
			broken = i
		}
	}
	return broken
}

// coefficients are one step's constants.
type coefficients struct {
	keep1, take1 float32 // of the first moment
	keep2, take2 float32 // of the second
	rate         float32 // over the first moment's bias correction
	scale        float32 // of the root of the second moment: its bias correction
	eps          float32
	fresh        float32 // share of the new weights in the average
}

// move does, for every element: m ← β₁m + (1-β₁)g; v ← β₂v + (1-β₂)g²;
// w ← w - rate·m/(√v·scale + ε); avg ← avg + fresh·(w-avg). One pass, since
// memory is what it costs. The result is 0, or NaN if some g² is not finite.
func (k *coefficients) move(w, g, m, v, avg []float32) (check float32) {
	n := len(w)
	g, m, v, avg = g[:n], m[:n], v[:n], avg[:n]
	for i, gi := range g {
		mi := float32(k.keep1*m[i]) + float32(k.take1*gi)
		vi := float32(k.keep2*v[i]) + float32(k.take2*float32(gi*gi))
		check += float32(vi * 0) // also where g² overflows
		root := float32(math.Sqrt(float64(vi)))
		wi := w[i] - float32(k.rate*mi)/(float32(root*k.scale)+k.eps)
		m[i], v[i], w[i] = mi, vi, wi
		avg[i] += float32(k.fresh * (wi - avg[i]))
	}
	return check
}

// mix moves avg by that share of the way to w.
func mix(avg, w []float32, fresh float32) {
	for i, x := range w {
		avg[i] += float32(fresh * (x - avg[i]))
	}
}
