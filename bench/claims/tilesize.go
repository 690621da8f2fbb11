package claims

import (
	"context"
	"fmt"

	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/tile"
)

// tileSizes is what is said of the tile's size at inference.
var tileSizes = []Claim{
	{
		ID: "reina-tiles", Source: "Reina et al. 2020", Said: "Tiling alters predictions, and the largest tile, best the whole image, is the most accurate.", Trains: true,
		Experiment: fmt.Sprintf("Of %s, each predicts images of %d px whole and in tiles of 96, 48 and 24 px that touch; Dice.", paddedNets, labSide),
		Rule:       "Dice rises with the tile, and the whole image's exceeds that of the smallest tile beyond the interval",
		measure:    measureTiles,
		judge: func(f Figures) (bool, string) {
			a, b, c := f.Get("Dice, whole − 96 px"), f.Get("Dice, whole − 48 px"), f.Get("Dice, whole − 24 px")
			rises := 0 <= a.Value && a.Value <= b.Value && b.Value <= c.Value
			return rises && c.Low > 0, fmt.Sprintf("whole exceeds 96, 48 and 24 px by %s, %s and %s points; the last has the interval %s to %s", number(a.Value), number(b.Value), number(c.Value), number(c.Low), number(c.High))
		},
	},
	{
		ID: "huang-tiles", Source: "Huang et al. 2018", Said: "A larger input at inference is much cheaper and brings a modest gain in accuracy.", Trains: true,
		Experiment: fmt.Sprintf("Of %s, each predicts images of %d px whole and in tiles of 96 and 48 px that overlap by 16 px: Dice, and multiply-accumulates per pixel on an image that %d×%d of them just cover.", paddedNets, labSide, acrossMosaic, acrossMosaic),
		Rule:       "the smallest tiles cost at least 1.5 times what the whole does, and the gain in Dice has an interval above 0 and a mean below 2 points",
		measure:    measureLarger,
		judge: func(f Figures) (bool, string) {
			cost, gain := f.Get("cost of 48 px over whole").Value, f.Get("Dice, whole − 48 px")
			why := fmt.Sprintf("48 px cost %s times the whole; %s", number(cost), decided(gain))
			return cost >= 1.5 && gain.Low > 0 && gain.Value < 2, why
		},
	},
}

// inTiles scores the padded network with zero padding, laid out as spec says.
func (l *Lab) inTiles(ctx context.Context, spec tile.Spec) (pupil, [][]float64, error) {
	p, err := pupilOf("padded zero", "padded", labNet())
	if err != nil {
		return p, nil, err
	}
	v, err := l.each(ctx, p, func(w graph.Weights, e *data.Example) (map[string]float64, error) {
		return l.scored(p.graph, l.predictor(p.graph, w), e, spec)
	})
	return p, v["dice"], err
}

func measureTiles(ctx context.Context, l *Lab) (Figures, []string, error) {
	_, whole, err := l.inTiles(ctx, tile.Spec{})
	if err != nil {
		return nil, nil, err
	}
	f := Figures{estimated("Dice, whole", "%", whole, 1)}
	for _, side := range []int{96, 48, 24} {
		_, d, err := l.inTiles(ctx, tile.Spec{Tile: side})
		if err != nil {
			return nil, nil, err
		}
		f = append(f, estimated(fmt.Sprintf("Dice, whole − %d px", side), "points", minus(whole, d), 1))
	}
	return f, nil, nil
}

func measureLarger(ctx context.Context, l *Lab) (Figures, []string, error) {
	const overlap = 16
	p, whole, err := l.inTiles(ctx, tile.Spec{})
	if err != nil {
		return nil, nil, err
	}
	o, err := p.graph.TotalCost(graph.Square(labSide))
	if err != nil {
		return nil, nil, err
	}
	one := float64(o.MACs) / (labSide * labSide)
	f := Figures{exact("cost of the whole", "kMAC per px", one/1e3)}
	for _, side := range []int{96, 48} {
		work, err := mosaicWork(p.graph, side, overlap)
		if err != nil {
			return nil, nil, err
		}
		c := float64(work.MACs.Total()) / float64(work.Pixels)
		_, d, err := l.inTiles(ctx, tile.Spec{Tile: side, Overlap: overlap})
		if err != nil {
			return nil, nil, err
		}
		f = append(f, exact(fmt.Sprintf("cost of %d px over whole", side), "", c/one),
			estimated(fmt.Sprintf("Dice, whole − %d px", side), "points", minus(whole, d), 1))
	}
	return f, nil, nil
}
