package graph

// Cost is what one forward pass takes for one image.
type Cost struct {
	MACs   int64 // multiply-accumulates of convolutions, biases not counted
	Interp int64 // multiply-accumulates of interpolation: 4 per bilinear value, k² per value of a k×k average
	Params int64 // trainable values
	Bytes  int64 // read and written, weights included, as float32, each node by itself; a norm by the map's own statistics reads it twice
}

// Plus is the sum of both costs.
func (c Cost) Plus(d Cost) Cost {
	return Cost{c.MACs + d.MACs, c.Interp + d.Interp, c.Params + d.Params, c.Bytes + d.Bytes}
}

// Costs returns the cost of every node, by ID, for the shapes of Infer.
func (g *Graph) Costs(shapes []Shape) []Cost {
	costs := make([]Cost, len(g.Nodes))
	for _, n := range g.Nodes {
		costs[n.ID] = g.cost(n, shapes)
	}
	return costs
}

func (g *Graph) cost(n *Node, s []Shape) Cost {
	var c Cost
	if n.Op == Input || n.Op == Dropout { // Dropout is the identity here
		return c
	}
	values := int64(0) // floats moved
	for _, p := range n.Params {
		values += int64(g.Params[p].Len())
		if g.Params[p].Trainable {
			c.Params += int64(g.Params[p].Len())
		}
	}
	x, y := s[n.In[0].ID], s[n.ID]
	k := int64(n.Kernel[0]) * int64(n.Kernel[1])
	switch n.Op {
	case Conv:
		c.MACs = k * int64(x.C/n.groups()) * int64(y.Len())
	case ConvTranspose:
		c.MACs = k * int64(x.Len()) * int64(y.C/n.groups())
	case AvgPool:
		c.Interp = k * int64(y.Len())
	case Norm:
		if n.Stats != BatchStatistics {
			values += int64(x.Len())
		}
	case Resize:
		taps := map[Interp]int64{Nearest: 0, NearestHalf: 0, Cubic: 16}
		t, ok := taps[n.Interp]
		if !ok {
			t = 4
		}
		if x != y {
			c.Interp = t * int64(y.Len())
		}
	}
	if n.Op != Zero {
		for _, m := range n.In {
			values += int64(s[m.ID].Len())
		}
	}
	c.Bytes = 4 * (values + int64(y.Len()))
	return c
}

// TotalCost is the cost of the whole network for an input of size in.
func (g *Graph) TotalCost(in Size) (Cost, error) {
	levels, err := g.LevelCosts(in)
	var total Cost
	for _, c := range levels {
		total = total.Plus(c)
	}
	return total, err
}

// LevelCosts is the cost of each resolution level, 0 = the input's.
func (g *Graph) LevelCosts(in Size) ([]Cost, error) {
	shapes, err := g.Infer(in)
	if err != nil {
		return nil, err
	}
	var levels []Cost
	for _, n := range g.Nodes {
		for len(levels) <= n.Level {
			levels = append(levels, Cost{})
		}
		levels[n.Level] = levels[n.Level].Plus(g.cost(n, shapes))
	}
	return levels, nil
}
