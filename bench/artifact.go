package bench

import (
	"errors"
	"fmt"
	"image"
	"math"
	"slices"

	"unetbench/graph"
	"unetbench/internal/tile"
)

// Resamplings describes what each interpolation of the network does by itself,
// at the input size of c's first tile: "resize-kept", "resize-aliased",
// "blur-variance" and "blur-period", in bins by level. It needs Graph and Plan.
func Resamplings(c *Case) ([]Sample, error) {
	s, err := resamplingOf(c.Graph, c.window())
	return c.exact(s), err
}

// Misregistration gives, per join, how far skip and decoder lie apart at the
// input size of c's first tile, in px, the larger of both axes: "misreg-local-max",
// "-mean", "-edge" and the same of "misreg-accum". It needs Graph and Plan.
func Misregistration(c *Case) ([]Sample, error) {
	all, err := c.Graph.Misregistrations(c.window())
	if err != nil {
		return nil, c.wrap("misregistration", err)
	}
	var out []Sample
	levels := joins(c.Graph)
	for _, j := range all {
		if !slices.Contains(levels, c.Graph.Node(j.Node)) {
			continue
		}
		bin := fmt.Sprintf("level%d", j.Level)
		h, w := j.Gap, j.W
		for _, v := range []Sample{
			{Metric: "misreg-local-max", Value: max(h.LocalMax, w.LocalMax)},
			{Metric: "misreg-local-mean", Value: max(h.LocalMean, w.LocalMean)},
			{Metric: "misreg-local-edge", Value: max(h.LocalEdge, w.LocalEdge)},
			{Metric: "misreg-accum-max", Value: max(h.AccumMax, w.AccumMax)},
			{Metric: "misreg-accum-mean", Value: max(h.AccumMean, w.AccumMean)},
			{Metric: "misreg-accum-edge", Value: max(h.AccumEdge, w.AccumEdge)},
		} {
			v.Bin = bin
			out = append(out, v)
		}
	}
	return c.exact(out), nil
}

// OverlapWork gives the multiply-accumulates per pixel of the image that c.Plan
// takes: "mac/px" and its parts, and "interp/px". It needs Graph and Plan.
func OverlapWork(c *Case) ([]Sample, error) {
	o, err := OverlapCost(c.Graph, c.Plan)
	if err != nil {
		return nil, c.wrap("overlap cost", err)
	}
	return c.exact(o.samples(c.Key)), nil
}

// FlatResponse predicts a constant image of that size.
func FlatResponse(p tile.Predictor, in graph.Shape, level float32) (*graph.Map, error) {
	x := graph.NewMap(in)
	for i := range x.Pix {
		x.Pix[i] = level
	}
	y, err := p.Predict(x)
	if err != nil {
		return nil, fmt.Errorf("flat image %v: %w", in, err)
	}
	return &graph.Map{Shape: y.Shape, Pix: append([]float32(nil), y.Pix...)}, nil
}

// flatLevels are the grey values of the flat images: one standard deviation
// of a standardised image to both sides. (Black would hide a pattern behind
// biases that are still 0.)
var flatLevels = []float32{-1, 1}

// Checkerboards measures the patterns that c's network writes by itself:
// "checkerboard-init" and "checkerboard-flat" on flat images, "checkerboard-image"
// in c.Logits. It needs Predictor, Example, Plan, Logits, and Initial for the first.
func Checkerboards(c *Case) ([]Sample, error) {
	if err := c.check(c.Logits); err != nil {
		return nil, c.wrap("checkerboard", err)
	}
	fp := c.Graph.Footprint()
	step := max(fp.H.Step, fp.W.Step)
	size, err := c.flatSize(fp)
	if err != nil {
		return nil, c.wrap("checkerboard", err)
	}
	flat := func(metric string, p tile.Predictor, logits *graph.Map) ([]value, error) {
		var fields []*graph.Map
		var region image.Rectangle
		for _, level := range flatLevels {
			m, err := FlatResponse(p, graph.Shape{C: c.Example.Image.C, H: size.H, W: size.W}, level)
			if err != nil {
				return nil, err
			}
			region, _ = inner(fp, m.Size())
			fields = append(fields, m)
		}
		scale := math.Sqrt(variance(contrastMap(logits), image.Rect(0, 0, logits.W, logits.H)))
		if scale == 0 {
			return nil, nil // a network that says the same everywhere has no scale
		}
		k := flatCheckerboard(fields, region, step, scale)
		out := []value{{metric, "", 100 * k.Total}}
		for i, e := range k.Periodic {
			out = append(out, value{metric, fmt.Sprintf("period%d", 2<<i), 100 * e})
		}
		return out, nil
	}

	var out []value
	if c.Initial != nil {
		logits, err := c.Plan.Predict(c.Initial, c.Example.Image, c.Example.Margin)
		if err != nil {
			return nil, c.wrap("checkerboard", err)
		}
		v, err := flat("checkerboard-init", c.Initial, logits)
		if err != nil {
			return nil, c.wrap("checkerboard", err)
		}
		out = append(out, v...)
	}
	v, err := flat("checkerboard-flat", c.Predictor, c.Logits)
	if err != nil {
		return nil, c.wrap("checkerboard", err)
	}
	out = append(out, v...)

	region, _ := inner(fp, c.Logits.Size())
	if min(region.Dx(), region.Dy()) >= 5*step { // else no frequency stands apart from its surroundings
		excess, floor := imageCheckerboard(c.Logits, region, step)
		out = append(out, value{"checkerboard-image", "", 100 * excess}, value{"checkerboard-image", "floor", 100 * floor})
	}
	return c.keyed(out), nil
}

