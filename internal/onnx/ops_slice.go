package onnx

import (
	"fmt"
	"slices"

	"unetbench/graph"
)

func slice(c *call) (*operand, error) {
	v := c.arg(0)
	if v == nil {
		return nil, errMissing
	}
	starts, ends, err := c.ends()
	if err != nil {
		return nil, err
	}
	axes, steps := c.ints("axes"), []int(nil)
	for i, to := range []*[]int{&axes, &steps} {
		if k := c.arg(3 + i); k != nil {
			n, ok := k.fixed()
			if !ok {
				return nil, fmt.Errorf("axes and steps must be constant")
			}
			*to = n
		}
	}
	if len(starts) != len(ends) || axes != nil && len(axes) != len(starts) || steps != nil && len(steps) != len(starts) {
		return nil, fmt.Errorf("%d starts, %d ends, %d axes, %d steps", len(starts), len(ends), len(axes), len(steps))
	}
	before := len(c.g.Nodes)
	for i := range starts {
		axis, step := i, 1
		if axes != nil {
			axis = axes[i]
		}
		if steps != nil {
			step = steps[i]
		}
		if v.isMap() {
			v, err = c.cutMap(v, axis, step, starts[i], ends[i], before)
		} else {
			v, err = cutSizes(v, axis, step, starts[i], ends[i])
		}
		if err != nil {
			return nil, err
		}
	}
	return v, nil
}

// ends are where a Slice begins and ends, by operands or, before opset 10, by
// attributes.
func (c *call) ends() (starts, ends []*graph.Length, err error) {
	if s := c.ints("starts"); s != nil {
		for _, n := range s {
			starts = append(starts, graph.Px(n))
		}
		for _, n := range c.ints("ends") {
			ends = append(ends, graph.Px(n))
		}
		return starts, ends, nil
	}
	a, b := c.arg(1), c.arg(2)
	if a == nil || b == nil || a.ints == nil || b.ints == nil || a.den != nil || b.den != nil {
		return nil, nil, fmt.Errorf("its ends are no sizes")
	}
	return a.ints, b.ints, nil
}

// place is a place along n px, of which a negative one counts from the end, kept
// within them. A computed one is taken to be as it is.
func place(l, n *graph.Length) *graph.Length {
	k, ok := l.Fixed()
	switch {
	case !ok:
		return l.Least(n)
	case k >= endless:
		return n
	case k <= -endless:
		return graph.Px(0)
	case k < 0:
		return n.Plus(l).Most(graph.Px(0))
	case k == 0:
		return l
	}
	return l.Least(n)
}

// cutMap takes a part of one axis of a map. Where the other one was cut by this
// same call, whose nodes begin with number before, both are one Crop.
func (c *call) cutMap(v *operand, axis, step int, from, to *graph.Length, before int) (*operand, error) {
	a, err := v.axis(axis)
	if err != nil || v.groups > 0 || v.parts != nil {
		return nil, fmt.Errorf("axis %d of %s", axis, v.axes)
	}
	if step < 1 || step > 1 && a < 2 {
		return nil, fmt.Errorf("elements in steps of %d along axis %d of %s: only steps forward along height and width are known", step, axis, v.axes)
	}
	if a == 0 { // the batch is one map
		return v, nil
	}
	x := v.node
	also := x.Op == graph.Crop && x.ID >= before && a > 1
	if also {
		x = x.In[0]
	}
	n := graph.Px(c.channels[x])
	if a > 1 {
		n = graph.Side(x, a-2)
		to = c.atAnySize(x, a-2, from, to)
	}
	from, to = place(from, n), place(to, n)
	if a == 1 {
		f, ok1 := from.Fixed()
		t, ok2 := to.Fixed()
		if !ok1 || !ok2 || t <= f {
			return nil, fmt.Errorf("channels from %v to %v", from, to)
		}
		if f == 0 && t == c.channels[v.node] {
			return v, nil
		}
		return c.on(v, graph.Select, graph.Node{First: f, Channels: t - f}), nil
	}
	y := v
	if f, ok := from.Fixed(); !ok || f != 0 || to != n {
		l := []*graph.Length{graph.Px(0), graph.Px(0), graph.Side(x, 0), graph.Side(x, 1)}
		if also {
			l = v.node.Lengths
		}
		l[a-2], l[a] = from, to.Minus(from)
		if !also {
			y = c.on(v, graph.Crop, graph.Node{Lengths: l})
		}
	}
	if step > 1 { // the mean of one px in so many
		p := graph.Node{Kernel: [2]int{1, 1}, Stride: [2]int{1, 1}}
		p.Stride[a-2] = step
		y = c.on(y, graph.AvgPool, p)
	}
	return y, nil
}

