package claims

import (
	"context"
	"fmt"

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

// mosaic is a square image so large that its borders hardly count, px.
const mosaic = 8192

// threadWork is what the thread says of overlap, decided by counting.
var threadWork = []Claim{
	{
		ID: "thread-overlap", Source: thread, Said: "Overlap costs extra work.",
		Experiment: fmt.Sprintf("The multiply-accumulates of the paper's network on an image of %d² px in tiles of 316 to 2044 px, counted node by node; repeated are those at a position that an earlier tile has computed.", mosaic),
		Rule:       fmt.Sprintf("at 572 px at least %g %% are repeated", NoticeableShare),
		measure:    measureOverlap,
		judge: func(f Figures) (bool, string) {
			share := f.Get("repeated in tiles of 572 px").Value
			return share >= NoticeableShare, fmt.Sprintf("%s %% of the work at 572 px is repeated, and less in larger tiles", number(share))
		},
	},
	{
		ID: "thread-layers", Source: thread, Said: "The overlapping pixels are only processed by the initial layers.",
		Experiment: "The same work in tiles of 572 px, by resolution level, both sides of the U together.",
		Rule:       fmt.Sprintf("at least %d %% of what is repeated is repeated at full resolution, before the first pooling", InitialShare),
		measure:    measureLayers,
		judge: func(f Figures) (bool, string) {
			share := f.Get("repeated at level 0").Value
			return share >= InitialShare, fmt.Sprintf("%s %% of it is; the rest lies deeper", number(share))
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

// paperWork counts the paper's network on the mosaic in tiles of that side.
func paperWork(side int) (bench.Overlap, error) {
	p, err := Original(bench.Reference)
	if err != nil {
		return bench.Overlap{}, err
	}
	g, err := tile.NewGeometry(p.Graph)
	if err != nil {
		return bench.Overlap{}, err
	}
	plan, err := tile.New(graph.Square(mosaic), g, tile.Spec{Tile: side})
	if err != nil {
		return bench.Overlap{}, err
	}
	return bench.OverlapCost(p.Graph, plan)
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
