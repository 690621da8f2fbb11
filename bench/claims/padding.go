package claims

import (
	"context"
	"fmt"
	"math"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/tile"
	"unetbench/internal/train"
)

// equivalent is the margin within which two Dice scores or error rates count as
// one, in points: that of the comparison.
var equivalent = bench.Defaults().Margin

// padding is what is said of what stands beyond the border.
var padding = []Claim{
	{
		ID: "islam-position", Source: "Islam et al. 2020, 2021", Said: "Zero padding tells a network where it is, more so the nearer to the border.",
		Experiment: "What an untrained padded network with 3 poolings and nearest upsampling makes of flat images of 160 px, for each kind of padding: the pixels whose logits differ from the centre's, over 3 seeds. On a flat image nothing but the padding tells one place from another.",
		Rule:       "some do with zero padding and none with reflect, replicate and circular; and the deviation is larger within 8 px of the border than beyond",
		measure:    measurePosition,
		judge: func(f Figures) (bool, string) {
			zero := f.Get("px that differ, zero").Value
			near, far := f.Get("deviation within 8 px, zero").Value, f.Get("deviation at 16 px and more, zero").Value
			none := f.Get("px that differ, reflect").Value == 0 && f.Get("px that differ, replicate").Value == 0 && f.Get("px that differ, circular").Value == 0
			other := "none with the others"
			if !none {
				other = "but some with the others too"
			}
			return zero > 0 && none && near > far, fmt.Sprintf("with zero padding %s %% of the pixels differ, by %s σ near the border and %s further in; %s", number(zero), number(near), number(far), other)
		},
	},
	{
		ID: "kayhan-location", Source: "Kayhan & van Gemert 2020", Said: "Networks exploit absolute location far from the border, and convolutions without border effects do not.", Trains: true,
		Experiment: "Padded networks with 3 poolings are trained for 300 steps to tell, in 96 px of noise, the central 48 px from the frame around them: a border 24 px from the image's, that only location reveals. Zero padding against circular, which stands for the paper's full convolution; error on 4 fresh images, 4 seeds.",
		Rule:       "with zero padding the error is below half of 25 %, that of a constant guess, and that with circular padding is higher beyond the interval",
		measure:    measureLocation,
		judge: func(f Figures) (bool, string) {
			zero, d := f.Get("error, zero"), f.Get("error, circular − zero")
			return zero.Value < 12.5 && d.Low > 0, fmt.Sprintf("the error is %s %% with zero padding and %s points higher with circular (interval %s to %s)", number(zero.Value), number(d.Value), number(d.Low), number(d.High))
		},
	},
	{
		ID: "alsallakh-uneven", Source: "Alsallakh et al. 2021", Said: "Where a strided convolution does not consume all padding (k = 3, p = 1, s = 2 on an even side), padding acts on one side only; where it does, on both alike.",
		Experiment: "A 3×3, stride 2, padding 1 convolution, all weights 1, on constant maps of 8 to 71 px: its first and last output. Only the mechanism is tried; that training then gives asymmetric filters is not.",
		Rule:       "first and last differ exactly on the even sides",
		measure:    measureUnevenPadding,
		judge: func(f Figures) (bool, string) {
			n, bad := f.Get("sides tried").Value, f.Get("sides that contradict it").Value
			return n > 0 && bad == 0, fmt.Sprintf("%s of %s sides contradict it", number(bad), number(n))
		},
	},
	{
		ID: "liu-modes", Source: "Liu et al. 2018", Said: "Reflect and replicate padding are no better than zero padding.", Trains: true,
		Experiment: fmt.Sprintf("Padded networks with 2 poolings trained for %d steps with each kind of padding; Dice on whole images of %d px. (The paper's own partial convolution is another claim.)", labSteps, labSide),
		Rule:       fmt.Sprintf("neither interval of the difference in Dice reaches above %g points", equivalent),
		measure:    measureModes,
		judge: func(f Figures) (bool, string) {
			a, b := f.Get("Dice, reflect − zero"), f.Get("Dice, replicate − zero")
			why := fmt.Sprintf("reflect is %s points above zero padding (interval %s to %s), replicate %s (%s to %s)", number(a.Value), number(a.Low), number(a.High), number(b.Value), number(b.Low), number(b.High))
			if a.High <= equivalent && b.High <= equivalent {
				return true, why
			}
			if a.Low <= 0 && b.Low <= 0 {
				why = "undecided: " + why + "; more seeds would be needed"
			}
			return false, why
		},
	},
	{
		ID: "niemitalo-crop", Source: "Niemitalo et al. 2025", Said: "Kinds of padding differ at the border, and cropping a few pixels erases the difference.", Trains: true,
		Experiment: fmt.Sprintf("Padded networks with 2 poolings trained for %d steps with zero and with reflect padding: the share of wrong pixels of the one less that of the other, by distance to the image border.", labSteps),
		Rule:       fmt.Sprintf("within 2 px the interval excludes 0; at 8 px and more both intervals lie within ±%g points", equivalent),
		measure:    measureCropping,
		judge: func(f Figures) (bool, string) {
			near, mid, far := f.Get("error, zero − reflect, 0-2 px"), f.Get("error, zero − reflect, 8-16 px"), f.Get("error, zero − reflect, 32+ px")
			differs := near.Low > 0 || near.High < 0
			within := func(x Figure) bool { return x.Low >= -equivalent && x.High <= equivalent }
			erased := within(mid) && within(far)
			why := fmt.Sprintf("within 2 px the difference is %s points (interval %s to %s), at 8 to 16 px %s (%s to %s)", number(near.Value), number(near.Low), number(near.High), number(mid.Value), number(mid.Low), number(mid.High))
			switch {
			case !differs:
				why = "undecided: no difference to erase is shown; " + why
			case mid.Low > equivalent || mid.High < -equivalent || far.Low > equivalent || far.High < -equivalent:
				why = "it is not erased: " + why
			case !erased:
				why = "undecided: whether it is erased stays open; " + why
			}
			return differs && erased, why
		},
	},
}

