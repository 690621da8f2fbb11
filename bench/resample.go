package bench

import (
	"fmt"
	"math"

	"unetbench/graph"
)

// A Resampler is interpolation along one axis from In samples to Out.
type Resampler struct {
	Interp  graph.Interp
	In, Out int
}

// Position returns where output sample j reads, in input samples: half-pixel
// centres, or corner to corner for BilinearAlign. Nearest reads the sample at
// floor(j·In/Out), whose place this is up to rounding.
func (r Resampler) Position(j int) float64 {
	if r.Interp == graph.BilinearAlign {
		if r.Out == 1 {
			return 0
		}
		return float64(j) * float64(r.In-1) / float64(r.Out-1)
	}
	return (float64(j)+0.5)*float64(r.In)/float64(r.Out) - 0.5
}

// taps returns the two input samples that output j mixes and the weight of the
// second, with no clamping: sample −1 or In may be named, as what is described
// is the interior.
func (r Resampler) taps(j int) (first int, weight float64) {
	if r.Interp == graph.Nearest {
		return j * r.In / r.Out, 0
	}
	u := r.Position(j)
	f := math.Floor(u)
	return int(f), u - f
}

// Variance returns the local variance of unit white noise after resampling,
// per output sample: (1−w)² + w², between ½ (blurred most) and 1 (copied).
func (r Resampler) Variance() []float64 {
	v := make([]float64, r.Out)
	for j := range v {
		_, w := r.taps(j)
		v[j] = w*w + (1-w)*(1-w)
	}
	return v
}

// Period returns the number of output samples after which the weights repeat.
func (r Resampler) Period() int {
	in, out := r.In, r.Out
	if r.Interp == graph.BilinearAlign {
		in, out = in-1, out-1
	}
	if out <= 0 {
		return 1
	}
	return out / gcd(in, out)
}

// VisiblePeriod returns the period of the strongest sinusoid in Variance, in
// output samples, and 0 where the blur is the same everywhere: what one sees,
// where Period is often long.
func (r Resampler) VisiblePeriod() float64 {
	v := r.Variance()
	n := len(v)
	if p := r.Period(); p < n {
		v = v[:n/p*p] // whole periods, so that nothing leaks
	}
	n = len(v)
	mean := 0.0
	for _, x := range v {
		mean += x / float64(n)
	}
	best, period := 1e-9*float64(n), 0.0
	for k := 1; k <= n/2; k++ {
		var re, im float64
		for j, x := range v {
			s, c := math.Sincos(2 * math.Pi * float64(j*k%n) / float64(n))
			re += (x - mean) * c
			im += (x - mean) * s
		}
		if a := math.Hypot(re, im); a > best {
			best, period = a*(1+1e-9), float64(n)/float64(k)
		}
	}
	return period
}

// A Band is a range of input frequencies, in cycles per sample.
type Band struct{ Low, High float64 }

// A Fate is what resampling does to the energy of a signal: Kept is what is
// still at its own frequency, Aliased what appears at others (folded, or as
// images where samples are added). Both are shares of the energy that came in; what
// is missing to 1 was smoothed away.
type Fate struct{ Kept, Aliased float64 }

// Spectrum returns the fate of a signal along one axis whose energy is spread
// evenly over band, by carrying a complex exponential of each of the In discrete
// frequencies through the weights. A frequency beyond what Out samples can hold is
// not kept, whatever its amplitude. Borders are left out: the axis is taken as
// periodic.
func (r Resampler) Spectrum(band Band) Fate {
	kept, total := r.response()
	var sum Fate
	n := 0.0
	for k := range kept {
		if f := float64(k) / float64(r.In); f < band.Low || f > band.High {
			continue
		}
		both := 2.0 // k and −k, which are one at 0 and at Nyquist
		if k == 0 || 2*k == r.In {
			both = 1
		}
		sum.Kept += both * kept[k]
		sum.Aliased += both * (total[k] - kept[k])
		n += both
	}
	if n == 0 {
		return Fate{}
	}
	return Fate{sum.Kept / n, sum.Aliased / n}
}

