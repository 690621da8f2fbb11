package engine

import (
	"fmt"

	"unetbench/graph"
)

// A storage is one value's memory: the value and, in training, its gradient.
type storage struct {
	val, grad *buffer
	wants     bool // a gradient is wanted here
	ready     bool // claimed: an earlier backward step has written grad
	pad       padding
	padded    bool // the border holds it
}

// A piece is some channels of a value: a window on a storage, or zeros where s
// is nil. A concatenation is a list of pieces and moves no data.
type piece struct {
	s *storage
	region
	c int
}

func (p piece) val() view { return view{p.s.val, p.region} }

// whole says that p is all of its storage.
func (p piece) whole() bool {
	return p.s != nil && p.region == region{0, 0, p.s.val.h, p.s.val.w}
}

// A unit is one step of the lowered graph.
type unit interface {
	// claim registers, at step t of a training step, what backward reads and
	// writes. Units claim in the order in which their backward runs.
	claim(c *compiler, t int)
	forward() []phase
	backward() []phase
}

// A packer prepares weights: it is called by SetWeights.
type packer interface{ pack(w graph.Weights) }

// forever is a step after all others.
const forever = 1 << 30

// compiler lowers a graph.
type compiler struct {
	net    *Net
	g      *graph.Graph
	shapes []graph.Shape
	uses   [][]*graph.Node
	wants  []bool    // by node: a gradient flows to it
	values [][]piece // by node; nil where fused into a later one
	fused  []bool
	units  []unit
	nodes  [][]*graph.Node // by unit: what it computes
	blocks []*block
	bufs   []*buffer
	convs  map[*storage]*conv // which convolution fills it
	copies map[*graph.Node]piece
	spare  int // floats of scratch that a worker needs
}

func (c *compiler) now() int { return len(c.units) }

// buffer registers a new buffer of n maps of shape s.
func (c *compiler) buffer(s graph.Shape, t int) *buffer {
	b := &buffer{n: c.net.batch, h: s.H, w: s.W, c: s.C}
	b.first, b.last = t, t
	c.bufs = append(c.bufs, b)
	return b
}

// block registers n floats of scratch for step t.
func (c *compiler) block(n, t int) *block {
	b := &block{size: n, first: t, last: t}
	c.blocks = append(c.blocks, b)
	return b
}

// scratch asks for n floats per worker.
func (c *compiler) scratch(n int) { c.spare = max(c.spare, n) }

// output makes the storage for the value of node n, written at this step.
func (c *compiler) output(n *graph.Node) piece {
	s := c.shapes[n.ID]
	st := &storage{val: c.buffer(s, c.now()), wants: c.wants[n.ID]}
	if c.net.opts.Keep || n == c.g.Input() || n == c.g.Output() {
		st.val.use(forever)
	}
	return piece{st, region{0, 0, s.H, s.W}, s.C}
}

// read marks the pieces as read at this step.
func (c *compiler) read(v []piece) []piece {
	for _, p := range v {
		if p.s != nil {
			p.s.val.use(c.now())
		}
	}
	return v
}

// one is the value of n as a single piece, copied together if it is not.
func (c *compiler) one(n *graph.Node) piece {
	v := c.values[n.ID]
	if len(v) != 1 || v[0].s == nil {
		return c.solid(n, v)
	}
	return c.read(v)[0]
}

// solid copies v, the value of n, into a storage of its own.
func (c *compiler) solid(n *graph.Node, v []piece) piece {
	if p, ok := c.copies[n]; ok {
		return c.read([]piece{p})[0]
	}
	p := c.output(n)
	c.units = append(c.units, &gather{net: c.net, in: c.read(v), out: p})
	c.copies[n] = p
	return c.read([]piece{p})[0]
}

// next is the node that may be fused behind n: its only reader, of that op.
func (c *compiler) next(n *graph.Node, op graph.Op) *graph.Node {
	if n == nil || c.net.opts.Keep || c.net.edits[n] != nil || len(c.uses[n.ID]) != 1 {
		return nil
	}
	if m := c.uses[n.ID][0]; m.Op == op {
		c.fused[m.ID] = true
		return m
	}
	return nil
}