// atAnySize is where a cut ends that a file with fixed sizes gives as a number:
// behind the last px, as far before it as the centre of the map asks for, or at
// the length of another map, if it is that at the fixed size.
func (c *call) atAnySize(x *graph.Node, axis int, from, to *graph.Length) *graph.Length {
	f, ok1 := from.Fixed()
	t, ok2 := to.Fixed()
	if !ok1 || !ok2 || f < 0 || t <= f || t >= endless || c.fixed.H == 0 || c.fixed.W == 0 {
		return to
	}
	shapes, err := c.g.Infer(c.fixed)
	if err != nil {
		return to
	}
	side := func(m *graph.Node) int { return [2]int{shapes[m.ID].H, shapes[m.ID].W}[axis] }
	n := side(x)
	switch rest := n - t; {
	case rest <= 0:
		return graph.Px(endless)
	case f > 0 && (rest == f || rest == f+1):
		return graph.Px(-rest)
	case f > 0 || t <= n/2:
		return to
	}
	for _, m := range c.g.Nodes {
		if side(m) == t {
			return graph.Side(m, axis)
		}
	}
	return to
}

// cutSizes takes a part of a list, or some rows of a table, of sizes.
func cutSizes(v *operand, axis, step int, from, to *graph.Length) (*operand, error) {
	f, ok1 := from.Fixed()
	t, ok2 := to.Fixed()
	if v.ints == nil || v.den != nil || !ok1 || !ok2 || axis != 0 || len(v.dims) == 0 || step == 0 {
		return nil, fmt.Errorf("a part of %s that is not constant, or along axis %d, is not known", v.what(), axis)
	}
	n := v.dims[0]
	clamp := func(i, low, high int) int {
		if i < 0 {
			i += n
		}
		return min(max(i, low), high)
	}
	row := len(v.ints) / max(n, 1)
	out := &operand{dims: slices.Clone(v.dims)}
	out.dims[0] = 0
	var rows []int
	if step > 0 {
		for i := clamp(f, 0, n); i < clamp(t, 0, n); i += step {
			rows = append(rows, i)
		}
	} else {
		end := -1
		if t > -endless/2 && t+n >= 0 {
			end = clamp(t, -1, n-1)
		}
		for i := clamp(f, 0, n-1); i > end; i += step {
			rows = append(rows, i)
		}
	}
	out.ints = []*graph.Length{}
	for _, i := range rows {
		out.ints = append(out.ints, v.ints[i*row:(i+1)*row]...)
		out.dims[0]++
	}
	return out, nil
}

func split(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	a, err := x.axis(int(c.int("axis", 0)))
	if err != nil || a != 1 {
		return nil, fmt.Errorf("only along the channels is it known")
	}
	sizes := c.ints("split")
	if v := c.arg(1); v != nil {
		sizes, _ = v.fixed()
	}
	n := c.channels[x.node]
	if sizes == nil {
		each := (n + len(c.Out) - 1) / len(c.Out)
		for left := n; left > 0; left -= each {
			sizes = append(sizes, min(each, left))
		}
	}
	first := 0
	for i, name := range c.Out {
		if i >= len(sizes) || sizes[i] < 1 || first+sizes[i] > n {
			return nil, fmt.Errorf("parts of %v channels of %d", sizes, n)
		}
		if name != "" {
			c.known[name] = c.on(x, graph.Select, graph.Node{First: first, Channels: sizes[i]})
		}
		first += sizes[i]
	}
	return nil, nil
}
