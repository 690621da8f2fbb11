package graph

import "slices"

// Cause is a reason why tiles of a network differ from the whole image.
type Cause uint8

const (
	InputStatistics     Cause = iota // what a map is normalised by is taken from that map
	GlobalPooling                    // a mean or maximum over the map enters some other way
	SizeDependentResize              // where a px comes from depends on the input's length
	MissingContext                   // px near a tile's edge depend on px beyond it
	GridPhase                        // strides: a tile has to begin on their grid
	numCauses
)

var causeNames = [numCauses]string{"input_statistics", "global_pooling", "size_dependent_resize", "missing_context", "grid_phase"}

func (c Cause) String() string { return causeNames[c] }

// A Culprit is a cause and the nodes that bring it in, in graph order.
type Culprit struct {
	Cause Cause
	Nodes []*Node
}

// Causes are the reasons that apply to g by its wiring alone, along height or
// width. Against the first three no halo helps.
func (g *Graph) Causes() []Culprit {
	var blamed [numCauses][]bool
	for c := range blamed {
		blamed[c] = make([]bool, len(g.Nodes))
	}
	live := g.live()
	for axis := range 2 {
		sides, forms, err := g.forms(axis)
		if err != nil {
			forms = nil
		}
		for _, n := range live {
			if c, ok := g.global(axis, n, forms); ok {
				blamed[c][n.ID] = true
			}
			if n.strides(axis) || forms != nil && n.Op == Resize && forms[n.ID].a < forms[n.In[0].ID].a {
				blamed[GridPhase][n.ID] = true
			}
		}
		some := false
		if forms != nil {
			some = g.inventors(axis, sides, forms, blamed[MissingContext])
		}
		if !some || forms[0].b > forms[g.Output().ID].b {
			for _, n := range live {
				if n.slides() && n.window(axis) > n.Stride[axis] {
					blamed[MissingContext][n.ID] = true
				}
			}
		}
	}
	var all []Culprit
	for c, by := range blamed {
		k := Culprit{Cause: Cause(c)}
		for _, n := range live {
			if by[n.ID] {
				k.Nodes = append(k.Nodes, n)
			}
		}
		if k.Nodes != nil {
			all = append(all, k)
		}
	}
	return all
}

// slides reports whether n lays windows over its operand.
func (n *Node) slides() bool { return n.Op == Conv || n.Op == MaxPool || n.Op == AvgPool }

func (n *Node) strides(axis int) bool { return n.slides() && n.Stride[axis] > 1 }

// live are the nodes whose values reach the output, in graph order.
func (g *Graph) live() []*Node {
	reached := make([]bool, len(g.Nodes))
	reached[len(g.Nodes)-1] = true
	var live []*Node
	for _, n := range slices.Backward(g.Nodes) {
		if !reached[n.ID] {
			continue
		}
		live = append(live, n)
		if n.Op != Zero {
			for _, m := range n.In {
				reached[m.ID] = true
			}
		}
	}
	slices.Reverse(live)
	return live
}

// global reports why the pixels of n depend on the whole length of the map, if
// they do. Without legal lengths, forms is nil, and the answer is from the
// node's own attributes.
func (g *Graph) global(axis int, n *Node, forms []form) (Cause, bool) {
	var x, y form
	if forms != nil {
		if y = forms[n.ID]; n.In != nil {
			x = forms[n.In[0].ID]
		}
	} else {
		x, y = form{1, 0}, form{1, 0}
	}
	switch n.Op {
	case Norm:
		return InputStatistics, n.Stats != BatchStatistics && x.a > 0
	case Reduce:
		if g.standardises(n) {
			return InputStatistics, n.Over.side(axis) && x.a > 0
		}
		return GlobalPooling, n.Over.side(axis) && x.a > 0
	case Resize:
		if forms == nil {
			fixed := false
			if n.Lengths != nil {
				_, fixed = n.Lengths[axis].Fixed()
			}
			return SizeDependentResize, fixed || n.Interp == BilinearAlign
		}
		one := form{0, 1} // repeating one px depends on no length
		return SizeDependentResize, x != y && x != one && x.a+y.a > 0 && (n.Interp == BilinearAlign || x.a*y.b != y.a*x.b)
	case Pad, Crop:
		if forms == nil {
			return 0, false
		}
		_, ok := n.view(axis, n.In[0], forms)
		return SizeDependentResize, !ok
	}
	return 0, false
}

// inventors marks the nodes that make up px beyond the border of an operand
// which an output px depends on, and reports whether there are any. It asks
// backwards which px of each node the output needs.
func (g *Graph) inventors(axis int, sides Sides, forms []form, blamed []bool) (some bool) {
	k := (sides.Above(sides.Min+2*sides.Step) - forms[0].b) / forms[0].a
	needed := make([][]bool, len(g.Nodes))
	for i, f := range forms {
		needed[i] = make([]bool, f.a*k+f.b)
	}
	for i := range needed[len(needed)-1] {
		needed[len(needed)-1][i] = true
	}
	for _, n := range slices.Backward(g.Nodes) {
		if n.blind(axis) || forms[n.ID].a == 0 {
			continue
		}
		for _, m := range n.In {
			x := needed[m.ID]
			v, ok := n.view(axis, m, forms)
			if !ok || forms[m.ID].a == 0 {
				continue
			}
			for i, need := range needed[n.ID] {
				if !need {
					continue
				}
				lo, hi, by := v.taps(i)
				for j := lo; j <= hi; j += by {
					if j < 0 || j >= len(x) {
						blamed[n.ID], some = true, true
					} else {
						x[j] = true
					}
				}
			}
		}
	}
	return some
}
