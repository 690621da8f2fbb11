package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
)

// layoutFlags say how an image is cut into pieces.
type layoutFlags struct {
	tile                 int
	overlap, blend, rule string
	memory               byteSize
}

func (l *layoutFlags) register(f *pflag.FlagSet) {
	l.memory = 256 << 20
	f.IntVar(&l.tile, "tile", 0, "side of the tiles' input, px (default: as --memory allows, and without seams)")
	f.StringVar(&l.overlap, "overlap", "", "overlap of the tiles' outputs, px or a share such as 25% (default: the least that leaves no seam; with --plan monai 25%)")
	f.StringVar(&l.blend, "blend", "", "where tiles overlap: none (each pixel is one tile's), uniform, gaussian (default none; with --plan monai uniform)")
	f.StringVar(&l.rule, "plan", "own", "how tiles are laid: own (on the network's step), monai (as its sliding_window_inference does)")
	f.Var(&l.memory, "memory", "what the network's maps may take without --tile; weights and image come on top")
}

// A layout is how one image is predicted.
type layout struct {
	plan    *tile.Plan
	options engine.Options // of each predictor
	crew    int            // predictors side by side
	warning string         // "" if there is nothing to say
}

// lay decides. Without --tile that is the first of these that fits into
// --memory: the image in one piece; in bands of rows, as high as they may be;
// the cheapest tiles that leave no seam; for a model of others, the largest.
func (l *layoutFlags) lay(n *network, size graph.Size, o engine.Options) (layout, error) {
	geometry, err := tile.NewGeometry(n.graph)
	if err != nil {
		return layout{}, err
	}
	if l.tile == 0 && (l.overlap != "" || l.blend != "" || l.rule != "own") {
		return layout{}, errors.New("--overlap, --blend and --plan are for tiles: give their side with --tile")
	}
	if only := n.only(); only != (graph.Size{}) {
		return l.bound(geometry, size, only, o)
	}
	if l.tile == 0 {
		return l.fit(n, geometry, size, o)
	}
	window, err := l.window()
	if err != nil {
		return layout{}, err
	}
	var plan *tile.Plan
	switch l.rule {
	case "own":
		plan, err = l.own(geometry, size)
	case "monai":
		plan, err = l.monai(geometry, size)
	default:
		return layout{}, fmt.Errorf("--plan %s: want own or monai", l.rule)
	}
	if err != nil {
		return layout{}, err
	}
	return share(n, plan.Blended(window), o)
}

// bound is for a network that takes inputs of one size only.
func (l *layoutFlags) bound(geometry tile.Geometry, size, only graph.Size, o engine.Options) (layout, error) {
	if only.H == 0 {
		only.H = cover(geometry, size).H
	}
	if only.W == 0 {
		only.W = cover(geometry, size).W
	}
	if l.tile != 0 {
		return layout{}, fmt.Errorf("--tile %d: ONNX Runtime takes this model's inputs at %v px only, and lays tiles of that size: leave --tile out, or use --engine native", l.tile, only)
	}
	plan, err := tile.Sized(size, geometry, only)
	if err != nil {
		return layout{}, err
	}
	mirrored := plan.Exact || slices.Equal(plan.Faults, []tile.Fault{tile.ImageBorder})
	if covered := cover(geometry, size); mirrored && (only.H > covered.H || only.W > covered.W) {
		return layout{plan: plan, options: o, crew: 1,
			warning: fmt.Sprintf("the model takes %v px only: the image is mirrored up to that, which shows near its borders; --engine native takes it as it is", only)}, nil
	}
	return settle(plan, o, "tiles of the model's %v px do not agree with the image in one piece", only), nil
}

// cover is the input of the image in one piece.
func cover(g tile.Geometry, size graph.Size) graph.Size {
	return graph.Size{H: g.H.Above(size.H + g.H.Before + g.H.After), W: g.W.Above(size.W + g.W.Before + g.W.After)}
}

// settle takes a plan that may leave seams: it spreads them, and says so.
func settle(plan *tile.Plan, o engine.Options, format string, args ...any) layout {
	if plan.Exact {
		return layout{plan: plan, options: o, crew: 1}
	}
	return layout{plan.Blended(tile.Gaussian(tile.MONAISigma)), o, 1, fmt.Sprintf(format, args...) + ": seams are blended, not gone"}
}

// largeTile is the multiply-accumulates from which on threads share a tile as well
// as they do several tiles, in the memory of one.
const largeTile = 1e9

