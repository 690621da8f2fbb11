package claims

import (
	"context"
	"fmt"

	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/tile"
)

// threadJoins is what the thread guesses about accuracy. `unetbench compare`
// answers it at length; this is the same question put small.
var threadJoins = []Claim{
	{
		ID: "thread-edges", Source: thread, Said: "Information at the image's edges is lost.", Trains: true,
		Experiment: fmt.Sprintf("Valid networks with 2 poolings, trained for %d steps, predict images of %d px mirrored beyond their border and with what is really there; the share of wrong pixels, by distance to the border.", labSteps, labSide),
		Rule:       "within 2 px of the border the interval of the difference lies above 0",
		measure:    measureEdges,
		judge: func(f Figures) (bool, string) {
			x, far := f.Get("error, mirrored − true context, 0-2 px"), f.Get("error, mirrored − true context, 32+ px")
			return x.Low > 0, fmt.Sprintf("%s; at 32 px and more it is %s", decided(x), number(far.Value))
		},
	},
	{
		ID: "thread-hunch", Source: thread, Said: "The hunch: tiles or padding beat resizing.", Trains: true,
		Experiment: fmt.Sprintf("Valid, padded, resized-skip and resized-up with 2 poolings, trained for %d steps on the same patches, predict images of %d px in tiles of their training window (padded ones overlap by 44 px); Dice.", labSteps, labSide),
		Rule:       "both valid and padded exceed both resized networks: four intervals, 95 % together, above 0",
		measure:    measureHunch,
		judge: func(f Figures) (bool, string) {
			n, against, least := 0, 0, f.Get("Dice, valid − resized-skip")
			for _, a := range []string{"valid", "padded"} {
				for _, b := range []string{"resized-skip", "resized-up"} {
					x := f.Get(fmt.Sprintf("Dice, %s − %s", a, b))
					if x.Low > 0 {
						n++
					} else if x.High < 0 {
						against++
					}
					if x.Low < least.Low {
						least = x
					}
				}
			}
			why := ""
			if n < 4 && against == 0 {
				why = "undecided: "
			}
			return n == 4, why + fmt.Sprintf("%d of 4 differences are decided in its favour; the weakest is %s (%s points, interval %s to %s)", n, least.Name, number(least.Value), number(least.Low), number(least.High))
		},
	},
	{
		ID: "thread-best", Source: thread, Said: "Padding may be the best of all.", Trains: true,
		Experiment: fmt.Sprintf("Padded against valid, both with 2 poolings, trained for %d steps on the same patches and laid in tiles of their training window (padded ones overlap by 44 px); Dice.", labSteps),
		Rule:       "the interval of the difference in Dice lies above 0",
		measure:    measureBest,
		judge: func(f Figures) (bool, string) {
			x := f.Get("Dice, padded − valid")
			return x.Low > 0, decided(x)
		},
	},
}

// measureEdges compares the errors on mirrored context with those on the true one.
func measureEdges(ctx context.Context, l *Lab) (Figures, []string, error) {
	p, err := pupilOf("valid", "valid", labNet())
	if err != nil {
		return nil, nil, err
	}
	score := func(w graph.Weights, e *data.Example) (map[string]float64, error) {
		c, err := l.caseOf(p.graph, l.predictor(p.graph, w), e, tile.Spec{})
		if err != nil {
			return nil, err
		}
		mirrored, err := scores(c)
		if err != nil {
			return nil, err
		}
		if c.Logits, err = c.Plan.Predict(c.Predictor, e.Image, e.Margin); err != nil {
			return nil, err
		}
		known, err := scores(c)
		for k, v := range known {
			mirrored[k] -= v
		}
		return mirrored, err
	}
	v, err := l.each(ctx, p, score)
	if err != nil {
		return nil, nil, err
	}
	var f Figures
	for _, bin := range bench.DistanceBins {
		f = append(f, estimated(fmt.Sprintf("error, mirrored − true context, %s px", bin), "points", v["error:border "+bin], 1))
	}
	return f, nil, nil
}

// joined trains a variant and gives its Dice in tiles of its training window.
func (l *Lab) joined(ctx context.Context, variant string) ([][]float64, error) {
	name, spec := variant, tile.Spec{}
	if variant == "padded" {
		name, spec.Overlap = "padded zero", 44 // twice the halo
	}
	p, err := pupilOf(name, variant, labNet())
	if err != nil {
		return nil, err
	}
	spec.Tile = p.window.In
	v, err := l.each(ctx, p, func(w graph.Weights, e *data.Example) (map[string]float64, error) {
		return l.scored(p.graph, l.predictor(p.graph, w), e, spec)
	})
	return v["dice"], err
}

func measureHunch(ctx context.Context, l *Lab) (Figures, []string, error) {
	dice := map[string][][]float64{}
	for _, v := range []string{"valid", "padded", "resized-skip", "resized-up"} {
		var err error
		if dice[v], err = l.joined(ctx, v); err != nil {
			return nil, nil, err
		}
	}
	f := Figures{estimated("Dice, valid", "%", dice["valid"], 1)}
	for _, a := range []string{"valid", "padded"} {
		for _, b := range []string{"resized-skip", "resized-up"} {
			f = append(f, estimated(fmt.Sprintf("Dice, %s − %s", a, b), "points", minus(dice[a], dice[b]), 4))
		}
	}
	return f, []string{"One training regime, one size of window: whether context or wiring makes the difference, `unetbench compare --controls` separates."}, nil
}

func measureBest(ctx context.Context, l *Lab) (Figures, []string, error) {
	padded, err := l.joined(ctx, "padded")
	if err != nil {
		return nil, nil, err
	}
	valid, err := l.joined(ctx, "valid")
	if err != nil {
		return nil, nil, err
	}
	return Figures{estimated("Dice, padded − valid", "points", minus(padded, valid), 1)}, nil, nil
}
