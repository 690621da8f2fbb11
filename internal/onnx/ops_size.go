package onnx

import (
	"fmt"
	"slices"

	"unetbench/graph"
)

// lengths is the shape of a map in the file's axes.
func (c *call) lengths(v *operand) []*graph.Length {
	var out []*graph.Length
	for _, a := range v.axes {
		switch a {
		case 'N', '1':
			out = append(out, graph.Px(1))
		case 'C':
			out = append(out, graph.Px(c.channels[v.node]))
		case 'H':
			out = append(out, graph.Side(v.node, 0))
		case 'W':
			out = append(out, graph.Side(v.node, 1))
		}
	}
	return out
}

func shape(c *call) (*operand, error) {
	v := c.arg(0)
	var all []*graph.Length
	switch {
	case v == nil:
		return nil, errMissing
	case v.isMap() && v.groups == 0:
		all = c.lengths(v)
	case v.empty != nil:
		all = v.empty
	case v.floats != nil:
		for _, d := range v.floats.Dims {
			all = append(all, graph.Px(d))
		}
	default:
		for _, d := range v.dims {
			all = append(all, graph.Px(d))
		}
	}
	clamp := func(i int64) int {
		if i < 0 {
			i += int64(len(all))
		}
		return int(min(max(i, 0), int64(len(all))))
	}
	from, to := clamp(c.int("start", 0)), clamp(c.int("end", int64(len(all))))
	return list(all[from:max(from, to)]), nil
}

// list is a row of sizes.
func list(l []*graph.Length) *operand {
	return &operand{ints: append([]*graph.Length{}, l...), dims: []int{len(l)}}
}

func gather(c *call) (*operand, error) {
	v, at := c.arg(0), c.arg(1)
	if v == nil || at == nil || v.ints == nil || c.int("axis", 0) != 0 || len(v.dims) != 1 {
		return nil, fmt.Errorf("only from a list of sizes is it known")
	}
	index, ok := at.fixed()
	if !ok {
		return nil, fmt.Errorf("its places must be constant")
	}
	out := &operand{dims: at.dims}
	for _, i := range index {
		if i < 0 {
			i += len(v.ints)
		}
		if i < 0 || i >= len(v.ints) {
			return nil, fmt.Errorf("place %d of %d", i, len(v.ints))
		}
		out.ints = append(out.ints, v.ints[i])
		if v.den != nil {
			out.den = append(out.den, v.den[i])
		}
	}
	return out, nil
}

func constant(c *call) (*operand, error) {
	for _, a := range c.Attributes {
		switch a.Name {
		case "value":
			if a.Tensor != nil {
				return constants(a.Tensor), nil
			}
		case "value_int":
			return &operand{ints: []*graph.Length{graph.Px(int(a.Int))}}, nil
		case "value_ints":
			return constants(&Tensor{Type: Int64, Dims: []int{len(a.Ints)}, Ints: a.Ints}), nil
		case "value_float":
			return &operand{floats: &Tensor{Type: Float32, Floats: []float32{a.Float}}}, nil
		case "value_floats":
			return &operand{floats: &Tensor{Type: Float32, Dims: []int{len(a.Floats)}, Floats: a.Floats}}, nil
		}
	}
	return nil, fmt.Errorf("it holds no numbers")
}

// most bounds what a list of sizes may hold.
const mostSizes = 1 << 16

func constantOfShape(c *call) (*operand, error) {
	v := c.arg(0)
	if v == nil {
		return nil, errMissing
	}
	if n, ok := v.fixedAt(1); ok && n == 0 {
		return &operand{empty: v.ints}, nil
	}
	dims, ok := v.fixed()
	if x := c.shapeOf(v); x != nil && c.attribute("value").isZero() {
		return &operand{node: c.add(label(c.Node), graph.Zero, graph.Node{}, x), axes: "NCHW"}, nil
	}
	if !ok {
		return nil, fmt.Errorf("its shape must be constant, or that of a map and its value 0")
	}
	n := 1
	for _, d := range dims {
		if d < 0 || n*max(d, 1) > mostSizes {
			return nil, fmt.Errorf("shape %v", dims)
		}
		n *= d
	}
	value := Tensor{Type: Float32, Floats: []float32{0}}
	if a := c.attribute("value"); a != nil && a.Tensor != nil && len(a.Tensor.Floats)+len(a.Tensor.Ints) == 1 {
		value = *a.Tensor
	}
	return constants(&Tensor{Type: value.Type, Dims: dims, Floats: slices.Repeat(value.Floats, n), Ints: slices.Repeat(value.Ints, n)}), nil
}

// shapeOf is the map whose whole shape v is, or nil.
func (c *call) shapeOf(v *operand) *graph.Node {
	if len(v.ints) != 4 || v.den != nil {
		return nil
	}
	n := v.ints[2].Term().Node
	if n == nil {
		return nil
	}
	for i, l := range c.lengths(&operand{node: n, axes: "NCHW"}) {
		if l.Term() != v.ints[i].Term() {
			return nil
		}
	}
	return n
}

