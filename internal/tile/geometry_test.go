package tile

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
)

// The fake networks' geometries, derived by hand, are those of the real ones.
func TestNewGeometry(t *testing.T) {
	for pools := 1; pools <= 4; pools++ {
		for _, c := range []struct {
			a    arch.Arch
			fake fakeNet
		}{{valid.Arch, fakeNet{pools: pools}}, {padded.Arch, fakeNet{pools: pools, padded: true}}, {resized.Skip, fakeNet{pools: pools, resize: true}}} {
			cfg := arch.Default()
			cfg.Pools = pools
			g, err := c.a.Build(cfg)
			if err != nil {
				t.Fatal(err)
			}
			got, err := NewGeometry(g)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.fake.geometry(), got); d != "" {
				t.Errorf("%s with %d pools: %s", c.a.Name(), pools, d)
			}
		}
	}
}

func TestCircularPaddingIsNeverExact(t *testing.T) {
	cfg := arch.Default()
	cfg.Padding = graph.PadCircular
	n, err := padded.Arch.Build(cfg)
	if err != nil {
		t.Fatal(err)
	}
	g, err := NewGeometry(n)
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(graph.Square(256), g, Spec{Tile: 208, Overlap: 96})
	if err != nil || p.Exact {
		t.Errorf("exact %v, error %v", p.Exact, err)
	}
	if _, err := g.ExactOverlap(208); err == nil {
		t.Error("an exact overlap for circular padding")
	}
	if _, err := WithContext(graph.Square(64), g, 48); err != nil {
		t.Error(err)
	}
}
