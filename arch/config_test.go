package arch_test

import (
	"strings"
	"testing"

	"unetbench/arch"
)

// Every name that String writes, the parsers read; the others they refuse with
// the list of those that would do.
func TestNamesRoundTrip(t *testing.T) {
	for _, u := range arch.Ups() {
		if got, err := arch.ParseUp(u.String()); err != nil || got != u {
			t.Errorf("%v parses as %v, %v", u, got, err)
		}
	}
	for _, n := range arch.Norms() {
		if got, err := arch.ParseNorm(n.String()); err != nil || got != n {
			t.Errorf("%v parses as %v, %v", n, got, err)
		}
	}
	if _, err := arch.ParseUp("cubic"); err == nil || !strings.Contains(err.Error(), `"cubic": want one of transposed, bilinear, nearest, shuffle, shuffle-blur`) {
		t.Error(err)
	}
	if _, err := arch.ParseNorm("layer"); err == nil || !strings.Contains(err.Error(), `"layer": want one of none, batch, instance, group`) {
		t.Error(err)
	}
}

// A weights file's description gives back the configuration.
func TestDescriptionRoundTrip(t *testing.T) {
	for _, n := range arch.Norms() {
		for _, c := range []arch.Config{arch.Default(), arch.Ronneberger2015()} {
			c.Norm = n
			if got, err := arch.FromDescription(arch.Describe(c)); err != nil || got != c {
				t.Errorf("%+v comes back as %+v, %v", c, got, err)
			}
		}
	}
	d := arch.Describe(arch.Default())
	d["norm"] = "layer"
	if _, err := arch.FromDescription(d); err == nil || !strings.Contains(err.Error(), `norm "layer"`) {
		t.Error(err)
	}
}

func TestPresetsAreValid(t *testing.T) {
	for _, c := range []arch.Config{arch.Default(), arch.Ronneberger2015()} {
		if err := c.Validate(); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
	// 23 convolutions, the upsampling ones included, as the paper counts.
	convs := 0
	for _, p := range build(t, variants[0], arch.Ronneberger2015()).Params {
		if strings.HasSuffix(p.Name, ".weight") {
			convs++
		}
	}
	if convs != 23 {
		t.Errorf("%d convolutions, want 23", convs)
	}
}
