package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"unetbench/arch"
	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/onnx"
	"unetbench/internal/plan"
	"unetbench/internal/snippet"
	"unetbench/report"
)

func planCommand() *cobra.Command {
	var p planning
	c := &cobra.Command{
		Use:   "plan",
		Short: "Say how to cut an image into tiles for a network, without running it",
		Long: "plan reads a network's wiring and says which sizes are legal, how much of a tile to discard,\n" +
			"how the tilers that people use would cut the image and whether that leaves seams, what it costs\n" +
			"in arithmetic and memory, and which tiles are the cheapest without seams. Nothing is run.",
		Example: "  unetbench plan --arch padded --pools 4 --width 16 --size 2000x3000 --memory 500MiB\n" +
			"  unetbench plan --model model.onnx --size 1024x1024 --paste onnxruntime",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.run(c) },
	}
	f := c.Flags()
	f.StringVar(&p.model, "model", "", "ONNX file of anyone's network")
	f.StringVar(&p.weights, "weights", "", "weights file (.safetensors) that compare saved")
	f.StringVar(&p.arch, "arch", "padded", "without --model and --weights, the variant: "+strings.Join(bench.VariantNames(), ", "))
	f.IntVar(&p.channels, "channels", arch.Default().In, "channels of the image")
	p.net.register(f)
	f.Lookup("classes").Usage = "classes, background included (default 2)"
	f.StringVar(&p.size, "size", "", "height and width of the image in px, such as 1024x768 (required)")
	f.IntVar(&p.tile, "tile", 0, "side of the tiles that programs are compared with, px (default the largest legal one up to 256 and the image)")
	p.memory = 2 << 30
	f.Var(&p.memory, "memory", "what one tile's run may take for the recommended tiles; weights and image come on top")
	f.IntVar(&p.threads, "threads", 1, "cores that run a tile: each takes some memory of its own")
	f.StringVar(&p.paste, "paste", "", "print what to paste instead: onnxruntime (a Python program), monai (a call), rdf (axes for a bioimage.io rdf.yaml)")
	f.BoolVar(&p.asJSON, "json", false, "print JSON instead of tables")
	return c
}

// A planning is one network and one size of image.
type planning struct {
	model, weights, arch, size, paste string
	net                               netFlags
	channels, tile, threads           int
	memory                            byteSize
	asJSON                            bool
}

func (p *planning) run(c *cobra.Command) error {
	size, err := parseSize(p.size)
	if err != nil {
		return fmt.Errorf("--size %s: %w", p.size, err)
	}
	g, model, err := p.network(c)
	if err != nil {
		return err
	}
	r, err := plan.New(g, plan.Options{Size: size, Tile: p.tile, Memory: int64(p.memory), Bytes: func(s graph.Size) (int64, error) {
		return engine.Bytes(g, s, engine.Options{Threads: max(p.threads, 1)})
	}})
	if err != nil {
		return err
	}
	if p.model != "" {
		r.Network = p.model
	}
	if model != nil && model.Fixed != (graph.Size{}) {
		r.Notes = append(r.Notes, fmt.Sprintf("the file accepts inputs of %v px only: for other tiles export it again with dynamic height and width", model.Fixed))
	}
	w := c.OutOrStdout()
	switch {
	case p.paste != "":
		text, err := p.snippet(r, model)
		if err != nil {
			return fmt.Errorf("--paste %s: %w", p.paste, err)
		}
		_, err = fmt.Fprint(w, text)
		return err
	case p.asJSON:
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return report.PlanText(w, r, width(w), isTerminal(w) && os.Getenv("NO_COLOR") == "")
}

// network is the graph that the flags name, and the file that it is from, if that is ONNX.
func (p *planning) network(c *cobra.Command) (*graph.Graph, *onnx.Network, error) {
	switch {
	case p.model != "" && p.weights != "":
		return nil, nil, errors.New("--model, --weights: one network at a time; leave one out")
	case p.model != "":
		if _, err := os.Stat(p.model); err != nil {
			return nil, nil, fmt.Errorf("--model %s: does not exist; check the path", p.model)
		}
		m, err := onnx.Load(p.model)
		if err != nil {
			return nil, nil, err
		}
		return m.Graph, m, nil
	case p.weights != "":
		g, _, err := openNetwork(p.weights)
		return g, nil, err
	}
	v, err := bench.Lookup(p.arch)
	if err != nil {
		return nil, nil, fmt.Errorf("--arch: %w", err)
	}
	config := arch.Default()
	if err := p.net.apply(c, &config); err != nil {
		return nil, nil, err
	}
	if c.Flags().Changed("channels") {
		config.In = p.channels
	}
	g, err := v.Build(config)
	return g, nil, err
}

// snippet is what to paste for the recommended tiles.
func (p *planning) snippet(r *plan.Result, model *onnx.Network) (string, error) {
	if r.Tiling == nil {
		return "", errors.New(r.NoBest)
	}
	s, err := snippet.New(cmp.Or(p.model, "model.onnx"), r.Inputs, r.Outputs, r.Geometry, r.Tiling)
	if err != nil {
		return "", err
	}
	if model != nil {
		s.ChannelsLast, s.OutputLast = model.NHWC, model.NHWCOut
	}
	switch p.paste {
	case "onnxruntime":
		return s.ONNXRuntime()
	case "monai":
		return s.MONAI()
	case "rdf":
		return s.RDF()
	}
	return "", errors.New("want onnxruntime, monai or rdf")
}

// parseSize reads height×width, or the side of a square.
func parseSize(s string) (graph.Size, error) {
	h, w, both := strings.Cut(strings.ReplaceAll(s, "×", "x"), "x")
	if !both {
		w = h
	}
	const most = 1 << 17 // px of a side: more do not fit into memory by far
	var size graph.Size
	var err1, err2 error
	size.H, err1 = strconv.Atoi(h)
	size.W, err2 = strconv.Atoi(w)
	if errors.Join(err1, err2) != nil || size.H < 1 || size.W < 1 || size.H > most || size.W > most {
		return graph.Size{}, fmt.Errorf("want the image's height and width in px, such as 1024x768, of at most %d each", most)
	}
	return size, nil
}
