// Package arch defines what a U-Net variant is, and the encoder–decoder that
// all variants share.
package arch

import "unetbench/graph"

// An Arch wires one variant of the U-Net. A fourth variant is one file with a
// type that has these methods, and one line in bench.Variants.
type Arch interface {
	Name() string // "valid"
	Doc() string  // one sentence for help and report
	Build(Config) (*graph.Graph, error)
}

// Up is how the decoder doubles its resolution.
type Up uint8

const (
	Transposed    Up = iota // transposed convolution 2×2, stride 2
	UpBilinear              // bilinear ×2 (half-pixel), then 1×1 convolution
	UpNearest               // nearest ×2, then 1×1 convolution
	UpShuffle               // 1×1 convolution to 4·C, PixelShuffle, ICNR initialisation
	UpShuffleBlur           // the same, then replicate pad top/left and 2×2 average, as fastai's blur
)

// NormKind is what stands between a convolution and its ReLU.
type NormKind uint8

const (
	NormNone NormKind = iota
	NormBatch
	NormInstance
	NormGroup // 4 groups, or 2 or 1 where the channels are no multiple of 4
)

// Config is what every variant can be asked for.
type Config struct {
	In      int // image channels
	Classes int // logits per pixel
	Pools   int // 2×2 poolings
	Width   int // channels at level 0, doubled per level
	Up      Up
	Norm    NormKind
	Padding graph.Padding // padded only
	Interp  graph.Interp  // resized only
	Dropout float64       // rate at the end of the contraction, 0 for none
}
