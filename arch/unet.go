package arch

import (
	"fmt"
	"math"

	"unetbench/graph"
)

// A Wiring is what one variant adds to the encoder–decoder that all share.
// A nil hook adds nothing.
type Wiring struct {
	// Pad comes before each 3×3 convolution; i is its index in the block at.
	Pad func(b *Builder, at string, i int, x *graph.Node) *graph.Node
	// Join merges the upsampled map with the encoder's map of its level.
	// It must put the skip's channels first.
	Join func(b *Builder, at string, up, enc *graph.Node) *graph.Node
	// End follows the head.
	End func(b *Builder, in, head *graph.Node) *graph.Node
	// Expand comes in place of the expansion, Join, head and End: a decoder of
	// the variant's own, from the bottom of the contraction and its levels' maps.
	Expand func(b *Builder, in, bottom *graph.Node, skips []*graph.Node)
}

// UNet builds the network of that name: a contraction of c.Pools poolings, an
// expansion that joins each level's skip, and a 1×1 head. The parameters, their
// order and their start depend on c alone, never on the wiring; with an Expand that
// holds for the contraction.
func UNet(name string, c Config, w Wiring) (*graph.Graph, error) {
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	b := &Builder{Graph: &graph.Graph{Name: name}, wiring: w, config: c}
	in := b.Add("in", graph.Input, graph.Node{Channels: c.In})
	x, ch := in, c.In
	var skips []*graph.Node
	for l := 0; l <= c.Pools; l++ {
		at := fmt.Sprintf("enc%d", l)
		b.level = l
		if l > 0 {
			x = b.Add(at+".pool", graph.MaxPool, graph.Node{Kernel: two, Stride: two}, x)
		}
		x = b.block(at, x, ch, c.Width<<l)
		ch = c.Width << l
		skips = append(skips, x)
	}
	if c.Dropout > 0 {
		x = b.Add(fmt.Sprintf("enc%d.drop", c.Pools), graph.Dropout, graph.Node{Rate: c.Dropout}, x)
	}
	if w.Expand != nil {
		w.Expand(b, in, x, skips)
		return b.Graph, nil
	}
	for l := c.Pools - 1; l >= 0; l-- {
		at := fmt.Sprintf("dec%d", l)
		ch = c.Width << l
		up := b.upsample(at, l, x, 2*ch, ch)
		b.level = l
		x = b.block(at, w.Join(b, at, up, skips[l]), 2*ch, ch)
	}
	x = b.Conv("head", 1, x, ch, c.Classes, 1/float64(ch), 1)
	if w.End != nil {
		w.End(b, in, x)
	}
	return b.Graph, nil
}

var (
	one = [2]int{1, 1}
	two = [2]int{2, 2}
)

// A Builder adds nodes at the level that is being built.
type Builder struct {
	*graph.Graph
	wiring Wiring
	config Config
	level  int
}

// At sets the level of what is added next.
func (b *Builder) At(level int) { b.level = level }

// Add appends a node at the current level.
func (b *Builder) Add(name string, op graph.Op, n graph.Node, in ...*graph.Node) *graph.Node {
	n.Level = b.level
	return b.Graph.Add(name, op, n, in...)
}

// block is twice (3×3 convolution, norm, ReLU).
func (b *Builder) block(at string, x *graph.Node, in, out int) *graph.Node {
	for i := range 2 {
		if b.wiring.Pad != nil {
			x = b.wiring.Pad(b, at, i, x)
		}
		x = b.Conv(fmt.Sprintf("%s.conv%d", at, i), 3, x, in, out, 2/float64(9*in), 1)
		x = b.norm(fmt.Sprintf("%s.norm%d", at, i), x, out)
		x = b.Add(fmt.Sprintf("%s.relu%d", at, i), graph.ReLU, graph.Node{}, x)
		in = out
	}
	return x
}

