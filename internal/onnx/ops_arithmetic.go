package onnx

import (
	"errors"
	"fmt"
	"math"

	"unetbench/graph"
)

// arithmetic is Add, Sub, Mul, Div, Min, Max and Mod: of sizes, of constants, of
// maps with either.
func arithmetic(c *call) (*operand, error) {
	a, b := c.arg(0), c.arg(1)
	switch {
	case a == nil || b == nil || len(c.in) > 2:
		return nil, fmt.Errorf("%d operands: want two", len(c.in))
	case a.isMap() && b.isMap():
		return ofMaps(c, a, b)
	case a.isMap():
		return withConstant(c, a, b, false)
	case b.isMap():
		return withConstant(c, b, a, true)
	case a.ints != nil && b.ints != nil:
		return sizesOf(c, a, b)
	case a.floats != nil && b.floats != nil:
		return constantsOf(c, a.floats, b.floats)
	}
	return mixed(c, a, b)
}

// sizesOf computes with sizes, element by element; one element goes with all.
func sizesOf(c *call, a, b *operand) (*operand, error) {
	if a.den != nil || b.den != nil {
		return ratios(c, a, b)
	}
	n, dims := len(a.ints), a.dims
	if len(b.ints) > n || len(b.ints) == n && len(b.dims) > len(dims) {
		n, dims = len(b.ints), b.dims
	}
	if len(a.ints) != n && len(a.ints) != 1 || len(b.ints) != n && len(b.ints) != 1 {
		return nil, fmt.Errorf("%s and %s do not go together", a.what(), b.what())
	}
	out := &operand{dims: dims}
	for i := range n {
		x, y := a.ints[i%len(a.ints)], b.ints[i%len(b.ints)]
		var l *graph.Length
		switch c.Op {
		case "Add":
			l = x.Plus(y)
		case "Sub":
			l = x.Minus(y)
		case "Mul":
			l = x.Times(y)
		case "Div":
			l = x.Over(y)
		case "Mod":
			l = x.Mod(y)
		case "Min":
			l = x.Least(y)
		case "Max":
			l = x.Most(y)
		}
		out.ints = append(out.ints, l)
	}
	return out, nil
}

// ratios is of sizes that were cast to floats; denominators are positive.
func ratios(c *call, a, b *operand) (*operand, error) {
	one := func(v *operand) ([]*graph.Length, []*graph.Length) {
		den := v.den
		if den == nil {
			for range v.ints {
				den = append(den, graph.Px(1))
			}
		}
		return v.ints, den
	}
	an, ad := one(a)
	bn, bd := one(b)
	if len(an) != len(bn) && len(bn) != 1 {
		return nil, fmt.Errorf("%d and %d ratios do not go together", len(an), len(bn))
	}
	out := &operand{dims: a.dims}
	for i := range an {
		x, y := an[i], bn[i%len(bn)]
		dx, dy := ad[i], bd[i%len(bd)]
		if c.Op == "Mul" || c.Op == "Div" {
			if c.Op == "Div" {
				y, dy = dy, y
			}
			out.ints, out.den = append(out.ints, x.Times(y)), append(out.den, dx.Times(dy))
			continue
		}
		if k, ok := dx.Fixed(); !ok || !isPx(dy, k) { // over the same denominator
			x, y, dx = x.Times(dy), y.Times(dx), dx.Times(dy)
		}
		switch c.Op {
		case "Add":
			x = x.Plus(y)
		case "Sub":
			x = x.Minus(y)
		case "Min":
			x = x.Least(y)
		case "Max":
			x = x.Most(y)
		default:
			return nil, fmt.Errorf("of ratios of sizes it is not known")
		}
		out.ints, out.den = append(out.ints, x), append(out.den, dx)
	}
	return out, nil
}

// isPx says that l is n px at any size.
func isPx(l *graph.Length, n int) bool {
	k, ok := l.Fixed()
	return ok && k == n
}

// mixed is of sizes and floats: the floats must be ratios of small numbers.
func mixed(c *call, a, b *operand) (*operand, error) {
	rational := func(v *operand) (*operand, error) {
		if v.floats == nil {
			return v, nil
		}
		out := &operand{dims: v.floats.Dims}
		for _, f := range v.floats.Floats {
			num, den, ok := ratio(float64(f))
			if !ok {
				return nil, fmt.Errorf("a size times %g is not known", f)
			}
			out.ints, out.den = append(out.ints, graph.Px(num)), append(out.den, graph.Px(den))
		}
		return out, nil
	}
	a, err := rational(a)
	if err != nil {
		return nil, err
	}
	b, err = rational(b)
	if err != nil {
		return nil, err
	}
	return ratios(c, a, b)
}

