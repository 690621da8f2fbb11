package claims

import (
	"context"
	"fmt"
	"math"

	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/tile"
)

// windows is what is said of blending overlapping tiles.
var windows = []Claim{
	{
		ID: "pielawski-hann", Source: "Pielawski & Wählby 2020", Said: "Of the windows that weigh overlapping tiles, Hann's is better than Bartlett–Hann's, the triangular one and the plain mean.", Trains: true,
		Experiment: fmt.Sprintf("Of %s, each predicts images of %d px in tiles of 48 px that overlap by half; probabilities are averaged under each window; Dice. (The paper's fourth rival, the Cui window, is left out.)", paddedNets, labSide),
		Rule:       "Hann exceeds each of the three: three intervals, 95 % together, above 0",
		measure:    measureWindows,
		judge: func(f Figures) (bool, string) {
			ok, against, why := true, false, ""
			for _, w := range blends[1:] {
				x := f.Get("Dice, Hann − " + w.name)
				ok, against = ok && x.Low > 0, against || x.High < 0
				why += fmt.Sprintf(", %s points above %s (%s to %s)", number(x.Value), w.name, number(x.Low), number(x.High))
			}
			why = "Hann is " + why[2:]
			if !ok && !against {
				why = "undecided: " + why
			}
			return ok, why
		},
	},
}

// blends weigh a pixel by its place in its tile, t from 0 at one edge to 1 at
// the other; two dimensions are the product. The one to be tried comes first.
var blends = []struct {
	name string
	at   func(t float64) float64
}{
	{"Hann", func(t float64) float64 { return 0.5 - 0.5*math.Cos(2*math.Pi*t) }},
	{"Bartlett–Hann", func(t float64) float64 { return 0.62 - 0.48*math.Abs(t-0.5) - 0.38*math.Cos(2*math.Pi*t) }},
	{"triangular", func(t float64) float64 { return 1 - math.Abs(2*t-1) }},
	{"mean", func(float64) float64 { return 1 }},
}

// blend predicts img in the tiles of plan and averages their probabilities of
// class 1 under each window. It gives two planes per window, of which the
// second less the first is that probability less a half.
func blend(plan *tile.Plan, p tile.Predictor, img *graph.Map) ([]*graph.Map, error) {
	shape := graph.Shape{C: 2, H: img.H, W: img.W}
	out, sum := make([]*graph.Map, len(blends)), make([][]float64, len(blends))
	total := make([][]float64, len(blends))
	for i := range blends {
		out[i], sum[i], total[i] = graph.NewMap(shape), make([]float64, img.H*img.W), make([]float64, img.H*img.W)
	}
	for _, t := range plan.Tiles {
		in := graph.NewMap(graph.Shape{C: img.C, H: t.Read.Dy(), W: t.Read.Dx()})
		tile.Fill(in, img, t.Read.Min)
		logits, err := p.Predict(in)
		if err != nil {
			return nil, err
		}
		mine := t.Out.Intersect(plan.Bounds)
		for y := mine.Min.Y; y < mine.Max.Y; y++ {
			for x := mine.Min.X; x < mine.Max.X; x++ {
				r, c := y-t.Out.Min.Y, x-t.Out.Min.X
				at := r*logits.W + c
				prob := 1 / (1 + math.Exp(float64(logits.Plane(0)[at])-float64(logits.Plane(1)[at])))
				for i, w := range blends {
					g := w.at((float64(r)+0.5)/float64(logits.H)) * w.at((float64(c)+0.5)/float64(logits.W))
					sum[i][y*img.W+x] += float64(g * prob)
					total[i][y*img.W+x] += g
				}
			}
		}
	}
	for i := range out {
		for j := range sum[i] {
			out[i].Plane(1)[j] = float32(sum[i][j]/total[i][j] - 0.5)
		}
	}
	return out, nil
}

func measureWindows(ctx context.Context, l *Lab) (Figures, []string, error) {
	p, err := pupilOf("padded zero", "padded", labNet())
	if err != nil {
		return nil, nil, err
	}
	v, err := l.each(ctx, p, func(w graph.Weights, e *data.Example) (map[string]float64, error) {
		q := l.predictor(p.graph, w)
		c, err := l.caseOf(p.graph, q, e, tile.Spec{Tile: 48, Overlap: 24})
		if err != nil {
			return nil, err
		}
		blended, err := blend(c.Plan, q, c.Example.Image)
		if err != nil {
			return nil, err
		}
		out := map[string]float64{}
		for i, m := range blended {
			c.Logits = m
			v, err := scores(c)
			if err != nil {
				return nil, err
			}
			out[blends[i].name] = v["dice"]
		}
		return out, nil
	})
	if err != nil {
		return nil, nil, err
	}
	first := v[blends[0].name]
	f := Figures{estimated("Dice, Hann", "%", first, 1)}
	for _, w := range blends[1:] {
		f = append(f, estimated("Dice, Hann − "+w.name, "points", minus(first, v[w.name]), len(blends)-1))
	}
	return f, nil, nil
}
