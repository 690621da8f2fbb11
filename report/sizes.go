package report

import (
	"fmt"
	"slices"

	"unetbench/arch"
	"unetbench/bench"
	"unetbench/graph"
)

// A paperNet is a variant in the paper's configuration, whose sizes the thread
// speaks of.
type paperNet struct {
	*graph.Graph
	sides graph.Sides
}

// original builds a variant as Ronneberger et al. (2015) configured it.
func original(variant string) (paperNet, error) {
	a, err := bench.Lookup(variant)
	if err != nil {
		return paperNet{}, err
	}
	g, err := a.Build(arch.Ronneberger2015())
	if err != nil {
		return paperNet{}, err
	}
	s, err := g.Sizes()
	return paperNet{g, s.H}, err
}

// output is the side of what comes out of an n px input.
func (p paperNet) output(n int) (int, error) {
	s, err := p.Infer(graph.Square(n))
	if err != nil {
		return 0, err
	}
	return s[p.Output().ID].H, nil
}

// A change is a side before and after a node.
type change struct{ from, to int }

func (c change) String() string { return fmt.Sprintf("%d→%d", c.from, c.to) }

// changes lists what the nodes of one operation do to the side of an n px
// input, top level first.
func (p paperNet) changes(op graph.Op, n int) ([]change, error) {
	s, err := p.Infer(graph.Square(n))
	if err != nil {
		return nil, err
	}
	var out []change
	for i := len(p.Nodes) - 1; i >= 0; i-- { // the decoder comes up from below
		x := p.Nodes[i]
		if x.Op == op {
			out = append(out, change{s[x.In[0].ID].H, s[x.ID].H})
		}
	}
	return out, nil
}

// occurs looks for a change at any legal input up to most px.
func (p paperNet) occurs(op graph.Op, c change, most int) (bool, error) {
	for n := p.sides.Above(1); n <= most; n += p.sides.Step {
		cs, err := p.changes(op, n)
		if err != nil {
			return false, err
		}
		if slices.Contains(cs, c) {
			return true, nil
		}
	}
	return false, nil
}

// changeList writes changes in prose.
func changeList(cs []change) string {
	var s []string
	for _, c := range cs {
		s = append(s, c.String())
	}
	return list(s)
}
