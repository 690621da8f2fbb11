package onnx

import "unetbench/graph"

// lengthOps are the operators on vectors of sizes that graph.Length has.
var lengthOps = map[string]string{"Plus": "Add", "Minus": "Sub", "Times": "Mul", "Over": "Div", "Mod": "Mod", "Least": "Min", "Most": "Max"}

// lengths is the name of the vector of l. Where they are alike, as height and
// width mostly are, they are computed together.
func (e *exporter) lengths(l ...*graph.Length) string {
	var x, y []*graph.Length
	var px, axes []int64
	first := l[0].Term()
	same := true
	for _, m := range l {
		t := m.Term()
		same = same && t.Op == first.Op && t.Node == first.Node
		x, y = append(x, t.X), append(y, t.Y)
		px, axes = append(px, int64(t.Px)), append(axes, int64(2+t.Axis))
	}
	switch {
	case !same:
		var each []string
		for _, m := range l {
			each = append(each, e.lengths(m))
		}
		return e.add("Concat", each, attrInt("axis", 0))
	case first.Op == "Px":
		return e.ints(px...)
	case first.Op == "Side":
		return e.sides(first.Node, axes...)
	}
	in := []string{e.lengths(x...), e.lengths(y...)}
	op := lengthOps[first.Op]
	return e.once(op+" "+in[0]+" "+in[1], func() string { return e.add(op, in) })
}

// sides is the name of the vector of n's dimensions along axes of N×C×H×W.
func (e *exporter) sides(n *graph.Node, axes ...int64) string {
	shape, which := e.shape(n), e.ints(axes...)
	return e.once("Gather "+shape+" "+which, func() string {
		return e.add("Gather", []string{shape, which}, attrInt("axis", 0))
	})
}

func (e *exporter) shape(n *graph.Node) string {
	x := e.values[n.ID]
	return e.once("Shape "+x, func() string { return e.add("Shape", []string{x}) })
}

// size is height and width of n.
func size(n *graph.Node) []*graph.Length {
	return []*graph.Length{graph.Side(n, 0), graph.Side(n, 1)}
}

// cutout is where a Crop node begins and how large it is: top and left, height
// and width.
func cutout(n *graph.Node) (at, extent []*graph.Length) {
	if n.Like == nil {
		return n.Lengths[:2], n.Lengths[2:]
	}
	for axis := range 2 {
		x, y := graph.Side(n.In[0], axis), graph.Side(n.Like, axis)
		at, extent = append(at, x.Minus(y).Over(graph.Px(2))), append(extent, y)
	}
	return at, extent
}

// asked are the nodes whose sizes others ask for by name.
func asked(g *graph.Graph) map[*graph.Node]bool {
	set := map[*graph.Node]bool{}
	var visit func(*graph.Length)
	visit = func(l *graph.Length) {
		if l == nil {
			return
		}
		t := l.Term()
		set[t.Node] = true
		visit(t.X)
		visit(t.Y)
	}
	for _, n := range g.Nodes {
		set[n.Like] = true
		for _, l := range n.Lengths {
			visit(l)
		}
	}
	return set
}
