package bench

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
	"unetbench/internal/train"
)

// BenchmarkPredict predicts a drawn scene of 512² px with each variant in tiles
// of several sides, and reports besides the time what the tiles cost (MAC/px)
// and how well the outermost 8 px are segmented (border-dice-%) by a network
// trained for a minute's fraction: `benchstat -col /arch` puts the variants
// side by side.
func BenchmarkPredict(b *testing.B) {
	trainSet, test := data.Scenes(data.SceneSet{Train: 4, Test: 1, Side: 512, Margin: 0, Seed: 1})
	e := &test[0]
	arms, err := Contestants(Variants, Defaults().Net, "output", OutputPatch, false)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range arms {
		weights := sync.OnceValues(func() (graph.Weights, error) {
			r := train.DefaultRecipe()
			r.Steps = 100
			res, err := train.Run(context.Background(), train.Job{Graph: c.Graph, Examples: trainSet, Window: c.Window, Recipe: r, Seed: 1})
			if err != nil {
				return nil, err
			}
			return res.Weights, nil
		})
		g, err := tile.NewGeometry(c.Graph)
		if err != nil {
			b.Fatal(err)
		}
		for _, side := range []int{c.Window.In, 300, 396} {
			plan, err := tile.New(e.Size(), g, tile.Spec{Tile: g.H.Above(side)})
			if err != nil {
				b.Fatal(err)
			}
			b.Run(fmt.Sprintf("tile=%d/arch=%s", side, c.Name), func(b *testing.B) {
				w, err := weights()
				if err != nil {
					b.Fatal(err)
				}
				p := engine.NewPredictor(c.Graph, w, engine.Options{Threads: 1})
				var logits *graph.Map
				for b.Loop() {
					if logits, err = plan.Predict(p, e.Image, 0); err != nil {
						b.Fatal(err)
					}
				}
				cost, err := OverlapCost(c.Graph, plan)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(cost.MACs.Total())/float64(cost.Pixels), "MAC/px")
				b.ReportMetric(borderDice(logits, e.Labels), "border-dice-%")
			})
		}
	}
}

// borderDice is the Dice of class 1 over the outermost 8 px.
func borderDice(logits *graph.Map, truth []uint8) float64 {
	var k counts
	for bin, classes := range confusion(argmax(logits), truth, logits.C, byBorder(logits.H, logits.W)) {
		if bin < 3 {
			k.TP, k.FP, k.FN = k.TP+classes[1].TP, k.FP+classes[1].FP, k.FN+classes[1].FN
		}
	}
	d, _ := k.dice()
	return 100 * d
}