// share gives every thread tiles of its own, if there are enough and they are small.
func share(n *network, plan *tile.Plan, o engine.Options) (layout, error) {
	if n.session != nil {
		return layout{plan: plan, options: o, crew: 1}, nil
	}
	g, read := n.graph, plan.Tiles[0].Read
	cost, err := g.TotalCost(graph.Size{H: read.Dy(), W: read.Dx()})
	if err != nil {
		return layout{}, err
	}
	crew := min(o.Threads, len(plan.Tiles))
	if cost.MACs >= largeTile {
		crew = 1
	}
	o.Threads /= crew
	return layout{plan: plan, options: o, crew: crew}, nil
}

func (l *layoutFlags) window() (tile.Window, error) {
	switch l.blend {
	case "":
		if l.rule == "monai" {
			return tile.Uniform, nil
		}
		return nil, nil
	case "none":
		return nil, nil
	case "uniform":
		return tile.Uniform, nil
	case "gaussian":
		return tile.Gaussian(tile.MONAISigma), nil
	}
	return nil, fmt.Errorf("--blend %s: want none, uniform or gaussian", l.blend)
}

// own lays tiles on the network's step; without --overlap, with the least that
// leaves no seam.
func (l *layoutFlags) own(geometry tile.Geometry, size graph.Size) (*tile.Plan, error) {
	var px int
	if l.overlap == "" {
		var err error
		if px, err = geometry.ExactOverlap(l.tile); err != nil {
			return nil, fmt.Errorf("--tile %d: %w; leave --tile out, or accept seams with --overlap", l.tile, err)
		}
	} else {
		share, err := l.overlapShare()
		if err != nil {
			return nil, err
		}
		px = int(share*float64(l.tile) + 0.5)
	}
	plan, err := tile.New(size, geometry, tile.Spec{Tile: l.tile, Overlap: px})
	if err != nil {
		return nil, fmt.Errorf("--tile %d, --overlap %d: %w", l.tile, px, err)
	}
	return plan, nil
}

func (l *layoutFlags) monai(geometry tile.Geometry, size graph.Size) (*tile.Plan, error) {
	share := 0.25
	if l.overlap != "" {
		var err error
		if share, err = l.overlapShare(); err != nil {
			return nil, err
		}
	}
	plan, err := tile.MONAI(size, geometry, l.tile, share)
	if err != nil {
		return nil, fmt.Errorf("--plan monai, --tile %d: %w", l.tile, err)
	}
	return plan, nil
}

// overlapShare is --overlap as a share of the tile.
func (l *layoutFlags) overlapShare() (float64, error) {
	number, percent := strings.CutSuffix(l.overlap, "%")
	v, err := strconv.ParseFloat(number, 64)
	if percent {
		v /= 100
	} else {
		v /= float64(l.tile)
	}
	if err != nil || !(v >= 0 && v < 1) {
		return 0, fmt.Errorf("--overlap %s: want 0 or more, and less than the tile of %d px, in px or as a share such as 25%%", l.overlap, l.tile)
	}
	return v, nil
}

// bandRows are the heights that bands are tried in.
var bandRows = []int{256, 192, 128, 96, 64, 48, 32, 16, 1}

func (l *layoutFlags) fit(n *network, geometry tile.Geometry, size graph.Size, o engine.Options) (layout, error) {
	g := n.graph
	whole, err := tile.Whole(size, geometry)
	if err != nil {
		return layout{}, err
	}
	one := layout{plan: whole, options: o, crew: 1}
	read := graph.Size{H: whole.Tiles[0].Read.Dy(), W: whole.Tiles[0].Read.Dx()}
	needs, err := engine.Bytes(g, read, o)
	if err != nil || needs <= int64(l.memory) {
		return one, err
	}
	if n.session == nil && engine.CheckBands(g) == nil {
		step := geometry.H.Step
		for _, rows := range bandRows {
			one.options.Rows = (rows + step - 1) / step * step
			if needs, err = engine.Bytes(g, read, one.options); err != nil || needs <= int64(l.memory) {
				return one, err
			}
		}
		return layout{}, fmt.Errorf("--memory %v: bands of %d rows need %v: give more, or smaller tiles with --tile", &l.memory, one.options.Rows, new(byteSize(needs)))
	}
	px := int(float64(l.memory) * float64(read.H*read.W) / float64(needs))
	plan, none := tile.Cheapest(size, geometry, px)
	if none == nil {
		return layout{plan: plan, options: o, crew: 1}, nil
	}
	if n.foreign {
		if plan, err = tile.Largest(size, geometry, px); err == nil {
			used := plan.Tiles[0].Read
			return settle(plan, o, "--memory %v: the image in one piece needs %v, and %v; with tiles of %d×%d px", &l.memory, new(byteSize(needs)), none, used.Dy(), used.Dx()), nil
		}
	}
	return layout{}, fmt.Errorf("--memory %v: the image in one piece needs %v, and %w; give more, or accept seams with --tile and --overlap", &l.memory, new(byteSize(needs)), none)
}
