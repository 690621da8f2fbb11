package graphtest

import (
	"fmt"

	"unetbench/graph"
)

// reduce draws one of the ways to make s px one.
func (d *drawing) reduce(x *graph.Node, s int) *graph.Node {
	stride := [2]int{s, s}
	how := 0
	if d.Imported {
		how = d.pick("down", 0, 1, 2, 3, 4)
	}
	switch how {
	case 1: // windows that overlap, into padding
		k := 2*s - 1
		p := k / 2
		return d.add(graph.MaxPool, graph.Node{Kernel: [2]int{k, k}, Stride: stride, Pads: [4]int{p, p, p, p}}, x)
	case 2:
		x = d.pad(x, [4]int{1, 1, 1, 1})
		n := graph.Node{Channels: 2, Kernel: [2]int{3, 3}, Stride: stride}
		n.Params = d.affine([]int{2, d.count(x), 3, 3}, 2)
		return d.add(graph.Conv, n, x)
	case 3: // px that nobody reads
		n := graph.Node{Channels: 2, Kernel: [2]int{1, 1}, Stride: stride}
		n.Params = d.affine([]int{2, d.count(x), 1, 1}, 2)
		return d.add(graph.Conv, n, x)
	case 4:
		k := s + d.pick("beyond", 0, 1)
		return d.add(graph.AvgPool, graph.Node{Kernel: [2]int{k, k}, Stride: stride, Ceil: true}, x)
	}
	return d.add(graph.MaxPool, graph.Node{Kernel: stride, Stride: stride}, x)
}

// magnify draws one of the ways to magnify x by s to c channels, or as many as
// x has, that only imported networks have.
func (d *drawing) magnify(x *graph.Node, c, s int) *graph.Node {
	how := d.pick("foreign", 0, 0, 0, 1, 2, 3, 4, 5)
	if how > 0 {
		n := graph.Node{Factor: s, Interp: []graph.Interp{graph.Nearest, graph.NearestHalf, graph.BilinearCorner, graph.Cubic, graph.Bilinear}[how-1]}
		switch d.pick("size", 0, 1, 2) {
		case 1:
			n.Factor, n.Scale = 0, [2]float64{float64(s), float64(s)}
		case 2:
			n.Factor = 0
			n.Lengths = []*graph.Length{graph.Side(x, 0).Times(graph.Px(s)), graph.Px(s).Times(graph.Side(x, 1))}
		}
		return d.add(graph.Resize, n, x)
	}
	k := d.pick("kernel", s, s+1, 2*s, 2*s+1)
	n := graph.Node{Channels: c, Kernel: [2]int{k, k}, Stride: [2]int{s, s}}
	n.Params = d.affine([]int{d.count(x), c, k, k}, c)
	y := d.add(graph.ConvTranspose, n, x)
	at := graph.Px(d.pick("cut", 0, (k-s)/2, k-s))
	return d.add(graph.Crop, graph.Node{Lengths: []*graph.Length{at, at, graph.Side(x, 0).Times(graph.Px(s)), graph.Side(x, 1).Times(graph.Px(s))}}, y)
}

// foreign draws a node that keeps the resolution, which only imported networks
// have, and returns the px that it takes away.
func (d *drawing) foreign(x *graph.Node) (_ *graph.Node, less [2]int) {
	lacks := func(p [4]int) [2]int { return [2]int{-p[0] - p[2], -p[1] - p[3]} }
	signed := func() (p [4]int) {
		for i := range p {
			p[i] = d.pick("signed", -2, -1, 0, 1, 2)
		}
		return p
	}
	switch d.pick("foreign", 0, 1, 2, 3, 4, 5, 6) {
	case 0, 1: // convolution of taps that lie apart
		by := d.pick("dilation", 2, 3)
		if d.pick("padded", 0, 1) == 1 {
			x = d.pad(x, [4]int{by, by, by, by})
		} else {
			less = [2]int{2 * by, 2 * by}
		}
		n := graph.Node{Channels: 2, Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}, Dilation: [2]int{by, by}}
		n.Params = d.affine([]int{2, d.count(x), 3, 3}, 2)
		return d.add(graph.Conv, n, x), less
	case 2:
		p := signed()
		n := graph.Node{Pads: p, Padding: graph.Padding(d.pick("padding", int(graph.PadZero), int(graph.PadReplicate), int(graph.PadReflect)))}
		return d.add(graph.Pad, n, x), lacks(p) // what is cut off at one end of a circle would be right at the other
	case 3:
		p := signed()
		var n graph.Node
		for _, px := range p {
			n.Lengths = append(n.Lengths, graph.Px(px))
		}
		return d.add(graph.Pad, n, x), lacks(p)
	case 4:
		top, left, h, w := d.pick("top", 0, 1, 2), d.pick("left", 0, 1, 2), d.pick("height", 0, 1, 2), d.pick("width", 0, 1, 2)
		return d.add(graph.Crop, graph.Node{Lengths: []*graph.Length{graph.Px(top), graph.Px(left),
			graph.Side(x, 0).Minus(graph.Px(top + h)), graph.Side(x, 1).Minus(graph.Px(left + w))}}, x), [2]int{top + h, left + w}
	case 5:
		p := d.pick("pool pad", 0, 1)
		n := graph.Node{Kernel: [2]int{3, 3}, Stride: [2]int{1, 1}, Pads: [4]int{p, p, p, p}}
		return d.add(graph.AvgPool, n, x), [2]int{2 - 2*p, 2 - 2*p}
	}
	y := d.add(graph.Pointwise, graph.Node{Func: graph.Sigmoid}, x)
	return d.add(graph.Product, graph.Node{}, x, y), less
}

// statistics draws a way in which every px depends on the whole map.
func (d *drawing) statistics(x *graph.Node) *graph.Node {
	c := d.count(x)
	switch d.pick("statistics", 0, 1, 2) {
	case 0, 1:
		var params []int
		for i, mean := range []float64{1, 0} {
			params = append(params, d.AddParam(graph.Param{Name: fmt.Sprintf("p%d.%d", len(d.Nodes), i), Shape: []int{c}, Trainable: true, Init: graph.Init{Mean: mean}}))
		}
		n := graph.Node{Stats: graph.InstanceStatistics, Params: params}
		if d.pick("group", 0, 1) == 1 {
			n.Stats, n.Groups = graph.GroupStatistics, 1
		}
		return d.add(graph.Norm, n, x)
	}
	y := d.add(graph.Reduce, graph.Node{Over: graph.OverMap}, x)
	y = d.conv(y, c, [2]int{1, 1})
	y = d.add(graph.Pointwise, graph.Node{Func: graph.Sigmoid}, y)
	return d.add(graph.Product, graph.Node{}, x, y)
}
