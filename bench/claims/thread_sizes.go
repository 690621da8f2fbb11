package claims

import (
	"context"
	"fmt"
	"slices"

	"unetbench/bench"
	"unetbench/graph"
)

// PaperInput is the input side of the network that the thread speaks of, px.
const PaperInput = 572

// The sizes that the thread names: its claims, not ours.
var (
	saidCrop   = change{568, 392}
	saidTile   = change{512, 368}
	saidResize = change{56, 128}
)

const thread = "forum thread"

// threadSizes is what the wiring of the paper's network alone decides.
var threadSizes = []Claim{
	{
		ID: "thread-crop", Source: thread, Said: fmt.Sprintf("The skip is cropped from %d to %d.", saidCrop.from, saidCrop.to),
		Experiment: "The sizes of the paper's network at 572 px input, worked out from its wiring.",
		Rule:       "some skip of 568 px is cropped to 392",
		measure:    measureCrop,
		judge: func(f Figures) (bool, string) {
			to := f.Get("skip of 568 px, cropped").Value
			return to == float64(saidCrop.to), fmt.Sprintf("the skip of %d px is cropped to %s", saidCrop.from, number(to))
		},
	},
	{
		ID: "thread-loss", Source: thread, Said: "Unpadded n×n convolutions lose n−1 px, so the sizes differ.",
		Experiment: "Every n×n convolution of the paper's network at 572 px: its output beside its input.",
		Rule:       "every convolution with n > 1 loses n−1 px",
		measure:    measureLoss,
		judge: func(f Figures) (bool, string) {
			n, ok := f.Get("n×n convolutions").Value, f.Get("of them lose n−1 px").Value
			return n > 0 && n == ok, fmt.Sprintf("%s of %s do", number(ok), number(n))
		},
	},
	{
		ID: "thread-tile", Source: thread, Said: fmt.Sprintf("The original predicts %d×%d from each %d×%d.", saidTile.to, saidTile.to, saidTile.from, saidTile.from),
		Experiment: "The output side at 512 px input, and whether pooling leaves nothing over at that size.",
		Rule:       "512 is a legal side and gives 368",
		measure:    measureTile,
		judge: func(f Figures) (bool, string) {
			out, legal := f.Get("output of 512 px").Value, f.Get("512 is legal").Value
			return out == float64(saidTile.to) && legal == 1, fmt.Sprintf("512 px give %s", number(out))
		},
	},
	{
		ID: "thread-resize", Source: thread, Said: fmt.Sprintf("Resizing instead would need, say, bilinear %d→%d.", saidResize.from, saidResize.to),
		Experiment: "Every interpolation of resized-up and resized-skip at every legal input up to 2048 px.",
		Rule:       "56→128 occurs at some of them",
		measure:    measureResize,
		judge: func(f Figures) (bool, string) {
			n := f.Get("variants in which it occurs").Value
			return n > 0, fmt.Sprintf("it occurs in %s of 2 variants", number(n))
		},
	},
	{
		ID: "thread-mirror", Source: thread, Said: "The original predicts overlapping tiles, mirrored at the image's border, so nothing is lost: it is only computed in another tile.",
		Experiment: "The footprint of the paper's network: how many px at a tile's edge only its neighbour can know.",
		Rule:       "none, and each tile reads true context beyond its output",
		measure:    measureMirror,
		judge: func(f Figures) (bool, string) {
			halo, context := f.Get("halo").Value, f.Get("context").Value
			return halo == 0 && context > 0, fmt.Sprintf("each tile reads %s px beyond its output and %s px of the output are spoilt", number(context), number(halo))
		},
		catch: func(f Figures) string {
			out, rest, step := f.Get("stride of the paper's tiles").Value, f.Get("beyond a multiple of the step").Value, f.Get("step").Value
			if rest == 0 {
				return ""
			}
			return fmt.Sprintf("The paper's own stride does not: %s is %s more than a multiple of %s, so its tiles pool on shifted grids and do not meet exactly; %s would.", number(out), number(rest), number(step), number(out-rest))
		},
	},
}

// Sizes tries the claims that the wiring decides, for a report that needs no
// experiment.
func Sizes() ([]Result, error) {
	var out []Result
	for _, c := range threadSizes {
		r, err := c.Try(context.Background(), nil)
		if err != nil {
			return nil, fmt.Errorf("sizes of the paper's network: %w", err)
		}
		out = append(out, r)
	}
	return out, nil
}

