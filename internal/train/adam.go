package train

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"unetbench/graph"
	"unetbench/internal/kernel"
)

// adam is the state of Adam (Kingma and Ba 2015, in torch's arrangement of
// epsilon) and of the running average of everything it moves.
type adam struct {
	recipe        Recipe
	params        []graph.Param
	first, second graph.Weights // moments; nil for untrainable parameters
	average       graph.Weights
	kernel        *kernel.Set
	threads       int
	stretches     []stretch
}

// A stretch is what one thread moves at a time: values lo … hi−1 of a
// parameter. Every value is moved by itself, so its bits do not depend on who
// moves it.
type stretch struct{ param, lo, hi int }

// stretchLen is worth handing out: a megabyte goes by.
const stretchLen = 1 << 15

// newAdam starts at the weights w, which are copied into the average.
func newAdam(job *Job, w graph.Weights) *adam {
	a := &adam{recipe: job.Recipe, params: job.Graph.Params, first: make(graph.Weights, len(w)),
		second: make(graph.Weights, len(w)), average: make(graph.Weights, len(w)),
		kernel: job.Kernel, threads: job.Threads}
	if a.kernel == nil {
		a.kernel = kernel.Best()
	}
	if a.threads < 1 {
		a.threads = runtime.GOMAXPROCS(0)
	}
	for i, p := range a.params {
		if p.Trainable {
			a.first[i] = make([]float32, len(w[i]))
			a.second[i] = make([]float32, len(w[i]))
			for lo := 0; lo < len(w[i]); lo += stretchLen {
				a.stretches = append(a.stretches, stretch{i, lo, min(lo+stretchLen, len(w[i]))})
			}
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
	k := &kernel.AdamStep{
		Keep1: float32(r.Beta1), Take1: float32(1 - r.Beta1),
		Keep2: float32(r.Beta2), Take2: float32(1 - r.Beta2),
		Rate:    float32(r.RateAt(t) / (1 - math.Pow(r.Beta1, float64(t+1)))),
		Scale:   float32(1 / math.Sqrt(1-math.Pow(r.Beta2, float64(t+1)))),
		Epsilon: float32(r.Eps),
		Fresh:   float32(1 - r.DecayAt(t)),
	}
	for i, p := range a.params {
		if !p.Trainable {
			mix(a.average[i], w[i], k.Fresh)
		}
	}
	finite := make([]bool, len(a.stretches))
	a.share(func(i int) {
		s := a.stretches[i]
		p, lo, hi := s.param, s.lo, s.hi
		finite[i] = a.kernel.Adam(w[p][lo:hi], a.first[p][lo:hi], a.second[p][lo:hi], a.average[p][lo:hi],
			gradients[p][lo:hi], k)
	})
	if i := slices.Index(finite, false); i >= 0 {
		return a.stretches[i].param
	}
	return -1
}

// share calls move for every stretch, each thread taking the next one left.
func (a *adam) share(move func(stretch int)) {
	if a.threads == 1 {
		for i := range a.stretches {
			move(i)
		}
		return
	}
	var taken atomic.Int64
	var done sync.WaitGroup
	for range min(a.threads, len(a.stretches)) {
		done.Go(func() {
			for i := taken.Add(1) - 1; i < int64(len(a.stretches)); i = taken.Add(1) - 1 {
				move(int(i))
			}
		})
	}
	done.Wait()
}

// mix moves avg by that share of the way to w.
func mix(avg, w []float32, fresh float32) {
	for i, x := range w {
		avg[i] += float32(fresh * (x - avg[i]))
	}
}
