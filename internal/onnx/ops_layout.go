package onnx

import (
	"fmt"
	"slices"
	"strings"

	"unetbench/graph"
)

// concat joins channels of maps, or lists of sizes. Along height or width it is
// known as what circular padding is written as.
func concat(c *call) (*operand, error) {
	if v := c.arg(0); v != nil && v.ints != nil {
		out := &operand{dims: []int{0}}
		for _, v := range c.in {
			if v == nil || v.ints == nil {
				return nil, fmt.Errorf("sizes are joined with %s", v.what())
			}
			out.ints = append(out.ints, v.ints...)
			if v.den != nil {
				out.den = append(out.den, v.den...)
			}
		}
		if out.den != nil && len(out.den) != len(out.ints) {
			return nil, fmt.Errorf("sizes are joined with ratios of sizes")
		}
		out.dims[0] = len(out.ints)
		return out, nil
	}
	if c.allConstant() {
		return joinConstants(c)
	}
	var nodes []*graph.Node
	for i := range c.in {
		x, err := c.image(i)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, x.node)
	}
	if len(nodes) == 0 {
		return nil, errMissing
	}
	x := c.in[0]
	a, err := x.axis(int(c.int("axis", 1)))
	switch {
	case err != nil:
		return nil, err
	case len(nodes) == 1:
		return x, nil
	case a == 1:
		return c.on(x, graph.Concat, graph.Node{}, nodes...), nil
	case a >= 2 && len(nodes) == 3:
		if y := c.circular(nodes, a-2); y != nil {
			return &operand{node: y, axes: x.axes}, nil
		}
	}
	return nil, fmt.Errorf("maps are joined along axis %d of %s: only along the channels is known, and circular padding", c.int("axis", 1), x.axes)
}

func (c *call) allConstant() bool {
	return !slices.ContainsFunc(c.in, func(v *operand) bool { return v == nil || v.floats == nil })
}

// joinConstants joins lists of constants: scales of a Resize.
func joinConstants(c *call) (*operand, error) {
	out := &Tensor{Type: Float32, Dims: []int{0}}
	for _, v := range c.in {
		if len(v.floats.Dims) != 1 {
			return nil, fmt.Errorf("constants of dims %v are joined: only lists are known", v.floats.Dims)
		}
		out.Floats = append(out.Floats, v.floats.Floats...)
	}
	out.Dims[0] = len(out.Floats)
	return &operand{floats: out}, nil
}

