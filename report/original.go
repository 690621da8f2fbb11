package report

import (
	"unetbench/arch"
	"unetbench/bench"
	"unetbench/bench/claims"
	"unetbench/graph"
)

// build wires a variant as this run configured it.
func (v *view) build(variant string) (*graph.Graph, error) {
	a, err := bench.Lookup(variant)
	if err != nil {
		return nil, err
	}
	s := v.Setup
	c := arch.Config{In: max(s.Channels, 1), Classes: max(s.Classes, 2), Pools: s.Pools, Width: s.Width, Dropout: s.Dropout}
	if c.Up, err = arch.ParseUp(s.Up); err != nil {
		return nil, err
	}
	if c.Norm, err = arch.ParseNorm(s.Norm); err != nil {
		return nil, err
	}
	if c.Padding, err = graph.ParsePadding(s.Padding); err != nil {
		return nil, err
	}
	if c.Interp, err = graph.ParseInterp(s.Interp); err != nil {
		return nil, err
	}
	return a.Build(c)
}

// originalNet draws the network that the thread is about, at the size it is
// about.
func (v *view) originalNet() ([]htmlUnet, error) {
	p, err := claims.Original(bench.Reference)
	if err != nil {
		return nil, err
	}
	n, err := bench.NetworkOf(p.Graph, graph.Square(claims.PaperInput))
	if err != nil {
		return nil, err
	}
	u := newUShape(n)
	n.Arm = "the network of Ronneberger et al. (2015)"
	return []htmlUnet{{Arm: n.Arm, Input: n.Input.String(), Doc: "The network that the thread is about: " + si(float64(u.macs)) + " MAC for one tile. The arms of this run have the same wiring and fewer channels.",
		SVG: u.svg(), Nodes: v.html(nodeTable(n))}}, nil
}
