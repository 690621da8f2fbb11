package claims

import (
	"context"
	"fmt"
	"math"
	"strings"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/tile"
)

// What counts as extra work, and as work of the initial layers alone, in percent.
const (
	NoticeableShare = 0.5
	InitialShare    = 95
)

// acrossMosaic is how many tiles lie along each side of an image that work is
// counted on: so many that its borders hardly count.
const acrossMosaic = 8

// threadWork is what the thread says of overlap, decided by counting.
var threadWork = []Claim{
	{
		ID: "thread-overlap", Source: thread, Said: "Overlap costs extra work.",
		Experiment: fmt.Sprintf("The multiply-accumulates of the paper's network in tiles of 316 to 2044 px on an image that %d×%d of them just cover, counted node by node; repeated are those at a position that an earlier tile has computed.", acrossMosaic, acrossMosaic),
		Rule:       fmt.Sprintf("at 572 px at least %g %% are repeated", NoticeableShare),
		measure:    measureOverlap,
		judge: func(f Figures) (bool, string) {
			share := f.Get("repeated in tiles of 572 px").Value
			return share >= NoticeableShare, fmt.Sprintf("%s %% of the work at 572 px is repeated, %s %% at 2044", number(share), number(f.Get("repeated in tiles of 2044 px").Value))
		},
	},
	{
		ID: "thread-layers", Source: thread, Said: "The overlapping pixels are only processed by the initial layers.",
		Experiment: fmt.Sprintf("The multiply-accumulates that the paper's network repeats in %d×%d tiles of 572 px, by resolution level, both sides of the U together.", acrossMosaic, acrossMosaic),
		Rule:       fmt.Sprintf("at least %d %% of what is repeated is repeated at full resolution", InitialShare),
		measure:    measureLayers,
		judge: func(f Figures) (bool, string) {
			share := f.Get("repeated at level 0").Value
			return share >= InitialShare, fmt.Sprintf("%s %% of it is; the rest lies deeper", number(share))
		},
	},
	{
		ID: "thread-harm", Source: thread, Said: "Resizing brings artifacts and loses information.",
		Experiment: "The joins of resized-skip and resized-up in the paper's network at 572 px: what their interpolation does to white noise, and how far it puts skip and decoder out of register. What that costs in accuracy is thread-hunch.",
		Rule:       "every join moves or removes some of the energy and puts the two maps at least 1 px apart at the edge",
		measure:    measureHarm,
		judge: func(f Figures) (bool, string) {
			least, most := f.Get("least distance at the edge").Value, f.Get("most energy left").Value
			return least >= 1 && most < 100, fmt.Sprintf("at most %s %% of the energy stays where it was, and the maps lie at least %s px apart at the edge", number(most), number(least))
		},
	},
	{
		ID: "thread-pad", Source: thread, Said: "The fastai U-Net pads and upsamples by PixelShuffle, so it needs neither crop nor tiles.",
		Experiment: "The wiring of the padded network with PixelShuffle: its crops, its resizes, its legal sides and its halo.",
		Rule:       "it has no crop and no resize at its legal sides",
		measure:    measurePad,
		judge: func(f Figures) (bool, string) {
			n := f.Get("crops and resizes").Value
			return n == 0, fmt.Sprintf("it has %s crops and resizes", number(n))
		},
		catch: func(f Figures) string {
			return fmt.Sprintf("An image that does not fit into memory takes tiles all the same, and then %s px at each inner edge have to be discarded for the tiles to meet exactly.", number(f.Get("halo").Value))
		},
	},
}

