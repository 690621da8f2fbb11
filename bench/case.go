package bench

import (
	"errors"
	"fmt"
	"image"

	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/tile"
)

// A Case is one trained network on one test image, laid out in tiles: what every
// metric starts from. Metrics that describe the network alone need no Example;
// each says what it needs, and returns no samples where that is nil.
type Case struct {
	Key     Sample // arm, seed, image, regime, tile: the key of every sample
	Graph   *graph.Graph
	Classes int // logits per pixel
	Plan    *tile.Plan
	Example *data.Example

	Predictor tile.Predictor // the trained network
	Initial   tile.Predictor // the same network before training, or nil
	Edited    Editor         // the trained network with one node's value edited, or nil

	Logits      *graph.Map // Plan's stitched prediction over the field of view
	TrueContext *graph.Map // the prediction that saw the true margin, or nil

	Shifts []int // px, for ShiftConsistency; nil: DefaultShifts of the network's step
}

// An Editor returns the network with edit applied to the value of a node
// (C×H×W, in place) each time that it is computed.
type Editor func(node *graph.Node, edit func(value *graph.Map)) (tile.Predictor, error)

// keyed puts c's key on values.
func (c *Case) keyed(values []value) []Sample {
	out := make([]Sample, len(values))
	for i, v := range values {
		out[i] = c.Key
		out[i].Metric, out[i].Bin, out[i].Value = v.metric, v.bin, v.v
	}
	return out
}

// exact puts on samples c's arm, regime and tile, and no seed or image: they
// follow from the wiring.
func (c *Case) exact(samples []Sample) []Sample {
	for i := range samples {
		s := &samples[i]
		s.Arm, s.Regime, s.Tile, s.Seed, s.Image = c.Key.Arm, c.Key.Regime, c.Key.Tile, 0, ""
	}
	return samples
}

func (c *Case) wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	at := c.Key.Arm
	if c.Key.Image != "" {
		at += ", image " + c.Key.Image
	}
	return fmt.Errorf("%s of %s: %w", what, at, err)
}

// check says whether logits lie over the example's field of view.
func (c *Case) check(logits *graph.Map) error {
	e := c.Example
	switch {
	case e == nil:
		return errors.New("no example")
	case logits == nil:
		return errors.New("no prediction")
	case logits.H != e.H || logits.W != e.W:
		return fmt.Errorf("prediction is %v, field of view is %v", logits.Shape, e.Size())
	case c.Classes != 0 && logits.C != c.Classes:
		return fmt.Errorf("prediction is %v, want %d classes", logits.Shape, c.Classes)
	}
	return nil
}

// window is the input of the plan's first tile.
func (c *Case) window() graph.Size {
	r := c.Plan.Tiles[0].Read
	return graph.Size{H: r.Dy(), W: r.Dx()}
}

// inner returns the part of an output of size out that no border of the window
// reaches: out less the network's halo. Where no halo is enough, or it leaves
// less than 2 steps, it is the central half, and a border may play a part.
func inner(fp graph.Footprint, out graph.Size) (r image.Rectangle, beyondHalo bool) {
	r = image.Rect(fp.W.HaloTop, fp.H.HaloTop, out.W-fp.W.HaloBottom, out.H-fp.H.HaloBottom)
	none := min(fp.H.HaloTop, fp.H.HaloBottom, fp.W.HaloTop, fp.W.HaloBottom) < 0
	if none || r.Dx() < 2*fp.W.Step || r.Dy() < 2*fp.H.Step {
		return image.Rect(out.W/4, out.H/4, out.W-out.W/4, out.H-out.H/4), false
	}
	return r, true
}

// OracleCounts counts the errors of c's own prediction and, if there is one, of
// that with true context, by distance to the image border: for Oracle.
func OracleCounts(c *Case) ([]OracleCount, error) {
	var out []OracleCount
	for i, m := range []*graph.Map{c.Logits, c.TrueContext} {
		if m == nil {
			continue
		}
		if err := c.check(m); err != nil {
			return nil, c.wrap("error count", err)
		}
		wrong, all := errorCounts(argmax(m), c.Example.Labels, byBorder(m.H, m.W))
		out = append(out, OracleCount{Key: c.Key, True: i == 1, Wrong: wrong, All: all})
	}
	return out, nil
}
