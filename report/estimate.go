package report

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"unetbench/bench"
)

// A cell gathers the samples of one condition, seed by seed.
type cell struct {
	seeds  []uint64
	sums   []float64
	counts []int
	images []string
}

func (c *cell) add(s bench.Sample) {
	i := slices.Index(c.seeds, s.Seed)
	if i < 0 {
		i = len(c.seeds)
		c.seeds, c.sums, c.counts = append(c.seeds, s.Seed), append(c.sums, 0), append(c.counts, 0)
	}
	c.sums[i] += s.Value
	c.counts[i]++
	if s.Image != "" && !slices.Contains(c.images, s.Image) {
		c.images = append(c.images, s.Image)
	}
}

// An estimate is a mean with its 95 % interval over seeds. It describes one
// arm; whether two arms differ is for the paired contrasts to say, and two
// overlapping estimates say nothing about that.
type estimate struct {
	Mean, Half float64 // the interval is Mean ± Half; Half is 0 where Spread is false
	Spread     bool    // there were at least two seeds to estimate an interval from
	Seeds      int
	Images     int
}

func (e estimate) Low() float64  { return e.Mean - e.Half }
func (e estimate) High() float64 { return e.Mean + e.Half }

// estimate averages the images of each seed first (they share a network, so
// they are not independent), then takes Student's t interval over seeds.
func (v *view) estimate(k key) (e estimate, ok bool) {
	c := v.cells[k]
	if c == nil {
		return estimate{}, false
	}
	means := make([]float64, len(c.seeds))
	for i := range means {
		means[i] = c.sums[i] / float64(c.counts[i])
	}
	e = interval(means)
	e.Images = len(c.images)
	return e, true
}

// interval is the mean of x with Student's t 95 % interval.
func interval(x []float64) estimate {
	n := len(x)
	if n < 2 {
		return estimate{Mean: stat.Mean(x, nil), Seeds: n}
	}
	mean, sd := stat.MeanStdDev(x, nil)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(0.975)
	return estimate{Mean: mean, Half: t * sd / math.Sqrt(float64(n)), Spread: true, Seeds: n}
}
