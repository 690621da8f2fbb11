package report

import (
	"bytes"
	"os"
	"testing"
)

func TestLook(t *testing.T) {
	r := full().results(t)
	var b bytes.Buffer
	if err := HTML(&b, r, maps(t, r)); err != nil {
		t.Fatal(err)
	}
	if f := os.Getenv("UNETBENCH_REPORT"); f != "" {
		os.WriteFile(f, b.Bytes(), 0o644)
	}
}
