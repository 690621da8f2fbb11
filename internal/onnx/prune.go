package onnx

import "unetbench/graph"

// prune takes out the nodes that nothing needs: what a pattern has replaced.
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
}
