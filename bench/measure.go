package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"unetbench/arch"
	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/resource"
	"unetbench/internal/tile"
)

// measuredImage is the side of the image on which time and memory are
// measured, px.
const measuredImage = 1024

// A Workload is one tiled prediction, run alone in a process of its own so
// that its peak memory is its own.
type Workload struct {
	Arch          string
	Net           map[string]string // arch.Describe
	Tile, Overlap int               // Tile 0: the whole image
	Side          int               // of the image, px
	Threads       int
}

// Run predicts an image with untrained weights and writes the seconds of the
// second of two passes (the first one plans the buffers) and the peak resident
// bytes to w.
func (l Workload) Run(w io.Writer) error {
	v, err := Lookup(l.Arch)
	if err != nil {
		return err
	}
	c, err := arch.FromDescription(l.Net)
	if err != nil {
		return err
	}
	g, err := v.Build(c)
	if err != nil {
		return err
	}
	geometry, err := tile.NewGeometry(g)
	if err != nil {
		return err
	}
	plan, err := tile.New(graph.Square(l.Side), geometry, tile.Spec{Tile: l.Tile, Overlap: l.Overlap})
	if err != nil {
		return err
	}
	img := graph.NewMap(graph.Shape{C: c.In, H: l.Side, W: l.Side})
	for i := range img.Pix {
		img.Pix[i] = float32(i%251)/125 - 1
	}
	p := engine.NewPredictor(g, g.InitWeights(1), engine.Options{Threads: l.Threads})
	var took time.Duration
	for range 2 {
		start := time.Now()
		if _, err := plan.Predict(p, img, 0); err != nil {
			return err
		}
		took = time.Since(start)
	}
	_, err = fmt.Fprintln(w, took.Seconds(), resource.Peak())
	return err
}

// measureResources runs the workloads of the arms one after another in child
// processes: `o.Self measure JSON`. What cannot be measured is left out.
func measureResources(ctx context.Context, o *Options, cs []Contestant) []Timing {
	if o.Self == "" {
		return nil
	}
	var out []Timing
	for _, c := range cs {
		if c.Control {
			continue
		}
		for _, l := range workloads(o, c) {
			raw, err := json.Marshal(l)
			if err != nil {
				continue
			}
			said, err := resource.Run(ctx, o.Self, MeasureCommand, string(raw))
			if err != nil {
				continue
			}
			var sec float64
			var peak int64
			if _, err := fmt.Sscan(string(said), &sec, &peak); err != nil {
				continue
			}
			name := fmt.Sprintf("%d+%d", l.Tile, l.Overlap)
			if l.Tile == 0 {
				name = TileWhole
			}
			mosaic := "mosaic" + strconv.Itoa(l.Side)
			out = append(out, Timing{mosaic, c.Name, name, "sec/op", sec})
			if peak > 0 {
				out = append(out, Timing{mosaic, c.Name, name, "peak-RSS-bytes", float64(peak)})
			}
		}
	}
	return out
}

// MeasureCommand is the hidden command by which a process measures itself.
const MeasureCommand = "measure"

// workloads are the training window, a large tile without and with the overlap
// that leaves no seam, and the whole image.
func workloads(o *Options, c Contestant) []Workload {
	base := Workload{Arch: c.Arch.Name(), Net: arch.Describe(o.Net), Side: measuredImage, Threads: 1}
	var out []Workload
	s, err := c.Graph.Sizes()
	if err != nil {
		return nil
	}
	g, err := tile.NewGeometry(c.Graph)
	if err != nil {
		return nil
	}
	for _, side := range []int{c.Window.In, s.H.Above(512)} {
		overlaps, err := sensibleOverlaps(graph.Square(measuredImage), g, side)
		if err != nil {
			return nil
		}
		for _, o := range overlaps {
			l := base
			l.Tile, l.Overlap = side, o
			out = append(out, l)
		}
	}
	return append(out, base)
}
