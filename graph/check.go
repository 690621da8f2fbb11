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
	case Concat, Sum:
		least, most = 2, len(g.Nodes)
	}
	if len(n.In) < least || len(n.In) > most {
		return fmt.Errorf("%d operands, want %d", len(n.In), least)
	}
	all := n.In
	if n.Like != nil {
		all = append(slices.Clone(all), n.Like)
	}
	for _, m := range all {
		if m.ID >= n.ID || g.Nodes[m.ID] != m {
			return fmt.Errorf("%s does not come before it", m.Name)
		}
	}
	return nil
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
		if n.Kernel != n.Stride && (n.Op == ConvTranspose || n.Op == MaxPool) {
			return fmt.Errorf("kernel %v and stride %v must be equal", n.Kernel, n.Stride)
		}
		if n.Op == AvgPool && n.Stride != [2]int{1, 1} {
			return fmt.Errorf("stride %v, want 1", n.Stride)
		}
	case Crop:
		if n.Like == nil {
			return errors.New("no node gives the size")
		}
	case Resize:
		if n.Like == nil && n.Factor < 1 {
			return errors.New("neither a node nor a factor gives the size")
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
	case Conv:
		want = [][]int{{n.Channels, c, n.Kernel[0], n.Kernel[1]}, {n.Channels}}
	case ConvTranspose:
		want = [][]int{{c, n.Channels, n.Kernel[0], n.Kernel[1]}, {n.Channels}}
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
