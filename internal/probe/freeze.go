package probe

import (
	"math"

	"unetbench/graph"
	"unetbench/internal/engine"
)

// A frozen network runs tiles with what some nodes took from the whole strip:
// norms its statistics, means over the map their value, and resizes the places
// that their px have in it.
type frozen struct {
	p     *prober
	l     layout
	whole map[*graph.Node]*graph.Map // values in the whole strip
	per   []int                      // px along the axis of each node, per step of the input
	at    int                        // of the tile under way
	seen  map[*graph.Node]*graph.Map // operands in the tile under way
}

// freeze runs the whole strip once, and keeps what the nodes and their operands were.
func (p *prober) freeze(l layout, s *strip, nodes []*graph.Node) (*frozen, error) {
	f := &frozen{p: p, l: l, whole: map[*graph.Node]*graph.Map{}}
	if len(nodes) == 0 {
		return f, nil
	}
	o := engine.Options{Threads: p.opts.Threads, Exact: true, Keep: true}
	if bytes, err := engine.Bytes(p.Graph, s.image.Size(), o); err != nil {
		return nil, err
	} else if bytes > p.opts.Memory {
		return nil, errNoRoom
	}
	net, err := engine.New(p.Graph, s.image.Size(), 1, o)
	if err != nil {
		return nil, err
	}
	net.SetWeights(p.Weights)
	net.SetInput(0, s.image)
	net.Forward()
	for _, n := range nodes {
		f.whole[n] = net.Value(n, 0)
		f.whole[n.In[0]] = net.Value(n.In[0], 0)
	}
	here, err := p.Graph.Infer(s.image.Size())
	if err != nil {
		return nil, err
	}
	next, err := p.Graph.Infer(size(l.axis, l.whole+l.step, l.across))
	if err != nil {
		return nil, err
	}
	for i := range here {
		f.per = append(f.per, along(next[i].Size(), l.axis)-along(here[i].Size(), l.axis))
	}
	return f, nil
}

// runner is the network with these nodes frozen, for tiles of that side. What a
// node gets from the whole replaces its value; its readers see no other.
func (f *frozen) runner(side int, nodes []*graph.Node) (tileRunner, error) {
	net, err := engine.New(f.p.Graph, size(f.l.axis, side, f.l.across), 1, engine.Options{Threads: f.p.opts.Threads, Exact: true})
	if err != nil {
		return nil, err
	}
	f.seen = map[*graph.Node]*graph.Map{}
	edits := map[*graph.Node][]func(*graph.Map){}
	for _, n := range nodes {
		edits[n] = append(edits[n], func(m *graph.Map) { f.replace(n, m) })
	}
	for _, n := range nodes {
		x := n.In[0]
		if n.Op == graph.Reduce {
			continue
		}
		edits[x] = append(edits[x], func(m *graph.Map) { // after its own replacement
			f.seen[x] = &graph.Map{Shape: m.Shape, Pix: append([]float32(nil), m.Pix...)}
		})
	}
	for n, all := range edits {
		err := net.Intervene(n, func(m *graph.Map) {
			for _, edit := range all {
				edit(m)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	net.SetWeights(f.p.Weights)
	return func(x *graph.Map, at int) (*graph.Map, error) {
		f.at = at
		net.SetInput(0, x)
		net.Forward()
		y := graph.NewMap(net.OutShape())
		net.Output(0, y)
		return y, nil
	}, nil
}

// replace overwrites m, the value of n in a tile.
func (f *frozen) replace(n *graph.Node, m *graph.Map) {
	switch n.Op {
	case graph.Norm:
		f.normalise(n, m)
	case graph.Reduce:
		if w := f.whole[n]; w.Shape == m.Shape {
			copy(m.Pix, w.Pix)
		}
	case graph.Resize:
		f.resize(n, m)
	}
}

// normalise is the norm by the whole strip's mean and variance.
func (f *frozen) normalise(n *graph.Node, m *graph.Map) {
	x, w := f.seen[n.In[0]], f.whole[n.In[0]]
	groups := w.C
	if n.Stats == graph.GroupStatistics {
		groups = n.Groups
	}
	eps := n.Epsilon
	if eps == 0 {
		eps = 1e-5
	}
	gamma, beta := f.p.Weights[n.Params[0]], f.p.Weights[n.Params[1]]
	per, area, tile := w.C/groups, w.H*w.W, m.H*m.W
	for g := range groups {
		mean, square := 0.0, 0.0
		values := w.Pix[g*per*area : (g+1)*per*area]
		for _, v := range values {
			mean += float64(v) / float64(len(values))
		}
		for _, v := range values {
			square += (float64(v) - mean) * (float64(v) - mean) / float64(len(values))
		}
		inv := 1 / math.Sqrt(square+eps)
		for c := g * per; c < (g+1)*per; c++ {
			for i := c * tile; i < (c+1)*tile; i++ {
				m.Pix[i] = float32(float64((float64(x.Pix[i])-mean)*inv*float64(gamma[c])) + float64(beta[c]))
			}
		}
	}
}

// resize takes every px of the tile from the place that it has in the whole
// strip, as far as that lies in the tile.
func (f *frozen) resize(n *graph.Node, m *graph.Map) {
	x, in, out := f.seen[n.In[0]], f.whole[n.In[0]], f.whole[n]
	fromIn, fromOut := f.at*f.per[n.In[0].ID]/f.l.step, f.at*f.per[n.ID]/f.l.step
	for axis := range 2 {
		a, b := along(in.Size(), axis), along(out.Size(), axis)
		shift, back := 0, 0
		if axis == f.l.axis {
			shift, back = fromOut, fromIn
		}
		x = resample(x, axis, along(m.Size(), axis), func(i int) []tap {
			return taps(n.Interp, i+shift, a, b, back)
		})
	}
	copy(m.Pix, x.Pix)
}