// upsample doubles the resolution of x, from level l+1 to level l.
func (b *Builder) upsample(at string, l int, x *graph.Node, in, out int) *graph.Node {
	variance := 1 / float64(in)
	b.level = l
	switch b.config.Up {
	case UpBilinear, UpNearest:
		interp := graph.Bilinear
		if b.config.Up == UpNearest {
			interp = graph.Nearest
		}
		x = b.Add(at+".up", graph.Resize, graph.Node{Factor: 2, Interp: interp}, x)
		return b.Conv(at+".upconv", 1, x, in, out, variance, 1)
	case UpShuffle, UpShuffleBlur:
		b.level = l + 1
		x = b.Conv(at+".upconv", 1, x, in, 4*out, variance, 4)
		b.level = l
		x = b.Add(at+".up", graph.PixelShuffle, graph.Node{Factor: 2}, x)
		if b.config.Up == UpShuffle {
			return x
		}
		x = b.Add(at+".blurpad", graph.Pad, graph.Node{Pads: [4]int{1, 1, 0, 0}, Padding: graph.PadReplicate}, x)
		return b.Add(at+".blur", graph.AvgPool, graph.Node{Kernel: two, Stride: one}, x)
	}
	n := graph.Node{Channels: out, Kernel: two, Stride: two}
	n.Params = b.affine(at+".up", []int{in, out, 2, 2}, out, variance, 1)
	return b.Add(at+".up", graph.ConvTranspose, n, x)
}

// Conv adds an unpadded k×k convolution whose weights start with that variance,
// so many consecutive filters alike.
func (b *Builder) Conv(name string, k int, x *graph.Node, in, out int, variance float64, repeat int) *graph.Node {
	n := graph.Node{Channels: out, Kernel: [2]int{k, k}, Stride: one}
	n.Params = b.affine(name, []int{out, in, k, k}, out, variance, repeat)
	return b.Add(name, graph.Conv, n, x)
}

// affine declares a weight tensor and its bias, which starts at 0.
func (b *Builder) affine(name string, shape []int, out int, variance float64, repeat int) []int {
	return []int{
		b.AddParam(graph.Param{Name: name + ".weight", Shape: shape, Trainable: true,
			Init: graph.Init{Std: math.Sqrt(variance), Repeat: repeat}}),
		b.AddParam(graph.Param{Name: name + ".bias", Shape: []int{out}, Trainable: true}),
	}
}

// norm adds the configured normalisation of c channels, if any. It starts as
// the identity on normal values.
func (b *Builder) norm(name string, x *graph.Node, c int) *graph.Node {
	n := graph.Node{}
	switch b.config.Norm {
	case NormNone:
		return x
	case NormInstance:
		n.Stats = graph.InstanceStatistics
	case NormGroup:
		n.Stats, n.Groups = graph.GroupStatistics, 4
		for c%n.Groups != 0 {
			n.Groups /= 2
		}
	}
	return b.scaled(name, x, c, n, 0)
}

// BatchNorm adds a norm of c channels by the batch's statistics, whatever the
// configuration says; its shift starts at beta.
func (b *Builder) BatchNorm(name string, x *graph.Node, c int, beta float64) *graph.Node {
	return b.scaled(name, x, c, graph.Node{}, beta)
}

// scaled adds a norm of c channels with its parameters.
func (b *Builder) scaled(name string, x *graph.Node, c int, n graph.Node, beta float64) *graph.Node {
	for _, p := range []struct {
		name  string
		train bool
		mean  float64
	}{{"gamma", true, 1}, {"beta", true, beta}, {"mean", false, 0}, {"var", false, 1}} {
		if p.train || n.Stats == graph.BatchStatistics {
			n.Params = append(n.Params, b.AddParam(graph.Param{Name: name + "." + p.name, Shape: []int{c},
				Trainable: p.train, Init: graph.Init{Mean: p.mean}}))
		}
	}
	return b.Add(name, graph.Norm, n, x)
}
