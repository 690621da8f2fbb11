// Package resource runs this program again as a child process, and tells a
// process how much memory it has taken: so that what is measured has its own
// peak, and nobody else's.
package resource

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// child marks the environment of a process that Run started.
const child = "UNETBENCH_CHILD"

// Run runs the program self (usually os.Executable) with args, waits for it
// and returns what it printed. A process that was itself started by Run may
// not: a program that does not know args would start itself without end.
func Run(ctx context.Context, self string, args ...string) ([]byte, error) {
	if os.Getenv(child) != "" {
		return nil, errors.New("a child process may not start another")
	}
	var out, errs bytes.Buffer
	c := exec.CommandContext(ctx, self, args...)
	c.Env = append(os.Environ(), child+"=1")
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(errs.String()))
	}
	return out.Bytes(), nil
}
