package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"unetbench/internal/data"
)

func synthCommand() *cobra.Command {
	set := data.DefaultScenes()
	var out string
	c := &cobra.Command{
		Use:   "synth",
		Short: "Write the drawn membrane scenes as PNG files",
		Long: "synth writes the scenes that compare uses when it is given no images: train/ and test/, each\n" +
			"with images/ and masks/ (0 and 255), which compare reads back with --images and --masks.",
		Example: "  unetbench synth --out scenes\n" +
			"  unetbench compare --images scenes/train/images --masks scenes/train/masks --test-images scenes/test/images --test-masks scenes/test/masks",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if set.Train < 0 || set.Test < 0 || set.Train+set.Test == 0 {
				return fmt.Errorf("--train %d, --test %d: want 0 or more of each and at least one scene", set.Train, set.Test)
			}
			if set.Side < 16 || set.Side > 4096 {
				return fmt.Errorf("--side %d: want 16 to 4096 px", set.Side)
			}
			train, test := data.Scenes(set)
			for name, scenes := range map[string][]data.Example{"train": train, "test": test} {
				if err := data.WritePNG(filepath.Join(out, name), scenes, 2); err != nil {
					return err
				}
			}
			fmt.Fprintf(c.OutOrStdout(), "%d scenes to train on and %d to test on, %d px square, in %s\n", len(train), len(test), set.Side, out)
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&out, "out", "scenes", "folder to write to")
	f.IntVar(&set.Train, "train", set.Train, "scenes to train on")
	f.IntVar(&set.Test, "test", set.Test, "scenes to test on")
	f.IntVar(&set.Side, "side", set.Side, "side of a scene, px")
	f.Uint64Var(&set.Seed, "seed", set.Seed, "seed of the first scene")
	return c
}
