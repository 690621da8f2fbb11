// Package fastai is the decoder of fastai's DynamicUnet (version 2.8,
// fastai/vision/models/unet.py) on the encoder that all variants share: padded
// convolutions, PixelShuffle, and nearest-neighbour resizing of the decoder
// where the encoder has floored an odd size.
package fastai

import (
	"fmt"

	"unetbench/arch"
	"unetbench/graph"
)

// Arch is DynamicUnet with its defaults but for the blur behind each
// PixelShuffle, which version 1 always had and blur=True turns on in version 2;
// --up shuffle leaves it out. The decoder has no norms, as norm_type=None.
var Arch arch.Arch = dynamic{}

type dynamic struct{}

func (dynamic) Name() string { return "fastai" }

func (dynamic) Doc() string {
	return "padded convolutions and the decoder of fastai's DynamicUnet: PixelShuffle with blur, resized by nearest neighbours where sizes differ, the image joined at the end"
}

func (a dynamic) Build(c arch.Config) (*graph.Graph, error) {
	d := decoder{config: c, blur: c.Up != arch.UpShuffle}
	return arch.UNet(a.Name(), c, arch.Wiring{Pad: d.pad, Expand: d.expand})
}

type decoder struct {
	config arch.Config
	blur   bool
}

// beta is what the shift of fastai's norms starts at.
const beta = 1e-3

func (d decoder) expand(b *arch.Builder, in, x *graph.Node, skips []*graph.Node) {
	ch := d.config.Width << d.config.Pools
	x = relu(b, "mid.relu", b.BatchNorm("mid.norm", x, ch, beta))
	x = d.conv(b, "mid", 0, x, ch, 2*ch)
	x = d.conv(b, "mid", 1, x, 2*ch, ch)
	for l := d.config.Pools - 1; l >= 0; l-- {
		at, skip := fmt.Sprintf("dec%d", l), d.config.Width<<l
		up := d.upsample(b, at, l, x, ch)
		up = b.Add(at+".resize", graph.Resize, graph.Node{Like: skips[l], Interp: graph.Nearest}, up)
		// fastai puts the decoder first, and one ReLU behind the join: the
		// decoder has passed one already, so only the skip's matters.
		enc := relu(b, at+".skiprelu", b.BatchNorm(at+".norm", skips[l], skip, beta))
		x = b.Add(at+".concat", graph.Concat, graph.Node{}, enc, up)
		ch = ch/2 + skip
		out := ch
		if l == 0 {
			out = ch / 2
		}
		x = d.conv(b, at, 0, x, ch, out)
		x = d.conv(b, at, 1, x, out, out)
		ch = out
	}
	d.cross(b, in, x, ch)
}

// upsample doubles the resolution of x, of ch channels, and halves these.
func (d decoder) upsample(b *arch.Builder, at string, l int, x *graph.Node, ch int) *graph.Node {
	b.At(l + 1)
	x = relu(b, at+".uprelu", b.Conv(at+".upconv", 1, x, ch, ch/2*4, 2/float64(ch), 4))
	b.At(l)
	x = b.Add(at+".up", graph.PixelShuffle, graph.Node{Factor: 2}, x)
	if !d.blur {
		return x
	}
	x = b.Add(at+".blurpad", graph.Pad, graph.Node{Pads: [4]int{1, 1, 0, 0}, Padding: graph.PadReplicate}, x)
	return b.Add(at+".blur", graph.AvgPool, graph.Node{Kernel: [2]int{2, 2}, Stride: [2]int{1, 1}}, x)
}

// cross is last_cross and the head: the image joins x, of ch channels, and a
// residual block follows.
func (d decoder) cross(b *arch.Builder, in, x *graph.Node, ch int) {
	x = b.Add("cross.concat", graph.Concat, graph.Node{}, in, x)
	ch += d.config.In
	y := d.conv(b, "cross", 0, x, ch, ch)
	y = d.plain(b, "cross", 1, y, ch, ch)
	x = relu(b, "cross.relu1", b.Add("cross.sum", graph.Sum, graph.Node{}, y, x))
	b.Conv("head", 1, x, ch, d.config.Classes, 1/float64(ch), 1)
}

// pad comes before every 3×3 convolution.
func (d decoder) pad(b *arch.Builder, at string, i int, x *graph.Node) *graph.Node {
	return b.Add(fmt.Sprintf("%s.pad%d", at, i), graph.Pad, graph.Node{Pads: [4]int{1, 1, 1, 1}, Padding: d.config.Padding}, x)
}

// plain is the i-th 3×3 convolution of a block.
func (d decoder) plain(b *arch.Builder, at string, i int, x *graph.Node, in, out int) *graph.Node {
	return b.Conv(fmt.Sprintf("%s.conv%d", at, i), 3, d.pad(b, at, i, x), in, out, 2/float64(9*in), 1)
}

// conv is plain with a ReLU behind it.
func (d decoder) conv(b *arch.Builder, at string, i int, x *graph.Node, in, out int) *graph.Node {
	return relu(b, fmt.Sprintf("%s.relu%d", at, i), d.plain(b, at, i, x, in, out))
}

func relu(b *arch.Builder, name string, x *graph.Node) *graph.Node {
	return b.Add(name, graph.ReLU, graph.Node{}, x)
}
