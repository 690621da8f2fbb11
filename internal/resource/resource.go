// Package resource measures what a child process took: its time and its peak
// memory, as the operating system accounts for it.
package resource

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// Usage is what a finished process has used.
type Usage struct {
	Wall   time.Duration
	PeakB  int64 // peak resident size, bytes; 0 where the system does not tell
	Output []byte
}

// Run runs this same executable with args and waits for it.
func Run(ctx context.Context, args ...string) (Usage, error) {
	self, err := os.Executable()
	if err != nil {
		return Usage{}, err
	}
	var out, errs bytes.Buffer
	c := exec.CommandContext(ctx, self, args...)
	c.Stdout, c.Stderr = &out, &errs
	start := time.Now()
	if err := c.Run(); err != nil {
		return Usage{}, fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(errs.String()))
	}
	return Usage{time.Since(start), peak(c.ProcessState), out.Bytes()}, nil
}
