package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// layers lists the packages from the bottom up: each may import only packages
// above it in this list (that is, below it in the design), and what is named
// in forbidden not at all.
var layers = []string{
	"internal/resource", "internal/npy", "internal/stat", "internal/metric", "internal/kernel", "graph", "internal/modeltest", "graph/graphtest", "arch", "arch/valid", "arch/padded", "arch/resized", "arch/fastai",
	"arch/archtest", "internal/oracle", "internal/engine/reference", "internal/engine", "internal/onnx", "internal/ort", "internal/tile", "internal/snippet", "internal/plan", "internal/data", "internal/train", "internal/profile", "internal/probe",
	"bench", "bench/claims", "report", "cmd/unetbench",
}

var forbidden = map[string][]string{
	"internal/kernel": {"graph"},
	"internal/tile":   {"internal/engine", "internal/engine/reference", "internal/data"},
	"report":          {"internal/engine", "internal/train", "internal/kernel"},
}

// TestImportsPointOneWay keeps the design's order.
func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "unetbench/...").Output()
	if err != nil {
		t.Skipf("go list: %v", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, "unetbench/")
		at := slices.Index(layers, name)
		if at < 0 {
			t.Errorf("%s is in no layer: add it to the list, where it belongs", name)
			continue
		}
		for _, imp := range p.Imports {
			below, ours := strings.CutPrefix(imp, "unetbench/")
			switch {
			case !ours:
			case slices.Index(layers, below) >= at:
				t.Errorf("%s imports %s, which is not below it", name, below)
			case slices.Contains(forbidden[name], below):
				t.Errorf("%s must not know %s", name, below)
			}
		}
	}
}
