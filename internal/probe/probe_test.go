package probe_test

import (
	"context"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/probe"
)

func config(edit func(*arch.Config)) arch.Config {
	c := arch.Default()
	c.Pools, c.Width, c.Norm = 2, 4, arch.NormNone
	if edit != nil {
		edit(&c)
	}
	return c
}

func build(t *testing.T, a arch.Arch, c arch.Config) probe.Network {
	t.Helper()
	g, err := a.Build(c)
	if err != nil {
		t.Fatal(err)
	}
	return probe.Network{Graph: g, Weights: g.InitWeights(5)}
}

func run(t *testing.T, n probe.Network, images ...*graph.Map) *probe.Result {
	t.Helper()
	r, err := probe.Run(context.Background(), n, images, nil, probe.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestVerdicts knows what every variant must be found to be. Halos of −1 stand
// for none.
func TestVerdicts(t *testing.T) {
	for _, tt := range []struct {
		name    string
		arch    arch.Arch
		edit    func(*arch.Config)
		verdict string
		halo    int
		cause   string
	}{
		{"valid", valid.Arch, nil, probe.Exact, 0, "missing_context"},
		{"padded", padded.Arch, nil, probe.Exact, 22, "missing_context"},
		{"padded, bilinear", padded.Arch, func(c *arch.Config) { c.Up = arch.UpBilinear }, probe.Exact, 25, "missing_context"},
		{"padded, batch norm", padded.Arch, func(c *arch.Config) { c.Norm = arch.NormBatch }, probe.Exact, 22, "missing_context"},
		{"padded, 4 pools", padded.Arch, func(c *arch.Config) { c.Pools, c.Width = 4, 2 }, probe.Exact, 94, "missing_context"},
		{"padded, 4 pools, bilinear", padded.Arch, func(c *arch.Config) { c.Pools, c.Width, c.Up = 4, 2, arch.UpBilinear }, probe.Exact, 109, "missing_context"},
		{"instance norm", padded.Arch, func(c *arch.Config) { c.Norm = arch.NormInstance }, probe.Never, -1, "input_statistics"},
		{"group norm", padded.Arch, func(c *arch.Config) { c.Norm = arch.NormGroup }, probe.Never, -1, "input_statistics"},
		{"resized", resized.Skip, nil, probe.Never, -1, "size_dependent_resize"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := run(t, build(t, tt.arch, config(tt.edit)))
			if r.Verdict != tt.verdict || len(r.Contradictions) > 0 {
				t.Errorf("verdict %q, contradictions %v; want %q and none", r.Verdict, r.Contradictions, tt.verdict)
			}
			for _, a := range []*probe.Axis{r.Axes.H, r.Axes.W} {
				if got := value(a.HaloTop); got != tt.halo || value(a.HaloBottom) != tt.halo {
					t.Errorf("halos %d and %d by the wiring, want %d", got, value(a.HaloBottom), tt.halo)
				}
				if a.Measured.Verdict != tt.verdict {
					t.Errorf("measured %q", a.Measured.Verdict)
				}
				if got := value(a.Measured.HaloTop); got > tt.halo || got < tt.halo-tt.halo/3 {
					t.Errorf("halo %d measured, %d by the wiring", got, tt.halo)
				}
			}
		})
	}
}

func value(n *int) int {
	if n == nil {
		return -1
	}
	return *n
}
