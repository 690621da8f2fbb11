package engine

import (
	"errors"
	"fmt"

	"unetbench/graph"
)

// bands lowers a graph so that it goes through a map in bands of rows, from top
// to bottom, and computes every row once. It is the lowering of compile.go with
// one difference: a convolution reads the last rows of the bands before from
// above its own, so that what it puts out lags behind what it reads.
//
// Band t of a node is rows t·h − lag … (t+1)·h − lag − 1 of its whole map, h
// being the band's height on the node's level. Rows above and below the map are
// zero, which is what zero padding reads there.
type bands struct {
	whole []graph.Shape // of every node, for the whole map
	lag   []int         // by node
	steps []bandStep

	shift   phase
	program []phase // of the band at hand
	used    bool    // the arena has been written to
}

// A bandStep is a unit with the storage that it fills.
type bandStep struct {
	node   *graph.Node
	unit   unit
	out    *buffer
	lag, h int // of the whole map
	phases []phase
}

var errSideBySide = errors.New("several operands side by side do not go in bands of rows")

// newBands finds the shapes of the bands: rows of the input at a time.
func newBands(g *graph.Graph, in graph.Size, rows int) (*bands, []graph.Shape, error) {
	sizes, err := g.Sizes()
	if err != nil {
		return nil, nil, err
	}
	if !sizes.H.Legal(in.H) || rows%sizes.H.Step != 0 {
		return nil, nil, fmt.Errorf("%s: %d rows in bands of %d: want bands of a multiple of the network's step of %d, and a legal height: the nearest is %d",
			g.Name, in.H, rows, sizes.H.Step, sizes.H.Above(in.H))
	}
	b := &bands{lag: make([]int, len(g.Nodes))}
	if b.whole, err = g.Infer(in); err != nil {
		return nil, nil, err
	}
	shapes := make([]graph.Shape, len(g.Nodes))
	for _, n := range g.Nodes {
		s := b.whole[n.ID]
		switch h := 0; n.Op {
		case graph.Input:
			s.H = rows
		default:
			h = shapes[n.In[0].ID].H
			switch n.Op {
			case graph.Conv, graph.MaxPool, graph.AvgPool:
				h /= n.Stride[0]
			case graph.Resize:
				h *= b.repeats(n)
			case graph.ConvTranspose:
				h *= n.Stride[0]
			case graph.PixelShuffle:
				h *= n.Factor
			}
			s.H = h
		}
		shapes[n.ID] = s
	}
	return b, shapes, nil
}

// node lowers n as compiler.node does, after it has moved n's operands to where
// this band's are.
func (b *bands) node(c *compiler, n *graph.Node) error {
	if n.Op == graph.Input {
		return b.lower(c, n, 0)
	}
	x := n.In[0]
	v, lag := c.values[x.ID], b.lag[x.ID]
	if lag < 0 && n.Op != graph.Conv { // padding runs ahead of its map, what is computed does not
		v, lag = above(v, -lag, 0), 0
	}
	switch n.Op {
	case graph.Conv, graph.MaxPool, graph.AvgPool:
		return b.windows(c, n)
	case graph.Resize:
		f := b.repeats(n)
		if f == 0 {
			return errors.New("only whole rows that are repeated go in bands of rows: nearest neighbours, a whole number of times as many")
		}
		return b.with(c, n, x, v, lag*f)
	case graph.ConvTranspose:
		k := (max(n.Kernel[0]-n.Stride[0], 0) + n.Stride[0] - 1) / n.Stride[0] // rows whose outputs reach into this band
		return b.with(c, n, x, above(v, k, k), lag*n.Stride[0])
	case graph.PixelShuffle:
		return b.with(c, n, x, v, lag*n.Factor)
	case graph.Norm:
		if n.Stats != graph.BatchStatistics {
			return fmt.Errorf("%v statistics need the whole map and do not go in bands of rows", n.Stats)
		}
		return b.with(c, n, x, v, lag)
	case graph.Reduce:
		if n.Over&graph.OverHeight != 0 {
			return errors.New("what is taken over all rows does not go in bands of rows")
		}
		return b.with(c, n, x, v, lag)
	case graph.ReLU, graph.Dropout, graph.Pointwise, graph.PReLU, graph.ScaleShift, graph.Softmax, graph.Select:
		return b.with(c, n, x, v, lag)
	case graph.Sum, graph.Product:
		return b.together(c, n)
	case graph.Pad, graph.Crop:
		return b.frame(c, n)
	case graph.Concat:
		if err := b.level(c, n); err != nil {
			return err
		}
		for _, m := range n.In {
			lag = max(lag, b.lag[m.ID])
		}
		for _, m := range n.In {
			c.values[n.ID] = append(c.values[n.ID], above(c.values[m.ID], lag-b.lag[m.ID], 0)...)
		}
		b.lag[n.ID] = lag
		return nil
	case graph.Zero:
		b.lag[n.ID] = lag
		return c.node(n)
	}
	return errors.New("this op does not go in bands of rows")
}

// above is v seen k rows higher up, and more rows of it.
func above(v []piece, k, more int) []piece {
	out := make([]piece, len(v))
	for i, p := range v {
		p.y, p.h = p.y-k, p.h+more
		if p.s != nil {
			p.s.val.reach(p.region)
		}
		out[i] = p
	}
	return out
}

// with lowers n with v for the value of its operand x.
func (b *bands) with(c *compiler, n, x *graph.Node, v []piece, lag int) error {
	old := c.values[x.ID]
	defer func() { c.values[x.ID] = old }()
	if n.Op != graph.Conv && (len(v) != 1 || v[0].s == nil) {
		return errSideBySide
	}
	c.values[x.ID] = v
	return b.lower(c, n, lag)
}

