package bench

import (
	"context"
	"fmt"
	"image"
	"math"
	"time"

	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
)

const (
	// probeImages is on how many test images the measurements are made that
	// need many predictions each: shifts, shuffled skips, checkerboards.
	probeImages = 3
	// oracleImages is on how many the border oracle is.
	oracleImages = 6
	// oracleSide is the least field of view that is worth cutting for it, px.
	oracleSide = 96
)

// Plans are told apart by these names in Sample.Tile.
const (
	TileWhole = "whole" // the image in one piece
	TileTiled = "tiled" // in tiles of the arm's own side
)

// An evaluation knows how each arm covers each test image.
type evaluation struct {
	o      *Options
	test   []data.Example // fields of view, without what is known around them
	oracle []data.Example // windows with a known continuation
	arms   map[string]*coverage
	frac   float64 // cost of measuring one run, in training steps of the reference
	cells  bool    // class 1 is a membrane: see partsCells
}

// A coverage is the plans of one arm.
type coverage struct {
	geometry      tile.Geometry
	tile, overlap int
	plans         map[string][]*tile.Plan // by TileWhole, TileTiled; per test image
	own, context  []*tile.Plan            // per oracle window; context is nil where there is no such prediction
}

func coverageKey(regime, arm string) string { return regime + "/" + arm }

func newEvaluation(o *Options, regimes []string, arms [][]Contestant) (*evaluation, error) {
	ev := &evaluation{o: o, arms: map[string]*coverage{}}
	margin := 0
	for _, cs := range arms {
		for _, c := range cs {
			g, err := tile.NewGeometry(c.Graph)
			if err != nil {
				return nil, err
			}
			margin = max(margin, contextOf(g.H), contextOf(g.W))
		}
	}
	pixels := 0
	for _, e := range o.Test {
		ev.test = append(ev.test, e.FieldOfView())
		pixels += e.H * e.W
		if w, ok := e.WithMargin(margin, oracleSide); ok && len(ev.oracle) < oracleImages {
			ev.oracle = append(ev.oracle, w)
		}
	}
	ev.frac = float64(pixels) / (OutputPatch * OutputPatch)
	ev.cells = partsCells(ev.test, o.Net.Classes)
	for i, cs := range arms {
		for _, c := range cs {
			v, err := ev.cover(c)
			if err != nil {
				return nil, err
			}
			ev.arms[coverageKey(regimes[i], c.Name)] = v
		}
	}
	return ev, nil
}

// contextOf is how far around a window an arm must see to know its inside: its
// context, or its halo rounded up to the step.
func contextOf(a tile.Axis) int {
	halo := max(a.HaloBefore, a.HaloAfter, 0)
	return max(a.Before, a.After) + (halo+a.Step-1)/a.Step*a.Step
}

// cover plans whole and tiled predictions of every test image.
func (ev *evaluation) cover(c Contestant) (*coverage, error) {
	g, err := tile.NewGeometry(c.Graph)
	if err != nil {
		return nil, err
	}
	v := &coverage{geometry: g, tile: c.Window.In, plans: map[string][]*tile.Plan{}}
	if t := ev.o.Tile; t > 0 {
		s, err := c.Graph.Sizes()
		if err != nil {
			return nil, err
		}
		if v.tile = s.H.Above(t); c.Name == Reference && v.tile != t {
			return nil, usage("--tile %d is not a legal input side of %s: use %d or %d", t, c.Name, max(s.H.Below(t), s.H.Min), v.tile)
		}
	}
	switch out := v.tile - g.H.Before - g.H.After; {
	case ev.o.Overlap >= 0:
		v.overlap = ev.o.Overlap
	case out == v.tile: // the network pads, so that a tile's rim saw padding
		v.overlap = (out/4 + g.H.Step - 1) / g.H.Step * g.H.Step
	}
	for _, e := range ev.test {
		if out := v.tile - g.H.Before - g.H.After; ev.o.Tile > 0 && (out > e.H || out > e.W) {
			return nil, usage("--tile %d: image %s of %v px is smaller than the %d px that such a tile of %s predicts: use a smaller tile", ev.o.Tile, e.Name, e.Size(), out, c.Name)
		}
		whole, err := tile.Whole(e.Size(), g)
		if err != nil {
			return nil, usage("%s, image %s: %w", c.Name, e.Name, err)
		}
		tiled, err := tile.New(e.Size(), g, tile.Spec{Tile: v.tile, Overlap: v.overlap})
		if err != nil {
			return nil, usage("%s, image %s: --tile, --overlap: %w", c.Name, e.Name, err)
		}
		v.plans[TileWhole] = append(v.plans[TileWhole], whole)
		v.plans[TileTiled] = append(v.plans[TileTiled], tiled)
	}
	for _, e := range ev.oracle {
		own, err := tile.Whole(e.Size(), g)
		if err != nil {
			return nil, err
		}
		context, err := tile.WithContext(e.Size(), g, e.Margin)
		if err != nil {
			context = nil // what such an arm predicts depends on the window's size
		}
		v.own, v.context = append(v.own, own), append(v.context, context)
	}
	return v, nil
}

// units is the work of measuring one run, in training steps.
func (ev *evaluation) units() int {
	const forward = 1. / 6 // of a step on two patches
	return max(1, int(math.Round(ev.frac*4*forward)))
}

