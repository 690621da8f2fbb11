package claims

import (
	"context"
	"fmt"
	"math/rand/v2"

	"unetbench/arch"
	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
	"unetbench/internal/train"
)

// A Lab is what the experiments of one run share: the seed, the images, and the
// networks that were trained, each of them once.
type Lab struct {
	Seed    uint64
	Threads int                // 0 for all cores; the results do not depend on it
	Note    func(about string) // called before each training; may be nil

	quick       bool // far too little of everything: for tests of the experiments themselves
	train, test []data.Example
	trained     map[string]graph.Weights
}

// How much is trained: small enough that a claim takes a minute or so.
const (
	labSeeds = 6
	labPatch = 76 // side supervised, px
	labSteps = 400
	labSide  = 192 // of an image, px
)

// paddedNets names, in experiments, the networks that most of them share.
var paddedNets = fmt.Sprintf("padded networks (zero padding, 2 poolings, trained for %d steps)", labSteps)

// labNet is the network that is trained: 2 poolings, so that 22 px at a tile's
// edge are the halo of the padded one.
func labNet() arch.Config {
	c := arch.Default()
	c.Pools = 2
	return c
}

// seeds is how many networks of a kind are trained.
func (l *Lab) seeds() int {
	if l.quick {
		return 2
	}
	return labSeeds
}

// options run a network so that the same receptive field gives the same bits.
func (l *Lab) options() engine.Options { return engine.Options{Threads: l.Threads, Exact: true} }

func (l *Lab) predictor(g *graph.Graph, w graph.Weights) tile.Predictor {
	return engine.NewPredictor(g, w, l.options())
}

// scenes draws the images of this run: 8 to train on and 4 to test on.
func (l *Lab) scenes() (train, test []data.Example) {
	if l.train == nil {
		set := data.SceneSet{Train: 8, Test: 4, Side: labSide, Margin: 48, Seed: 1000 * (l.Seed + 1)}
		if l.quick {
			set.Train, set.Test = 1, 1
		}
		l.train, l.test = data.Scenes(set)
	}
	return l.train, l.test
}

// noise is an image of independent standard normal pixels.
func noise(seed uint64, side int) *graph.Map {
	r := rand.New(rand.NewPCG(seed, 0x6e6f697365)) // "noise"
	m := graph.NewMap(graph.Shape{C: 1, H: side, W: side})
	for i := range m.Pix {
		m.Pix[i] = float32(r.NormFloat64())
	}
	return m
}

// A pupil is a network to be trained, under a name that tells it from all others.
type pupil struct {
	name   string
	graph  *graph.Graph
	window train.Window
}

// pupilOf wires a variant, shown what the default regime shows it.
func pupilOf(name, variant string, c arch.Config) (pupil, error) {
	a, err := bench.Lookup(variant)
	if err != nil {
		return pupil{}, err
	}
	cs, err := bench.Contestants([]arch.Arch{a}, c, "output", labPatch, false)
	if err != nil {
		return pupil{}, err
	}
	return pupil{name, cs[0].Graph, cs[0].Window}, nil
}

// teach trains p, or returns what an earlier claim of the run trained.
func (l *Lab) teach(ctx context.Context, p pupil, seed uint64) (graph.Weights, error) {
	examples, _ := l.scenes()
	return l.teachOn(ctx, p, seed, examples, labPatch, labSteps)
}

func (l *Lab) teachOn(ctx context.Context, p pupil, seed uint64, examples []data.Example, patch, steps int) (graph.Weights, error) {
	key := fmt.Sprintf("%s/%d", p.name, seed)
	if w, ok := l.trained[key]; ok {
		return w, nil
	}
	if l.Note != nil {
		l.Note(fmt.Sprintf("training %s, seed %d", p.name, seed))
	}
	r := train.DefaultRecipe()
	r.Steps, r.Patch = steps, patch
	if l.quick {
		r.Steps = 20
	}
	res, err := train.Run(ctx, train.Job{Graph: p.graph, Examples: examples, Window: p.window, Recipe: r, Seed: seed, Threads: l.Threads})
	if err != nil {
		return nil, fmt.Errorf("%s, seed %d: %w", p.name, seed, err)
	}
	if l.trained == nil {
		l.trained = map[string]graph.Weights{}
	}
	l.trained[key] = res.Weights
	return res.Weights, nil
}

// each calls f for every seed and test image with p trained on that seed, and
// returns what f gives as [seed][image].
func (l *Lab) each(ctx context.Context, p pupil, f func(w graph.Weights, e *data.Example) (map[string]float64, error)) (map[string][][]float64, error) {
	_, test := l.scenes()
	out := map[string][][]float64{}
	for s := range l.seeds() {
		w, err := l.teach(ctx, p, l.Seed+uint64(s))
		if err != nil {
			return nil, err
		}
		rows := map[string][]float64{}
		for i := range test {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			v, err := f(w, &test[i])
			if err != nil {
				return nil, err
			}
			for k, x := range v {
				rows[k] = append(rows[k], x)
			}
		}
		for k, row := range rows {
			out[k] = append(out[k], row)
		}
	}
	return out, nil
}

// scored predicts e's field of view in tiles, mirrored beyond it, and scores it.
func (l *Lab) scored(g *graph.Graph, p tile.Predictor, e *data.Example, spec tile.Spec) (map[string]float64, error) {
	c, err := l.caseOf(g, p, e, spec)
	if err != nil {
		return nil, err
	}
	return scores(c)
}

// scores gives what bench.Border makes of c's logits, in percent, by metric and
// bin: "dice", "error:border 0-2".
func scores(c *bench.Case) (map[string]float64, error) {
	samples, err := bench.Border(c)
	out := map[string]float64{}
	for _, s := range samples {
		name := s.Metric
		if s.Bin != "" {
			name += " " + s.Bin
		}
		out[name] = s.Value
	}
	return out, err
}

// caseOf lays out e's field of view as spec says and predicts it with p.
func (l *Lab) caseOf(g *graph.Graph, p tile.Predictor, e *data.Example, spec tile.Spec) (*bench.Case, error) {
	geometry, err := tile.NewGeometry(g)
	if err != nil {
		return nil, err
	}
	plan, err := tile.New(e.Size(), geometry, spec)
	if err != nil {
		return nil, err
	}
	view := e.FieldOfView()
	c := &bench.Case{Key: bench.Sample{Arm: g.Name, Image: e.Name}, Graph: g, Classes: 2, Plan: plan, Example: &view, Predictor: p}
	c.Logits, err = plan.Predict(p, view.Image, 0)
	return c, err
}
