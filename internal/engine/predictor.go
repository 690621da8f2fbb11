package engine

import (
	"fmt"

	"unetbench/graph"
)

// maxNets is how many sizes a Predictor keeps compiled.
const maxNets = 4

// A Predictor runs a trained network over single maps of any size. It is not
// safe for concurrent use: each goroutine makes its own.
type Predictor struct {
	graph   *graph.Graph
	weights graph.Weights
	opts    Options
	nets    []*Net // the most recently used last
	node    *graph.Node
	edit    func(*graph.Map)
}

// NewPredictor returns a predictor with weights w, which it does not change.
func NewPredictor(g *graph.Graph, w graph.Weights, o Options) *Predictor {
	o.Train = false
	return &Predictor{graph: g, weights: w, opts: o}
}

// Predict returns the network's output for x, in a new map.
func (p *Predictor) Predict(x *graph.Map) (*graph.Map, error) {
	if want := p.graph.Input().Channels; x.C != want {
		return nil, fmt.Errorf("%s: image has %d channels, the network wants %d", p.graph.Name, x.C, want)
	}
	net, err := p.net(x.Size())
	if err != nil {
		return nil, err
	}
	if net.bands != nil {
		out := graph.NewMap(net.bands.whole[p.graph.Output().ID])
		net.stream(x, out)
		return out, nil
	}
	net.SetInput(0, x)
	net.Forward()
	out := graph.NewMap(net.OutShape())
	net.Output(0, out)
	return out, nil
}

// Intervene makes every later prediction pass the node's value through f, as
// Net.Intervene does.
func (p *Predictor) Intervene(node *graph.Node, f func(*graph.Map)) {
	p.node, p.edit, p.nets = node, f, nil
}

// net is the network for one size, from the cache or compiled.
func (p *Predictor) net(size graph.Size) (*Net, error) {
	for i, n := range p.nets {
		if n.size == size {
			copy(p.nets[i:], p.nets[i+1:])
			p.nets[len(p.nets)-1] = n
			return n, nil
		}
	}
	n, err := newNet(p.graph, size, 1, p.opts)
	if err != nil {
		return nil, err
	}
	if err := n.compile(); err != nil {
		return nil, err
	}
	if p.edit != nil {
		if err := n.Intervene(p.node, p.edit); err != nil {
			return nil, err
		}
	}
	n.SetWeights(p.weights)
	if len(p.nets) == maxNets {
		p.nets = append(p.nets[:0], p.nets[1:]...)
	}
	p.nets = append(p.nets, n)
	return n, nil
}
