//go:build !ort

package ort

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAbsent: without the tag, what is missing and how to have it is said.
func TestAbsent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.onnx")
	if err := os.WriteFile(path, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	_, err := Open(path, Options{})
	if want := "this binary was built without ONNX Runtime: go build -tags ort ./cmd/unetbench"; err == nil || err.Error() != want {
		t.Errorf("%v; want %s", err, want)
	}
}
