package claims

import (
	"context"
	"fmt"
	"image"
	"math"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/valid"
	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/tile"
)

// tiling is what is said of tiles that must agree with the whole image. Whether
// they do is a matter of wiring, so random weights decide it.
var tiling = []Claim{
	{
		ID: "ronneberger-sizes", Source: "Ronneberger et al. 2015", Said: "The network has 23 convolutional layers, predicts 388 px from 572, and there pools even sizes only.",
		Experiment: "The wiring of the paper's preset at 572 px.",
		Rule:       "23 convolutions, upsampling ones included, 388 px, and no pooling of an odd size",
		measure:    measurePaper,
		judge: func(f Figures) (bool, string) {
			n, out, odd := f.Get("convolutions").Value, f.Get("output of 572 px").Value, f.Get("odd sizes pooled").Value
			return n == 23 && out == 388 && odd == 0, fmt.Sprintf("%s convolutions, %s px, %s odd sizes", number(n), number(out), number(odd))
		},
	},
	{
		ID: "ronneberger-seamless", Source: "Ronneberger et al. 2015", Said: "The overlap-tile strategy allows the seamless segmentation of arbitrarily large images (572 px tiles that predict 388 px each).",
		Experiment: "The unpadded network with 4 poolings and random weights predicts a tile of 572 px of noise that lies 388 px, and 384 px, after the corner of a larger window; the largest difference on the pixels that both predict, in σ, over 3 seeds.",
		Rule:       "no difference at the paper's own stride of 388",
		measure:    measureSeamless,
		judge: func(f Figures) (bool, string) {
			v := f.Get("difference at stride 388").Value
			if v == 0 {
				return true, "the tiles agree to the last bit"
			}
			return false, fmt.Sprintf("they differ by up to %s σ, as 388 is no multiple of 16; at 384 by %s", number(v), number(f.Get("difference at stride 384").Value))
		},
	},
	{
		ID: "rumberger-stride", Source: "Rumberger et al. 2021", Said: "Tiles of a network of l poolings by f agree with each other if and only if they are laid at multiples of f^l.",
		Experiment: "Unpadded networks of 1 to 4 poolings and random weights predict a window of noise and the same moved by every stride from 1 to 2·2^l; what both predict is compared bit by bit, over 3 seeds.",
		Rule:       "equal at every multiple of 2^l and at no other stride",
		measure:    measureStrides,
		judge: func(f Figures) (bool, string) {
			n, bad := f.Get("strides tried").Value, f.Get("strides that contradict it").Value
			return n > 0 && bad == 0, fmt.Sprintf("%s of %s strides contradict it", number(bad), number(n))
		},
	},
	{
		ID: "majurski-halo", Source: "Majurski & Bajcsy 2021", Said: "Discarding half the receptive field at each tile edge, 96 px for the U-Net, gives inference without tiling error.",
		Experiment: "The padded network with 4 poolings and random weights predicts noise whole and in 2×2 tiles of 512 px, discarding 0 to 96 px at each inner edge; root mean square difference in σ, over 3 seeds.",
		Rule:       "0 at 96 px, and above 0 at every smaller radius of their sweep",
		measure:    measureHalo,
		judge: func(f Figures) (bool, string) {
			for r := 0; r < 96; r += 16 {
				if v := f.Get(radius(r)).Value; v == 0 {
					return false, fmt.Sprintf("%d px are enough already", r)
				}
			}
			last := f.Get(radius(96)).Value
			return last == 0, fmt.Sprintf("%s σ remain at 96 px, %s at 80", number(last), number(f.Get(radius(80)).Value))
		},
	},
	{
		ID: "csbdeep-overlap", Source: "CSBDeep (code)", Said: "An overlap of 9, 22, 46, 94 and 190 px is enough for U-Nets of 1 to 5 poolings and 3×3 kernels.",
		Experiment: "The halo of the padded network at 1 to 5 poolings, worked out from its wiring (property tests find the same by brute force).",
		Rule:       "no halo is larger than the table's value",
		measure:    measureTable,
		judge: func(f Figures) (bool, string) {
			short, exact := 0, 0
			for i, want := range csbdeep {
				h := f.Get(fmt.Sprintf("halo at %d poolings", i+1)).Value
				if h < 0 || h > want {
					short++
				} else if h == want {
					exact++
				}
			}
			return short == 0, fmt.Sprintf("%d of %d values are too small; %d are the least that do", short, len(csbdeep), exact)
		},
	},
	{
		ID: "pytorch-5927", Source: "pytorch/pytorch#5927", Said: "Bilinear upsampling with align_corners=True makes the output at a place depend on the size of the input.",
		Experiment: "The padded network with 3 poolings, bilinear upsampling and random weights sees the same noise in windows of 256 and 384 px; the largest difference in the middle, 64 px or more beyond the reach of both borders (σ of the logits), over 3 seeds.",
		Rule:       "above 0 with align_corners=True and 0 without",
		measure:    measureAlign,
		judge: func(f Figures) (bool, string) {
			a, b := f.Get("difference, aligned corners").Value, f.Get("difference, half-pixel centres").Value
			return a > 0 && b == 0, fmt.Sprintf("%s σ with aligned corners, %s with half-pixel centres", number(a), number(b))
		},
	},
}

