package onnx

import "unetbench/graph"

// prune takes out the nodes that nothing needs, with their parameters: what a
// pattern has replaced.
func (im *importer) prune() {
	needed := map[*graph.Node]bool{im.g.Input(): true}
	var visit func(n *graph.Node)
	visit = func(n *graph.Node) {
		if needed[n] {
			return
		}
		needed[n] = true
		n.Needs(visit)
	}
	visit(im.g.Output())
	kept := im.g.Nodes[:0]
	for _, n := range im.g.Nodes {
		if needed[n] {
			n.ID = len(kept)
			kept = append(kept, n)
		}
	}
	im.g.Nodes = kept
	at := map[int]int{}
	var params []graph.Param
	var weights graph.Weights
	for _, n := range kept {
		for i, p := range n.Params {
			if _, ok := at[p]; !ok {
				at[p] = len(params)
				params, weights = append(params, im.g.Params[p]), append(weights, im.weights[p])
			}
			n.Params[i] = at[p]
		}
	}
	im.g.Params, im.weights = params, weights
}