// response returns, for frequencies k = 0 … In/2 (in cycles per In samples), the
// share of energy that stays at k and that which leaves at any frequency.
func (r Resampler) response() (kept, total []float64) {
	kept, total = make([]float64, r.In/2+1), make([]float64, r.In/2+1)
	for k := range kept {
		omega := 2 * math.Pi * float64(k) / float64(r.In)
		var re, im, energy float64
		for j := range r.Out {
			i, w := r.taps(j)
			// y_j·exp(−iωu_j): the weights seen from the output sample's own place.
			u := r.Position(j)
			s0, c0 := math.Sincos(omega * (float64(i) - u))
			s1, c1 := math.Sincos(omega * (float64(i) + 1 - u))
			yr, yi := (1-w)*c0+w*c1, (1-w)*s0+w*s1
			re += yr
			im += yi
			energy += yr*yr + yi*yi
		}
		n := float64(r.Out)
		total[k] = energy / n
		if 2*k <= min(r.In, r.Out) {
			kept[k] = min((re*re+im*im)/(n*n), total[k])
		}
	}
	return kept, total
}

// Resampling describes a resize of a map, both axes: energies of white noise
// (all frequencies up to Nyquist alike) multiply over the axes.
func Resampling(interp graph.Interp, in, out graph.Size) []Sample {
	h, w := Resampler{interp, in.H, out.H}, Resampler{interp, in.W, out.W}
	all := Band{0, 0.5}
	fh, fw := h.Spectrum(all), w.Spectrum(all)
	kept := fh.Kept * fw.Kept
	aliased := (fh.Kept+fh.Aliased)*(fw.Kept+fw.Aliased) - kept
	lh, mh, hh := spread(h.Variance())
	lw, mw, hw := spread(w.Variance())
	return []Sample{
		{Metric: "resize-kept", Value: 100 * kept},
		{Metric: "resize-aliased", Value: 100 * aliased},
		{Metric: "blur-variance", Bin: "min", Value: lh * lw},
		{Metric: "blur-variance", Bin: "mean", Value: mh * mw},
		{Metric: "blur-variance", Bin: "max", Value: hh * hw},
		{Metric: "blur-period", Bin: "exact", Value: float64(max(h.Period(), w.Period()))},
		{Metric: "blur-period", Bin: "visible", Value: max(h.VisiblePeriod(), w.VisiblePeriod())},
	}
}

// resamplingOf describes every Resize node of g that does anything at input size
// in. A resize that
// feeds a join is binned by its level ("level0"), another by its node's name.
func resamplingOf(g *graph.Graph, in graph.Size) ([]Sample, error) {
	shapes, err := g.Infer(in)
	if err != nil {
		return nil, fmt.Errorf("resampling of %s: %w", g.Name, err)
	}
	joined := make([]bool, len(g.Nodes))
	for _, n := range g.Nodes {
		if n.Op == graph.Concat {
			for _, o := range n.In {
				joined[o.ID] = true
			}
		}
	}
	var out []Sample
	for _, n := range g.Nodes {
		if n.Op != graph.Resize || shapes[n.In[0].ID] == shapes[n.ID] {
			continue
		}
		bin := n.Name
		if joined[n.ID] {
			bin = fmt.Sprintf("level%d", n.Level)
		}
		for _, s := range Resampling(n.Interp, shapes[n.In[0].ID].Size(), shapes[n.ID].Size()) {
			if s.Bin != "" {
				s.Bin = "-" + s.Bin
			}
			s.Bin = bin + s.Bin
			out = append(out, s)
		}
	}
	return out, nil
}

func spread(v []float64) (low, mean, high float64) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, x := range v {
		low, high, mean = min(low, x), max(high, x), mean+x/float64(len(v))
	}
	return low, mean, high
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, 1)
}
