package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Interrupted, it says how far it came, and leaves the file as it was.
func TestReproduceInterrupted(t *testing.T) {
	out := filepath.Join(t.TempDir(), "claims.md")
	if err := os.WriteFile(out, []byte("older"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var stdout, stderr bytes.Buffer
	code := run(ctx, "", []string{"reproduce", "--out", out, "thread-crop", "odena-overlap"}, &stdout, &stderr)
	if want := "unetbench: interrupted after 1 of 2 claims; no file is written\n"; code != 130 || stderr.String() != want {
		t.Errorf("exit code %d, %q; want 130, %q", code, stderr.String(), want)
	}
	if !strings.HasPrefix(stdout.String(), "thread-crop: reproduced") {
		t.Errorf("%q: want the verdict that was reached", stdout.String())
	}
	if kept, err := os.ReadFile(out); err != nil || string(kept) != "older" {
		t.Errorf("%q, %v: want the older file", kept, err)
	}
}
