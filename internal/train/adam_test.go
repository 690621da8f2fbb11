package train

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"unetbench/graph"
	"unetbench/internal/kernel"
)

func adamFor(r Recipe, params []graph.Param, w graph.Weights) *adam {
	return newAdam(&Job{Graph: &graph.Graph{Params: params}, Recipe: r}, w)
}

// TestAdamKnown checks the first steps against values that can be worked out
// on paper: with a constant gradient both bias-corrected moments are the
// gradient and its square, so each step is rate·g/(|g|+ε).
func TestAdamKnown(t *testing.T) {
	r := DefaultRecipe()
	r.Warmup, r.Rate, r.EMA = 0, 0.1, 0.5
	params := []graph.Param{{Name: "w", Shape: []int{2}, Trainable: true}, {Name: "mean", Shape: []int{1}}}
	w := graph.Weights{{1, -1}, {0}}
	a := adamFor(r, params, w)
	average := []float64{1, -1}
	for step := range 4 {
		w[1][0] = 8 // moved by someone else
		if a.step(step, w, graph.Weights{{2, -3}, {100}}) != -1 {
			t.Fatal("finite gradients reported as broken")
		}
		d := r.DecayAt(step)
		for i, want := range []float64{1 - 0.1*float64(step+1), -1 + 0.1*float64(step+1)} {
			average[i] = d*average[i] + (1-d)*want
			if math.Abs(float64(w[0][i])-want) > 1e-6 {
				t.Errorf("step %d: w[%d] = %v, want %v", step, i, w[0][i], want)
			}
			if got := float64(a.average[0][i]); math.Abs(got-average[i]) > 1e-6 {
				t.Errorf("step %d: average[%d] = %v, want %v", step, i, got, average[i])
			}
		}
	}
	if w[1][0] != 8 {
		t.Errorf("an untrainable parameter was moved to %v", w[1][0])
	}
	if got := a.average[1][0]; got <= 7 || got >= 8 {
		t.Errorf("the average of an untrainable parameter is %v, want it to approach 8", got)
	}
}

// TestAdamReference follows a float64 transcription of torch.optim.Adam and of
// the average through the warm-up, on gradients of very different magnitude.
func TestAdamReference(t *testing.T) {
	r := DefaultRecipe()
	const n = 7
	params := []graph.Param{{Name: "w", Shape: []int{n}, Trainable: true}}
	w := graph.Weights{make([]float32, n)}
	var p, m, v, avg [n]float64
	for i := range n {
		w[0][i] = float32(i) - 3
		p[i], avg[i] = float64(i)-3, float64(i)-3
	}
	a := adamFor(r, params, w)
	g := graph.Weights{make([]float32, n)}
	for step := range 60 {
		lr := r.Rate * min(1, float64(step+1)/float64(r.Warmup))
		decay := min(r.EMA, float64(1+step)/float64(10+step))
		c1, c2 := 1-math.Pow(.9, float64(step+1)), 1-math.Pow(.999, float64(step+1))
		for i := range n {
			g[0][i] = float32(math.Sin(float64(3*step+i)) * math.Pow(10, float64(2*i-10)))
			x := float64(g[0][i])
			m[i] = .9*m[i] + .1*x
			v[i] = .999*v[i] + .001*x*x
			p[i] -= lr / c1 * m[i] / (math.Sqrt(v[i])/math.Sqrt(c2) + 1e-8)
			avg[i] = decay*avg[i] + (1-decay)*p[i]
		}
		a.step(step, w, g)
	}
	for i := range n {
		if math.Abs(float64(w[0][i])-p[i]) > 1e-5 || math.Abs(float64(a.average[0][i])-avg[i]) > 1e-5 {
			t.Errorf("element %d: %v, average %v; want %v, %v", i, w[0][i], a.average[0][i], p[i], avg[i])
		}
	}
}

func TestAdamNamesBrokenGradient(t *testing.T) {
	params := []graph.Param{{Name: "a", Trainable: true}, {Name: "b"}, {Name: "c", Trainable: true}}
	inf := float32(math.Inf(1))
	for _, bad := range []float32{float32(math.NaN()), inf, -inf, 1e30} {
		w := graph.Weights{{1}, {1}, {1, 2}}
		if got := adamFor(DefaultRecipe(), params, w).step(0, w, graph.Weights{{1}, {bad}, {1, bad}}); got != 2 {
			t.Errorf("gradient %v: parameter %d reported, want 2", bad, got)
		}
	}
}