// isZero reports whether a is a tensor of one 0, or not given.
func (a *Attribute) isZero() bool {
	return a == nil || a.Tensor != nil && len(a.Tensor.Floats) == 1 && a.Tensor.Floats[0] == 0
}

func span(c *call) (*operand, error) {
	var k [3]int
	for i := range k {
		v := c.arg(i)
		if v == nil {
			return nil, errMissing
		}
		n, ok := v.fixed()
		if !ok || len(n) != 1 {
			return nil, fmt.Errorf("its ends must be constant")
		}
		k[i] = n[0]
	}
	if k[2] == 0 || (k[1]-k[0])/k[2] > mostSizes {
		return nil, fmt.Errorf("from %d to %d by %d", k[0], k[1], k[2])
	}
	var all []*graph.Length
	for i := k[0]; k[2] > 0 && i < k[1] || k[2] < 0 && i > k[1]; i += k[2] {
		all = append(all, graph.Px(i))
	}
	return list(all), nil
}

func cast(c *call) (*operand, error) {
	v := c.arg(0)
	to := ElementType(c.int("to", 1))
	float := (&Tensor{Type: to}).isFloat()
	switch {
	case v == nil:
		return nil, errMissing
	case v.isMap() && float, v.floats != nil && float:
		return v, nil
	case v.isMap():
		return nil, fmt.Errorf("a map is cast to whole numbers (element type %d)", to)
	case v.floats != nil:
		t := &Tensor{Type: Int64, Dims: v.floats.Dims}
		for _, f := range v.floats.Floats {
			t.Ints = append(t.Ints, int64(f))
		}
		return constants(t), nil
	case float:
		if v.den != nil {
			return v, nil
		}
		out := &operand{ints: v.ints, dims: v.dims}
		for range v.ints {
			out.den = append(out.den, graph.Px(1))
		}
		return out, nil
	}
	return whole(v), nil
}

// whole rounds ratios towards 0.
func whole(v *operand) *operand {
	if v.den == nil {
		return v
	}
	out := &operand{dims: v.dims}
	for i, l := range v.ints {
		if n, ok := v.den[i].Fixed(); !ok || n != 1 {
			l = l.Over(v.den[i])
		}
		out.ints = append(out.ints, l)
	}
	return out
}

// round is Floor and Ceil of sizes, which are not negative.
func round(c *call) (*operand, error) {
	v := c.arg(0)
	if v != nil && v.floats != nil {
		return foldFloats(c, v.floats)
	}
	if v == nil || v.ints == nil {
		return nil, fmt.Errorf("only of sizes is it known")
	}
	up := &operand{dims: v.dims, den: v.den}
	for i, l := range v.ints {
		if c.Op == "Ceil" && v.den != nil {
			l = l.Plus(v.den[i]).Minus(graph.Px(1))
		}
		up.ints = append(up.ints, l)
	}
	w := whole(up)
	return cast(&call{c.importer, &Node{Op: "Cast", Attributes: []Attribute{{Name: "to", Int: int64(Float32)}}}, []*operand{w}})
}

func product(c *call) (*operand, error) {
	v := c.arg(0)
	if v == nil || v.ints == nil || v.den != nil {
		return nil, fmt.Errorf("only of sizes is it known")
	}
	l := graph.Px(1)
	for _, x := range v.ints {
		l = l.Times(x)
	}
	if c.int("keepdims", 1) != 0 {
		return list([]*graph.Length{l}), nil
	}
	return &operand{ints: []*graph.Length{l}}, nil
}

// choice is Equal and Where of constants.
func choice(c *call) (*operand, error) {
	var k [][]int
	most := 0
	var dims []int
	for _, v := range c.in {
		if v == nil {
			return nil, errMissing
		}
		n, ok := v.fixed()
		if c.Op == "Where" && len(k) > 0 && v.ints != nil {
			ok = true
		}
		if !ok || len(v.ints) == 0 {
			return nil, fmt.Errorf("it depends on a size: only constants can be compared")
		}
		k = append(k, n)
		if len(v.ints) > most {
			most, dims = len(v.ints), v.dims
		}
	}
	if len(k) != map[string]int{"Equal": 2, "Where": 3}[c.Op] {
		return nil, errMissing
	}
	out := &operand{dims: dims}
	for i := range most {
		at := func(j int) *graph.Length { return c.in[j].ints[i%len(c.in[j].ints)] }
		switch {
		case c.Op == "Equal":
			same := 0
			if k[0][i%len(k[0])] == k[1][i%len(k[1])] {
				same = 1
			}
			out.ints = append(out.ints, graph.Px(same))
		case k[0][i%len(k[0])] != 0:
			out.ints = append(out.ints, at(1))
		default:
			out.ints = append(out.ints, at(2))
		}
	}
	return out, nil
}
