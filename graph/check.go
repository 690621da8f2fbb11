package graph

import (
	"errors"
	"fmt"
	"slices"
)

// Check reports what is wrong with the wiring at any input size: order, names,
// operands, attributes that an op needs, and parameter shapes.
func (g *Graph) Check() error {
	if len(g.Nodes) == 0 || g.Nodes[0].Op != Input {
		return errors.New(g.Name + ": the first node must be the input")
	}
	names := map[string]bool{}
	for _, p := range g.Params {
		if names[p.Name] {
			return fmt.Errorf("%s: two parameters are called %s", g.Name, p.Name)
		}
		names[p.Name] = true
	}
	clear(names)
	channels := make([]Shape, len(g.Nodes))
	used := make([]bool, len(g.Params))
	for i, n := range g.Nodes {
		fail := func(why string, args ...any) error {
			return fmt.Errorf("%s: %s (%v): %s", g.Name, n.Name, n.Op, fmt.Sprintf(why, args...))
		}
		if n.ID != i {
			return fail("ID %d at place %d", n.ID, i)
		}
		if names[n.Name] {
			return fail("two nodes have this name")
		}
		names[n.Name] = true
		if err := n.operands(g); err != nil {
			return fail("%v", err)
		}
		if err := n.attributes(); err != nil {
			return fail("%v", err)
		}
		for _, p := range n.Params {
			if p < 0 || p >= len(g.Params) {
				return fail("parameter %d of %d", p, len(g.Params))
			}
			used[p] = true
		}
		if n.Op == Input {
			channels[i].C = n.Channels
			continue
		}
		c, err := n.channels(channels)
		if err != nil {
			return fail("%v", err)
		}
		channels[i].C = c
		if err := n.params(g, channels[n.In[0].ID].C); err != nil {
			return fail("%v", err)
		}
	}
	if i := slices.Index(used, false); i >= 0 {
		return fmt.Errorf("%s: parameter %s belongs to no node", g.Name, g.Params[i].Name)
	}
	return nil
}

// operands checks their number, and that they come before n.
func (n *Node) operands(g *Graph) error {
	least, most := 1, 1
	switch n.Op {
	case Input:
		least, most = 0, 0
	case Concat, Sum, Product:
		least, most = 2, len(g.Nodes)
	}
	if len(n.In) < least || len(n.In) > most {
		return fmt.Errorf("%d operands, want %d", len(n.In), least)
	}
	var err error
	n.Needs(func(m *Node) {
		if m.ID >= n.ID || g.Nodes[m.ID] != m {
			err = fmt.Errorf("%s does not come before it", m.Name)
		}
	})
	return err
}

// attributes checks what the op of n needs.
func (n *Node) attributes() error {
	switch n.Op {
	case Input:
		if n.Channels < 1 {
			return fmt.Errorf("%d channels", n.Channels)
		}
	case Conv, ConvTranspose, MaxPool, AvgPool:
		if min(n.Kernel[0], n.Kernel[1], n.Stride[0], n.Stride[1]) < 1 {
			return fmt.Errorf("kernel %v, stride %v: want 1 or more", n.Kernel, n.Stride)
		}
		if n.Op != Conv && n.Op != MaxPool && n.dilation(0)*n.dilation(1) > 1 {
			return fmt.Errorf("dilation %v: only Conv and MaxPool have one", n.Dilation)
		}
		for i, p := range n.Pads {
			if p != 0 && n.Op != MaxPool && n.Op != AvgPool {
				return errors.New("pads: put a Pad before it, or a Crop behind it")
			}
			if p < 0 || p > 0 && p >= n.window(i%2) {
				return fmt.Errorf("pads %v: want 0 or more, and less than the window, so that it holds a pixel", n.Pads)
			}
		}
	case Pad:
		if l := len(n.Lengths); l != 0 && l != 4 {
			return fmt.Errorf("%d lengths, want top, left, bottom, right", l)
		}
		if n.Value != 0 && n.Padding != PadZero {
			return fmt.Errorf("a constant %g with padding %v", n.Value, n.Padding)
		}
	case Crop:
		if n.Like == nil && len(n.Lengths) != 4 {
			return errors.New("no node gives the size")
		}
	case Resize:
		if n.Like == nil && len(n.Lengths) != 2 && n.Factor < 1 && !(n.Scale[0] > 0 && n.Scale[1] > 0) {
			return errors.New("neither a node nor a factor gives the size")
		}
		if n.Interp >= numInterps {
			return fmt.Errorf("Interp(%d): want one of %v", n.Interp, interpNames)
		}
	case Pointwise:
		if n.Func >= numFunctions {
			return fmt.Errorf("Function(%d): want one of %v", n.Func, functionNames)
		}
	case Reduce:
		if n.Over == 0 || n.Over > OverChannels|OverMap {
			return fmt.Errorf("over the axes %d: want some of channels, height and width", n.Over)
		}
	case Select:
		if n.First < 0 || n.Channels < 1 {
			return fmt.Errorf("%d channels from %d on", n.Channels, n.First)
		}
	case PixelShuffle:
		if n.Factor < 1 {
			return fmt.Errorf("factor %d", n.Factor)
		}
	case Norm:
		if n.Stats >= numStatistics {
			return fmt.Errorf("Statistics(%d): want one of %v", n.Stats, statisticsNames)
		}
		if (n.Stats == GroupStatistics) != (n.Groups > 0) {
			return fmt.Errorf("%d groups by %v statistics", n.Groups, n.Stats)
		}
	case Dropout:
		if !(n.Rate >= 0 && n.Rate < 1) {
			return fmt.Errorf("rate %v, want 0 or more, below 1", n.Rate)
		}
	}
	return nil
}

// params checks the shapes of the parameters of n for an operand of c channels.
func (n *Node) params(g *Graph, c int) error {
	var want [][]int
	switch n.Op {
	case Conv, ConvTranspose:
		if c%n.groups() != 0 || n.Channels%n.groups() != 0 {
			return fmt.Errorf("%d channels to %d are no multiples of %d groups", c, n.Channels, n.groups())
		}
		if n.Op == Conv {
			want = [][]int{{n.Channels, c / n.groups(), n.Kernel[0], n.Kernel[1]}, {n.Channels}}
		} else {
			want = [][]int{{c, n.Channels / n.groups(), n.Kernel[0], n.Kernel[1]}, {n.Channels}}
		}
	case PReLU:
		want = [][]int{{c}}
	case ScaleShift:
		want = [][]int{{c}, {c}}
	case Norm:
		want = [][]int{{c}, {c}}
		if n.Stats == BatchStatistics {
			want = append(want, want...)
		}
		if n.Stats == GroupStatistics && c%n.Groups != 0 {
			return fmt.Errorf("%d channels are no multiple of %d groups", c, n.Groups)
		}
	}
	if len(n.Params) != len(want) {
		return fmt.Errorf("%d parameters, want %d", len(n.Params), len(want))
	}
	for i, shape := range want {
		if p := g.Params[n.Params[i]]; !slices.Equal(p.Shape, shape) {
			return fmt.Errorf("%s has shape %v, want %v", p.Name, p.Shape, shape)
		}
	}
	return nil
}
