package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// draw samples S×I differences with standard deviations sd of seeds, images and rest.
func draw(r *rand.Rand, S, I int, sd [3]float64, mean float64) [][]float64 {
	b := make([]float64, I)
	for i := range b {
		b[i] = sd[1] * r.NormFloat64()
	}
	d := make([][]float64, S)
	for s := range d {
		a := sd[0] * r.NormFloat64()
		d[s] = make([]float64, I)
		for i := range d[s] {
			d[s][i] = mean + a + b[i] + sd[2]*r.NormFloat64()
		}
	}
	return d
}

func TestCoverage(t *testing.T) {
	const draws = 3000
	for _, c := range []struct {
		seeds, images int
		sd            [3]float64 // of seeds, images, rest
	}{
		{6, 6, [3]float64{1, 1, 1}}, {6, 6, [3]float64{1, 0, 1}}, {6, 6, [3]float64{0, 1, 1}}, {6, 6, [3]float64{0, 0, 1}},
		{6, 6, [3]float64{1, 1, .1}}, {6, 6, [3]float64{.3, 1, 1}}, {6, 6, [3]float64{1, .3, 1}}, {6, 6, [3]float64{1, 0, .01}},
		{6, 1, [3]float64{1, 0, .1}}, {4, 10, [3]float64{1, 1, 1}}, {6, 3, [3]float64{1, 1, 1}},
		{2, 6, [3]float64{1, 0, 1}}, {2, 10, [3]float64{1, 1, 1}}, {2, 10, [3]float64{1, .3, 1}}, {3, 6, [3]float64{1, .3, .1}},
		{6, 2, [3]float64{0, 1, 1}}, {6, 2, [3]float64{.3, 1, .1}}, {2, 2, [3]float64{1, 1, .1}},
	} {
		r := rand.New(rand.NewPCG(uint64(c.seeds), uint64(c.images)))
		covered, different := 0, 0
		for range draws {
			e := TwoWay(draw(r, c.seeds, c.images, c.sd, 7))
			if low, high := e.Interval(0.95); low <= 7 && 7 <= high {
				covered++
			}
			e.Mean -= 7
			if e.P() <= 0.05 {
				different++
			}
		}
		if covered < draws*94/100 || different != draws-covered {
			t.Errorf("%+v: 95 %% interval covers %.1f %%, p ≤ 0.05 in %.1f %%", c, 100*float64(covered)/draws, 100*float64(different)/draws)
		}
	}
}

func TestTwoWayByHand(t *testing.T) {
	d := [][]float64{{1, 2, 3}, {3, 4, 8}}
	// mean 3.5; rows 2, 5; columns 2, 3, 5.5
	// SS rows 3·(2.25+2.25) = 13.5, df 1; SS columns 2·(2.25+.25+4) = 13, df 2
	// residuals .5 .5 -1 / -.5 -.5 1: SS 3, df 2
	e := TwoWay(d)
	v := 13.5 + 6.5 - 1.5
	want := Estimate{3.5, math.Sqrt(v / 6), 1} // Satterthwaite: 1.6, capped at that of the seeds
	for _, p := range [][2]float64{{e.Mean, want.Mean}, {e.StdErr, want.StdErr}, {e.DF, want.DF}} {
		if math.Abs(p[0]-p[1]) > 1e-12 {
			t.Fatalf("%+v, want %+v", e, want)
		}
	}
}

