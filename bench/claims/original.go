package claims

import (
	"fmt"
	"slices"
	"strings"

	"unetbench/arch"
	"unetbench/bench"
	"unetbench/graph"
)

// A PaperNet is a variant in the paper's configuration, whose sizes the thread
// speaks of.
type PaperNet struct {
	*graph.Graph
	Sides graph.Sides // legal input sides
}

// Original builds a variant as Ronneberger et al. (2015) configured it.
func Original(variant string) (PaperNet, error) {
	a, err := bench.Lookup(variant)
	if err != nil {
		return PaperNet{}, err
	}
	g, err := a.Build(arch.Ronneberger2015())
	if err != nil {
		return PaperNet{}, err
	}
	s, err := g.Sizes()
	return PaperNet{g, s.H}, err
}

// outputSide is the side of what comes out of an n px input.
func (p PaperNet) outputSide(n int) (int, error) {
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
func (p PaperNet) changes(op graph.Op, n int) ([]change, error) {
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
func (p PaperNet) occurs(op graph.Op, c change, most int) (bool, error) {
	for n := p.Sides.Above(1); n <= most; n += p.Sides.Step {
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
	if n := len(s); n > 1 {
		return strings.Join(s[:n-1], ", ") + " and " + s[n-1]
	}
	return strings.Join(s, "")
}