var paddings = []graph.Padding{graph.PadZero, graph.PadReflect, graph.PadReplicate, graph.PadCircular}

func measurePosition(ctx context.Context, l *Lab) (Figures, []string, error) {
	const side = 160
	var f Figures
	var near, far float64
	for _, kind := range paddings {
		c := narrow(3, 8, arch.UpNearest) // which has no pattern of its own
		c.Padding = kind
		g, err := padded.Arch.Build(c)
		if err != nil {
			return nil, nil, err
		}
		differ, reach := 0.0, 0
		for s := range untrainedSeeds {
			p := l.predictor(g, g.InitWeights(l.Seed+uint64(s)))
			flat, err := bench.FlatResponse(p, graph.Shape{C: 1, H: side, W: side}, 1)
			if err != nil {
				return nil, nil, err
			}
			img, err := p.Predict(noise(l.Seed+uint64(s), side))
			if err != nil {
				return nil, nil, err
			}
			d := fromCentre(flat)
			scale := spread(img)
			var sum [2]float64
			var n [2]int
			for i, v := range d {
				y, x := i/side, i%side
				at := min(y, x, side-1-y, side-1-x)
				if v > 0 {
					differ += 100 / float64(len(d)*untrainedSeeds)
					reach = max(reach, at+1)
				}
				switch {
				case at < 8:
					sum[0], n[0] = sum[0]+v, n[0]+1
				case at >= 16:
					sum[1], n[1] = sum[1]+v, n[1]+1
				}
			}
			if kind == graph.PadZero {
				near += sum[0] / float64(n[0]) / scale / untrainedSeeds
				far += sum[1] / float64(n[1]) / scale / untrainedSeeds
			}
		}
		f = append(f, exact("px that differ, "+kind.String(), "%", differ), exact("deepest of them, "+kind.String(), "px", float64(reach)))
	}
	f = append(f, exact("deviation within 8 px, zero", "σ", near), exact("deviation at 16 px and more, zero", "σ", far))
	return f, nil, ctx.Err()
}

// fromCentre is, per pixel, the largest difference over channels from the pixel
// in the middle.
func fromCentre(m *graph.Map) []float64 {
	d := make([]float64, m.H*m.W)
	for c := range m.C {
		p := m.Plane(c)
		for i, v := range p {
			d[i] = max(d[i], math.Abs(float64(v)-float64(p[m.H/2*m.W+m.W/2])))
		}
	}
	return d
}

