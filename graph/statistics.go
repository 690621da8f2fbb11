package graph

// standardises reports whether what the Reduce node r takes from a map is
// subtracted from that map or divides it: a norm spelt out, x − mean(x) and
// x/√(mean(x²)+ε). Learned layers between make it a gate instead, as squeeze
// and excitation is (Hu et al. 2018).
func (g *Graph) standardises(r *Node) bool {
	small := g.small()
	type path struct {
		n       *Node
		inverse bool // some reciprocal lies on the way
	}
	ways, seen := []path{{r, false}}, map[path]bool{}
	for len(ways) > 0 {
		w := ways[0]
		ways = ways[1:]
		if seen[w] {
			continue
		}
		seen[w] = true
		for _, c := range g.Nodes[w.n.ID+1:] {
			reads := false
			for _, m := range c.In {
				reads = reads || m == w.n
			}
			if !reads {
				continue
			}
			next := path{c, w.inverse || c.Op == Pointwise && c.Func == Reciprocal}
			switch {
			case small[c.ID]:
				if c.arithmetic() {
					ways = append(ways, next)
				}
			case c.Op == Sum, c.Op == Product && w.inverse:
				for _, m := range c.In {
					if m != w.n && source(m, small) == source(r.In[0], small) {
						return true
					}
				}
			}
		}
	}
	return false
}

// small marks the nodes that hold what was reduced from a map, not a map.
func (g *Graph) small() []bool {
	small := make([]bool, len(g.Nodes))
	for _, n := range g.Nodes {
		switch n.Op {
		case Input, Resize, Pad:
		case Reduce:
			small[n.ID] = n.Over&OverMap != 0 || small[n.In[0].ID]
		default:
			small[n.ID] = true
			for _, m := range n.In {
				small[n.ID] = small[n.ID] && small[m.ID]
			}
		}
	}
	return small
}

// arithmetic reports whether n computes with its operands as a norm does.
func (n *Node) arithmetic() bool {
	switch n.Op {
	case ScaleShift, Sum, Product, Reduce, Select:
		return true
	case Pointwise:
		switch n.Func {
		case Identity, Clip, Exp, Log, Sqrt, Reciprocal, Abs:
			return true
		}
	}
	return false
}

// source is the map that n was computed from value by value.
func source(n *Node, small []bool) *Node {
	for {
		var from *Node
		switch n.Op {
		case ScaleShift, Pointwise:
			from = n.In[0]
		case Sum, Product:
			for _, m := range n.In {
				switch {
				case small[m.ID] || m == from:
				case from == nil:
					from = m
				case source(m, small) != source(from, small):
					return n
				}
			}
		}
		if from == nil {
			return n
		}
		n = from
	}
}
