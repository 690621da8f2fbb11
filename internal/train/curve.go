package train

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// A Point of a learning curve is the mean loss (nats per pixel) of the raw
// weights over a block of steps, of which Step, counted from 1, is the last.
type Point struct {
	Step int
	Loss float64
}

// A recorder gathers losses, and how much each class weighed in them.
type recorder struct {
	block  int
	curve  []Point
	sum    float64
	count  int
	pixels float64
	weight [256]float64 // by class
}

func (r *recorder) add(step, steps int, loss float64) {
	r.sum += loss
	r.count++
	if r.count == r.block || step == steps {
		r.curve = append(r.curve, Point{step, r.sum / float64(r.count)})
		r.sum, r.count = 0, 0
	}
}

func (r *recorder) tally(labels []uint8, weights []float32) {
	r.pixels += float64(len(labels))
	for i, l := range labels {
		r.weight[l] += float64(weights[i])
	}
}

// chance is the mean loss, in nats per pixel, of the best constant prediction:
// the entropy of the class frequencies where all pixels weigh 1.
func (r *recorder) chance() float64 {
	var total, h float64
	for _, w := range r.weight {
		total += w
	}
	for _, w := range r.weight {
		if w > 0 {
			h -= float64(w / r.pixels * math.Log(w/total))
		}
	}
	return h
}

// AliveMargin is the share of the chance loss by which a network must beat it.
const AliveMargin = 0.05

// Alive says whether a run woke up: whether its mean loss over the last quarter
// of the curve lies more than AliveMargin below chance. Chance
// (Result.Chance) is what the best constant prediction costs on the pixels that
// the run was supervised on, weighted as in its loss: a network that has learned
// nothing but how common each class is, the all-background run among them, does
// not pass.
func Alive(curve []Point, chance float64) bool {
	if len(curve) == 0 {
		return false
	}
	_, loss := lastQuarter(curve)
	return stat.Mean(loss, nil) < (1-AliveMargin)*chance
}

// A Trend is whether the learning curves of one arm, one per seed, still move.
type Trend struct {
	Gain   float64 // what another quarter of the steps would still take off the loss, mean over seeds
	Error  float64 // standard error of Gain
	Spread float64 // between seeds
	Rising bool
}

// Rising compares how fast an arm still learns with how much its seeds differ.
// To the last quarter of each curve (its last ⌈n/4⌉ points, at least 3) a line
// is fitted by least squares; minus its slope times the quarter's length in
// steps is that seed's gain. Gain is the mean over seeds. Spread is the standard
// deviation between seeds of the mean loss over the last quarter; for a single
// seed, that of the points about the line. An arm is Rising if Gain exceeds
// Spread and twice its own standard error (from the residuals about the
// lines, so that noise is not taken for learning). Curves too short to tell
// count as Rising.
func Rising(curves [][]Point) Trend {
	var t Trend
	var levels []float64
	var variance, scatter float64
	for _, curve := range curves {
		step, loss := lastQuarter(curve)
		n := float64(len(step))
		if n < 3 {
			return Trend{Gain: math.NaN(), Error: math.NaN(), Spread: math.NaN(), Rising: true}
		}
		alpha, beta := stat.LinearRegression(step, loss, nil, false)
		length := (step[len(step)-1] - step[0]) * n / (n - 1) // n blocks, each of which ends at its step
		t.Gain -= beta * length
		var residual, spread float64
		mean := stat.Mean(step, nil)
		for i, x := range step {
			r := loss[i] - alpha - beta*x
			residual += r * r
			spread += (x - mean) * (x - mean)
		}
		residual /= n - 2
		scatter = math.Sqrt(residual)
		variance += residual / spread * length * length
		levels = append(levels, stat.Mean(loss, nil))
	}
	seeds := float64(len(curves))
	if seeds == 0 {
		return t
	}
	t.Gain /= seeds
	t.Error = math.Sqrt(variance) / seeds
	t.Spread = scatter
	if seeds > 1 {
		t.Spread = stat.StdDev(levels, nil)
	}
	t.Rising = t.Gain > t.Spread && t.Gain > 2*t.Error
	return t
}

// lastQuarter splits the last ⌈n/4⌉ points, at least 3 where there are as many.
func lastQuarter(curve []Point) (step, loss []float64) {
	n := len(curve)
	for _, p := range curve[n-min(n, max(3, (n+3)/4)):] {
		step = append(step, float64(p.Step))
		loss = append(loss, p.Loss)
	}
	return step, loss
}