// lower turns every node into units and pieces.
func (c *compiler) lower() error {
	c.uses = make([][]*graph.Node, len(c.g.Nodes))
	c.wants = make([]bool, len(c.g.Nodes))
	c.values = make([][]piece, len(c.g.Nodes))
	c.fused = make([]bool, len(c.g.Nodes))
	c.copies = map[*graph.Node]piece{}
	c.convs = map[*storage]*conv{}
	for _, n := range c.g.Nodes {
		c.wants[n.ID] = c.net.opts.Train && (len(n.Params) > 0 || n.Op == graph.Input && c.net.opts.InputGrad)
		for _, m := range n.In {
			c.uses[m.ID] = append(c.uses[m.ID], n)
			c.wants[n.ID] = c.wants[n.ID] || c.wants[m.ID] && n.Op != graph.Zero
		}
	}
	for _, n := range c.g.Nodes {
		if c.fused[n.ID] {
			continue
		}
		lower := c.node
		if b := c.net.bands; b != nil {
			lower = func(n *graph.Node) error { return b.node(c, n) }
		}
		if err := lower(n); err != nil {
			return fmt.Errorf("%s: %s (%v): %w", c.g.Name, n.Name, n.Op, err)
		}
		chain := c.chain(n)
		for _, m := range chain {
			// An edit stands behind the last node of a fused chain.
			if f := c.net.edits[m]; f != nil && c.values[m.ID] != nil {
				c.edit(m, f)
			}
		}
		c.own(chain)
	}
	return nil
}

// own names the nodes that the latest units compute.
func (c *compiler) own(chain []*graph.Node) {
	for len(c.nodes) < len(c.units) {
		c.nodes = append(c.nodes, chain)
	}
}

// chain is n with the nodes fused behind it.
func (c *compiler) chain(n *graph.Node) []*graph.Node {
	all := []*graph.Node{n}
	for len(c.uses[n.ID]) == 1 && c.fused[c.uses[n.ID][0].ID] {
		n = c.uses[n.ID][0]
		all = append(all, n)
	}
	return all
}

// node lowers one node, with the nodes that it fuses.
func (c *compiler) node(n *graph.Node) error {
	if c.net.opts.Train && !c.trainable(n) {
		return errForwardOnly
	}
	var u unit
	last := n // whose value the unit writes
	var out []piece
	switch n.Op {
	case graph.Input:
		out = []piece{c.output(n)}
		u = &input{net: c.net}
	case graph.Conv:
		u, last = c.conv(n)
	case graph.ConvTranspose:
		u, last = c.transpose(n)
	case graph.Norm:
		u, last = c.norm(n)
	case graph.ReLU:
		u = &relu{net: c.net, in: c.one(n.In[0]), out: c.output(n)}
	case graph.MaxPool, graph.AvgPool:
		u = c.pool(n)
	case graph.Resize:
		if c.still(n) {
			out = c.values[n.In[0].ID]
			break
		}
		x := c.one(n.In[0])
		u = c.resize(n, x)
	case graph.PixelShuffle:
		x := c.one(n.In[0])
		u = &shuffle{net: c.net, in: x, out: c.output(n), r: n.Factor}
	case graph.Dropout:
		if !c.net.opts.Train {
			out = c.values[n.In[0].ID]
			break
		}
		x := c.one(n.In[0])
		u = newDropout(c.net, n, x, c.output(n))
	case graph.Pointwise, graph.PReLU, graph.ScaleShift, graph.Softmax, graph.Select:
		if n.Op == graph.Pointwise && n.Func == graph.Identity {
			out = c.values[n.In[0].ID]
			break
		}
		u, last = c.rowwise(n)
	case graph.Reduce:
		u = c.reduce(n)
	case graph.Crop, graph.Pad:
		var err error
		if out, u, err = c.frame(n); err != nil {
			return err
		}
	case graph.Concat:
		for _, m := range n.In {
			out = append(out, c.values[m.ID]...)
		}
	case graph.Sum, graph.Product:
		if n.Op == graph.Product || !c.equal(n) {
			u = c.broadcast(n)
			break
		}
		k := &sum{net: c.net}
		for _, m := range n.In {
			k.in = append(k.in, c.one(m))
		}
		c.read(k.in) // at this step: an operand after it may have been copied in between
		k.out = c.output(n)
		u = k
	case graph.Zero:
		s := c.shapes[n.ID]
		out = []piece{{nil, region{0, 0, s.H, s.W}, s.C}}
	default:
		return fmt.Errorf("the engine does not know this op")
	}
	if w, ok := u.(writer); ok {
		out = []piece{w.result()}
	}
	c.values[last.ID] = out
	if u != nil {
		c.units = append(c.units, u)
	}
	return nil
}

// follow lets f compute out from finished rows of in, while they are in the
// cache, if a convolution hands them on.
func (c *compiler) follow(in, out piece, f func(i, y0, y1 int, w *worker)) bool {
	v := c.convs[in.s]
	if v == nil || v.fast == nil || !in.whole() || c.net.opts.Keep || len(c.net.edits) > 0 {
		return false
	}
	v.fast.after = append(v.fast.after, f)
	out.s.val.use(v.at)
	return true
}

// A writer is a unit that fills one storage.
type writer interface{ result() piece }
