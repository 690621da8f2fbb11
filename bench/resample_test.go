package bench

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/dsp/fourier"
	"pgregory.net/rapid"

	"unetbench/graph"
)

var allInterps = []graph.Interp{graph.Bilinear, graph.BilinearAlign, graph.Nearest}

// carry resamples x along one periodic axis.
func (r Resampler) carry(x []complex128) []complex128 {
	y := make([]complex128, r.Out)
	for j := range y {
		i, w := r.taps(j)
		a, b := x[((i%r.In)+r.In)%r.In], x[((i+1)%r.In+r.In)%r.In]
		y[j] = complex(1-w, 0)*a + complex(w, 0)*b
	}
	return y
}

// The fate of each frequency, read off a DFT of the resampled sinusoid.
func TestSpectrumByDFT(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Resampler{rapid.SampledFrom([]graph.Interp{graph.Bilinear, graph.Nearest}).Draw(t, "interp"),
			rapid.IntRange(2, 24).Draw(t, "in"), rapid.IntRange(2, 24).Draw(t, "out")}
		kept, total := r.response()
		for k := range kept {
			x := make([]complex128, r.In)
			for i := range x {
				x[i] = cmplx.Rect(1, 2*math.Pi*float64(i*k)/float64(r.In))
			}
			y := r.carry(x)
			energy := 0.0
			for _, v := range y {
				energy += real(v * cmplx.Conj(v))
			}
			energy /= float64(r.Out)
			if !near64(total[k], energy, 1e-9) {
				t.Fatalf("%+v, frequency %d: energy %v, want %v", r, k, total[k], energy)
			}
			want := 0.0
			if 2*k <= min(r.In, r.Out) {
				a := cmplx.Abs(fourier.NewCmplxFFT(r.Out).Coefficients(nil, y)[k%r.Out]) / float64(r.Out)
				want = a * a
			}
			if !near64(kept[k], want, 1e-9) {
				t.Fatalf("%+v, frequency %d: kept %v, want %v", r, k, kept[k], want)
			}
		}
	})
}

// Halving by bilinear interpolation is a mean of two: cos² of the frequency.
func TestSpectrumOfHalving(t *testing.T) {
	f := Resampler{graph.Bilinear, 2048, 1024}.Spectrum(Band{0, .5})
	if want := .25 + 1/(2*math.Pi); !near64(f.Kept, want, 1e-3) || !near64(f.Kept+f.Aliased, .5, 1e-9) {
		t.Errorf("halving: %+v, want kept %.4f, in all .5", f, want)
	}
	low := Resampler{graph.Bilinear, 568, 392}.Spectrum(Band{0, .05})
	high := Resampler{graph.Bilinear, 568, 392}.Spectrum(Band{.4, .5})
	if low.Kept < .97 || low.Aliased > .01 || high.Kept != 0 || high.Aliased < .1 {
		t.Errorf("568→392: low frequencies %+v, high ones %+v", low, high)
	}
}

// What resampling to the same size, or by nearest neighbour, must and must not do.
func TestSpectrumLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Resampler{rapid.SampledFrom(allInterps).Draw(t, "interp"), rapid.IntRange(2, 80).Draw(t, "in"), rapid.IntRange(2, 80).Draw(t, "out")}
		f := r.Spectrum(Band{0, .5})
		_, mean, _ := spread(r.Variance())
		if !near64(f.Kept+f.Aliased, mean, 1e-9) {
			t.Fatalf("%+v: %+v does not add up to the mean variance %v", r, f, mean)
		}
		if f.Kept < 0 || f.Aliased < -1e-12 {
			t.Fatalf("%+v: %+v", r, f)
		}
		if r.Interp == graph.Nearest && !near64(mean, 1, 1e-12) {
			t.Fatalf("%+v: nearest neighbour changed the variance to %v", r, mean)
		}
		r.Out = r.In
		if f := r.Spectrum(Band{0, .5}); !near64(f.Kept, 1, 1e-9) || !near64(f.Aliased, 0, 1e-9) || r.VisiblePeriod() != 0 {
			t.Fatalf("%+v: the identity has %+v, period %v", r, f, r.VisiblePeriod())
		}
	})
}

func TestBlur(t *testing.T) {
	for _, x := range []struct {
		r       Resampler
		period  int
		visible float64
	}{
		{Resampler{graph.Bilinear, 568, 392}, 49, 49. / 22}, // beats of 71/49
		{Resampler{graph.Bilinear, 8, 4}, 1, 0},             // ½ everywhere
		{Resampler{graph.Bilinear, 4, 8}, 2, 0},             // ¼ and ¾ have the same variance
		{Resampler{graph.Bilinear, 56, 64}, 8, 8},           // slow beat
		{Resampler{graph.BilinearAlign, 57, 64}, 9, 9},      // 56/63
		{Resampler{graph.Nearest, 56, 64}, 8, 0},
	} {
		if p := x.r.Period(); p != x.period {
			t.Errorf("%+v: period %d, want %d", x.r, p, x.period)
		}
		if p := x.r.VisiblePeriod(); !near64(p, x.visible, 1e-9) {
			t.Errorf("%+v: visible period %v, want %v", x.r, p, x.visible)
		}
		v := x.r.Variance()
		for j := range len(v) - x.period {
			if !near64(v[j], v[j+x.period], 1e-9) {
				t.Errorf("%+v: variance %v at %d, %v a period on", x.r, v[j], j, v[j+x.period])
				break
			}
		}
	}
}

// White noise, resampled many times over, has the variance of the closed form.
func TestVarianceOfNoise(t *testing.T) {
	r := Resampler{graph.Bilinear, 29, 20}
	rng := rand.New(rand.NewPCG(3, 4))
	const trials = 20000
	sum := make([]float64, r.Out)
	for range trials {
		x := make([]complex128, r.In)
		for i := range x {
			x[i] = complex(rng.NormFloat64(), 0)
		}
		for j, y := range r.carry(x) {
			sum[j] += real(y) * real(y) / trials
		}
	}
	for j, v := range r.Variance() {
		if !near64(sum[j], v, .06) { // 6 standard errors
			t.Errorf("output %d: variance %v, closed form %v", j, sum[j], v)
		}
	}
}

func TestResamplingSamples(t *testing.T) {
	got := map[string]float64{}
	for _, s := range Resampling(graph.Bilinear, graph.Square(568), graph.Square(392)) {
		got[s.Metric+"/"+s.Bin] = s.Value
	}
	if k, a := got["resize-kept/"], got["resize-aliased/"]; k < 20 || k > 48 || a < 1 || k+a > 100*(2./3)*(2./3)+1 {
		t.Errorf("568→392 keeps %v %%, aliases %v %%", k, a)
	}
	if got["blur-variance/min"] < .25 || got["blur-variance/max"] > 1 || got["blur-period/exact"] != 49 {
		t.Errorf("568→392: %v", got)
	}
}