// flatSize is a legal input whose output has 8 steps beyond the halo, or,
// where the network's behaviour depends on the window's size, c's own window.
func (c *Case) flatSize(fp graph.Footprint) (graph.Size, error) {
	sizes, err := c.Graph.Sizes()
	if err != nil {
		return graph.Size{}, err
	}
	side := func(a graph.Axis, s graph.Sides) int {
		return s.Above(8*a.Step + a.Shrink + max(a.HaloTop, 0) + max(a.HaloBottom, 0))
	}
	if !fp.H.Equivariant || !fp.W.Equivariant {
		return c.window(), nil
	}
	return graph.Size{H: side(fp.H, sizes.H), W: side(fp.W, sizes.W)}, nil
}

// ShiftConsistency gives the share of pixels that keep their class when the
// input window moves: "shift-consistency" in bins "shift1", …. The window is that
// of c's first tile, or the largest legal one that the image leaves room to move.
// It needs Predictor, Example and Plan.
func ShiftConsistency(c *Case) ([]Sample, error) {
	if c.Example == nil {
		return nil, c.wrap("shift consistency", errors.New("no example"))
	}
	fp := c.Graph.Footprint()
	shifts := c.Shifts
	if shifts == nil {
		shifts = DefaultShifts(max(fp.H.Step, fp.W.Step))
	}
	most := 0
	for _, s := range shifts {
		most = max(most, s)
	}
	sizes, err := c.Graph.Sizes()
	if err != nil {
		return nil, c.wrap("shift consistency", err)
	}
	img, w := c.Example.Image, c.window()
	w.H = min(w.H, sizes.H.Below(img.H-most))
	w.W = min(w.W, sizes.W.Below(img.W-most))
	if w.H == 0 || w.W == 0 {
		return nil, nil // the image has no room
	}
	area, _ := inner(fp, graph.Size{H: w.H - fp.H.Shrink, W: w.W - fp.W.Shrink})
	if min(area.Dx(), area.Dy()) <= most {
		return nil, nil
	}
	same, err := shiftConsistency(c.Predictor, img, w, area, shifts)
	if err != nil {
		return nil, c.wrap("shift consistency", err)
	}
	var out []value
	for i, s := range shifts {
		out = append(out, value{"shift-consistency", fmt.Sprintf("shift%d", s), 100 * same[i]})
	}
	return c.keyed(out), nil
}

// SeamStep compares the steps of c.Logits across tile edges with those away from
// them: "seam-step", of plans with more than one tile. It needs Example, Plan, Logits.
func SeamStep(c *Case) ([]Sample, error) {
	if err := c.check(c.Logits); err != nil {
		return nil, c.wrap("seam", err)
	}
	if len(c.Plan.Tiles) < 2 {
		return nil, nil
	}
	var keep []image.Rectangle
	for _, t := range c.Plan.Tiles {
		keep = append(keep, t.Keep)
	}
	owner, err := owners(c.Plan.Bounds, keep)
	if err != nil {
		return nil, c.wrap("seam", err)
	}
	img := graph.NewMap(graph.Shape{C: c.Example.Image.C, H: c.Example.H, W: c.Example.W})
	tile.Fill(img, c.Example.Image, image.Pt(c.Example.Margin, c.Example.Margin))
	s, ok := seamStep(c.Logits, img, owner, c.Plan.EdgeDistance())
	if !ok || s.Null == 0 {
		return nil, nil
	}
	return c.keyed([]value{{"seam-step", "", s.Edge / s.Null}}), nil
}