var csbdeep = []float64{9, 22, 46, 94, 190}

// untrainedSeeds is how many draws of random weights are tried.
const untrainedSeeds = 3

// narrow is a network whose wiring is tried with random weights.
func narrow(pools, width int, up arch.Up) arch.Config {
	return arch.Config{In: 1, Classes: 2, Pools: pools, Width: width, Up: up, Padding: graph.PadZero, Interp: graph.Bilinear}
}

// window is the part of m of that side whose corner is at (at, at).
func window(m *graph.Map, at, side int) *graph.Map {
	x := graph.NewMap(graph.Shape{C: m.C, H: side, W: side})
	tile.Fill(x, m, image.Pt(at, at))
	return x
}

// differ compares a, whose corner is at (ay, ay) of some plane, with b at (by, by)
// on the square from lo to hi of that plane.
func differ(a, b *graph.Map, ay, by, lo, hi int) (most, rms float64) {
	n := 0
	for c := range a.C {
		p, q := a.Plane(c), b.Plane(c)
		for y := lo; y < hi; y++ {
			for x := lo; x < hi; x++ {
				d := math.Abs(float64(p[(y-ay)*a.W+x-ay]) - float64(q[(y-by)*b.W+x-by]))
				most, rms = max(most, d), rms+float64(d*d)
				n++
			}
		}
	}
	return most, math.Sqrt(rms / float64(n))
}

// spread is the standard deviation of m's values about their channels' means.
func spread(m *graph.Map) float64 {
	sum := 0.0
	for c := range m.C {
		p := m.Plane(c)
		mean := 0.0
		for _, v := range p {
			mean += float64(v) / float64(len(p))
		}
		for _, v := range p {
			sum += (float64(v) - mean) * (float64(v) - mean) / float64(len(m.Pix))
		}
	}
	return math.Sqrt(sum)
}

// moved predicts a window of noise and one that begins by that many px later,
// and gives the largest difference on what both predict, in σ.
func (l *Lab) moved(g *graph.Graph, w graph.Weights, img *graph.Map, in, grown, by int) (float64, error) {
	p := l.predictor(g, w)
	a, err := p.Predict(window(img, 0, in))
	if err != nil {
		return 0, err
	}
	b, err := p.Predict(window(img, by, grown))
	if err != nil {
		return 0, err
	}
	most, _ := differ(a, b, 0, by, by, min(a.H, by+b.H))
	return most / spread(a), nil
}

func measurePaper(context.Context, *Lab) (Figures, []string, error) {
	p, err := Original(bench.Reference)
	if err != nil {
		return nil, nil, err
	}
	s, err := p.Infer(graph.Square(PaperInput))
	if err != nil {
		return nil, nil, err
	}
	convs, odd := 0, 0
	for _, n := range p.Nodes {
		switch n.Op {
		case graph.Conv, graph.ConvTranspose:
			convs++
		case graph.MaxPool:
			odd += s[n.In[0].ID].H % 2
		}
	}
	return Figures{exact("convolutions", "", float64(convs)), exact("output of 572 px", "px", float64(s[p.Output().ID].H)), exact("odd sizes pooled", "", float64(odd))}, nil, nil
}

func measureSeamless(ctx context.Context, l *Lab) (Figures, []string, error) {
	g, err := valid.Arch.Build(narrow(4, 4, arch.Transposed))
	if err != nil {
		return nil, nil, err
	}
	var f Figures
	const wide = PaperInput + 112 // of the first window, so that a second one 388 px further shares pixels with it
	for _, stride := range []int{388, 384} {
		most := 0.0
		for s := range untrainedSeeds {
			d, err := l.moved(g, g.InitWeights(l.Seed+uint64(s)), noise(l.Seed+uint64(s), stride+wide), wide, PaperInput, stride)
			if err != nil {
				return nil, nil, err
			}
			most = max(most, d)
		}
		f = append(f, exact(fmt.Sprintf("difference at stride %d", stride), "σ", most))
	}
	return f, nil, ctx.Err()
}

