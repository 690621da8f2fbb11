package fastai_test

import (
	"testing"

	"unetbench/arch"
	"unetbench/arch/archtest"
	"unetbench/arch/fastai"
	"unetbench/graph"
)

func TestArch(t *testing.T) { archtest.RunOwn(t, fastai.Arch) }

// Sizes that the encoder floors are resized back: fastai's own smoke test.
func TestOddSizes(t *testing.T) {
	g, err := fastai.Arch.Build(arch.Default())
	if err != nil {
		t.Fatal(err)
	}
	in := graph.Size{H: 127, W: 128}
	s, err := g.Infer(in)
	if err != nil {
		t.Fatal(err)
	}
	if got := s[g.Output().ID]; got.Size() != in {
		t.Errorf("%v in, %v out", in, got)
	}
	if g.CheckLegal(in) == nil {
		t.Errorf("%v passes for legal: 127 px are floored", in)
	}
	for l, want := range []graph.Shape{{C: 8, H: 127, W: 128}, {C: 16, H: 63, W: 64}, {C: 32, H: 31, W: 32}} {
		enc := g.Node([]string{"enc0.relu1", "enc1.relu1", "enc2.relu1"}[l])
		up := g.Node([]string{"dec0.resize", "dec1.resize", "dec2.resize"}[l])
		if s[enc.ID] != want || s[up.ID].Size() != want.Size() || s[up.In[0].ID].H != want.H/2*2 {
			t.Errorf("level %d: skip %v, decoder %v resized to %v", l, s[enc.ID], s[up.In[0].ID], s[up.ID])
		}
	}
}

// The blurs move the decoder by half a pixel of each level, up and left; at
// legal sizes nothing else does, and tiles on the step agree with the whole.
func TestFootprint(t *testing.T) {
	for _, x := range []struct {
		up          arch.Up
		top, bottom int
		apart       float64
	}{{arch.Transposed, 71, 64, 0.5}, {arch.UpShuffle, 64, 64, 0}} {
		c := arch.Default()
		c.Up = x.up
		g, err := fastai.Arch.Build(c)
		if err != nil {
			t.Fatal(err)
		}
		f := g.Footprint().H
		if !f.Equivariant || f.Step != 8 || f.Shrink != 0 || f.HaloTop != x.top || f.HaloBottom != x.bottom {
			t.Errorf("up=%v: footprint %+v", x.up, f)
		}
		m, err := g.Misregistrations(graph.Square(160))
		if err != nil || len(m) != 4 {
			t.Fatal(m, err)
		}
		for _, j := range m[:3] {
			if want := x.apart * float64(int(1)<<j.Level); j.LocalMax != want {
				t.Errorf("up=%v: %s is %v px out of register, want %v", x.up, j.Node, j.LocalMax, want)
			}
		}
	}
}
