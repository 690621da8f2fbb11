package arch_test

import (
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
)

var variants = []arch.Arch{valid.Arch, valid.NoSkip, padded.Arch, resized.Skip, resized.Up}

func build(t testing.TB, a arch.Arch, c arch.Config) *graph.Graph {
	t.Helper()
	g, err := a.Build(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// The sizes of the paper, and the ones that the thread got wrong.
func TestOutputSizes(t *testing.T) {
	for _, x := range []struct {
		a       arch.Arch
		in, out int
	}{
		{valid.Arch, 572, 388}, {valid.Arch, 512, 324}, {valid.Arch, 508, 324}, {valid.NoSkip, 572, 388},
		{resized.Skip, 572, 388}, {resized.Up, 572, 572}, {padded.Arch, 512, 512},
	} {
		g := build(t, x.a, arch.Ronneberger2015())
		s, err := g.Infer(graph.Square(x.in))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := s[g.Output().ID], (graph.Shape{C: 2, H: x.out, W: x.out}); got != want {
			t.Errorf("%s: %d in: %v out, want %v", x.a.Name(), x.in, got, want)
		}
	}
}

func TestDefaultParamCount(t *testing.T) {
	for _, a := range variants {
		if n := build(t, a, arch.Default()).ParamCount(); n != 121394 {
			t.Errorf("%s: %d trainable parameters, want 121394", a.Name(), n)
		}
	}
}
