// Package padded is the U-Net with padded 3×3 convolutions: output and input
// have one size, and skips need no fitting.
package padded

import (
	"fmt"

	"unetbench/arch"
	"unetbench/graph"
)

// Arch pads each 3×3 convolution by 1 px, as Config.Padding says.
var Arch arch.Arch = variant{}

type variant struct{}

func (variant) Name() string { return "padded" }

func (variant) Doc() string {
	return "padded convolutions of one size in and out, skips joined untouched"
}

func (a variant) Build(c arch.Config) (*graph.Graph, error) {
	return arch.UNet(a.Name(), c, arch.Wiring{
		Pad: func(b *arch.Builder, at string, i int, x *graph.Node) *graph.Node {
			return b.Add(fmt.Sprintf("%s.pad%d", at, i), graph.Pad,
				graph.Node{Pads: [4]int{1, 1, 1, 1}, Padding: c.Padding}, x)
		},
		Join: func(b *arch.Builder, at string, up, enc *graph.Node) *graph.Node {
			return b.Add(at+".concat", graph.Concat, graph.Node{}, enc, up)
		},
	})
}
