package onnx

import (
	"fmt"

	"unetbench/graph"
)

// compare is Greater, Less and their like: of a map, 1 where it holds and 0
// elsewhere, for Where to choose by.
func compare(c *call) (*operand, error) {
	a, b := c.arg(0), c.arg(1)
	if a == nil || b == nil {
		return nil, errMissing
	}
	if !a.isMap() && !b.isMap() {
		return compareConstants(c, a, b)
	}
	// The difference that is above 0 where it holds, or where it does not.
	not := false
	switch c.Op {
	case "Less":
		a, b = b, a
	case "LessOrEqual":
		not = true
	case "GreaterOrEqual":
		a, b, not = b, a, true
	}
	d, err := arithmetic(&call{c.importer, &Node{Op: "Sub", Name: c.Name, In: c.In, Out: c.Out}, []*operand{a, b}})
	if err != nil {
		return nil, err
	}
	// A slope so steep that every difference but 0 saturates.
	y := c.on(d, graph.Pointwise, graph.Node{Func: graph.HardSigmoid, Args: [2]float64{1e38, 0}})
	if not {
		y = c.not(y)
	}
	return y, nil
}

// not is 1 − x.
func (c *call) not(x *operand) *operand { return c.scaled(x, -1, 1) }

func negation(c *call) (*operand, error) {
	x, err := c.image(0)
	if err != nil {
		return nil, err
	}
	return c.not(x), nil
}

func compareConstants(c *call, a, b *operand) (*operand, error) {
	x, ok1 := a.scalar()
	y, ok2 := b.scalar()
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("it compares %s with %s: only single constants are known", a.what(), b.what())
	}
	holds := map[string]bool{"Greater": x > y, "Less": x < y, "GreaterOrEqual": x >= y, "LessOrEqual": x <= y}[c.Op]
	out := Tensor{Type: Bool, Ints: []int64{0}}
	if holds {
		out.Ints[0] = 1
	}
	return constants(&out), nil
}

// where chooses between two by a comparison: m·a + (1−m)·b, which is exact for
// finite a and b.
func where(c *call) (*operand, error) {
	m := c.arg(0)
	if m == nil || !m.isMap() {
		return choice(c)
	}
	a, b := c.arg(1), c.arg(2)
	if a == nil || b == nil {
		return nil, errMissing
	}
	if y := c.softplus(m, a, b); y != nil {
		return y, nil
	}
	part := func(m, v *operand) (*operand, error) {
		return arithmetic(&call{c.importer, &Node{Op: "Mul", Name: c.Name, In: c.In, Out: c.Out}, []*operand{m, v}})
	}
	x, err := part(m, a)
	if err != nil {
		return nil, err
	}
	y, err := part(c.not(m), b)
	if err != nil {
		return nil, err
	}
	return arithmetic(&call{c.importer, &Node{Op: "Add", Name: c.Name, In: c.In, Out: c.Out}, []*operand{x, y}})
}

// softplus recognises ln(1+e^x) where x is not large, and x elsewhere; for the
// largest, of which e^x is infinite, m·a + (1−m)·b would not do.
func (c *call) softplus(m, a, b *operand) *operand {
	if !a.isMap() || !b.isMap() || b.node.Op != graph.Pointwise || b.node.Func != graph.Log {
		return nil
	}
	plus := b.node.In[0]
	if plus.Op != graph.ScaleShift || !c.every(plus.Params[0], 1) || !c.every(plus.Params[1], 1) {
		return nil
	}
	exp := plus.In[0]
	if exp.Op != graph.Pointwise || exp.Func != graph.Exp || exp.In[0] != a.node {
		return nil
	}
	// The comparison must be with a bound beyond which both are the same float32.
	d := m.node
	if d.Op != graph.Pointwise || d.Func != graph.HardSigmoid || d.In[0].Op != graph.ScaleShift || d.In[0].In[0] != a.node {
		return nil
	}
	bound := c.values(d.In[0].Params[1])
	if len(bound) == 0 || bound[0] > -16 || !c.every(d.In[0].Params[1], bound[0]) || !c.every(d.In[0].Params[0], 1) {
		return nil
	}
	return c.on(a, graph.Pointwise, graph.Node{Func: graph.Softplus})
}

// values are those of a parameter.
func (im *importer) values(param int) []float32 { return im.weights[param] }

// every says that all values of a parameter are v.
func (c *call) every(param int, v float32) bool {
	for _, w := range c.values(param) {
		if w != v {
			return false
		}
	}
	return true
}
