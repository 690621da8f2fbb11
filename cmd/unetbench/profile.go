package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"unetbench/arch"
	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/profile"
)

func profileCommand() *cobra.Command {
	var p profiling
	c := &cobra.Command{
		Use:   "profile",
		Short: "Time a network layer by layer, beside what the machine can do at best",
		Long: "profile runs one network with random weights on noise, and sets the time of every layer\n" +
			"against the roof over it: the multiply-adds that the machine does at best, or the memory\n" +
			"that it moves at best, both measured in the same run on as many threads.",
		Example: "  unetbench profile --width 64 --pools 4 --norm none --size 572 --threads 1\n" +
			"  unetbench profile --arch padded --size 208 --batch 2 --train",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.run(c) },
	}
	f := c.Flags()
	p.net.register(f)
	f.Lookup("classes").Usage = "classes, background included (default 2)"
	f.StringVar(&p.arch, "arch", bench.Reference, "variant: "+strings.Join(bench.VariantNames(), ", "))
	f.IntVar(&p.channels, "channels", arch.Default().In, "channels of the image")
	f.IntVar(&p.Size, "size", 572, "side of the input, px")
	f.IntVar(&p.Batch, "batch", 1, "inputs per pass")
	f.BoolVar(&p.Train, "train", false, "whole training steps instead of predictions")
	f.BoolVar(&p.Exact, "exact", false, "direct convolution only")
	p.kernel.register(f)
	f.IntVar(&p.Threads, "threads", 0, "cores to use (default all)")
	f.IntVar(&p.Runs, "runs", 5, "timed passes, after one that is not")
	f.Uint64Var(&p.Seed, "seed", 1, "of weights and inputs")
	f.StringVar(&p.out, "out", "", "also write the JSON to this file; as profile*.json in a comparison's folder, `unetbench report` shows it")
	f.BoolVar(&p.asJSON, "json", false, "print JSON instead of a table")
	return c
}

// A profiling is one network to be timed.
type profiling struct {
	profile.Options
	net      netFlags
	kernel   kernelFlag
	arch     string
	channels int
	asJSON   bool
	out      string
}

func (p *profiling) run(c *cobra.Command) error {
	v, err := bench.Lookup(p.arch)
	if err != nil {
		return fmt.Errorf("--arch: %w", err)
	}
	config := arch.Default()
	if err := p.net.apply(c, &config); err != nil {
		return err
	}
	if c.Flags().Changed("channels") {
		config.In = p.channels
	}
	if p.Kernel, err = p.kernel.set(); err != nil {
		return err
	}
	if err := p.Check(); err != nil {
		return err
	}
	g, err := v.Build(config)
	if err != nil {
		return err
	}
	if _, err := g.Infer(graph.Square(p.Size)); err != nil {
		return fmt.Errorf("--size %d: %w", p.Size, err)
	}
	r, err := profile.Run(g, p.Options)
	if err != nil {
		return failed{err}
	}
	r.Net = arch.Describe(config)
	encode := func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	if p.out != "" {
		if err := bench.WriteFile(p.out, encode); err != nil {
			return failed{err}
		}
	}
	if p.asJSON {
		return encode(c.OutOrStdout())
	}
	return profile.WriteText(c.OutOrStdout(), r)
}