// measureHarm is what each join's interpolation does by itself.
func measureHarm(context.Context, *Lab) (Figures, []string, error) {
	var f Figures
	most, least := 0.0, math.Inf(1)
	for _, name := range []string{"resized-skip", "resized-up"} {
		p, err := Original(name)
		if err != nil {
			return nil, nil, err
		}
		ms, err := p.Misregistrations(graph.Square(PaperInput))
		if err != nil {
			return nil, nil, err
		}
		for _, m := range ms {
			least = min(least, m.AccumEdge)
			f = append(f, exact(fmt.Sprintf("%s, level %d: skip and decoder apart at the edge", name, m.Level), "px", m.AccumEdge))
		}
		g, err := tile.NewGeometry(p.Graph)
		if err != nil {
			return nil, nil, err
		}
		out, err := p.outputSide(PaperInput)
		if err != nil {
			return nil, nil, err
		}
		plan, err := tile.Whole(graph.Square(out), g)
		if err != nil {
			return nil, nil, err
		}
		samples, err := bench.Resamplings(&bench.Case{Key: bench.Sample{Arm: name}, Graph: p.Graph, Plan: plan})
		if err != nil {
			return nil, nil, err
		}
		for _, s := range samples {
			if s.Metric == "resize-kept" {
				most = max(most, s.Value)
				f = append(f, exact(fmt.Sprintf("%s, %s: energy of white noise left where it was", name, strings.Replace(s.Bin, "level", "level ", 1)), "%", s.Value))
			}
		}
	}
	return append(f, exact("least distance at the edge", "px", least), exact("most energy left", "%", most)), nil, nil
}

// mosaicWork counts g on a square image that tiles of that side just cover, so
// that none overlaps its neighbour by more than the others do.
func mosaicWork(g *graph.Graph, side, overlap int) (bench.Overlap, error) {
	geometry, err := tile.NewGeometry(g)
	if err != nil {
		return bench.Overlap{}, err
	}
	out := side - geometry.H.Before - geometry.H.After
	stride := (out - overlap) / geometry.H.Step * geometry.H.Step
	plan, err := tile.New(graph.Square((acrossMosaic-1)*stride+out), geometry, tile.Spec{Tile: side, Overlap: overlap})
	if err != nil {
		return bench.Overlap{}, err
	}
	return bench.OverlapCost(g, plan)
}

// paperWork counts the paper's network on the mosaic in tiles of that side.
func paperWork(side int) (bench.Overlap, error) {
	p, err := Original(bench.Reference)
	if err != nil {
		return bench.Overlap{}, err
	}
	return mosaicWork(p.Graph, side, 0)
}

func measureOverlap(context.Context, *Lab) (Figures, []string, error) {
	var f Figures
	for _, side := range []int{316, PaperInput, 1020, 2044} {
		o, err := paperWork(side)
		if err != nil {
			return nil, nil, err
		}
		f = append(f, exact(fmt.Sprintf("repeated in tiles of %d px", side), "%", 100*float64(o.MACs.Repeated)/float64(o.MACs.Total())),
			exact(fmt.Sprintf("all work in tiles of %d px", side), "MMAC per px", float64(o.MACs.Total())/float64(o.Pixels)/1e6))
	}
	p, err := Original(bench.Reference)
	if err != nil {
		return nil, nil, err
	}
	c, err := p.TotalCost(graph.Square(PaperInput))
	if err != nil {
		return nil, nil, err
	}
	return f, []string{"Tiles advance by the largest multiple of 16 that leaves no gap: 384 px at 572.", fmt.Sprintf("One tile of %d px takes %.1f GMAC.", PaperInput, float64(c.MACs)/1e9)}, nil
}

func measureLayers(context.Context, *Lab) (Figures, []string, error) {
	o, err := paperWork(PaperInput)
	if err != nil {
		return nil, nil, err
	}
	var f Figures
	for _, l := range o.Levels() {
		f = append(f, exact(fmt.Sprintf("repeated at level %d", l.Level), "%", 100*float64(l.MACs.Repeated)/float64(o.MACs.Repeated)))
	}
	return f, nil, nil
}

func measurePad(context.Context, *Lab) (Figures, []string, error) {
	c := arch.Ronneberger2015()
	c.Up = arch.UpShuffle
	g, err := padded.Arch.Build(c)
	if err != nil {
		return nil, nil, err
	}
	n := 0
	for _, x := range g.Nodes {
		if x.Op == graph.Crop || x.Op == graph.Resize {
			n++
		}
	}
	s, err := g.Sizes()
	if err != nil {
		return nil, nil, err
	}
	h := g.Footprint().H
	return Figures{exact("crops and resizes", "", float64(n)), exact("halo", "px", float64(max(h.HaloTop, h.HaloBottom)))},
		[]string{fmt.Sprintf("Its legal sides are %v.", s.H)}, nil
}