// frames are images of noise whose label 1 is the frame around the middle half.
func frames(seed uint64, n, side int) []data.Example {
	labels := make([]uint8, side*side)
	for i := range labels {
		if y, x := i/side, i%side; min(y, x) < side/4 || max(y, x) >= side-side/4 {
			labels[i] = 1
		}
	}
	var out []data.Example
	for i := range n {
		out = append(out, data.Example{Name: fmt.Sprintf("noise%d", i), Image: noise(seed<<16+uint64(i), side), Labels: labels, H: side, W: side})
	}
	return out
}

func measureLocation(ctx context.Context, l *Lab) (Figures, []string, error) {
	const side = 96
	seeds := min(l.seeds(), 4)
	fresh := frames(l.Seed+1, 4, side)
	wrong := map[graph.Padding][][]float64{}
	for _, kind := range []graph.Padding{graph.PadZero, graph.PadCircular} {
		c := arch.Default()
		c.Padding = kind
		g, err := padded.Arch.Build(c)
		if err != nil {
			return nil, nil, err
		}
		p := pupil{"location " + kind.String(), g, train.Window{In: side, Out: side}}
		for s := range seeds {
			w, err := l.teachOn(ctx, p, l.Seed+uint64(s), frames(l.Seed, 32, side), side, 300)
			if err != nil {
				return nil, nil, err
			}
			var row []float64
			for i := range fresh {
				v, err := l.scored(g, l.predictor(g, w), &fresh[i], tile.Spec{})
				if err != nil {
					return nil, nil, err
				}
				row = append(row, v["error"])
			}
			wrong[kind] = append(wrong[kind], row)
		}
	}
	return Figures{
		estimated("error, zero", "%", wrong[graph.PadZero], 1),
		estimated("error, circular", "%", wrong[graph.PadCircular], 1),
		estimated("error, circular − zero", "points", minus(wrong[graph.PadCircular], wrong[graph.PadZero]), 1),
	}, nil, nil
}

func measureUnevenPadding(context.Context, *Lab) (Figures, []string, error) {
	tried, bad := 0, 0
	const k, pad, stride = 3, 1, 2
	for n := 8; n < 72; n++ {
		var out []int // along one axis; the other is alike
		for at := -pad; at+k <= n+pad; at += stride {
			inside := 0
			for t := range k {
				if at+t >= 0 && at+t < n {
					inside++
				}
			}
			out = append(out, inside)
		}
		tried++
		if (out[0] != out[len(out)-1]) != (n%2 == 0) {
			bad++
		}
	}
	return Figures{exact("sides tried", "", float64(tried)), exact("sides that contradict it", "", float64(bad))}, nil, nil
}

// modes trains the padded network with one kind of padding, and scores it.
func (l *Lab) modes(ctx context.Context, kind graph.Padding) (map[string][][]float64, error) {
	c := labNet()
	c.Padding = kind
	p, err := pupilOf("padded "+kind.String(), "padded", c)
	if err != nil {
		return nil, err
	}
	return l.each(ctx, p, func(w graph.Weights, e *data.Example) (map[string]float64, error) {
		return l.scored(p.graph, l.predictor(p.graph, w), e, tile.Spec{})
	})
}

func measureModes(ctx context.Context, l *Lab) (Figures, []string, error) {
	zero, err := l.modes(ctx, graph.PadZero)
	if err != nil {
		return nil, nil, err
	}
	f := Figures{estimated("Dice, zero", "%", zero["dice"], 1)}
	for _, kind := range []graph.Padding{graph.PadReflect, graph.PadReplicate} {
		v, err := l.modes(ctx, kind)
		if err != nil {
			return nil, nil, err
		}
		f = append(f, estimated(fmt.Sprintf("Dice, %v − zero", kind), "points", minus(v["dice"], zero["dice"]), 2))
	}
	return f, nil, nil
}

func measureCropping(ctx context.Context, l *Lab) (Figures, []string, error) {
	zero, err := l.modes(ctx, graph.PadZero)
	if err != nil {
		return nil, nil, err
	}
	reflect, err := l.modes(ctx, graph.PadReflect)
	if err != nil {
		return nil, nil, err
	}
	var f Figures
	for _, bin := range bench.DistanceBins {
		m := "error:border " + bin
		f = append(f, estimated(fmt.Sprintf("error, zero − reflect, %s px", bin), "points", minus(zero[m], reflect[m]), 1))
	}
	return f, nil, nil
}
