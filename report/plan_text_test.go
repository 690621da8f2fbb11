package report

import (
	"bytes"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/plan"
)

func TestPlanGolden(t *testing.T) {
	for _, c := range []struct {
		name  string
		arch  arch.Arch
		norm  arch.NormKind
		width int
	}{
		{"plan-padded.txt", padded.Arch, arch.NormNone, 100},
		{"plan-valid.txt", valid.Arch, arch.NormNone, 100},
		{"plan-never.txt", padded.Arch, arch.NormInstance, 70},
	} {
		config := arch.Default()
		config.Norm = c.norm
		g, err := c.arch.Build(config)
		if err != nil {
			t.Fatal(err)
		}
		r, err := plan.New(g, plan.Options{Size: graph.Size{H: 1000, W: 700}, Memory: 40 << 20,
			Bytes: func(s graph.Size) (int64, error) { return 400 * int64(s.H*s.W), nil }})
		if err != nil {
			t.Fatal(err)
		}
		r.Notes = append(r.Notes, "the file accepts one size only")
		var b bytes.Buffer
		if err := PlanText(&b, r, c.width, false); err != nil {
			t.Fatal(err)
		}
		golden(t, c.name, b.Bytes())
	}
}