// ratio is x as a ratio of small numbers.
func ratio(x float64) (num, den int, ok bool) {
	for den = 1; den <= 64; den++ {
		n := math.Round(x * float64(den))
		if math.Abs(n-x*float64(den)) < 1e-6*float64(den) {
			return int(n), den, true
		}
	}
	return 0, 0, false
}

// constantsOf folds constants of equal dims, or one with many.
func constantsOf(c *call, a, b *Tensor) (*operand, error) {
	n, dims := len(a.Floats), a.Dims
	if len(b.Floats) > n {
		n, dims = len(b.Floats), b.Dims
	}
	if len(a.Floats) != n && len(a.Floats) != 1 || len(b.Floats) != n && len(b.Floats) != 1 || n == 0 {
		return nil, fmt.Errorf("constants of dims %v and %v do not go together", a.Dims, b.Dims)
	}
	f, ok := map[string]func(x, y float32) float32{
		"Add": func(x, y float32) float32 { return x + y }, "Sub": func(x, y float32) float32 { return x - y },
		"Mul": func(x, y float32) float32 { return x * y }, "Div": func(x, y float32) float32 { return x / y },
		"Min": func(x, y float32) float32 { return min(x, y) }, "Max": func(x, y float32) float32 { return max(x, y) },
		"Pow": func(x, y float32) float32 { return float32(math.Pow(float64(x), float64(y))) },
	}[c.Op]
	if !ok {
		return nil, fmt.Errorf("of constants it is not known")
	}
	out := &Tensor{Type: Float32, Dims: dims, Floats: make([]float32, n)}
	for i := range out.Floats {
		out.Floats[i] = f(a.Floats[i%len(a.Floats)], b.Floats[i%len(b.Floats)])
	}
	return &operand{floats: out}, nil
}

// ofMaps is of two maps, of which sides of 1 are repeated.
func ofMaps(c *call, a, b *operand) (*operand, error) {
	axes := a.axes
	if len(b.axes) > len(axes) {
		axes = b.axes
	}
	if a.groups > 0 || b.groups > 0 || len(a.axes) != len(b.axes) && min(len(a.axes), len(b.axes)) > 0 && a.axes != b.axes {
		return nil, fmt.Errorf("maps of axes %s and %s do not go together", a.axes, b.axes)
	}
	x := &operand{axes: axes, node: a.node}
	switch c.Op {
	case "Add":
		return c.on(x, graph.Sum, graph.Node{}, a.node, b.node), nil
	case "Sub":
		return c.on(x, graph.Sum, graph.Node{}, a.node, c.scaled(b, -1, 0).node), nil
	case "Mul":
		return c.on(x, graph.Product, graph.Node{}, a.node, b.node), nil
	case "Div":
		return c.on(x, graph.Product, graph.Node{}, a.node, c.on(b, graph.Pointwise, graph.Node{Func: graph.Reciprocal}).node), nil
	}
	if c.Op == "Max" || c.Op == "Min" { // a + max(b−a, 0), a − max(a−b, 0)
		d := c.on(x, graph.Sum, graph.Node{}, b.node, c.scaled(a, -1, 0).node)
		if c.Op == "Min" {
			d = c.scaled(d, -1, 0)
		}
		d = c.on(d, graph.ReLU, graph.Node{})
		if c.Op == "Min" {
			d = c.scaled(d, -1, 0)
		}
		return c.on(x, graph.Sum, graph.Node{}, a.node, d.node), nil
	}
	return nil, fmt.Errorf("of two maps it is not known")
}

