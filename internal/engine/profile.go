package engine

import (
	"fmt"
	"sync/atomic"
	"time"

	"unetbench/graph"
)

// A Pass is a stage of a training step.
type Pass uint8

const (
	Pack       Pass = iota // weights into the kernels' layout
	Forward                // values
	WeightGrad             // the gradient of a unit's weights
	InputGrad              // and that of its operand
	Backward               // both, of units without weights
)

func (p Pass) String() string {
	return [...]string{"pack", "forward", "weight gradient", "input gradient", "backward"}[p]
}

// A Part is what one unit of the compiled network, a node with those fused
// behind it, does in one pass over the batch.
type Part struct {
	Name, Op   string // of the first node; "Conv+ReLU"
	Pass       Pass
	Algorithm  string        // of a convolution
	MACs       int64         // multiply-accumulates that the graph counts
	Arithmetic int64         // multiply-accumulates that the algorithm does
	Bytes      int64         // the least that must move: operands, result and weights once each
	Time       time.Duration // of the latest pass, if profiled: from its first task to its last
}

// Profile makes every later pass note the time of its parts.
func (n *Net) Profile() { n.profiled = true }

// Parts lists the parts of the network in the order in which they run.
func (n *Net) Parts() []Part {
	var all []Part
	for _, p := range []*program{&n.packing, &n.fwd, &n.bwd} {
		all = append(all, p.parts...)
	}
	return all
}

// A program is a list of phases, which belong to parts.
type program struct {
	phases []phase
	owner  []int // by phase
	parts  []Part
}

func (p *program) add(part Part, phases []phase) {
	if len(phases) == 0 {
		return
	}
	for range phases {
		p.owner = append(p.owner, len(p.parts))
	}
	p.phases = append(p.phases, phases...)
	p.parts = append(p.parts, part)
}

// run runs p. A phase lasts from the end of the one before.
func (n *Net) run(p *program) {
	if !n.profiled {
		n.crew.run(p.phases)
		return
	}
	for i := range p.parts {
		p.parts[i].Time = 0
	}
	n.crew.ends = make([]atomic.Int64, len(p.phases))
	n.crew.began = time.Now()
	n.crew.run(p.phases)
	last := int64(0)
	for i := range n.crew.ends {
		if end := n.crew.ends[i].Load(); end > 0 { // it had tasks
			p.parts[p.owner[i]].Time += time.Duration(end - last)
			last = end
		}
	}
	n.crew.ends = nil
}

// A weighted unit begins its backward with the gradient of its weights.
type weighted interface{ weightPhases() []phase }

// An algorithmic unit has a choice of algorithms, and says which one a pass uses
// and how many multiply-accumulates that takes for the batch.
type algorithmic interface {
	algorithm(p Pass) (name string, macs int64)
}

// algorithm leaves out severed skips, operands that want no gradient, and the
// additions of Winograd's transforms.
func (u *conv) algorithm(p Pass) (name string, macs int64) {
	switch {
	case p == Forward && u.fast != nil:
		return u.fast.algorithm(u.out.c)
	case p == InputGrad && u.fastBack != nil:
		out := 0
		for _, o := range u.fastBack.out {
			out += o.y.c
		}
		return u.fastBack.algorithm(out)
	case p == WeightGrad && u.fastGrad != nil:
		return u.fastGrad.algorithm(u.out.c)
	}
	c := 0
	for j, q := range u.in {
		if q.s != nil && !(p == InputGrad && u.sinks[j].none) {
			c += q.c
		}
	}
	name = "direct"
	if u.depthwise != nil {
		name = "depthwise"
	}
	return name, int64(u.net.batch) * int64(u.kh*u.kw*c/u.groups()) * int64(u.out.h*u.out.w*u.out.c)
}

func (g *transformed) algorithm(out int) (name string, macs int64) {
	in, _ := g.channels()
	return fmt.Sprintf("F(%d×%d)", g.m, g.m), int64(g.t.Points()*g.tiles()) * int64(in*out)
}

// backwardParts adds the backward of unit i to p.
func (c *compiler) backwardParts(i int, p *program) {
	ph := c.units[i].backward()
	if w, ok := c.units[i].(weighted); ok && len(ph) > 0 {
		k := len(w.weightPhases())
		p.add(c.part(i, WeightGrad), ph[:k])
		p.add(c.part(i, InputGrad), ph[k:])
		return
	}
	p.add(c.part(i, Backward), ph)
}

// part describes unit i in a pass.
func (c *compiler) part(i int, pass Pass) Part {
	chain := c.nodes[i]
	p := Part{Name: chain[0].Name, Op: chain[0].Op.String(), Pass: pass}
	for _, n := range chain[1:] {
		p.Op += "+" + n.Op.String()
	}
	p.MACs = c.g.Costs(c.shapes)[chain[0].ID].MACs * int64(c.net.batch)
	p.Arithmetic = p.MACs
	switch u := c.units[i].(type) {
	case *gather:
		p.Op, p.MACs, p.Arithmetic = "copy", 0, 0
		p.Bytes = 2 * c.bytes(u.out)
	case *edit:
		p.Op, p.MACs, p.Arithmetic = "edit", 0, 0
		p.Bytes = 2 * c.bytes(c.values[chain[0].ID]...)
	case *pad: // the border alone
		p.Bytes = 2 * (c.bytes(u.out...) - c.bytes(u.in...))
	case algorithmic:
		p.Algorithm, p.Arithmetic = u.algorithm(pass)
		p.Bytes = c.traffic(chain, pass)
	default:
		p.Bytes = c.traffic(chain, pass)
	}
	return p
}

// traffic is the least that a unit for these nodes must move.
func (c *compiler) traffic(chain []*graph.Node, pass Pass) int64 {
	first, last := chain[0], chain[len(chain)-1]
	var in int64
	for _, m := range first.In {
		in += c.bytes(c.values[m.ID]...)
	}
	out := c.bytes(c.values[last.ID]...)
	total := in + out
	for _, n := range chain {
		for _, p := range n.Params {
			total += 4 * int64(c.g.Params[p].Len())
		}
	}
	if pass == Backward && (first.Op == graph.MaxPool || first.Op == graph.Norm) {
		total += in // beside its gradient
	}
	if (pass == Backward || pass == WeightGrad) && last.Op == graph.ReLU {
		total += out
	}
	return total
}

// bytes is the size of the pieces of a value in the whole batch.
func (c *compiler) bytes(v ...piece) int64 {
	values := 0
	for _, p := range v {
		if p.s != nil {
			values += p.c * p.h * p.w
		}
	}
	return 4 * int64(values) * int64(c.net.batch)
}

// packingPart is what SetWeights does: in training the input gradients want
// the weights in a second layout.
func (c *compiler) packingPart() Part {
	values := 0
	for _, p := range c.g.Params {
		values += p.Len()
	}
	copies := 2
	if c.net.opts.Train {
		copies = 3
	}
	return Part{Name: "weights", Op: "copy", Pass: Pack, Bytes: 4 * int64(copies*values)}
}

// clearingPart is the border of the output's gradient.
func (c *compiler) clearingPart() Part {
	k := c.net.outGrad
	p := Part{Name: c.g.Output().Name, Op: "clear", Pass: Backward}
	if !k.none {
		o := k.outer()
		p.Bytes = 4 * int64(c.net.batch) * int64(k.c) * int64(o.h*o.w-k.set.h*k.set.w)
	}
	return p
}