func TestRecipe(t *testing.T) {
	r := DefaultRecipe()
	if err := r.Validate(); err != nil {
		t.Fatal(err)
	}
	for step, want := range map[int]float64{0: 3e-3 / 20, 9: 1.5e-3, 19: 3e-3, 20: 3e-3, 399: 3e-3} {
		if got := r.RateAt(step); math.Abs(got-want) > 1e-12 {
			t.Errorf("rate at step %d is %g, want %g", step, got, want)
		}
	}
	for step, want := range map[int]float64{0: .1, 8: .5, 890: .99, 5000: .99} {
		if got := r.DecayAt(step); math.Abs(got-want) > 1e-12 {
			t.Errorf("decay at step %d is %g, want %g", step, got, want)
		}
	}
	for name, spoil := range map[string]func(*Recipe){
		"no steps":      func(r *Recipe) { r.Steps = 0 },
		"no batch":      func(r *Recipe) { r.Batch = -1 },
		"no patch":      func(r *Recipe) { r.Patch = 0 },
		"rate NaN":      func(r *Recipe) { r.Rate = math.NaN() },
		"rate infinite": func(r *Recipe) { r.Rate = math.Inf(1) },
		"warm-up":       func(r *Recipe) { r.Warmup = -1 },
		"beta1":         func(r *Recipe) { r.Beta1 = 1 },
		"beta2":         func(r *Recipe) { r.Beta2 = -0.1 },
		"epsilon":       func(r *Recipe) { r.Eps = 0 },
		"average":       func(r *Recipe) { r.EMA = 1 },
		"block":         func(r *Recipe) { r.Block = 0 },
	} {
		bad := DefaultRecipe()
		spoil(&bad)
		if bad.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// TestAdamThreads: who moves a stretch changes no bit.
func TestAdamThreads(t *testing.T) {
	params := []graph.Param{{Trainable: true}, {}, {Trainable: true}, {Trainable: true}}
	lengths := []int{3*stretchLen + 5, 40, stretchLen, 7}
	random := func(seed uint64) graph.Weights {
		r, w := rand.New(rand.NewPCG(seed, 0)), make(graph.Weights, len(lengths))
		for i, n := range lengths {
			for range n {
				w[i] = append(w[i], float32(r.NormFloat64()))
			}
		}
		return w
	}
	for _, set := range kernel.Sets {
		var want []graph.Weights
		for _, threads := range []int{1, 2, 3, 8} {
			w := random(1)
			a := newAdam(&Job{Graph: &graph.Graph{Params: params}, Recipe: DefaultRecipe(), Kernel: set, Threads: threads}, w)
			for step := range 3 {
				if broken := a.step(step, w, random(uint64(2+step))); broken >= 0 {
					t.Fatalf("%s: parameter %d is reported", set.Name, broken)
				}
			}
			got := []graph.Weights{w, a.first, a.second, a.average}
			if want == nil {
				want = got
			}
			if !slices.EqualFunc(got, want, func(a, b graph.Weights) bool { return slices.EqualFunc(a, b, slices.Equal[[]float32]) }) {
				t.Errorf("%s: %d threads give other bits than one", set.Name, threads)
			}
		}
	}
}

// The default network and that of Ronneberger 2015, on one thread and two.
func BenchmarkAdam(b *testing.B) {
	for _, n := range []int{121394, 31030658} {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("n=%d/threads=%d", n, threads), func(b *testing.B) {
				w, g := graph.Weights{make([]float32, n)}, graph.Weights{make([]float32, n)}
				for i := range n {
					g[0][i] = float32(i%17) * 1e-4
				}
				a := newAdam(&Job{Graph: &graph.Graph{Params: []graph.Param{{Trainable: true}}}, Recipe: DefaultRecipe(), Threads: threads}, w)
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					a.step(i, w, g)
				}
			})
		}
	}
}
