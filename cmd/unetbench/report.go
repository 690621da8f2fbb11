package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"unetbench/bench"
)

func reportCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "report DIR",
		Short:   "Render again what a comparison left in DIR",
		Example: "  unetbench report unetbench-report",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := bench.ReadResults(filepath.Join(args[0], "results.json"))
			if err != nil {
				return fmt.Errorf("%w; name the folder that `unetbench compare --out` wrote", err)
			}
			if err := render(c.OutOrStdout(), args[0], r, asJSON); err != nil {
				return failed{err}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print results.json instead of tables")
	return c
}