func measureCrop(context.Context, *Lab) (Figures, []string, error) {
	p, err := Original(bench.Reference)
	if err != nil {
		return nil, nil, err
	}
	cs, err := p.changes(graph.Crop, PaperInput)
	if err != nil {
		return nil, nil, err
	}
	out, err := p.outputSide(PaperInput)
	if err != nil {
		return nil, nil, err
	}
	to := 0
	if i := slices.IndexFunc(cs, func(c change) bool { return c.from == saidCrop.from }); i >= 0 {
		to = cs[i].to
	}
	return Figures{exact("skip of 568 px, cropped", "px", float64(to))},
		[]string{fmt.Sprintf("At %d px input the crops are %s, and %d px come out.", PaperInput, changeList(cs), out)}, nil
}

func measureLoss(context.Context, *Lab) (Figures, []string, error) {
	p, err := Original(bench.Reference)
	if err != nil {
		return nil, nil, err
	}
	s, err := p.Infer(graph.Square(PaperInput))
	if err != nil {
		return nil, nil, err
	}
	n, lose := 0, 0
	for _, x := range p.Nodes {
		if x.Op == graph.Conv && x.Kernel[0] > 1 {
			n++
			if s[x.In[0].ID].H-s[x.ID].H == x.Kernel[0]-1 {
				lose++
			}
		}
	}
	return Figures{exact("n×n convolutions", "", float64(n)), exact("of them lose n−1 px", "", float64(lose))},
		[]string{fmt.Sprintf("True of all %d of them. Over the whole network that adds up to %d px, the same at every legal size: what is lost is a rim, not a share.", lose, p.Footprint().H.Shrink)}, nil
}

func measureTile(context.Context, *Lab) (Figures, []string, error) {
	p, err := Original(bench.Reference)
	if err != nil {
		return nil, nil, err
	}
	in := saidTile.from
	got, err := p.outputSide(in)
	if err != nil {
		return nil, nil, err
	}
	var notes []string
	legal := 1.0
	if !p.Sides.Legal(in) {
		legal = 0
		var near []change
		for _, n := range []int{p.Sides.Below(in), p.Sides.Above(in), PaperInput} {
			o, err := p.outputSide(n)
			if err != nil {
				return nil, nil, err
			}
			near = append(near, change{n, o})
		}
		notes = append(notes, fmt.Sprintf("%d is no legal side: those are %v, for instance %s. Run all the same, pooling drops a row and %d px come out.", in, p.Sides, changeList(near), got))
	}
	if n := saidTile.to + p.Footprint().H.Shrink; !p.Sides.Legal(n) {
		notes = append(notes, fmt.Sprintf("No legal input gives %d: it would take %d px, which is not legal either.", saidTile.to, n))
	}
	return Figures{exact("output of 512 px", "px", float64(got)), exact("512 is legal", "", legal)}, notes, nil
}

func measureResize(context.Context, *Lab) (Figures, []string, error) {
	const most = 2048
	var notes []string
	ever := 0
	for _, x := range []struct{ name, does string }{{"resized-up", "Enlarging the decoder"}, {"resized-skip", "Resizing the skip"}} {
		p, err := Original(x.name)
		if err != nil {
			return nil, nil, err
		}
		cs, err := p.changes(graph.Resize, PaperInput)
		if err != nil {
			return nil, nil, err
		}
		here, err := p.occurs(graph.Resize, saidResize, most)
		if err != nil {
			return nil, nil, err
		}
		if here {
			ever++
		}
		if x.name == "resized-up" { // the first is the logits' own
			joins := slices.Clone(cs[1:])
			slices.Reverse(joins)
			notes = append(notes, fmt.Sprintf("%s at %d px takes %s at the joins, and %v for the logits.", x.does, PaperInput, changeList(joins), cs[0]))
		} else {
			notes = append(notes, fmt.Sprintf("%s takes %s.", x.does, changeList(cs)))
		}
	}
	if ever == 0 {
		notes = append(notes, fmt.Sprintf("%v occurs at no join, at this or any other legal input up to %d px.", saidResize, most))
	}
	return Figures{exact("variants in which it occurs", "", float64(ever))}, notes, nil
}

func measureMirror(context.Context, *Lab) (Figures, []string, error) {
	p, err := Original(bench.Reference)
	if err != nil {
		return nil, nil, err
	}
	out, err := p.outputSide(PaperInput)
	if err != nil {
		return nil, nil, err
	}
	f := p.Footprint().H
	return Figures{
			exact("context", "px", float64(f.Shrink/2)), exact("halo", "px", float64(max(f.HaloTop, f.HaloBottom))), exact("step", "px", float64(f.Step)),
			exact("stride of the paper's tiles", "px", float64(out)), exact("beyond a multiple of the step", "px", float64(out%f.Step)),
		}, []string{fmt.Sprintf("Each tile reads %d px of context beyond its output on each side, so tiles meet without a seam wherever their origins advance by a multiple of the network's step, %d.", f.Shrink/2, f.Step)},
		nil
}
