package claims

import (
	"context"
	"fmt"
	"slices"

	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/tile"
)

// shifts is what is said of small movements of the input.
var shifts = []Claim{
	{
		ID: "zhang-shift", Source: "Zhang 2019", Said: "Downsampling makes the output change when the input moves by less than the stride; at multiples of it nothing changes.", Trains: true,
		Experiment: fmt.Sprintf("Of %s, each predicts a window and the same moved by 1 to 4 px: the share of pixels, beyond the reach of the border, that keep their class.", paddedNets),
		Rule:       "100 % at 4 px in every network and image, and an interval below 100 % at 1, 2 and 3",
		measure:    measureShifts,
		judge: func(f Figures) (bool, string) {
			ok := f.Get("least kept at 4 px").Value == 100
			least := 100.0
			for s := 1; s <= 3; s++ {
				x := f.Get(fmt.Sprintf("kept at %d px", s))
				ok = ok && x.High < 100
				least = min(least, x.Value)
			}
			return ok, fmt.Sprintf("%s %% keep their class at 4 px, as few as %s %% at less", number(f.Get("least kept at 4 px").Value), number(least))
		},
	},
	{
		ID: "zhang-blur", Source: "Zhang 2019", Said: "Low-pass filtering before subsampling raises shift consistency, without loss of accuracy.", Trains: true,
		Experiment: fmt.Sprintf("Of %s, half have a 2×2 average before each pooling (the paper's blur stands between a dense maximum and the subsampling, which the engine has not): mean share of pixels that keep their class when the window moves by 1, 2 and 3 px, and Dice.", paddedNets),
		Rule:       fmt.Sprintf("the interval of the difference in consistency lies above 0, and that in Dice above −%g points", equivalent),
		measure:    measureBlur,
		judge: func(f Figures) (bool, string) {
			x, d := f.Get("consistency, blurred − plain"), f.Get("Dice, blurred − plain")
			return x.Low > 0 && d.Low > -equivalent, fmt.Sprintf("in consistency %s; Dice changes by %s points (%s to %s)", decided(x), number(d.Value), number(d.Low), number(d.High))
		},
	},
}

// blurred copies g with a 2×2 average, replicated at the top and left, before
// every pooling.
func blurred(g *graph.Graph) *graph.Graph {
	out := &graph.Graph{Name: g.Name + "-blur", Params: g.Params}
	to := map[*graph.Node]*graph.Node{}
	for _, n := range g.Nodes {
		var in []*graph.Node
		for _, m := range n.In {
			in = append(in, to[m])
		}
		if n.Op == graph.MaxPool {
			add := graph.Node{Level: n.Level - 1, Pads: [4]int{1, 1, 0, 0}, Padding: graph.PadReplicate}
			pad := out.Add(n.Name+".blurpad", graph.Pad, add, in...)
			in = []*graph.Node{out.Add(n.Name+".blur", graph.AvgPool, graph.Node{Level: n.Level - 1, Kernel: [2]int{2, 2}, Stride: [2]int{1, 1}}, pad)}
		}
		c := *n
		if n.Like != nil {
			c.Like = to[n.Like]
		}
		to[n] = out.Add(n.Name, n.Op, c, in...)
	}
	return out
}

// consistency gives Dice and "kept N" for N from 1 to 4 px.
func (l *Lab) consistency(ctx context.Context, p pupil) (map[string][][]float64, error) {
	return l.each(ctx, p, func(w graph.Weights, e *data.Example) (map[string]float64, error) {
		c, err := l.caseOf(p.graph, l.predictor(p.graph, w), e, tile.Spec{})
		if err != nil {
			return nil, err
		}
		c.Example, c.Shifts = e, []int{1, 2, 3, 4} // with its margin: room to move
		kept, err := bench.ShiftConsistency(c)
		if err != nil {
			return nil, err
		}
		out := map[string]float64{}
		for i, s := range kept {
			out[fmt.Sprintf("kept %d", i+1)] = s.Value
		}
		v, err := scores(c)
		out["dice"] = v["dice"]
		return out, err
	})
}

func measureShifts(ctx context.Context, l *Lab) (Figures, []string, error) {
	p, err := pupilOf("padded zero", "padded", labNet())
	if err != nil {
		return nil, nil, err
	}
	v, err := l.consistency(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	var f Figures
	for s := 1; s <= 3; s++ {
		f = append(f, estimated(fmt.Sprintf("kept at %d px", s), "%", v[fmt.Sprintf("kept %d", s)], 3))
	}
	least := 100.0
	for _, row := range v["kept 4"] {
		least = min(least, slices.Min(row))
	}
	return append(f, exact("least kept at 4 px", "%", least)), nil, nil
}

// within averages three tables.
func within(a, b, c [][]float64) [][]float64 {
	var out [][]float64
	for s := range a {
		row := slices.Clone(a[s])
		for i := range row {
			row[i] = (row[i] + b[s][i] + c[s][i]) / 3
		}
		out = append(out, row)
	}
	return out
}

func measureBlur(ctx context.Context, l *Lab) (Figures, []string, error) {
	p, err := pupilOf("padded zero", "padded", labNet())
	if err != nil {
		return nil, nil, err
	}
	plain, err := l.consistency(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	p.name, p.graph = "padded zero, blurred", blurred(p.graph)
	blur, err := l.consistency(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	a, b := within(plain["kept 1"], plain["kept 2"], plain["kept 3"]), within(blur["kept 1"], blur["kept 2"], blur["kept 3"])
	return Figures{
		estimated("consistency, blurred − plain", "points", minus(b, a), 1), estimated("consistency, plain", "%", a, 1),
		estimated("Dice, blurred − plain", "points", minus(blur["dice"], plain["dice"]), 1),
	}, nil, nil
}
