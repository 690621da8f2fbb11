package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"unetbench/arch"
	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
	"unetbench/internal/train"
)

func predictCommand() *cobra.Command {
	var p prediction
	c := &cobra.Command{
		Use:   "predict IMAGE",
		Short: "Segment an image with saved weights, without seams",
		Long: "predict runs weights that compare saved over one image and writes a mask: 0 and 255 for two\n" +
			"classes, a palette for more. In tiles (--tile) it overlaps them so that the mask is, bit for\n" +
			"bit, that of the whole image in one piece; a network for which no overlap does that is refused.",
		Example: "  unetbench predict --weights unetbench-report/weights/output-valid-seed1.safetensors cell.png --out mask.png",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return p.run(c, args[0])
		},
	}
	f := c.Flags()
	f.StringVar(&p.weights, "weights", "", "weights file (.safetensors), required")
	f.StringVar(&p.out, "out", "", "mask to write (default: IMAGE-mask.png beside the image)")
	f.StringVar(&p.probability, "probability", "", "also write the foreground's probability, as 16-bit PNG")
	f.IntVar(&p.tile, "tile", 0, "side of the tiles' input, px (default: the whole image in one piece)")
	f.IntVar(&p.overlap, "overlap", -1, "overlap of the tiles' outputs, px (default: the least that leaves no seam)")
	f.IntVar(&p.threads, "threads", 0, "cores to use (default all)")
	return c
}

// A prediction is one image through one saved network.
type prediction struct {
	weights, out, probability string
	tile, overlap, threads    int
}

func (p *prediction) run(c *cobra.Command, file string) error {
	if p.weights == "" {
		return errors.New("--weights: name the .safetensors file that compare saved under weights/")
	}
	g, w, err := openNetwork(p.weights)
	if err != nil {
		return err
	}
	img, err := data.LoadImage(file, g.Input().Channels)
	if err != nil {
		return err
	}
	plan, err := p.plan(g, img.Size())
	if err != nil {
		return err
	}
	net := engine.NewPredictor(g, w, engine.Options{Threads: p.threads})
	logits, err := plan.Predict(net, img, 0)
	if err != nil {
		return failed{err}
	}
	if p.out == "" {
		p.out = strings.TrimSuffix(file, filepath.Ext(file)) + "-mask.png"
	}
	if err := data.WriteLabels(p.out, data.Classify(logits), img.Size(), logits.C); err != nil {
		return err
	}
	if p.probability != "" {
		if err := data.WriteProbability(p.probability, foreground(logits), img.Size()); err != nil {
			return err
		}
	}
	seams := "no seams: equal bit for bit to the image in one piece"
	if !plan.Exact {
		seams = "seams are possible: this overlap is less than the network's halo"
	}
	if len(plan.Tiles) == 1 {
		seams = "the image in one piece"
	}
	fmt.Fprintf(c.OutOrStdout(), "%s: %v px, %d tile(s), %s\n", p.out, img.Size(), len(plan.Tiles), seams)
	return nil
}

// plan lays the tiles; without --overlap, the least that leaves no seam.
func (p *prediction) plan(g *graph.Graph, size graph.Size) (*tile.Plan, error) {
	geometry, err := tile.NewGeometry(g)
	if err != nil {
		return nil, err
	}
	overlap := p.overlap
	if overlap < 0 {
		overlap = 0
		if p.tile > 0 {
			if overlap, err = geometry.ExactOverlap(p.tile); err != nil {
				return nil, fmt.Errorf("--tile %d: %w; leave --tile out, or accept seams with --overlap", p.tile, err)
			}
		}
	}
	plan, err := tile.New(size, geometry, tile.Spec{Tile: p.tile, Overlap: overlap})
	if err != nil {
		return nil, fmt.Errorf("--tile %d, --overlap %d: %w", p.tile, overlap, err)
	}
	return plan, nil
}

// foreground is the probability that a pixel is not background.
func foreground(logits *graph.Map) []float32 {
	p := data.Probability(logits, 0)
	for i, v := range p {
		p[i] = 1 - v
	}
	return p
}

// openNetwork rebuilds the network that a weights file belongs to.
func openNetwork(path string) (*graph.Graph, graph.Weights, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, nil, fmt.Errorf("--weights %s: does not exist; check the path", path)
	}
	ck, err := train.Load(path)
	if err != nil {
		return nil, nil, err
	}
	config, err := arch.FromDescription(ck.Meta)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w; use weights that compare saved", path, err)
	}
	variant, err := bench.Lookup(ck.Meta["arch"])
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w; use weights that compare saved", path, err)
	}
	g, err := variant.Build(config)
	if err != nil {
		return nil, nil, err
	}
	w, err := ck.Weights(g)
	return g, w, err
}