// circular recognises the last px of a map, the map, and its first px: padding
// that wraps. The two Crop nodes stay unused, and are taken out.
func (c *call) circular(n []*graph.Node, axis int) *graph.Node {
	last, x, first := n[0], n[1], n[2]
	size := graph.Square(large)
	for _, crop := range []*graph.Node{last, first} {
		if crop.Op != graph.Crop || crop.In[0] != x {
			return nil
		}
	}
	shapes, err := c.g.Infer(size)
	if err != nil {
		return nil
	}
	length := func(m *graph.Node) int { return [2]int{shapes[m.ID].H, shapes[m.ID].W}[axis] }
	start := func(m *graph.Node) int {
		top, left, err := m.Window(shapes)
		if err != nil {
			return -1
		}
		return [2]int{top, left}[axis]
	}
	if start(first) != 0 || start(last) != length(x)-length(last) {
		return nil
	}
	p := graph.Node{Padding: graph.PadCircular}
	p.Pads[axis], p.Pads[axis+2] = length(last), length(first)
	return c.add(label(c.Node), graph.Pad, p, x)
}

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
	if err != nil || v.groups > 0 {
		return nil, fmt.Errorf("axis %d of %s", axis, v.axes)
	}
	if step != 1 {
		return nil, fmt.Errorf("every %d-th element: only all are known", step)
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
	if f, ok := from.Fixed(); ok && f == 0 && to == n {
		return v, nil
	}
	l := []*graph.Length{graph.Px(0), graph.Px(0), graph.Side(x, 0), graph.Side(x, 1)}
	if also {
		l = v.node.Lengths
	}
	l[a-2], l[a] = from, to.Minus(from)
	if also {
		return v, nil
	}
	return c.on(v, graph.Crop, graph.Node{Lengths: l}), nil
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

func permute(c *call) (*operand, error) {
	v := c.arg(0)
	if v == nil {
		return nil, errMissing
	}
	perm := c.ints("perm")
	if v.ints != nil && v.den == nil && len(v.dims) == 2 && (perm == nil || slices.Equal(perm, []int{1, 0})) {
		out := &operand{dims: []int{v.dims[1], v.dims[0]}}
		for i := range v.dims[1] {
			for j := range v.dims[0] {
				out.ints = append(out.ints, v.ints[j*v.dims[1]+i])
			}
		}
		return out, nil
	}
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	var axes []byte
	for _, p := range perm {
		if p < 0 || p >= len(x.axes) {
			return nil, fmt.Errorf("perm %v of %s", perm, x.axes)
		}
		axes = append(axes, x.axes[p])
	}
	if s := string(axes); len(s) == len(x.axes) && s[0] == 'N' {
		return &operand{node: x.node, axes: s}, nil
	}
	return nil, fmt.Errorf("perm %v of %s is not known", perm, x.axes)
}

// reshape is known for sizes, for groups of channels, and where only axes of one
// element come or go.
func reshape(c *call) (*operand, error) {
	v := c.arg(0)
	if v == nil {
		return nil, errMissing
	}
	if c.Op == "Flatten" {
		x, err := c.image(0)
		if err != nil || c.int("axis", 1) != 1 || !c.pixel(x) {
			return nil, fmt.Errorf("only a single pixel is flattened")
		}
		return &operand{node: x.node, axes: "NC"}, nil
	}
	to := c.arg(1)
	if to == nil || to.ints == nil {
		return nil, fmt.Errorf("its shape is not known")
	}
	if !v.isMap() {
		dims, ok := to.fixed()
		if !ok {
			return nil, fmt.Errorf("the shape of constants must be constant")
		}
		return reshaped(v, dims)
	}
	return c.reshapeMap(v, to.ints)
}

// reshaped gives constants or sizes other dims.
func reshaped(v *operand, dims []int) (*operand, error) {
	n := len(v.ints)
	if v.floats != nil {
		n = len(v.floats.Floats)
	}
	dims = slices.Clone(dims)
	known, free := 1, -1
	for i, d := range dims {
		switch {
		case d == -1:
			free = i
		case d >= 0:
			known *= d
		}
	}
	if free >= 0 && known > 0 {
		dims[free] = n / known
		known *= dims[free]
	}
	if known != n {
		return nil, fmt.Errorf("%s cannot have dims %v", v.what(), dims)
	}
	if v.floats != nil {
		return &operand{floats: &Tensor{Type: v.floats.Type, Dims: dims, Floats: v.floats.Floats}}, nil
	}
	return &operand{ints: v.ints, dims: dims, den: v.den}, nil
}

// pixel says that x is one pixel at any size.
func (c *call) pixel(x *operand) bool {
	for n := x.node; ; n = n.In[0] {
		switch n.Op {
		case graph.Reduce:
			return n.Over&graph.OverMap == graph.OverMap
		case graph.ReLU, graph.Pointwise, graph.PReLU, graph.ScaleShift, graph.Norm:
		case graph.Conv:
			if n.Kernel != [2]int{1, 1} {
				return false
			}
		default:
			return false
		}
	}
}

func (c *call) reshapeMap(v *operand, to []*graph.Length) (*operand, error) {
	n := c.channels[v.node]
	size := func(i int) int { // −2 where it depends on a size
		k, ok := to[i].Fixed()
		if !ok {
			return -2
		}
		return k
	}
	same := len(to) == 4
	for i, a := range "NCHW" {
		if !same {
			break
		}
		k := size(i)
		switch {
		case a == 'C':
			same = k == n || k == 0 || k == -1
		case a == 'N':
			same = k == 1 || k == 0 || k == -1
		}
	}
	switch {
	case v.groups > 0 && same:
		return &operand{node: v.node, axes: v.axes}, nil
	case v.groups == 0 && v.axes == "NCHW" && len(to) >= 3 && len(to) <= 4 && size(1) > 0 && size(1) <= n && n%size(1) == 0 && (len(to) == 3 || size(1) < n) && (size(0) == 0 || size(0) == 1 || size(0) == -2):
		return &operand{node: v.node, axes: v.axes, groups: size(1)}, nil
	case v.groups == 0 && c.pixel(v) && len(to) == 2:
		return &operand{node: v.node, axes: "NC"}, nil
	case v.groups == 0 && c.pixel(v) && same:
		return &operand{node: v.node, axes: "NCHW"}, nil
	case v.groups == 0 && same && v.axes == "NCHW" && size(2) < 1 && size(3) < 1:
		return v, nil
	}
	return nil, fmt.Errorf("a map of axes %s and %d channels in the shape %v is not known", v.axes, n, to)
}

// squeeze is Squeeze and Unsqueeze.
func squeeze(c *call) (*operand, error) {
	v := c.arg(0)
	if v == nil {
		return nil, errMissing
	}
	axes := c.ints("axes")
	if k := c.arg(1); k != nil {
		axes, _ = k.fixed()
	}
	if v.isMap() {
		return c.squeezeMap(v, axes)
	}
	dims := v.dims
	if v.floats != nil {
		dims = v.floats.Dims
	}
	if c.Op == "Squeeze" {
		var left []int
		for i, d := range dims {
			if d != 1 || axes != nil && !slices.Contains(axes, i) && !slices.Contains(axes, i-len(dims)) {
				left = append(left, d)
			}
		}
		dims = left
	} else {
		rank := len(dims) + len(axes)
		all := make([]int, 0, rank)
		for i := range rank {
			if slices.Contains(axes, i) || slices.Contains(axes, i-rank) {
				all = append(all, 1)
			} else if len(dims) > 0 {
				all, dims = append(all, dims[0]), dims[1:]
			}
		}
		dims = all
	}
	return reshaped(v, dims)
}

// squeezeMap drops height and width of a single pixel, or gives them back.
func (c *call) squeezeMap(v *operand, axes []int) (*operand, error) {
	rank := len(v.axes)
	var got []int
	for _, a := range axes {
		if a < 0 {
			if a += rank; c.Op == "Unsqueeze" {
				a += len(axes)
			}
		}
		got = append(got, a)
	}
	slices.Sort(got)
	switch {
	case c.Op == "Squeeze" && v.axes == "NCHW" && slices.Equal(got, []int{2, 3}) && c.pixel(v):
		return &operand{node: v.node, axes: "NC"}, nil
	case c.Op == "Unsqueeze" && len(got) > 0 && !strings.ContainsAny(v.axes, "HW") && slices.Equal(got, []int{2, 3}):
		return &operand{node: v.node, axes: "NCHW"}, nil
	case c.Op == "Unsqueeze" && v.axes == "NC" && slices.Equal(got, []int{2}):
		return &operand{node: v.node, axes: "NCH"}, nil
	case c.Op == "Unsqueeze" && v.axes == "NCH" && slices.Equal(got, []int{3}):
		return &operand{node: v.node, axes: "NCHW"}, nil
	}
	return nil, fmt.Errorf("axes %v of %s are not known", axes, v.axes)
}

// expand repeats: a map to its own shape, or sizes.
func expand(c *call) (*operand, error) {
	v, to := c.arg(0), c.arg(1)
	if v == nil || to == nil || to.ints == nil {
		return nil, errMissing
	}
	if v.isMap() {
		if c.pixel(v) && len(to.ints) == 4 { // a sum or product repeats it
			l := []*graph.Length{to.ints[2], to.ints[3]}
			return c.on(v, graph.Resize, graph.Node{Lengths: l, Interp: graph.Nearest}), nil
		}
		return nil, fmt.Errorf("only a single pixel is repeated")
	}
	dims, ok := to.fixed()
	if !ok || len(dims) != 1 || dims[0] < 0 || dims[0] > mostSizes || len(v.ints) != 1 {
		return nil, fmt.Errorf("%s to the shape %v is not known", v.what(), to.ints)
	}
	return &operand{ints: slices.Repeat(v.ints, dims[0]), dims: dims}, nil
}
