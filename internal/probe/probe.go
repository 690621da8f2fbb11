// Package probe finds the seams that tiles leave in a network's predictions,
// and their cause. It reads the wiring, runs the network on tiles and on the
// whole, compares both with what the wiring says, and removes one cause after
// another to see how much of the seam each explains.
package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
)

// A Network is what is probed: its wiring, its weights, and who runs it.
type Network struct {
	Graph   *graph.Graph
	Weights graph.Weights

	// Runner predicts in place of this program's own engine, as ONNX Runtime
	// does; nil: the engine. Only the engine sums in one order wherever a pixel
	// lies, so that tiles can be compared bit by bit; with a Runner the noise of
	// float32 decides. Interventions are run by the engine in any case.
	Runner tile.Predictor
}

// Options say how thoroughly to probe. The zero value is a good probe.
type Options struct {
	Threads int   // 0: one per processor
	Memory  int64 // bytes that the engine may plan for one run; 0: 2 GiB
	Seed    uint64

	Fixed *graph.Size // the only size that the file accepts, where it fixes one

	// Tolerance is the error, in standard deviations of the output, that the
	// recommended tiles may make: the largest of any px. 0: none.
	Tolerance float64

	// Time bounds what is optional: after half of it artifacts are measured less
	// thoroughly, and the comparison of tilers takes what is left. 0: 50 s.
	Time time.Duration

	Progress func(stage string) // called at the start of every stage; may be nil
}

// Run probes the network on images, each standardised as the network wants it,
// and on masks where there are any: one per image, H·W classes, or nil. Without
// images noise stands in.
func Run(ctx context.Context, n Network, images []*graph.Map, masks [][]uint8, o Options) (*Result, error) {
	if n.Graph == nil || len(n.Graph.Nodes) == 0 {
		return nil, errors.New("probe: no network")
	}
	if o.Memory == 0 {
		o.Memory = 2 << 30
	}
	if o.Time == 0 {
		o.Time = 50 * time.Second
	}
	for i, m := range images {
		if m.C != n.Graph.Input().Channels {
			return nil, fmt.Errorf("probe: image %d has %d channels, %s wants %d", i, m.C, n.Graph.Name, n.Graph.Input().Channels)
		}
	}
	if masks != nil && len(masks) != len(images) {
		return nil, fmt.Errorf("probe: %d masks for %d images", len(masks), len(images))
	}
	p := &prober{ctx: ctx, Network: n, opts: o, images: images, masks: masks, start: time.Now(), result: &Result{Schema: Schema}}
	if p.Runner != nil && o.Fixed != nil {
		p.Runner = nil
		p.note("the file accepts one size only: tiles are run by this program's engine, at sizes of its own")
	}
	for _, stage := range []struct {
		name string
		run  func() error
	}{
		{"wiring", p.describe},
		{"seams", p.seams},
		{"cause", p.causes},
		{"artifacts", p.artifacts},
		{"tilers", p.tilers},
	} {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if o.Progress != nil {
			o.Progress(stage.name)
		}
		if err := stage.run(); err != nil {
			return nil, fmt.Errorf("probe: %s: %w", stage.name, err)
		}
	}
	p.result.Seconds = time.Since(p.start).Seconds()
	return p.result, nil
}

var (
	errNoSquare = errors.New("no square is legal along both axes")
	errNoRoom   = errors.New("the image in one piece does not fit into the memory")
)

// A prober is one probe under way.
type prober struct {
	ctx context.Context
	Network
	opts   Options
	images []*graph.Map
	masks  [][]uint8
	start  time.Time
	result *Result

	sizes  graph.Sizes
	legal  bool // the network has legal sizes
	local  graph.Footprint
	layout [2]layout
	strips [2][]*strip
	sd     float64 // of the output
	run    tile.Predictor

	scenePx float64 // of the image that tilers were compared on
}

// exact is the engine with one order of summation for every pixel.
func (p *prober) exact(g *graph.Graph, w graph.Weights) *engine.Predictor {
	return engine.NewPredictor(g, w, engine.Options{Threads: p.opts.Threads, Exact: true})
}

// runner is who predicts where the network is measured as it is.
func (p *prober) runner() tile.Predictor {
	if p.Runner != nil {
		return p.Runner
	}
	return p.exact(p.Graph, p.Weights)
}

// halfTime says that what is not essential has to be short: half the time is gone.
func (p *prober) halfTime() bool { return time.Since(p.start) > p.opts.Time/2 }

// noteOnce adds a note unless it is there.
func (p *prober) noteOnce(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(p.result.Notes, n) {
		p.result.Notes = append(p.result.Notes, n)
	}
}

// note adds what a reader of the result has to know.
func (p *prober) note(format string, args ...any) {
	p.result.Notes = append(p.result.Notes, fmt.Sprintf(format, args...))
}
