package claims

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/tile"
)

// checkerboards is what is said of patterns that upsampling writes by itself.
var checkerboards = []Claim{
	{
		ID: "odena-overlap", Source: "Odena et al. 2016", Said: "A transposed convolution overlaps unevenly if and only if its kernel is not divisible by its stride.",
		Experiment: "A transposed convolution with kernel k and stride s, all weights 1, on a constant map: k from 1 to 8, s from 1 to 4, s ≤ k; even is one value beyond the border.",
		Rule:       "even exactly where s divides k",
		measure:    measureUneven,
		judge: func(f Figures) (bool, string) {
			n, bad := f.Get("pairs tried").Value, f.Get("pairs that contradict it").Value
			return n > 0 && bad == 0, fmt.Sprintf("%s of %s pairs contradict it", number(bad), number(n))
		},
	},
	{
		ID: "odena-even", Source: "Odena et al. 2016", Said: "Even where the overlap is even (2×2, stride 2), a transposed convolution writes a checkerboard, as nothing ties its phases together.",
		Experiment: "What the untrained padded network with 3 poolings makes of flat images, beyond the reach of its border: standard deviation in percent of that of its logits on an image, over 10 draws of the first weights.",
		Rule:       "the interval lies above 0",
		measure:    measurePatterned,
		judge: func(f Figures) (bool, string) {
			x := f.Get("checkerboard of transposed convolution")
			return x.Low > 0, fmt.Sprintf("the pattern has %s %% of the logits' standard deviation, interval %s to %s", number(x.Value), number(x.Low), number(x.High))
		},
	},
	{
		ID: "aitken-icnr", Source: "Aitken et al. 2017", Said: "PixelShuffle writes no checkerboard at initialisation when its phases start equal (ICNR), and does without.",
		Experiment: "What the untrained padded network with 3 poolings and PixelShuffle makes of flat images, beyond the reach of its border, its phases started equal and started apart: standard deviation in percent of that of its logits on an image, over 10 draws of the first weights.",
		Rule:       "in all draws below 1e−6 % with ICNR, where what is left is rounding, and above 1 % without",
		measure:    measureICNR,
		judge: func(f Figures) (bool, string) {
			with, without := f.Get("largest with ICNR").Value, f.Get("smallest without").Value
			return with < 1e-6 && without > 1, fmt.Sprintf("at most %s %% with it, at least %s %% without", number(with), number(without))
		},
	},
	{
		ID: "sugawara-smoothing", Source: "Sugawara et al. 2018, Kinoshita & Kiya 2020", Said: "A fixed smoothing (zero-order hold) layer after the upsampling prevents the checkerboard whatever the weights.",
		Experiment: "What the untrained padded network with 3 poolings makes of flat images, beyond the reach of its border, with PixelShuffle whose phases start apart, with and without a 2×2 average behind it, over 10 draws. Backward, along one axis, the gradient that a convolution with stride s hands to its input where that of its output is constant, with and without an average of s in front of it: kernels k from 1 to 8, s from 2 to 4, 10 draws of weights each.",
		Rule:       "with it less than a thousandth of what is there without: of the pattern in every draw, and of the gradient's largest spread (largest less smallest value, as a share of the largest magnitude) in any",
		measure:    measureSmoothed,
		judge: func(f Figures) (bool, string) {
			x, back := f.Get("largest ratio, smoothed to plain").Value, f.Get("gradient, smoothed to plain").Value
			return x < 1e-3 && back < 1e-3, fmt.Sprintf("at most %s of the pattern is left, and %s of the gradient's", number(x), number(back))
		},
	},
	{
		ID: "aitken-error", Source: "Aitken et al. 2017", Said: "PixelShuffle with ICNR ends with a lower test error than resize-convolution.", Trains: true,
		Experiment: fmt.Sprintf("Padded networks with 2 poolings trained for %d steps with PixelShuffle (ICNR) and with nearest ×2 and 1×1 convolution; Dice on whole images of %d px. The paper's task is super-resolution, this is segmentation.", labSteps, labSide),
		Rule:       "the interval of the difference in Dice lies above 0",
		measure:    measureUpsampling,
		judge: func(f Figures) (bool, string) {
			x := f.Get("Dice, shuffle − nearest")
			return x.Low > 0, decided(x)
		},
	},
}

