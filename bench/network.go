package bench

import (
	"fmt"

	"unetbench/graph"
)

// NetworkOf lists the nodes of g for an input of that size.
func NetworkOf(g *graph.Graph, in graph.Size) (Network, error) {
	shapes, err := g.Infer(in)
	if err != nil {
		return Network{}, err
	}
	costs := g.Costs(shapes)
	n := Network{Arm: g.Name, Input: in}
	for i, x := range g.Nodes {
		r := NodeRecord{Name: x.Name, Op: x.Op.String(), Level: x.Level, Shape: shapes[i],
			MACs: costs[i].MACs, Interp: costs[i].Interp, Bytes: costs[i].Bytes, Label: label(x)}
		for _, y := range x.In {
			r.In = append(r.In, y.ID)
		}
		n.Nodes = append(n.Nodes, r)
	}
	return n, nil
}

// label names a convolution by its kernel and what is unusual about it; other
// nodes go by their op.
func label(n *graph.Node) string {
	if n.Op != graph.Conv {
		return ""
	}
	s := fmt.Sprintf("conv %d×%d", n.Kernel[0], n.Kernel[1])
	switch {
	case n.Stride != [2]int{1, 1}:
		s += fmt.Sprintf(" /%d", max(n.Stride[0], n.Stride[1]))
	case max(n.Dilation[0], n.Dilation[1]) > 1:
		s += fmt.Sprintf(" ·%d", max(n.Dilation[0], n.Dilation[1]))
	}
	return s
}