// withConstant is of a map and constants, one or one per channel; swapped says
// that the constants come first.
func withConstant(c *call, x, k *operand, swapped bool) (*operand, error) {
	v, err := c.channelwise(x, k)
	if err != nil {
		return nil, err
	}
	if c.Op == "Min" || c.Op == "Max" {
		if len(k.floatsOrNil()) != 1 {
			return nil, fmt.Errorf("with %d constants it is not known: want one", len(v))
		}
		n := graph.Node{Func: graph.Clip, Args: [2]float64{-math.MaxFloat32, math.MaxFloat32}}
		if c.Op == "Max" {
			n.Args[0] = float64(v[0])
		} else {
			n.Args[1] = float64(v[0])
		}
		return c.on(x, graph.Pointwise, n), nil
	}
	if c.Op == "Div" && swapped {
		x, swapped = c.on(x, graph.Pointwise, graph.Node{Func: graph.Reciprocal}), false
		c = &call{c.importer, &Node{Op: "Mul", Name: c.Name, In: c.In, Out: c.Out}, c.in}
	}
	scale, shift := make([]float32, len(v)), make([]float32, len(v))
	for i, f := range v {
		scale[i] = 1
		switch c.Op {
		case "Add":
			shift[i] = f
		case "Sub":
			if shift[i] = -f; swapped {
				scale[i], shift[i] = -1, f
			}
		case "Mul":
			scale[i] = f
		case "Div":
			scale[i] = 1 / f
		default:
			return nil, fmt.Errorf("of a map and constants it is not known")
		}
	}
	name := label(c.Node)
	return c.on(x, graph.ScaleShift, graph.Node{Params: []int{
		c.param(name+".scale", []int{len(v)}, scale, true), c.param(name+".shift", []int{len(v)}, shift, true),
	}}), nil
}

func (v *operand) floatsOrNil() []float32 {
	if v.floats != nil {
		return v.floats.Floats
	}
	if n, ok := v.fixed(); ok {
		var f []float32
		for _, i := range n {
			f = append(f, float32(i))
		}
		return f
	}
	return nil
}

// channelwise is one number per channel of x, from constants that broadcast so.
func (c *call) channelwise(x, k *operand) ([]float32, error) {
	v, n := k.floatsOrNil(), c.channels[x.node]
	if v == nil {
		return nil, errors.New("of a map and a number that depends on the size it is not known, as in an unbiased standard deviation: take the biased one")
	}
	dims := k.dims
	if k.floats != nil {
		dims = k.floats.Dims
	}
	if len(v) == 1 {
		out := make([]float32, n)
		for i := range out {
			out[i] = v[0]
		}
		return out, nil
	}
	// The only axis of more than one element must be that of the channels.
	at := -1
	for i, d := range dims {
		if d > 1 {
			if at >= 0 {
				at = -1
				break
			}
			at = i - len(dims) + len(x.axes)
		}
	}
	if at < 0 || at >= len(x.axes) || x.axes[at] != 'C' || len(v) != n {
		return nil, fmt.Errorf("constants of dims %v on axes %s of %d channels: want one, or one per channel", dims, x.axes, n)
	}
	return v, nil
}

func sum(c *call) (*operand, error) {
	if len(c.in) == 1 {
		return c.arg(0), nil
	}
	var nodes []*graph.Node
	for i := range c.in {
		x, err := c.image(i)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, x.node)
	}
	return c.on(c.arg(0), graph.Sum, graph.Node{}, nodes...), nil
}

func negate(c *call) (*operand, error) {
	if v := c.arg(0); v != nil && v.ints != nil {
		out := &operand{dims: v.dims, den: v.den}
		for _, l := range v.ints {
			out.ints = append(out.ints, graph.Px(0).Minus(l))
		}
		return out, nil
	}
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	return c.scaled(x, -1, 0), nil
}

func pow(c *call) (*operand, error) {
	a, b := c.arg(0), c.arg(1)
	if a != nil && b != nil && a.floats != nil && b.floats != nil {
		return constantsOf(c, a.floats, b.floats)
	}
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	e, ok := 0.0, false
	if b != nil {
		e, ok = b.scalar()
	}
	switch {
	case ok && (e == 2 || e == 3 || e == 4):
		y := x
		for range int(e) - 1 {
			y = c.on(x, graph.Product, graph.Node{}, y.node, x.node)
		}
		return y, nil
	case ok && e == 1:
		return x, nil
	case ok && e == 0.5:
		return c.on(x, graph.Pointwise, graph.Node{Func: graph.Sqrt}), nil
	case ok && e == -0.5:
		r := c.on(x, graph.Pointwise, graph.Node{Func: graph.Sqrt})
		return c.on(r, graph.Pointwise, graph.Node{Func: graph.Reciprocal}), nil
	}
	return nil, fmt.Errorf("only the exponents 1, 2, 3, 4, ½ and −½ are known")
}