// decided says where an interval lies.
func decided(x Figure) string {
	switch {
	case x.Low > 0:
		return fmt.Sprintf("the difference is %s %s, interval %s to %s", number(x.Value), x.Unit, number(x.Low), number(x.High))
	case x.High < 0:
		return fmt.Sprintf("it is the other way round: %s %s, interval %s to %s", number(x.Value), x.Unit, number(x.Low), number(x.High))
	}
	return fmt.Sprintf("undecided: %s %s, and the interval %s to %s holds 0; more seeds or a longer training would be needed", number(x.Value), x.Unit, number(x.Low), number(x.High))
}

// overlapCounts is the response of a 1-D transposed convolution with kernel k
// and stride s, all weights 1, to n ones: out[i·s + t] += 1.
func overlapCounts(n, k, s int) []int {
	out := make([]int, (n-1)*s+k)
	for i := range n {
		for t := range k {
			out[i*s+t]++
		}
	}
	return out
}

func measureUneven(context.Context, *Lab) (Figures, []string, error) {
	tried, bad := 0, 0
	for s := 1; s <= 4; s++ {
		for k := s; k <= 8; k++ {
			o := overlapCounts(20, k, s)
			even := true
			for _, v := range o[k : len(o)-k] {
				even = even && v == o[k]
			}
			tried++
			if even != (k%s == 0) {
				bad++
			}
		}
	}
	o := overlapCounts(20, 3, 2)
	return Figures{exact("pairs tried", "", float64(tried)), exact("pairs that contradict it", "", float64(bad))},
		[]string{fmt.Sprintf("With k = 3, s = 2 the response along one axis alternates %d, %d, %d, …; its square is the checkerboard.", o[4], o[5], o[6])}, nil
}

// flatDraws is how many draws of the first weights the patterns are taken over.
const flatDraws = 10

// pattern is bench's "checkerboard-flat" of an untrained network, in percent.
func (l *Lab) pattern(g *graph.Graph, seed uint64) (float64, error) {
	geometry, err := tile.NewGeometry(g)
	if err != nil {
		return 0, err
	}
	const side = 128
	img := noise(seed, side)
	plan, err := tile.Whole(img.Size(), geometry)
	if err != nil {
		return 0, err
	}
	p := l.predictor(g, g.InitWeights(seed))
	logits, err := plan.Predict(p, img, 0)
	if err != nil {
		return 0, err
	}
	e := &data.Example{Name: "noise", Image: img, H: side, W: side}
	samples, err := bench.Checkerboards(&bench.Case{Key: bench.Sample{Arm: g.Name}, Graph: g, Classes: 2, Plan: plan, Example: e, Predictor: p, Logits: logits})
	if err != nil {
		return 0, err
	}
	for _, s := range samples {
		if s.Metric == "checkerboard-flat" && s.Bin == "" {
			return s.Value, nil
		}
	}
	return 0, fmt.Errorf("%s, seed %d: the untrained network says the same everywhere, so there is nothing to measure a pattern by", g.Name, seed)
}

