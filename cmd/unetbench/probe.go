package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/probe"
	"unetbench/report"
)

func probeCommand() *cobra.Command {
	var p probing
	c := &cobra.Command{
		Use:   "probe MODEL.onnx",
		Short: "Find the seams that tiles leave in a network's predictions, and their cause",
		Long: "probe says whether a network can be run in tiles without seams: which sizes it takes, how much\n" +
			"of each tile to discard and where tiles must start, or that no overlap helps; what the seams of\n" +
			"careless tiles come from; how the tilers that people use would fare; and what to do. It needs no\n" +
			"ground truth. Without --images it probes on noise.",
		Example: "  unetbench probe model.onnx --images cells/images --out cells-probe\n" +
			"  unetbench probe --weights unetbench-report/weights/output-padded-seed1.safetensors --json",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.run(c, args) },
	}
	f := c.Flags()
	p.source.register(f)
	f.StringVar(&p.images, "images", "", "folder of images like those that the network is for: PNG, JPEG or TIFF")
	f.StringVar(&p.masks, "masks", "", "folder of masks with the same file names: adds accuracy by distance to tile edges and to the border")
	p.memory = 2 << 30
	f.Var(&p.memory, "memory", "what one run of the network may take")
	f.IntVar(&p.threads, "threads", 0, "cores to use (default all)")
	f.Uint64Var(&p.seed, "seed", 1, "of the noise that it is tried on too")
	f.Float64Var(&p.tolerance, "tolerance", 0, "largest error that recommended tiles may have, in standard deviations of the output (default none)")
	f.DurationVar(&p.time, "time", 0, "what the comparison of tilers may take the whole to (default 50s)")
	f.StringVar(&p.out, "out", "", "folder for report.html, probe.json and pictures")
	f.BoolVar(&p.asJSON, "json", false, "print JSON instead of tables; its fields are described in docs/probe-json.md")
	f.BoolVar(&p.quiet, "quiet", false, "no progress")
	return c
}

// A probing is one network to be probed.
type probing struct {
	source             sourceFlags
	images, masks, out string
	memory             byteSize
	threads            int
	seed               uint64
	tolerance          float64
	time               time.Duration
	asJSON, quiet      bool
}

func (p *probing) run(c *cobra.Command, args []string) error {
	if len(args) == 1 {
		if p.source.model != "" || p.source.weights != "" || p.source.random != nil {
			return fmt.Errorf("%s: one network at a time: name it, or use --model, --weights or --random", args[0])
		}
		p.source.model = args[0]
	}
	n, err := p.source.open(c, p.threads)
	if err != nil {
		return err
	}
	defer n.close()
	images, masks, err := p.read(n)
	if err != nil {
		return err
	}
	o := probe.Options{Threads: p.threads, Memory: int64(p.memory), Seed: p.seed, Time: p.time, Tolerance: p.tolerance}
	if n.fixed != (graph.Size{}) {
		o.Fixed = &n.fixed
	}
	if !p.quiet {
		o.Progress = func(stage string) { fmt.Fprintf(c.ErrOrStderr(), "%s …\n", stage) }
	}
	what := probe.Network{Graph: n.graph, Weights: n.weights}
	if n.session != nil {
		what.Runner = n.session
	}
	r, err := probe.Run(c.Context(), what, images, masks, o)
	switch {
	case errors.Is(err, context.Canceled):
		return errInterrupted
	case err != nil:
		return failed{err}
	}
	if p.out != "" {
		if err := p.write(c, n, r, images); err != nil {
			return failed{fmt.Errorf("--out %s: %w", p.out, err)}
		}
	}
	w := c.OutOrStdout()
	if p.asJSON {
		return encodeProbe(w, r)
	}
	if err := report.ProbeText(w, r, width(w), isTerminal(w) && os.Getenv("NO_COLOR") == ""); err != nil {
		return failed{err}
	}
	if p.out != "" {
		fmt.Fprintf(w, "\nMore, with pictures: %s\n", filepath.Join(p.out, "report.html"))
	}
	return nil
}

// mostImages is how many images are looked at: seams are the same in all.
const mostImages = 8

// read reads the images, as the network wants them, and their masks.
func (p *probing) read(n *network) (images []*graph.Map, masks [][]uint8, err error) {
	if p.images == "" {
		if p.masks != "" {
			return nil, nil, errors.New("--masks needs --images: name the folder of the images that they belong to")
		}
		return nil, nil, nil
	}
	files, err := data.ImageFiles(p.images, "--images")
	if err != nil {
		return nil, nil, err
	}
	labels := map[string]data.Example{}
	if p.masks != "" {
		all, _, err := data.Load(p.images, p.masks, data.LoadOptions{})
		if err != nil {
			return nil, nil, err
		}
		for _, e := range all {
			labels[e.Name] = e
		}
	}
	for _, f := range files {
		if len(images) == mostImages {
			break
		}
		m, err := n.read(f)
		if err != nil {
			return nil, nil, err
		}
		if p.masks == "" {
			images = append(images, m)
			continue
		}
		e, ok := labels[filepath.Base(f)]
		if !ok || e.H != m.H || e.W != m.W {
			continue
		}
		images, masks = append(images, m), append(masks, e.Labels)
	}
	return images, masks, nil
}

func encodeProbe(w io.Writer, r *probe.Result) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// write leaves page, JSON and pictures in the folder.
func (p *probing) write(c *cobra.Command, n *network, r *probe.Result, images []*graph.Map) error {
	page := report.Probe{Result: r, Graph: n.graph, Command: p.command(c)}
	var err error
	if page.Snippets, err = snippets(n, r, p.source.model); err != nil {
		fmt.Fprintf(c.ErrOrStderr(), "unetbench: no snippets: %v\n", err)
	}
	if page.Pictures, err = seamPictures(n, images); err != nil {
		fmt.Fprintf(c.ErrOrStderr(), "unetbench: no pictures: %v\n", err)
	}
	for _, q := range page.Pictures {
		if err := bench.WriteFile(filepath.Join(p.out, q.Name+".png"), q.Encode); err != nil {
			return err
		}
	}
	if err := report.ProbeFigures(p.out, r); err != nil {
		return err
	}
	if err := bench.WriteFile(filepath.Join(p.out, "probe.json"), func(w io.Writer) error { return encodeProbe(w, r) }); err != nil {
		return err
	}
	return bench.WriteFile(filepath.Join(p.out, "report.html"), func(w io.Writer) error { return report.ProbeHTML(w, page) })
}

// command is what makes the page again.
func (p *probing) command(c *cobra.Command) string {
	s := "unetbench probe " + p.source.model
	for _, f := range []string{"weights", "random", "output", "engine", "normalise", "images", "masks", "memory", "tolerance", "seed", "time", "out"} {
		if flag := c.Flags().Lookup(f); flag.Changed {
			s += " --" + f + " " + strings.Trim(flag.Value.String(), "[]")
		}
	}
	return s
}
