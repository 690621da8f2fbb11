// Package valid is the U-Net of Ronneberger et al. (2015): unpadded
// convolutions, skips centre-cropped to the decoder's size; and its control,
// the same network with its skips severed.
package valid

import (
	"unetbench/arch"
	"unetbench/graph"
)

// Arch crops the skips: 572 px in, 388 px out at 4 poolings.
var Arch arch.Arch = cropped{}

// NoSkip is Arch with zeros in place of every skip.
var NoSkip arch.Arch = severed{}

type cropped struct{}

func (cropped) Name() string { return "valid" }

func (cropped) Doc() string {
	return "unpadded convolutions, skips cropped to the decoder (Ronneberger 2015)"
}

func (a cropped) Build(c arch.Config) (*graph.Graph, error) {
	return arch.UNet(a.Name(), c, arch.Wiring{
		Join: func(b *arch.Builder, at string, up, enc *graph.Node) *graph.Node {
			skip := b.Add(at+".crop", graph.Crop, graph.Node{Like: up}, enc)
			return b.Add(at+".concat", graph.Concat, graph.Node{}, skip, up)
		},
	})
}

type severed struct{}

func (severed) Name() string { return "no-skip" }

func (severed) Doc() string { return "valid with its skips set to zero: a control" }

func (a severed) Build(c arch.Config) (*graph.Graph, error) {
	return arch.UNet(a.Name(), c, arch.Wiring{
		Join: func(b *arch.Builder, at string, up, enc *graph.Node) *graph.Node {
			skip := b.Add(at+".crop", graph.Crop, graph.Node{Like: up}, enc)
			none := b.Add(at+".zero", graph.Zero, graph.Node{}, skip)
			return b.Add(at+".concat", graph.Concat, graph.Node{}, none, up)
		},
	})
}
