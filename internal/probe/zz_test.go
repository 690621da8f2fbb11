package probe_test

import (
	"encoding/json"
	"testing"
	"unetbench/arch"
	"unetbench/arch/padded"
)

func TestShow(t *testing.T) {
	r := run(t, build(t, padded.Arch, config(func(c *arch.Config) { c.Pools, c.Width, c.Norm = 4, 16, arch.NormInstance })))
	b, _ := json.MarshalIndent(r, "", " ")
	t.Log(string(b))
}
