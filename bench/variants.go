package bench

import (
	"fmt"
	"slices"
	"strings"

	"unetbench/arch"
	"unetbench/arch/fastai"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
)

// Variants are the contestants, the reference first. A new one is one package
// and one line here.
var Variants = []arch.Arch{
	valid.Arch,
	padded.Arch,
	resized.Skip,
	resized.Up,
	valid.NoSkip,
}

// Presets are contestants that take part only where they are named: their
// parameters are not those that all Variants share.
var Presets = []arch.Arch{fastai.Arch}

// Reference is the name of the variant that the others are compared with.
const Reference = "valid"

// Pick returns the variants of those names, the reference always among them
// and always first; no names means all Variants.
func Pick(names []string) ([]arch.Arch, error) {
	if len(names) == 0 {
		return Variants, nil
	}
	want := map[string]bool{Reference: true}
	for _, n := range names {
		if !known(n) {
			return nil, fmt.Errorf("--arch %s: no such variant; want some of %s", n, strings.Join(VariantNames(), ", "))
		}
		want[n] = true
	}
	var out []arch.Arch
	for _, v := range everyone() {
		if want[v.Name()] {
			out = append(out, v)
		}
	}
	return out, nil
}

// Lookup returns the variant or preset of that name.
func Lookup(name string) (arch.Arch, error) {
	for _, v := range everyone() {
		if v.Name() == name {
			return v, nil
		}
	}
	return nil, fmt.Errorf("no variant %q; want one of %s", name, strings.Join(VariantNames(), ", "))
}

// VariantNames lists the names of Variants, and then of Presets.
func VariantNames() []string {
	var s []string
	for _, v := range everyone() {
		s = append(s, v.Name())
	}
	return s
}

func everyone() []arch.Arch { return slices.Concat(Variants, Presets) }

func known(name string) bool {
	_, err := Lookup(name)
	return err == nil
}
