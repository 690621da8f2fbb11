package bench

import (
	"testing"

	"unetbench/arch"
)

// TestWindows checks the windows of the recipe: input/supervised px.
func TestWindows(t *testing.T) {
	for _, tc := range []struct {
		regime   string
		pools    int
		controls bool
		want     map[string]string
	}{
		{"output", 3, false, map[string]string{"valid": "204/116", "padded": "120/116", "resized-skip": "204/116",
			"resized-up": "204/116", "no-skip": "204/116"}},
		{"input", 3, false, map[string]string{"valid": "204/116", "padded": "208/208", "resized-skip": "204/116",
			"resized-up": "204/116", "no-skip": "204/116"}},
		{"output", 3, true, map[string]string{"valid": "204/116", "padded": "120/116", "resized-skip": "204/116",
			"resized-up": "204/116", "no-skip": "204/116", "valid-mirrored": "204/116 mirrored",
			"padded-wide": "208/116", "resized-up-narrow": "116/116"}},
		{"output", 4, false, map[string]string{"valid": "300/116", "padded": "128/116", "resized-skip": "300/116",
			"resized-up": "300/116", "no-skip": "300/116"}},
	} {
		c := arch.Default()
		c.Pools = tc.pools
		arms, err := Contestants(Variants, c, tc.regime, OutputPatch, tc.controls)
		if err != nil {
			t.Fatal(err)
		}
		if len(arms) != len(tc.want) {
			t.Errorf("%s, %d pools: %d arms, want %d", tc.regime, tc.pools, len(arms), len(tc.want))
		}
		for _, a := range arms {
			if got := a.Window.String(); got != tc.want[a.Name] {
				t.Errorf("%s, %d pools: %s reads/supervises %s, want %s", tc.regime, tc.pools, a.Name, got, tc.want[a.Name])
			}
			if err := a.Window.Check(OutputPatch); err != nil {
				t.Errorf("%s: %v", a.Name, err)
			}
		}
	}
}

// TestReferenceIsAlwaysThere: a contrast needs something to contrast with.
func TestReferenceIsAlwaysThere(t *testing.T) {
	v, err := Pick([]string{"padded"})
	if err != nil {
		t.Fatal(err)
	}
	if len(v) != 2 || v[0].Name() != Reference {
		t.Errorf("picking padded alone gives %d variants, the first %s", len(v), v[0].Name())
	}
	if _, err := Pick([]string{"croped"}); err == nil {
		t.Error("an unknown variant is accepted")
	}
}

// A preset takes part where it is named, and nowhere else.
func TestPresetsAreNotDefault(t *testing.T) {
	all, err := Pick(nil)
	if err != nil {
		t.Fatal(err)
	}
	named, err := Pick([]string{"fastai"})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(Variants) || len(named) != 2 || named[1].Name() != "fastai" {
		t.Errorf("without names %d variants; naming fastai gives %d", len(all), len(named))
	}
}
