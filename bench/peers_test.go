package bench

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"unetbench/arch"
	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/tile"
)

// TestPeersWork holds the works of the comparison with other programs against
// this program's own arithmetic; peers/export.py holds PyTorch's against the
// same figures.
func TestPeersWork(t *testing.T) {
	raw, err := os.ReadFile("peers/works.json")
	if err != nil {
		t.Fatal(err)
	}
	var works map[string]struct {
		Arch                            string
		Width, Pools, Size, Batch, Tile int
		GMAC                            float64
		Peers                           []string
	}
	if err := json.Unmarshal(raw, &works); err != nil {
		t.Fatal(err)
	}
	docs, err := os.ReadFile("../docs/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	for name, w := range works {
		v, err := Lookup(w.Arch)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		g, err := v.Build(arch.Config{In: 1, Classes: 2, Width: w.Width, Pools: w.Pools})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		side := w.Size
		if w.Tile > 0 {
			side = w.Tile
		}
		if err := g.CheckLegal(graph.Square(side)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		cost, err := g.TotalCost(graph.Square(side))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := float64(cost.MACs) * float64(w.Batch) / 1e9; math.Abs(got-w.GMAC) > 0.0005 {
			t.Errorf("%s: %.3f GMAC, works.json says %.3f", name, got, w.GMAC)
		}
		if len(w.Peers) == 0 || !strings.Contains(string(docs), "`"+name+"`") {
			t.Errorf("%s: peers %v; want at least one, and the work in docs/performance.md", name, w.Peers)
		}
	}
}

// TestPeersArms keeps peers/compare_torch.py to the windows of compare: what
// each arm reads in training, what of a whole drawn scene, and where that begins.
func TestPeersArms(t *testing.T) {
	source, err := os.ReadFile("peers/compare_torch.py")
	if err != nil {
		t.Fatal(err)
	}
	arms, err := Contestants(Variants, Defaults().Net, "output", OutputPatch, false)
	if err != nil {
		t.Fatal(err)
	}
	side := data.DefaultScenes().Side
	for _, c := range arms {
		g, err := tile.NewGeometry(c.Graph)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := tile.Whole(graph.Square(side), g)
		if err != nil {
			t.Fatal(err)
		}
		read := plan.Tiles[0].Read
		want := fmt.Sprintf("%q: (%d, %d, %d),", c.Name, c.Window.In, read.Dx(), read.Min.X)
		if !strings.Contains(string(source), want) {
			t.Errorf("compare_torch.py lacks %s", want)
		}
	}
}
