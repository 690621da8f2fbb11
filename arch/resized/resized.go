// Package resized is the U-Net with unpadded convolutions that interpolates
// where valid crops: either the skip shrinks to the decoder, or the decoder
// grows to the skip.
package resized

import (
	"unetbench/arch"
	"unetbench/graph"
)

// Skip shrinks each skip to the decoder's size: 572 px in, 388 px out.
var Skip arch.Arch = skip{}

// Up enlarges the decoder to each skip, and the logits to the input.
var Up arch.Arch = up{}

type skip struct{}

func (skip) Name() string { return "resized-skip" }

func (skip) Doc() string { return "unpadded convolutions, skips resized to the decoder" }

func (a skip) Build(c arch.Config) (*graph.Graph, error) {
	return arch.UNet(a.Name(), c, arch.Wiring{
		Join: func(b *arch.Builder, at string, up, enc *graph.Node) *graph.Node {
			s := b.Add(at+".resize", graph.Resize, graph.Node{Like: up, Interp: c.Interp}, enc)
			return b.Add(at+".concat", graph.Concat, graph.Node{}, s, up)
		},
	})
}

type up struct{}

func (up) Name() string { return "resized-up" }

func (up) Doc() string {
	return "unpadded convolutions, the decoder resized to the skips and the logits to the input"
}

func (a up) Build(c arch.Config) (*graph.Graph, error) {
	return arch.UNet(a.Name(), c, arch.Wiring{
		Join: func(b *arch.Builder, at string, up, enc *graph.Node) *graph.Node {
			d := b.Add(at+".resize", graph.Resize, graph.Node{Like: enc, Interp: c.Interp}, up)
			return b.Add(at+".concat", graph.Concat, graph.Node{}, enc, d)
		},
		End: func(b *arch.Builder, in, head *graph.Node) *graph.Node {
			return b.Add("resize", graph.Resize, graph.Node{Like: in, Interp: c.Interp}, head)
		},
	})
}
