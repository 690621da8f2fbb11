package engine

import (
	"fmt"
	"runtime"

	"unetbench/graph"
	"unetbench/internal/kernel"
)

// Options say how a network is run.
type Options struct {
	Threads   int         // 0: one per processor
	Kernel    *kernel.Set // nil: the best that the machine has
	Train     bool        // batch statistics, dropout, and buffers for Backward
	InputGrad bool        // Backward also computes the gradient of the input
	Exact     bool        // direct convolution only: the same bits wherever a pixel lies
	Keep      bool        // nothing is fused and no memory reused: every node has a Value

	// Rows > 0 makes a Predictor go through a map in bands of so many rows of
	// the input, a multiple of the network's step, in a fraction of the memory.
	// Every row is computed once, and with Exact has the bits that it has in one
	// piece. Only networks that work row by row can: see CheckBands.
	Rows int
}

// A Net is a graph compiled for one input size and batch. It is not safe for
// concurrent use.
type Net struct {
	graph  *graph.Graph
	size   graph.Size
	batch  int
	opts   Options
	kernel *kernel.Set
	edits  map[*graph.Node]func(*graph.Map)

	shapes  []graph.Shape
	values  [][]piece
	in, out piece
	outGrad sink
	packers []packer
	packed  bool          // the packers hold weights
	weights graph.Weights // in training; a prediction needs them packed only
	grads   graph.Weights
	crew    *crew
	packing program
	fwd     program
	bwd     program
	arena   []float32
	bytes   int64

	bands *bands // nil: the map in one piece

	profiled   bool
	seed, step uint64 // of dropout
}

// New compiles g for batch maps of size in, and plans the memory.
func New(g *graph.Graph, in graph.Size, batch int, o Options) (*Net, error) {
	if o.Rows != 0 {
		return nil, fmt.Errorf("%s: bands of %d rows: only a Predictor goes in bands", g.Name, o.Rows)
	}
	n, err := newNet(g, in, batch, o)
	if err != nil {
		return nil, err
	}
	if err := n.compile(); err != nil {
		return nil, err
	}
	return n, nil
}

// newNet is a Net that is not compiled yet.
func newNet(g *graph.Graph, in graph.Size, batch int, o Options) (*Net, error) {
	if batch < 1 {
		return nil, fmt.Errorf("%s: batch of %d: want 1 or more", g.Name, batch)
	}
	if o.Threads < 1 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.Kernel == nil {
		o.Kernel = kernel.Best()
	}
	return &Net{graph: g, size: in, batch: batch, opts: o, kernel: o.Kernel, edits: map[*graph.Node]func(*graph.Map){}}, nil
}

// scratch is each worker's: it holds one row of any map.
func (n *Net) scratch(c *compiler) int {
	most := 0
	for _, s := range n.shapes {
		most = max(most, s.C*s.W)
	}
	return max(c.spare, 2*roundUp(most, align))
}

// lower finds the shapes, the units and the lives of their buffers.
func (n *Net) lower() (*compiler, error) {
	var err error
	if n.opts.Rows > 0 && len(n.edits) > 0 {
		return nil, fmt.Errorf("%s: an intervention needs the map in one piece, not in bands of rows", n.graph.Name)
	}
	if n.opts.Rows > 0 {
		n.bands, n.shapes, err = newBands(n.graph, n.size, n.opts.Rows)
	} else {
		n.shapes, err = n.graph.Infer(n.size)
	}
	if err != nil {
		return nil, err
	}
	c := &compiler{net: n, g: n.graph, shapes: n.shapes}
	if err := c.lower(); err != nil {
		return nil, err
	}
	n.values = c.values
	n.in = c.values[n.graph.Input().ID][0]
	n.out = c.one(n.graph.Output())
	c.own([]*graph.Node{n.graph.Output()})
	n.out.s.val.use(forever)
	if n.opts.Train {
		n.grads = make(graph.Weights, len(n.graph.Params))
		for i, p := range n.graph.Params {
			n.grads[i] = make([]float32, p.Len())
		}
		t := len(c.units)
		n.outGrad = c.sink(n.out, t, false)
		for i := len(c.units) - 1; i >= 0; i-- {
			t++
			c.units[i].claim(c, t)
		}
		if g := n.in.s.grad; g != nil {
			g.use(forever)
		}
	}
	if n.bands != nil {
		return c, n.bands.keep(c)
	}
	return c, nil
}

func (n *Net) compile() error {
	n.packers, n.packed = nil, false
	n.packing, n.fwd, n.bwd = program{}, program{}, program{}
	c, err := n.lower()
	if err != nil {
		return err
	}
	n.place(c)
	for i, u := range c.units {
		if p, ok := u.(packer); ok {
			n.packers = append(n.packers, p)
		}
		if n.bands == nil {
			n.fwd.add(c.part(i, Forward), u.forward())
		}
	}
	n.packing.add(c.packingPart(), []phase{{len(n.packers), func(i int, _ *worker) { n.packers[i].pack(n.weights) }}})
	if n.opts.Train {
		n.bwd.add(c.clearingPart(), n.outGrad.prepare())
		for i := len(c.units) - 1; i >= 0; i-- {
			c.backwardParts(i, &n.bwd)
		}
	}
	phases := max(1, len(n.fwd.phases), len(n.bwd.phases))
	if n.bands != nil {
		phases = n.bands.phases()
	}
	n.crew = newCrew(n.opts.Threads, n.scratch(c), phases)
	if n.weights != nil {
		n.SetWeights(n.weights)
	}
	return nil
}

