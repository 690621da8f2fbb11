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

// cropped is where a Crop node begins and how large it is: top and left, height
// and width.
func cropped(n *graph.Node) (at, side []*graph.Length) {
	if n.Like == nil {
		return n.Lengths[:2], n.Lengths[2:]
	}
	for axis := range 2 {
		x, y := graph.Side(n.In[0], axis), graph.Side(n.Like, axis)
		at, side = append(at, x.Minus(y).Over(graph.Px(2))), append(side, y)
	}
	return at, side
}
