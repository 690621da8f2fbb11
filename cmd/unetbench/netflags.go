package main

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"unetbench/arch"
	"unetbench/graph"
)

// netFlags are the flags that describe the network all variants share.
type netFlags struct {
	pools, width, classes             int
	up, padding, interp, norm, preset string
	dropout                           float64
}

func (n *netFlags) register(f *pflag.FlagSet) {
	d := arch.Default()
	f.IntVar(&n.pools, "pools", d.Pools, "2×2 poolings")
	f.IntVar(&n.width, "width", d.Width, "channels at full resolution, doubled per level")
	f.IntVar(&n.classes, "classes", 0, "classes, background included (default: what the masks hold)")
	f.StringVar(&n.up, "up", d.Up.String(), "upsampling: transposed, bilinear, nearest, shuffle (PixelShuffle with ICNR), shuffle-blur")
	f.StringVar(&n.padding, "padding", d.Padding.String(), "padded: zero, reflect, replicate or circular")
	f.StringVar(&n.interp, "interp", d.Interp.String(), "resized: bilinear, bilinear-align (corners) or nearest")
	f.StringVar(&n.norm, "norm", d.Norm.String(), "normalisation: none, batch, instance or group (4 groups)")
	f.Float64Var(&n.dropout, "dropout", d.Dropout, "dropout rate at the end of the contraction")
	f.StringVar(&n.preset, "preset", "", "ronneberger2015: 4 pools, width 64, no normalisation, dropout; other flags override it")
}

// apply fills c from the preset and the flags; flags that were set win.
func (n *netFlags) apply(cmd *cobra.Command, c *arch.Config) error {
	switch n.preset {
	case "":
	case "ronneberger2015":
		*c = arch.Ronneberger2015()
	default:
		return fmt.Errorf("--preset %s: no such preset; want ronneberger2015", n.preset)
	}
	for _, set := range []struct {
		flag string
		do   func() error
	}{
		{"pools", func() error { c.Pools = n.pools; return nil }},
		{"width", func() error { c.Width = n.width; return nil }},
		{"classes", func() error { return n.setClasses(c) }},
		{"dropout", func() error { c.Dropout = n.dropout; return nil }},
		{"up", func() (err error) { c.Up, err = arch.ParseUp(n.up); return }},
		{"padding", func() (err error) { c.Padding, err = graph.ParsePadding(n.padding); return }},
		{"interp", func() (err error) { c.Interp, err = graph.ParseInterp(n.interp); return }},
		{"norm", func() (err error) { c.Norm, err = arch.ParseNorm(n.norm); return }},
	} {
		if cmd.Flags().Changed(set.flag) {
			if err := set.do(); err != nil {
				return fmt.Errorf("--%s: %w", set.flag, err)
			}
		}
	}
	return nil
}

func (n *netFlags) setClasses(c *arch.Config) error {
	if n.classes < 2 || n.classes > 255 {
		return fmt.Errorf("%d: want 2 to 255, background included", n.classes)
	}
	c.Classes = n.classes
	return nil
}