// layout lays out the buffers and plans the arena.
func layout(c *compiler) (blocks []*block, floats int) {
	blocks = c.blocks
	for _, b := range c.bufs {
		b.layout()
		blocks = append(blocks, &b.block)
	}
	return blocks, arena(blocks) + align
}

// place allocates the arena.
func (n *Net) place(c *compiler) {
	blocks, floats := layout(c)
	n.arena = make([]float32, floats)
	n.bytes = 4 * int64(len(n.arena))
	for _, b := range blocks {
		b.mem = n.arena[b.off : b.off+b.size : b.off+b.size]
	}
}

// SetWeights takes w as the network's weights and packs them: call it after
// every change. Forward in training updates the running statistics in w; in
// prediction nothing of w is kept.
func (n *Net) SetWeights(w graph.Weights) {
	if len(w) != len(n.graph.Params) {
		panic(fmt.Sprintf("engine: %s has %d parameters, not %d", n.graph.Name, len(n.graph.Params), len(w)))
	}
	for i, p := range n.graph.Params {
		if len(w[i]) != p.Len() {
			panic(fmt.Sprintf("engine: %s: %s has %d values, not %d", n.graph.Name, p.Name, p.Len(), len(w[i])))
		}
	}
	n.weights = w
	n.run(&n.packing)
	n.packed = true
	if !n.opts.Train {
		n.weights = nil
	}
}

// SetInput sets map i of the batch.
func (n *Net) SetInput(i int, m *graph.Map) {
	n.must("input", m, n.shapes[n.graph.Input().ID])
	scatter(n.in.val(), i, m, 0)
}

// SetSeed starts the stream of dropout masks; each Forward draws new ones.
func (n *Net) SetSeed(seed uint64) { n.seed, n.step = seed, 0 }

// Forward computes the output from the input.
func (n *Net) Forward() {
	if !n.packed {
		panic(fmt.Sprintf("engine: %s: Forward without weights: call SetWeights first, and again after Intervene in prediction", n.graph.Name))
	}
	n.step++
	n.run(&n.fwd)
}

// Backward computes the gradient of every parameter from dout, the gradient of
// the loss by each output map, for the latest Forward. What it returns is
// overwritten by the next call; untrainable parameters have zeros.
func (n *Net) Backward(dout []*graph.Map) graph.Weights {
	if !n.opts.Train {
		panic("engine: Backward needs Options.Train")
	}
	if len(dout) != n.batch {
		panic(fmt.Sprintf("engine: %s: %d output gradients for a batch of %d", n.graph.Name, len(dout), n.batch))
	}
	if !n.outGrad.none {
		for i, m := range dout {
			n.must("output gradient", m, n.OutShape())
			scatter(n.outGrad.view, i, m, 0)
		}
	}
	n.run(&n.bwd)
	return n.grads
}

// InputGrad copies the gradient of input map i to dst; it needs
// Options.InputGrad and a Backward.
func (n *Net) InputGrad(i int, dst *graph.Map) {
	n.must("input gradient", dst, n.shapes[n.graph.Input().ID])
	if n.in.s.grad == nil {
		clear(dst.Pix)
		return
	}
	collect(dst, view{n.in.s.grad, n.in.region}, i, 0)
}

// OutShape is the shape of one output map.
func (n *Net) OutShape() graph.Shape { return n.shapes[n.graph.Output().ID] }

// Output copies output map i to dst.
func (n *Net) Output(i int, dst *graph.Map) {
	n.must("output", dst, n.OutShape())
	collect(dst, n.out.val(), i, 0)
}

// Value copies the value of a node in map i, or returns nil if it is fused
// into another. Without Options.Keep its memory may have been reused.
func (n *Net) Value(node *graph.Node, i int) *graph.Map {
	pieces := n.values[node.ID]
	if pieces == nil {
		return nil
	}
	m := graph.NewMap(n.shapes[node.ID])
	c := 0
	for _, p := range pieces {
		if p.s != nil {
			collect(m, p.val(), i, c)
		}
		c += p.c
	}
	return m
}

// Intervene makes Forward pass every map of the node's value through f, which
// may change it in place; nil ends that. Only readers of the node itself see
// the change: an edited concatenation leaves its operands as they are. It
// compiles the network anew, so that in prediction SetWeights is due again.
// Backward knows nothing of f.
func (n *Net) Intervene(node *graph.Node, f func(m *graph.Map)) error {
	if f == nil {
		delete(n.edits, node)
	} else {
		n.edits[node] = f
	}
	input := make([]*graph.Map, n.batch)
	for i := range input {
		input[i] = graph.NewMap(n.shapes[n.graph.Input().ID])
		collect(input[i], n.in.val(), i, 0)
	}
	if err := n.compile(); err != nil {
		return err
	}
	for i, m := range input {
		n.SetInput(i, m)
	}
	return nil
}

// Bytes is the memory planned for values, gradients and scratch.
func (n *Net) Bytes() int64 { return n.bytes }

func (n *Net) must(what string, m *graph.Map, want graph.Shape) {
	if m.Shape != want {
		panic(fmt.Sprintf("engine: %s: %s is %v, not %v", n.graph.Name, what, m.Shape, want))
	}
}