// measure takes every measurement of one trained network, run as opts say: in
// exact mode, or seams would be measured that the arithmetic makes.
func (ev *evaluation) measure(ctx context.Context, r run, w graph.Weights, opts engine.Options, out *outcome) error {
	v := ev.arms[coverageKey(r.regime, r.arm.Name)]
	trained := engine.NewPredictor(r.arm.Graph, w, opts)
	initial := engine.NewPredictor(r.arm.Graph, r.arm.Graph.InitWeights(r.seed), opts)
	edited := func(n *graph.Node, edit func(*graph.Map)) (tile.Predictor, error) {
		p := engine.NewPredictor(r.arm.Graph, w, opts)
		p.Intervene(n, edit)
		return p, nil
	}
	for i := range ev.test {
		for _, kind := range []string{TileWhole, TileTiled} {
			if err := ctx.Err(); err != nil {
				return err
			}
			e, plan := &ev.test[i], v.plans[kind][i]
			start := time.Now()
			logits, err := plan.Predict(trained, e.Image, e.Margin)
			if err != nil {
				return err
			}
			if i == 0 {
				out.time("predict", r.arm.Name, kind, "sec/px", time.Since(start).Seconds()/float64(e.H*e.W))
			}
			c := &Case{
				Key:   Sample{Arm: r.arm.Name, Seed: r.seed, Image: e.Name, Regime: r.regime, Tile: kind},
				Graph: r.arm.Graph, Classes: ev.o.Net.Classes, Plan: plan, Example: e,
				Predictor: trained, Initial: initial, Edited: edited, Logits: logits,
			}
			measures := []func(*Case) ([]Sample, error){Border, SeamStep}
			if kind == TileWhole {
				measures = append(measures, Outline)
				if ev.cells {
					measures = append(measures, Cells)
				}
			}
			if kind == TileWhole && i < probeImages {
				measures = append(measures, Checkerboards, ShiftConsistency, SkipUse)
			}
			for _, m := range measures {
				s, err := m(c)
				if err != nil {
					return err
				}
				out.samples = append(out.samples, s...)
			}
			if i == 0 && r.seed == ev.o.BaseSeed && r.regime == ev.o.Regimes[0] {
				if err := ev.picture(c, out); err != nil {
					return err
				}
			}
		}
	}
	return ev.countErrors(r, v, trained, out)
}

// countErrors gathers what the border oracle is computed from.
func (ev *evaluation) countErrors(r run, v *coverage, p tile.Predictor, out *outcome) error {
	for i := range ev.oracle {
		e := &ev.oracle[i]
		fov := e.FieldOfView()
		c := &Case{Key: Sample{Arm: r.arm.Name, Seed: r.seed, Image: e.Name, Regime: r.regime, Tile: TileWhole},
			Graph: r.arm.Graph, Classes: ev.o.Net.Classes, Plan: v.own[i], Example: e, Predictor: p}
		var err error
		if c.Logits, err = v.own[i].Predict(p, fov.Image, 0); err != nil {
			return err
		}
		if v.context[i] != nil {
			if c.TrueContext, err = v.context[i].Predict(p, e.Image, e.Margin); err != nil {
				return err
			}
		}
		n, err := OracleCounts(c)
		if err != nil {
			return err
		}
		out.oracle = append(out.oracle, n...)
	}
	return nil
}

// picture saves what the report shows of the first test image.
func (ev *evaluation) picture(c *Case, out *outcome) error {
	e := c.Example
	class := argmax(c.Logits)
	type shot struct {
		Picture
		img image.Image
	}
	shots := []shot{
		{Picture{Kind: "prediction", Arm: c.Key.Arm, Image: e.Name, Tile: c.Key.Tile}, classPicture(class, e.H, e.W)},
		{Picture{Kind: "error", Arm: c.Key.Arm, Image: e.Name, Tile: c.Key.Tile}, errorPicture(e, class)},
	}
	if c.Key.Tile == TileWhole {
		if c.Key.Arm == Reference {
			shots = append(shots,
				shot{Picture{Kind: "image", Image: e.Name}, imagePicture(e)},
				shot{Picture{Kind: "truth", Image: e.Name}, classPicture(e.Labels, e.H, e.W)})
		}
		pattern, err := checkerboardPicture(c)
		if err != nil {
			return err
		}
		shots = append(shots, shot{Picture{Kind: "checkerboard", Arm: c.Key.Arm}, pattern})
	}
	for _, s := range shots {
		p, err := savePicture(ev.o.Out, s.Picture, s.img)
		if err != nil {
			return err
		}
		out.pictures = append(out.pictures, p)
	}
	return nil
}

// checkerboardPicture shows what the trained network makes of a flat image.
func checkerboardPicture(c *Case) (image.Image, error) {
	fp := c.Graph.Footprint()
	size, err := c.flatSize(fp)
	if err != nil {
		return nil, err
	}
	m, err := FlatResponse(c.Predictor, graph.Shape{C: c.Example.Image.C, H: size.H, W: size.W}, 1)
	if err != nil {
		return nil, fmt.Errorf("checkerboard: %w", err)
	}
	region, _ := inner(fp, m.Size())
	all := image.Rect(0, 0, c.Logits.W, c.Logits.H)
	return patternPicture(m, region, math.Sqrt(variance(contrastMap(c.Logits), all))/2), nil
}
