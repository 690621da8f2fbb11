package claims

import (
	"context"
	"fmt"

	"unetbench/arch"
	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
)

// norms is what is said of normalisation and tiles.
var norms = []Claim{
	{
		ID: "buglakova-norm", Source: "Buglakova et al. 2025", Said: "Normalisation is the root cause of tiling artifacts: statistics taken per tile make tiles disagree, fixed ones do not.", Trains: true,
		Experiment: fmt.Sprintf("Of %s with batch normalisation, each predicts images of %d px whole and in tiles of 96 px that discard the halo, once with the running statistics and once with those of each input; and so do such networks with instance normalisation, whose statistics are always those of each input: the share of pixels whose class changes. Tried is the cause; batch renormalisation, the paper's remedy, is not in the engine.", paddedNets, labSide),
		Rule:       "no pixel changes with fixed statistics, and with those of each input, of either network, the interval lies above 0",
		measure:    measureNorm,
		judge: func(f Figures) (bool, string) {
			fixed, own, instance := f.Get("changed, fixed statistics").Value, f.Get("changed, statistics per input"), f.Get("changed, instance normalisation")
			return fixed == 0 && own.Low > 0 && instance.Low > 0, fmt.Sprintf("%s %% of the pixels change with fixed statistics, %s %% (interval %s to %s) with those of each input, %s %% (%s to %s) with instance normalisation",
				number(fixed), number(own.Value), number(own.Low), number(own.High), number(instance.Value), number(instance.Low), number(instance.High))
		},
	},
}

// ownStatistics predicts with the batch statistics of each input.
type ownStatistics struct {
	g    *graph.Graph
	w    graph.Weights
	opts engine.Options
}

func (p ownStatistics) Predict(x *graph.Map) (*graph.Map, error) {
	o := p.opts
	o.Train = true
	net, err := engine.New(p.g, x.Size(), 1, o)
	if err != nil {
		return nil, err
	}
	w := make(graph.Weights, len(p.w)) // Forward moves the running statistics
	for i := range w {
		w[i] = append([]float32(nil), p.w[i]...)
	}
	net.SetWeights(w)
	net.SetInput(0, x)
	net.Forward()
	out := graph.NewMap(net.OutShape())
	net.Output(0, out)
	return out, nil
}

// changed is the share of pixels, in percent, whose larger logit is another.
func changed(a, b *graph.Map) float64 {
	n := 0
	for i := range a.Plane(0) {
		if (a.Plane(1)[i] > a.Plane(0)[i]) != (b.Plane(1)[i] > b.Plane(0)[i]) {
			n++
		}
	}
	return 100 * float64(n) / float64(a.H*a.W)
}

// changed is the share between e predicted whole and in tiles.
func (l *Lab) changed(g *graph.Graph, p tile.Predictor, e *data.Example, tiled tile.Spec) (float64, error) {
	a, err := l.caseOf(g, p, e, tile.Spec{})
	if err != nil {
		return 0, err
	}
	b, err := l.caseOf(g, p, e, tiled)
	if err != nil {
		return 0, err
	}
	return changed(a.Logits, b.Logits), nil
}

func measureNorm(ctx context.Context, l *Lab) (Figures, []string, error) {
	p, err := pupilOf("padded zero", "padded", labNet())
	if err != nil {
		return nil, nil, err
	}
	g, err := tile.NewGeometry(p.graph)
	if err != nil {
		return nil, nil, err
	}
	const side = 96
	overlap, err := g.ExactOverlap(side)
	if err != nil {
		return nil, nil, err
	}
	tiled := tile.Spec{Tile: side, Overlap: overlap}
	v, err := l.each(ctx, p, func(w graph.Weights, e *data.Example) (map[string]float64, error) {
		out := map[string]float64{}
		for name, q := range map[string]tile.Predictor{"fixed": l.predictor(p.graph, w), "own": ownStatistics{p.graph, w, l.options()}} {
			whole, err := l.scored(p.graph, q, e, tile.Spec{})
			if err != nil {
				return nil, err
			}
			out[name+" dice"] = whole["dice"]
			if out[name+" changed"], err = l.changed(p.graph, q, e, tiled); err != nil {
				return nil, err
			}
		}
		return out, nil
	})
	if err != nil {
		return nil, nil, err
	}
	c := labNet()
	c.Norm = arch.NormInstance
	if p, err = pupilOf("padded instance", "padded", c); err != nil {
		return nil, nil, err
	}
	instance, err := l.each(ctx, p, func(w graph.Weights, e *data.Example) (map[string]float64, error) {
		share, err := l.changed(p.graph, l.predictor(p.graph, w), e, tiled)
		return map[string]float64{"changed": share}, err
	})
	if err != nil {
		return nil, nil, err
	}
	return Figures{
		estimated("changed, fixed statistics", "%", v["fixed changed"], 1), estimated("changed, statistics per input", "%", v["own changed"], 1),
		estimated("changed, instance normalisation", "%", instance["changed"], 1),
		estimated("Dice of the whole, statistics per input − fixed", "points", minus(v["own dice"], v["fixed dice"]), 1),
	}, nil, nil
}
