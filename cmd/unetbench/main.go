// Command unetbench trains three ways of joining a U-Net's skip connections on
// the same images and measures what each costs and gains.
//
// What it prints follows these rules: results to standard output, progress and
// errors to standard error; one line per error, naming the file or flag and
// the remedy; exit code 0 when done, 2 for input that cannot be used, 1 when
// something failed on the way, 130 when interrupted.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	self, _ := os.Executable() // without it, memory is not measured
	os.Exit(run(ctx, self, os.Args[1:], os.Stdout, os.Stderr))
}

// failed marks an error that is not the user's: exit code 1 instead of 2.
type failed struct{ error }

func (f failed) Unwrap() error { return f.error }

var errInterrupted = errors.New("interrupted")

// run is the program: self is the executable to start children of, or "".
func run(ctx context.Context, self string, args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:   "unetbench",
		Short: "Crop, pad or resize the skip connections of a U-Net? Train all three and measure.",
		Example: "  unetbench compare\n" +
			"  unetbench compare --images cells/images --masks cells/masks --out cells-report",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.AddCommand(compareCommand(self), reportCommand(), predictCommand(), planCommand(), exportCommand(), profileCommand(), synthCommand(), reproduceCommand(), probeCommand(), measureCommand())
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errInterrupted):
		fmt.Fprintf(stderr, "unetbench: %v\n", err)
		return 130
	}
	line := strings.Join(strings.Fields(err.Error()), " ")
	fmt.Fprintf(stderr, "unetbench: %s\n", line)
	var f failed
	if errors.As(err, &f) {
		return 1
	}
	return 2
}