// With one image, or none of the variation in images, it is Student's test:
// t = 2.236 at 3 degrees of freedom has p = 0.1114 (tables).
func TestOneWay(t *testing.T) {
	e := TwoWay([][]float64{{0}, {2}, {0}, {2}})
	if e.Mean != 1 || e.DF != 3 || math.Abs(e.StdErr-math.Sqrt(1.0/3)) > 1e-12 {
		t.Errorf("%+v", e)
	}
	e = Estimate{Mean: math.Sqrt(5), StdErr: 1, DF: 3}
	if p := e.P(); math.Abs(p-0.1114) > 1e-3 {
		t.Errorf("p = %v", p)
	}
	if low, high := (Estimate{StdErr: 1, DF: 5}).Interval(.95); math.Abs(high-2.5706) > 1e-4 || low != -high {
		t.Errorf("t quantile %v", high)
	}
	for _, c := range []struct {
		d    [][]float64
		p    float64
		want Estimate
	}{
		{[][]float64{{3, 5}}, 1, Estimate{Mean: 4}},
		{[][]float64{{0, 0}, {0, 0}}, 1, Estimate{DF: 1}},
		{[][]float64{{2, 2}, {2, 2}}, 0, Estimate{Mean: 2, DF: 1}},
	} {
		if e := TwoWay(c.d); e != c.want || e.P() != c.p {
			t.Errorf("%v: %+v, p %v", c.d, e, e.P())
		}
	}
}

func TestOrderOfSeedsAndImages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		S, I := rapid.IntRange(2, 7).Draw(t, "seeds"), rapid.IntRange(1, 7).Draw(t, "images")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		d := draw(r, S, I, [3]float64{r.Float64(), r.Float64(), r.Float64()}, 0)
		a := TwoWay(d)
		r.Shuffle(S, func(i, j int) { d[i], d[j] = d[j], d[i] })
		images := r.Perm(I)
		for s := range d {
			row := make([]float64, I)
			for i, j := range images {
				row[i] = d[s][j]
			}
			d[s] = row
		}
		b := TwoWay(d)
		if math.Abs(a.Mean-b.Mean) > 1e-9 || math.Abs(a.StdErr-b.StdErr) > 1e-9 || math.Abs(a.DF-b.DF) > 1e-6 {
			t.Fatalf("%+v, permuted %+v", a, b)
		}
	})
}

func TestHolm(t *testing.T) {
	p, level := Holm([]float64{0.04, 0.01, 0.03, 0.005}, 0.05)
	for i, want := range []float64{0.06, 0.03, 0.06, 0.02} {
		if math.Abs(p[i]-want) > 1e-12 {
			t.Errorf("adjusted %v", p)
		}
	}
	for i, want := range []float64{1 - .05/2, 1 - .05/3, 1 - .05/2, 1 - .05/4} {
		if math.Abs(level[i]-want) > 1e-12 {
			t.Errorf("levels %v", level)
		}
	}
}

func TestHolmLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		es := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Estimate {
			return Estimate{rapid.Float64Range(-5, 5).Draw(t, "mean"), 1, rapid.Float64Range(1, 30).Draw(t, "df")}
		}), 1, 8).Draw(t, "estimates")
		p := make([]float64, len(es))
		for i, e := range es {
			p[i] = e.P()
		}
		adjusted, level := Holm(p, 0.05)
		for i, e := range es {
			if adjusted[i] < p[i] || adjusted[i] > 1 || level[i] < 0.95-1e-12 {
				t.Fatalf("p %v, adjusted %v, level %v", p[i], adjusted[i], level[i])
			}
			low, high := e.Interval(level[i])
			if different := low > 0 || high < 0; different != (adjusted[i] <= 0.05) && math.Abs(adjusted[i]-0.05) > 1e-9 {
				t.Fatalf("interval %v … %v, adjusted p %v", low, high, adjusted[i])
			}
		}
		perm := rand.New(rand.NewPCG(1, 1)).Perm(len(p))
		q := make([]float64, len(p))
		for i, j := range perm {
			q[i] = p[j]
		}
		shuffled, _ := Holm(q, 0.05)
		for i, j := range perm {
			if shuffled[i] != adjusted[j] {
				t.Fatalf("order matters: %v, %v", adjusted, shuffled)
			}
		}
	})
}

func TestHolmEmpty(t *testing.T) {
	if p, _ := Holm(nil, 0.05); !slices.Equal(p, []float64{}) {
		t.Error(p)
	}
}