// lower lowers n with what is fused behind it, and notes what it fills.
func (b *bands) lower(c *compiler, n *graph.Node, lag int) error {
	before := len(c.units)
	if err := c.node(n); err != nil {
		return err
	}
	last := n
	for len(c.uses[last.ID]) == 1 && c.fused[c.uses[last.ID][0].ID] {
		last = c.uses[last.ID][0]
	}
	b.lag[n.ID], b.lag[last.ID] = lag, lag
	if len(c.units) > before {
		s := c.values[last.ID][0].s
		b.steps = append(b.steps, bandStep{node: n, unit: c.units[before], out: s.val, lag: lag, h: b.whole[last.ID].H})
	}
	return nil
}

// repeats is how many rows a Resize node makes of one; 0 if they are not copies.
func (b *bands) repeats(n *graph.Node) int {
	x, y := b.whole[n.In[0].ID].H, b.whole[n.ID].H
	if n.Interp != graph.Nearest && n.Interp != graph.NearestHalf || y%x != 0 || ratioOf(n, 0, 1, y/x) != (ratio{1, y / x}) {
		return 0
	}
	return y / x
}

// windows lets those of a band begin where those of the whole map do, by reading
// some rows more from above.
func (b *bands) windows(c *compiler, n *graph.Node) error {
	if n.Pads[0] != 0 || n.Pads[2] != 0 || n.Ceil {
		return errors.New("windows that reach beyond the map do not go in bands of rows")
	}
	x, s := n.In[0], n.Stride[0]
	k := (n.Kernel[0]-1)*max(n.Dilation[0], 1) + 1
	lag := max(b.lag[x.ID]+k-1, 0) / s
	return b.with(c, n, x, above(c.values[x.ID], s*lag-b.lag[x.ID], k-s), lag)
}

// level checks that the operands of n have as many rows, in a band and in all.
func (b *bands) level(c *compiler, n *graph.Node) error {
	for _, m := range n.In {
		if c.shapes[m.ID].H != c.shapes[n.In[0].ID].H || b.whole[m.ID].H != b.whole[n.In[0].ID].H {
			return fmt.Errorf("%s and %s, of %v and %v, do not go together in bands of rows", n.In[0].Name, m.Name, b.whole[n.In[0].ID], b.whole[m.ID])
		}
	}
	return nil
}

// together lowers a node of several operands, all at the place of the one that
// lags the most.
func (b *bands) together(c *compiler, n *graph.Node) error {
	if err := b.level(c, n); err != nil {
		return err
	}
	lag := 0
	for _, m := range n.In {
		lag = max(lag, b.lag[m.ID])
	}
	for _, m := range n.In {
		old := c.values[m.ID]
		if len(old) != 1 || old[0].s == nil {
			return errSideBySide
		}
		defer func() { c.values[m.ID] = old }()
		c.values[m.ID] = above(old, lag-b.lag[m.ID], 0)
	}
	return b.lower(c, n, lag)
}

// frame moves the window of a Crop, or widens the operand of a Pad by the
// border's sides; above and below the map it is zero already.
func (b *bands) frame(c *compiler, n *graph.Node) error {
	x := n.In[0]
	top, left, err := n.Window(b.whole)
	if err != nil {
		return err
	}
	w := b.whole[n.ID].W
	bottom, right := top+b.whole[n.ID].H-b.whole[x.ID].H, left+w-b.whole[x.ID].W
	padded := min(top, left) < 0 || max(bottom, right) > 0
	if padded && (n.Padding != graph.PadZero || n.Value != 0) {
		kind := n.Padding.String()
		if n.Value != 0 {
			kind = fmt.Sprint(n.Value)
		}
		return fmt.Errorf("padding %s does not go in bands of rows: only zero does", kind)
	}
	for _, p := range c.values[x.ID] {
		if padded && p.s != nil && (p.x != 0 || p.w != p.s.val.w || max(top, left) > 0 || min(bottom, right) < 0 || b.cropped(x)) {
			return errors.New("a padded crop does not go in bands of rows")
		}
		p.x, p.w = p.x+left, w
		if p.s != nil {
			p.s.val.reach(p.region)
		}
		c.values[n.ID] = append(c.values[n.ID], p)
	}
	b.lag[n.ID] = b.lag[x.ID] + top
	return nil
}

// cropped says that the value of n is a window on more rows.
func (b *bands) cropped(n *graph.Node) bool {
	switch n.Op {
	case graph.Crop, graph.Pad, graph.Concat, graph.Dropout, graph.Pointwise, graph.Resize: // which may copy nothing
		for _, m := range n.In {
			if b.whole[m.ID].H > b.whole[n.ID].H || b.cropped(m) {
				return true
			}
		}
	}
	return false
}

// phases prepares what every band runs and returns how many phases that is at
// the most.
func (b *bands) phases() int {
	b.shift = b.shiftPhase()
	n := 3 // with the phases that read and write the map
	for i := range b.steps {
		s := &b.steps[i]
		s.phases = s.unit.forward()
		n += len(s.phases) + 1
	}
	return n
}

// keep makes what later bands read outlive this one: rows above a band, and the
// zeros beside it, which nobody writes.
func (b *bands) keep(c *compiler) error {
	if len(b.steps) != len(c.units) {
		return fmt.Errorf("%s: an output that is put together does not go in bands of rows", c.g.Name)
	}
	if b.lag[c.g.Output().ID] < 0 {
		return fmt.Errorf("%s: an output that is padded does not go in bands of rows", c.g.Name)
	}
	for _, s := range b.steps {
		if s.out.border != (border{}) {
			s.out.use(-1)
			s.out.use(forever)
		}
	}
	return nil
}