func measureStrides(ctx context.Context, l *Lab) (Figures, []string, error) {
	tried, bad := 0, 0
	var notes []string
	for pools := 1; pools <= 4; pools++ {
		g, err := valid.Arch.Build(narrow(pools, 4, arch.Transposed))
		if err != nil {
			return nil, nil, err
		}
		sizes, err := g.Sizes()
		if err != nil {
			return nil, nil, err
		}
		step := 1 << pools
		in := sizes.H.Above(g.Footprint().H.Shrink + 3*step)
		var zero []int
		for stride := 1; stride <= 2*step; stride++ {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			equal := 0
			for s := range untrainedSeeds {
				d, err := l.moved(g, g.InitWeights(l.Seed+uint64(s)), noise(l.Seed+uint64(s), stride+in), in, in, stride)
				if err != nil {
					return nil, nil, err
				}
				if d == 0 {
					equal++
				}
			}
			tried++
			if equal == untrainedSeeds {
				zero = append(zero, stride)
			}
			if want := stride%step == 0; want && equal < untrainedSeeds || !want && equal > 0 {
				bad++
			}
		}
		notes = append(notes, fmt.Sprintf("With %d poolings the strides without difference are %v, of 1 to %d.", pools, zero, 2*step))
	}
	return Figures{exact("strides tried", "", float64(tried)), exact("strides that contradict it", "", float64(bad))}, notes, nil
}

func radius(px int) string { return fmt.Sprintf("RMSE, %d px discarded", px) }

func measureHalo(ctx context.Context, l *Lab) (Figures, []string, error) {
	g, err := padded.Arch.Build(narrow(4, 4, arch.Transposed))
	if err != nil {
		return nil, nil, err
	}
	geometry, err := tile.NewGeometry(g)
	if err != nil {
		return nil, nil, err
	}
	var f Figures
	for r := 0; r <= 96; r += 16 {
		side := 2*512 - 2*r // two tiles, which overlap by just that
		plan, err := tile.New(graph.Square(side), geometry, tile.Spec{Tile: 512, Overlap: 2 * r})
		if err != nil {
			return nil, nil, err
		}
		mean := 0.0
		for s := range untrainedSeeds {
			img := noise(l.Seed+uint64(s), side)
			p := l.predictor(g, g.InitWeights(l.Seed+uint64(s)))
			whole, err := p.Predict(img)
			if err != nil {
				return nil, nil, err
			}
			tiled, err := plan.Predict(p, img, 0)
			if err != nil {
				return nil, nil, err
			}
			_, rms := differ(whole, tiled, 0, 0, 0, side)
			mean += rms / spread(whole) / untrainedSeeds
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
		}
		f = append(f, exact(radius(r), "σ", mean))
	}
	return f, []string{fmt.Sprintf("The wiring says that %d px are the least that do.", geometry.H.HaloBefore)}, nil
}

func measureTable(context.Context, *Lab) (Figures, []string, error) {
	var f Figures
	for i := range csbdeep {
		g, err := padded.Arch.Build(narrow(i+1, 1, arch.Transposed))
		if err != nil {
			return nil, nil, err
		}
		h := g.Footprint().H
		f = append(f, exact(fmt.Sprintf("halo at %d poolings", i+1), "px", float64(max(h.HaloTop, h.HaloBottom))))
	}
	return f, nil, nil
}

func measureAlign(ctx context.Context, l *Lab) (Figures, []string, error) {
	var f Figures
	for _, x := range []struct {
		name   string
		interp graph.Interp
	}{{"difference, aligned corners", graph.BilinearAlign}, {"difference, half-pixel centres", graph.Bilinear}} {
		g, err := padded.Arch.Build(narrow(3, 4, arch.UpBilinear))
		if err != nil {
			return nil, nil, err
		}
		for _, n := range g.Nodes {
			if n.Op == graph.Resize {
				n.Interp = x.interp
			}
		}
		most := 0.0
		for s := range untrainedSeeds {
			img := noise(l.Seed+uint64(s), 384)
			p := l.predictor(g, g.InitWeights(l.Seed+uint64(s)))
			small, err := p.Predict(window(img, 64, 256))
			if err != nil {
				return nil, nil, err
			}
			large, err := p.Predict(img)
			if err != nil {
				return nil, nil, err
			}
			d, _ := differ(small, large, 64, 0, 64+64, 64+192)
			most = max(most, d/spread(large))
		}
		f = append(f, exact(x.name, "σ", most))
	}
	return f, nil, ctx.Err()
}
