package main

import (
	"encoding/json"

	"github.com/spf13/cobra"

	"unetbench/bench"
)

// measureCommand is what compare starts as a child process, to learn the time
// and the peak memory of one workload alone.
func measureCommand() *cobra.Command {
	return &cobra.Command{
		Use:    bench.MeasureCommand + " WORKLOAD",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var l bench.Workload
			if err := json.Unmarshal([]byte(args[0]), &l); err != nil {
				return err
			}
			return l.Run(c.OutOrStdout())
		},
	}
}
