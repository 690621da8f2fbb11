package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"unetbench/bench"
	"unetbench/report"
)

func compareCommand(self string) *cobra.Command {
	o := bench.Defaults()
	o.Self = self
	var (
		net    netFlags
		images imageFlags
		arms   []string
		ratios map[string]string
		kernel kernelFlag
		quick  bool
		asJSON bool
		quiet  bool
	)
	c := &cobra.Command{
		Use:   "compare",
		Short: "Train every variant on the same images, measure, and write a report",
		Long: "compare trains U-Nets that crop, pad or resize their skip connections, from the same\n" +
			"first weights on the same patches, measures them on the same test images, and writes\n" +
			"results.txt, results.json, figures and report.html into --out.\n" +
			"Without --images it draws membrane scenes of its own.",
		Example: "  unetbench compare\n" +
			"  unetbench compare --images cells/images --masks cells/masks --out cells-report\n" +
			"  unetbench compare --quick --arch valid,padded",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if quick {
				quicken(&o, c)
			}
			var err error
			if o.Variants, err = bench.Pick(arms); err != nil {
				return err
			}
			if err := net.apply(c, &o.Net); err != nil {
				return err
			}
			if o.Kernel, err = kernel.set(); err != nil {
				return err
			}
			if o.TimeRatios, err = parseRatios(ratios); err != nil {
				return err
			}
			if err := o.Validate(); err != nil { // before images are read
				return err
			}
			if err := images.load(&o, net.classes); err != nil {
				return err
			}
			return compare(c, o, asJSON, quiet)
		},
	}
	f := c.Flags()
	images.register(f)
	net.register(f)
	f.StringSliceVar(&arms, "arch", nil, "variants, comma-separated, of "+strings.Join(bench.VariantNames(), ", ")+" (default all but the last, a preset)")
	f.IntVar(&o.Seeds, "seeds", o.Seeds, "networks trained per variant")
	f.Uint64Var(&o.BaseSeed, "seed", o.BaseSeed, "first seed")
	f.IntVar(&o.Steps, "steps", o.Steps, "training steps per network")
	f.StringSliceVar(&o.Regimes, "regime", o.Regimes, "what is held equal, comma-separated: output (supervised px), input (px read), macs (arithmetic of training), time (of training, on this machine)")
	f.StringToStringVar(&ratios, "time-ratios", nil, "regime time: time of an arm's step over that of valid's, ARM=RATIO,… from the report of an earlier run, which this repeats (default: measured at the start)")
	f.StringVar(&o.Loss, "loss", o.Loss, "cross-entropy, or border-weighted (Ronneberger 2015: more weight between cells that are close)")
	f.StringVar(&o.Cells, "cells", o.Cells, "border-weighted: cells are the components of the foreground (masks of cells), of the background (masks of membranes), or auto: of what falls into more of them")
	f.StringVar(&o.Augment, "augment", o.Augment, "flips (quarter turns and flips), or elastic: bent as well, as in Ronneberger 2015")
	f.BoolVar(&o.Controls, "controls", o.Controls, "add the arms that separate context from wiring")
	f.IntVar(&o.Tile, "tile", o.Tile, "side of the evaluation tile's input, px (default: the training window)")
	f.IntVar(&o.Overlap, "overlap", o.Overlap, "least overlap of neighbouring tiles' outputs, px (default: 0 for unpadded networks, a quarter for the others)")
	f.IntVar(&o.Threads, "threads", o.Threads, "cores to use (default all); the results do not depend on it")
	kernel.register(f)
	f.BoolVar(&o.Exact, "exact", false, "train by direct convolution only; it takes longer, measurements are exact in any case")
	f.Float64Var(&o.Margin, "margin", o.Margin, "Dice points within which two variants count as equivalent")
	f.BoolVar(&quick, "quick", false, "2 seeds of 150 steps: a look at the report, not a verdict")
	f.StringVar(&o.Out, "out", "unetbench-report", "folder for the report")
	f.BoolVar(&asJSON, "json", false, "print results.json instead of tables")
	f.BoolVar(&quiet, "quiet", false, "no progress")
	return c
}

// parseRatios reads the values of --time-ratios.
func parseRatios(text map[string]string) (map[string]float64, error) {
	out := map[string]float64{}
	for _, arm := range slices.Sorted(maps.Keys(text)) {
		v, err := strconv.ParseFloat(text[arm], 64)
		if err != nil {
			return nil, fmt.Errorf("--time-ratios %s=%s: want a number, such as 0.6", arm, text[arm])
		}
		out[arm] = v
	}
	return out, nil
}

// quicken shortens what the user has not set.
func quicken(o *bench.Options, c *cobra.Command) {
	if !c.Flags().Changed("seeds") {
		o.Seeds = 2
	}
	if !c.Flags().Changed("steps") {
		o.Steps = 150
	}
}

func compare(c *cobra.Command, o bench.Options, asJSON, quiet bool) error {
	p := newProgress(c.ErrOrStderr(), quiet)
	for _, w := range o.Warnings {
		p.Note("note: %s", w.Text)
	}
	r, err := bench.Compare(c.Context(), o, p)
	if err != nil {
		var unusable bench.UsageError
		if errors.As(err, &unusable) {
			return err
		}
		return failed{err}
	}
	if err := render(c.OutOrStdout(), o.Out, r, asJSON); err != nil {
		return failed{err}
	}
	if !quiet {
		fmt.Fprintf(c.ErrOrStderr(), "report: %s\n", filepath.Join(o.Out, "report.html"))
	}
	if !r.Setup.Complete {
		return fmt.Errorf("%w; what was measured until then is kept", errInterrupted)
	}
	return nil
}

// render writes figures and report.html into dir and the verdict to w.
func render(w io.Writer, dir string, r *bench.Results, asJSON bool) error {
	if err := report.Figures(filepath.Join(dir, "figures"), r); err != nil {
		return err
	}
	if err := bench.WriteFile(filepath.Join(dir, "report.html"), func(w io.Writer) error {
		return report.HTML(w, r, os.DirFS(dir))
	}); err != nil {
		return err
	}
	if asJSON {
		return bench.WriteJSON(w, r)
	}
	color := isTerminal(w) && os.Getenv("NO_COLOR") == ""
	return report.Terminal(w, r, width(w), color)
}
