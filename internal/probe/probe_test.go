package probe_test

import (
	"context"
	"math"
	"testing"
	"time"

	"unetbench/arch"
	"unetbench/arch/fastai"
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
	r, err := probe.Run(context.Background(), n, images, nil, probe.Options{Time: time.Nanosecond}) // no tilers
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
		halo    [2]int
		cause   string
	}{
		{"valid", valid.Arch, nil, probe.Exact, [2]int{0, 0}, "missing_context"},
		{"padded", padded.Arch, nil, probe.Exact, [2]int{22, 22}, "missing_context"},
		{"padded, bilinear", padded.Arch, func(c *arch.Config) { c.Up = arch.UpBilinear }, probe.Exact, [2]int{25, 25}, "missing_context"},
		{"padded, batch norm", padded.Arch, func(c *arch.Config) { c.Norm = arch.NormBatch }, probe.Exact, [2]int{22, 22}, "missing_context"},
		{"padded, 4 pools", padded.Arch, func(c *arch.Config) { c.Pools, c.Width = 4, 2 }, probe.Exact, [2]int{94, 94}, "missing_context"},
		{"padded, 4 pools, bilinear", padded.Arch, func(c *arch.Config) { c.Pools, c.Width, c.Up = 4, 2, arch.UpBilinear }, probe.Exact, [2]int{109, 109}, "missing_context"},
		{"instance norm", padded.Arch, func(c *arch.Config) { c.Norm = arch.NormInstance }, probe.Never, [2]int{-1, -1}, "input_statistics"},
		{"group norm", padded.Arch, func(c *arch.Config) { c.Norm = arch.NormGroup }, probe.Never, [2]int{-1, -1}, "input_statistics"},
		{"resized", resized.Skip, nil, probe.Never, [2]int{-1, -1}, "size_dependent_resize"},
		{"fastai", fastai.Arch, nil, probe.Exact, [2]int{35, 32}, "missing_context"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := run(t, build(t, tt.arch, config(tt.edit)))
			if r.Verdict != tt.verdict || len(r.Contradictions) > 0 {
				t.Errorf("verdict %q, contradictions %v; want %q and none", r.Verdict, r.Contradictions, tt.verdict)
			}
			if r.Cause[0] != tt.cause || r.Cause[len(r.Cause)-1] != "grid_phase" {
				t.Errorf("causes %v, want %s first", r.Cause, tt.cause)
			}
			shares(t, r)
			for _, a := range []*probe.Axis{r.Axes.H, r.Axes.W} {
				if got := [2]int{value(a.HaloTop), value(a.HaloBottom)}; got != tt.halo {
					t.Errorf("halos %v by the wiring, want %v", got, tt.halo)
				}
				m := a.Measured
				if m.Verdict != tt.verdict {
					t.Errorf("measured %q", m.Verdict)
				}
				if m.ReachUp > value(a.ReachUp) && tt.verdict == probe.Exact || m.ReachUp < value(a.ReachUp)/2 {
					t.Errorf("reach %d measured, %d by the wiring", m.ReachUp, value(a.ReachUp))
				}
				for off, e := range m.Misaligned {
					if e < 1e-3 {
						t.Errorf("tiles %d px off the step differ by %g only", off, e)
					}
				}
				for i, got := range []int{value(m.HaloTop), value(m.HaloBottom)} {
					if want := tt.halo[i]; got > want || got < want-want/3 {
						t.Errorf("halo %d measured, %d by the wiring", got, want)
					}
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

// shares must explain the whole seam: with every cause taken away nothing is left.
func shares(t *testing.T, r *probe.Result) {
	t.Helper()
	sum := 0.0
	for _, c := range r.Causes {
		sum += c.Share
		if len(c.Nodes) == 0 {
			t.Errorf("%s: no node to blame", c.Name)
		}
	}
	if r.Seam < 1e-3 || math.Abs(sum-1) > 0.01 {
		t.Errorf("causes explain %.4f of a seam of %.2g: %+v", sum, r.Seam, r.Causes)
	}
}