// patterns is pattern over the draws; apart starts the phases of PixelShuffle apart.
func (l *Lab) patterns(ctx context.Context, up arch.Up, apart bool) ([]float64, error) {
	g, err := padded.Arch.Build(narrow(3, 8, up))
	if err != nil {
		return nil, err
	}
	if apart {
		for i := range g.Params {
			g.Params[i].Init.Repeat = 1
		}
	}
	var out []float64
	for s := range flatDraws {
		v, err := l.pattern(g, l.Seed+uint64(s))
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, ctx.Err()
}

// column makes one column of v, for estimated.
func column(v []float64) [][]float64 {
	var d [][]float64
	for _, x := range v {
		d = append(d, []float64{x})
	}
	return d
}

func measurePatterned(ctx context.Context, l *Lab) (Figures, []string, error) {
	v, err := l.patterns(ctx, arch.Transposed, false)
	if err != nil {
		return nil, nil, err
	}
	return Figures{estimated("checkerboard of transposed convolution", "%", column(v), 1)}, nil, nil
}

func measureICNR(ctx context.Context, l *Lab) (Figures, []string, error) {
	with, err := l.patterns(ctx, arch.UpShuffle, false)
	if err != nil {
		return nil, nil, err
	}
	without, err := l.patterns(ctx, arch.UpShuffle, true)
	if err != nil {
		return nil, nil, err
	}
	most, least := 0.0, without[0]
	for i := range with {
		most, least = max(most, with[i]), min(least, without[i])
	}
	return Figures{exact("largest with ICNR", "%", most), exact("smallest without", "%", least), estimated("without", "%", column(without), 1)}, nil, nil
}

func measureSmoothed(ctx context.Context, l *Lab) (Figures, []string, error) {
	smooth, err := l.patterns(ctx, arch.UpShuffleBlur, true)
	if err != nil {
		return nil, nil, err
	}
	plain, err := l.patterns(ctx, arch.UpShuffle, true)
	if err != nil {
		return nil, nil, err
	}
	ratio := 0.0
	for i := range smooth {
		if plain[i] == 0 {
			return nil, nil, fmt.Errorf("draw %d writes no pattern to be smoothed", i)
		}
		ratio = max(ratio, smooth[i]/plain[i])
	}
	most, least := l.gradientSpreads()
	return Figures{exact("largest ratio, smoothed to plain", "", ratio), estimated("plain", "%", column(plain), 1),
			exact("gradient, smoothed to plain", "", most/least), exact("gradient, smallest spread without", "", least)},
		[]string{"What little is left is rounding: the four phases are added in another order."}, nil
}

// gradientSpreads are the largest spread of the gradient before a strided
// convolution with smoothing in front of it, and the smallest without.
func (l *Lab) gradientSpreads() (smooth, plain float64) {
	r := rand.New(rand.NewPCG(l.Seed, 0))
	plain = math.Inf(1)
	for s := 2; s <= 4; s++ {
		for k := 1; k <= 8; k++ {
			for range flatDraws {
				w := make([]float64, k)
				for i := range w {
					w[i] = r.NormFloat64()
				}
				g := backThrough(w, s, slices.Repeat([]float64{1}, 20))
				plain = min(plain, uneven(g[k:len(g)-k]))
				h := backThrough(slices.Repeat([]float64{1 / float64(s)}, s), 1, g)
				smooth = max(smooth, uneven(h[k+s:len(h)-k-s]))
			}
		}
	}
	return smooth, plain
}

// backThrough is the gradient at the input of a convolution along one axis with
// weights w and that stride, for a gradient dy at its output.
func backThrough(w []float64, stride int, dy []float64) []float64 {
	dx := make([]float64, (len(dy)-1)*stride+max(len(w), stride))
	for i, d := range dy {
		for t, v := range w {
			dx[i*stride+t] += float64(v * d)
		}
	}
	return dx
}

// uneven is the largest less the smallest value, as a share of the largest magnitude.
func uneven(v []float64) float64 {
	lo, hi := slices.Min(v), slices.Max(v)
	return (hi - lo) / max(hi, -lo)
}

func measureUpsampling(ctx context.Context, l *Lab) (Figures, []string, error) {
	dice := map[arch.Up][][]float64{}
	for _, up := range []arch.Up{arch.UpShuffle, arch.UpNearest} {
		c := labNet()
		c.Up = up
		p, err := pupilOf("padded "+up.String(), "padded", c)
		if err != nil {
			return nil, nil, err
		}
		v, err := l.each(ctx, p, func(w graph.Weights, e *data.Example) (map[string]float64, error) {
			return l.scored(p.graph, l.predictor(p.graph, w), e, tile.Spec{})
		})
		if err != nil {
			return nil, nil, err
		}
		dice[up] = v["dice"]
	}
	return Figures{
		estimated("Dice, shuffle − nearest", "points", minus(dice[arch.UpShuffle], dice[arch.UpNearest]), 1),
		estimated("Dice, shuffle", "%", dice[arch.UpShuffle], 1),
	}, nil, nil
}
