package probe

import (
	"math"
	"time"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
)

// sceneSide bounds the image that tilers are compared on, and preset is the
// tile that they are given: the usual one of 128 px, or half as much again as
// the halos take.
const (
	sceneSide = 512
	preset    = 128
)

// A scene is an image, and what the network says of it in one piece.
type scene struct {
	geometry tile.Geometry
	size     graph.Size
	image    *graph.Map
	whole    *graph.Map
	run      tile.Predictor
	tile     int
	halo     int // the larger of both sides and axes
}

// tilers lays tiles over an image as other programs do and compares each with
// the whole, as far as the time allows. Runs are the engine's fast ones.
func (p *prober) tilers() error {
	if !p.legal {
		return nil
	}
	g, err := tile.NewGeometry(p.Graph)
	if err != nil {
		p.note("no tilers are compared: %v", err)
		return nil
	}
	if err := p.compareTilers(g); err != nil {
		return err
	}
	return p.recommend(g)
}

func (p *prober) compareTilers(g tile.Geometry) error {
	if p.late() && p.masks == nil {
		p.note("no tilers are compared: the time is up")
		return nil
	}
	s, err := p.scene(g)
	if err != nil {
		p.note("no tilers are compared: %v", err)
		return nil
	}
	p.scenePx = float64(s.size.H * s.size.W)
	for _, r := range tile.Rules {
		t := Tiler{Name: r.Name, Tile: s.tile, Blend: blend(r)}
		if p.late() {
			t.Refused = "not tried: the time is up"
			p.result.Tilers = append(p.result.Tilers, t)
			continue
		}
		plan, err := r.Plan(s.size, s.geometry, s.tile)
		if err != nil {
			t.Refused = err.Error()
		} else if err := p.try(&t, plan, s); err != nil {
			return err
		}
		p.result.Tilers = append(p.result.Tilers, t)
	}
	return p.accuracy(s)
}

func (p *prober) late() bool { return time.Since(p.start) > p.opts.Time }

func blend(r tile.Rule) string {
	switch {
	case r.Window == nil:
		return "none"
	case r.Name == "monai":
		return "mean"
	}
	return r.Name
}

// scene predicts the middle of the first image in one piece.
func (p *prober) scene(g tile.Geometry) (*scene, error) {
	halo, halos, shrink := 0, 0, 0
	for _, a := range []*Axis{p.result.Axes.H, p.result.Axes.W} {
		shrink = max(shrink, a.Shrink)
		if a.LocalHalo != nil {
			halo = max(halo, a.LocalHalo[0], a.LocalHalo[1])
			halos = max(halos, 3*(a.LocalHalo[0]+a.LocalHalo[1])/2+2*a.Step)
		}
	}
	s := &scene{geometry: g, run: p.Runner, tile: shrink + max(preset, halos), halo: halo}
	for !p.sizes.H.Legal(s.tile) || !p.sizes.W.Legal(s.tile) {
		if s.tile++; s.tile > 1<<16 {
			return nil, errNoSquare
		}
	}
	// Two tiles along each side at least, and of the image no more than that
	// where tiles are large.
	side := max(sceneSide, 2*s.tile)
	s.size = graph.Square(side)
	if len(p.images) > 0 {
		s.size = graph.Size{H: min(side, max(p.images[0].H, 2*s.tile)), W: min(side, max(p.images[0].W, 2*s.tile))}
	}
	if s.run == nil {
		s.run = engine.NewPredictor(p.Graph, p.Weights, engine.Options{Threads: p.opts.Threads})
	}
	whole, err := tile.Whole(s.size, g)
	if err != nil {
		return nil, err
	}
	in := whole.Tiles[0].Read.Size()
	if bytes, err := engine.Bytes(p.Graph, graph.Size{H: in.Y, W: in.X}, engine.Options{Threads: p.opts.Threads}); err != nil {
		return nil, err
	} else if bytes > p.opts.Memory {
		return nil, errNoRoom
	}
	shape := graph.Shape{C: p.Graph.Input().Channels, H: s.size.H, W: s.size.W}
	if len(p.images) > 0 {
		s.image = p.middle(p.images[0], shape)
	} else {
		s.image = p.noise(shape, 0, 1, 1<<33)
	}
	s.whole, err = whole.Predict(s.run, s.image, 0)
	return s, err
}

// try predicts by the plan.
func (p *prober) try(t *Tiler, plan *tile.Plan, s *scene) error {
	start := time.Now()
	y, err := plan.Predict(s.run, s.image, 0)
	if err != nil {
		return err
	}
	t.Seconds = time.Since(start).Seconds()
	square := 0.0
	border, area := plan.BorderDistance(), y.H*y.W
	for i, v := range y.Pix {
		d := diff(v, s.whole.Pix[i]) / p.sd
		t.Max = max(t.Max, d)
		if int(border[i%area]) >= s.halo {
			t.Inner = max(t.Inner, d)
		}
		square += d * d
	}
	for _, f := range plan.Faults {
		t.Faults = append(t.Faults, f.String())
	}
	t.Error = math.Sqrt(square / float64(len(y.Pix)))
	return p.price(t, plan)
}

// price says what a plan takes.
func (p *prober) price(t *Tiler, plan *tile.Plan) error {
	t.Tiles, t.Overlap, t.Exact = len(plan.Tiles), plan.MinOverlap, plan.Exact
	macs, seen := int64(0), map[graph.Size]int64{}
	for _, k := range plan.Tiles {
		in := graph.Size{H: k.Read.Dy(), W: k.Read.Dx()}
		if _, ok := seen[in]; !ok {
			cost, err := p.Graph.TotalCost(in)
			if err != nil {
				return err
			}
			bytes, err := engine.Bytes(p.Graph, in, engine.Options{Threads: p.opts.Threads})
			if err != nil {
				return err
			}
			seen[in] = cost.MACs
			t.Bytes = max(t.Bytes, bytes)
		}
		macs += seen[in]
	}
	t.MACPerPx = float64(macs) / float64(plan.Bounds.Dx()*plan.Bounds.Dy())
	return nil
}
