package onnx

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"unetbench/graph"
)

// Import makes a graph called name of m.
func Import(m *Model, name string, o Options) (*Network, error) {
	im := &importer{
		g: &graph.Graph{Name: name}, opset: m.Opset, known: map[string]*operand{},
		names: map[string]bool{}, params: map[string]bool{}, channels: map[*graph.Node]int{}, scale: map[*graph.Node]float64{}, pixel: map[*graph.Node]bool{},
	}
	net := &Network{Graph: im.g, Opset: m.Opset, Metadata: m.Metadata,
		Producer: strings.TrimSpace(m.ProducerName + " " + m.ProducerVersion)}
	if err := im.input(m, net); err != nil {
		return nil, err
	}
	if net.Output = o.Output; net.Output == "" {
		if len(m.Graph.Outputs) == 0 {
			return nil, errors.New("the graph has no output")
		}
		net.Output = m.Graph.Outputs[0].Name
	}
	for i := range m.Graph.Initializers {
		t := &m.Graph.Initializers[i]
		im.known[t.Name] = constants(t)
	}
	order, err := needed(&m.Graph, net.Output)
	if err != nil {
		return nil, err
	}
	for _, n := range order {
		if err := im.node(n); err != nil {
			return nil, fmt.Errorf("node %q (%s): %w", label(n), n.Op, err)
		}
	}
	out := im.known[net.Output]
	switch {
	case out == nil:
		return nil, fmt.Errorf("no node makes %q", net.Output)
	case !out.isMap() || out.groups > 0 || out.parts != nil:
		return nil, fmt.Errorf("the output %q is %s and no map", net.Output, out.what())
	}
	net.NHWCOut = out.axes == "NHWC"
	if out.node != im.g.Output() { // it is the value of the last node
		im.add("output", graph.Pointwise, graph.Node{Func: graph.Identity}, out.node)
	}
	im.prune()
	im.levels()
	net.Weights = im.weights
	if err := im.g.Check(); err != nil {
		return nil, err
	}
	return net, nil
}

// An importer builds the graph node by node.
type importer struct {
	g        *graph.Graph
	weights  graph.Weights
	opset    int64
	known    map[string]*operand
	names    map[string]bool // of nodes
	params   map[string]bool
	channels map[*graph.Node]int
	scale    map[*graph.Node]float64 // px of the input per px
	pixel    map[*graph.Node]bool    // one pixel at any size
	invented int                     // constants that the file does not hold
	fixed    graph.Size
	shapes   []graph.Shape // at the fixed size, as far as they were asked for
}

// input makes the input node.
func (im *importer) input(m *Model, net *Network) error {
	if len(m.Graph.Inputs) != 1 {
		var names []string
		for _, v := range m.Graph.Inputs {
			names = append(names, v.Name)
		}
		return fmt.Errorf("%d inputs %q: want one image", len(names), names)
	}
	in := m.Graph.Inputs[0]
	net.Input = in.Name
	if in.Dims == nil || len(in.Dims) != 4 {
		return fmt.Errorf("input %q has %d axes: want batch, channels, height and width", in.Name, len(in.Dims))
	}
	axes := "NCHW"
	c, h, w := in.Dims[1], in.Dims[2], in.Dims[3]
	if few := func(d Dim) bool { return d.Size > 0 && d.Size <= 4 }; few(in.Dims[3]) && !few(in.Dims[1]) {
		axes, net.NHWC = "NHWC", true
		h, w, c = in.Dims[1], in.Dims[2], in.Dims[3]
	}
	if c.Size == 0 {
		c.Size = im.readChannels(m, in.Name)
	}
	if c.Size == 0 {
		return fmt.Errorf("input %q does not say how many channels it has", in.Name)
	}
	if c.Size > mostChannels {
		return fmt.Errorf("input %q has %d channels", in.Name, c.Size)
	}
	net.Fixed = graph.Size{H: h.Size, W: w.Size}
	im.fixed = net.Fixed
	n := im.add(in.Name, graph.Input, graph.Node{Channels: c.Size})
	im.known[in.Name] = &operand{node: n, axes: axes}
	return nil
}

// readChannels finds the channels of the input in the convolution that reads it.
func (im *importer) readChannels(m *Model, input string) int {
	for _, n := range m.Graph.Nodes {
		if n.Op != "Conv" || len(n.In) < 2 || n.In[0] != input {
			continue
		}
		for _, t := range m.Graph.Initializers {
			if t.Name == n.In[1] && len(t.Dims) == 4 {
				return t.Dims[1] * int(n.int("group", 1))
			}
		}
	}
	return 0
}

// needed are the nodes that output depends on, in an order in which they can be
// computed.
func needed(g *Graph, output string) ([]*Node, error) {
	made := map[string]*Node{}
	for i := range g.Nodes {
		for _, o := range g.Nodes[i].Out {
			if o != "" {
				made[o] = &g.Nodes[i]
			}
		}
	}
	var order []*Node
	state := map[*Node]int{} // 1 begun, 2 done
	type visit struct {
		n    *Node
		next int
	}
	push := func(stack []visit, name string) ([]visit, error) {
		n := made[name]
		switch {
		case n == nil || state[n] == 2:
			return stack, nil
		case state[n] == 1:
			return nil, fmt.Errorf("node %q depends on itself", label(n))
		}
		state[n] = 1
		return append(stack, visit{n: n}), nil
	}
	stack, err := push(nil, output)
	for err == nil && len(stack) > 0 {
		top := &stack[len(stack)-1]
		if top.next == len(top.n.In) {
			state[top.n] = 2
			order = append(order, top.n)
			stack = stack[:len(stack)-1]
			continue
		}
		top.next++
		stack, err = push(stack, top.n.In[top.next-1])
	}
	if err != nil {
		return nil, err
	}
	// The file's own order, where it is one: names of blocks stay in sequence.
	at := map[*Node]int{}
	for i := range g.Nodes {
		at[&g.Nodes[i]] = i
	}
	sorted := slices.Clone(order)
	slices.SortFunc(sorted, func(a, b *Node) int { return at[a] - at[b] })
	seen := map[string]bool{}
	for _, n := range sorted {
		for _, in := range n.In {
			if made[in] != nil && !seen[in] {
				return order, nil
			}
		}
		for _, o := range n.Out {
			seen[o] = true
		}
	}
	return sorted, nil
}

func label(n *Node) string {
	if n.Name != "" {
		return n.Name
	}
	if len(n.Out) > 0 {
		return n.Out[0]
	}
	return n.Op
}

// node imports one node.
func (im *importer) node(n *Node) error {
	if n.Domain != "" && n.Domain != "ai.onnx" {
		return fmt.Errorf("operators of the domain %s are not known; export with standard ones", n.Domain)
	}
	if len(n.Out) == 0 {
		return errors.New("it has no output")
	}
	op, ok := operators[n.Op]
	if !ok {
		return errUnknown(n)
	}
	var in []*operand
	for _, name := range n.In {
		if name == "" {
			in = append(in, nil)
			continue
		}
		v := im.known[name]
		if v == nil {
			return fmt.Errorf("nothing makes its operand %q", name)
		}
		in = append(in, v)
	}
	c := &call{importer: im, Node: n, in: in}
	out, err := op(c)
	if err != nil {
		return err
	}
	if im.invented > mostCopied {
		return errors.New("it and those before it ask for more constants than a network of convolutions needs")
	}
	if out != nil {
		im.known[n.Out[0]] = out
	}
	return nil
}

func errUnknown(n *Node) error {
	in := ""
	if len(n.In) > 0 {
		in = n.In[0]
	}
	return fmt.Errorf("this operator is not known; if what lies before it is enough, stop there with --output %q", in)
}

// A call is one node with its operands.
type call struct {
	*importer
	*Node
	in []*operand
}

// An operator imports a call; what it returns is the node's first output.
type operator func(c *call) (*operand, error)

// arg is operand i, or nil.
func (c *call) arg(i int) *operand {
	if i < len(c.in) {
		return c.in[i]
	}
	return nil
}

// image is operand i, which must be a map.
func (c *call) image(i int) (*operand, error) {
	v := c.arg(i)
	if v == nil {
		return nil, fmt.Errorf("operand %d is missing", i)
	}
	if !v.isMap() || v.groups > 0 || v.parts != nil {
		return nil, fmt.Errorf("operand %d is %s: want a map", i, v.what())
	}
	return v, nil
}

// constant is operand i, which must be floats.
func (c *call) constant(i int) (*Tensor, error) {
	v := c.arg(i)
	if v == nil || v.floats == nil {
		return nil, fmt.Errorf("operand %d must be constant", i)
	}
	return v.floats, nil
}

// on appends a node and returns its value, with the axes of x.
func (c *call) on(x *operand, op graph.Op, n graph.Node, in ...*graph.Node) *operand {
	if in == nil {
		in = []*graph.Node{x.node}
	}
	return &operand{node: c.add(label(c.Node), op, n, in...), axes: x.axes}
}

// add appends a node under a name of its own.
func (im *importer) add(name string, op graph.Op, n graph.Node, in ...*graph.Node) *graph.Node {
	name = im.unique(im.names, strings.Trim(strings.ReplaceAll(name, "/", "."), "."))
	x := im.g.Add(name, op, n, in...)
	im.channels[x] = im.count(x)
	im.scale[x] = im.scaling(x)
	im.pixel[x] = im.isPixel(x)
	return x
}

// unique is name, or name with the first number that makes it so.
func (im *importer) unique(taken map[string]bool, name string) string {
	if name == "" {
		name = "x"
	}
	free := name
	for i := 1; taken[free]; i++ {
		free = fmt.Sprintf("%s.%d", name, i)
	}
	taken[free] = true
	return free
}

// mostChannels bounds what files can ask for by a few bytes.
const mostChannels = 1 << 16

// count is the number of channels of x.
func (im *importer) count(x *graph.Node) int {
	most := 0
	for _, m := range x.In {
		most = max(most, im.channels[m])
	}
	switch x.Op {
	case graph.Input, graph.Conv, graph.ConvTranspose, graph.Select:
		return x.Channels
	case graph.PixelShuffle:
		return most / (x.Factor * x.Factor)
	case graph.Concat:
		sum := 0
		for _, m := range x.In {
			sum += im.channels[m]
		}
		return sum
	case graph.Reduce:
		if x.Over&graph.OverChannels != 0 {
			return 1
		}
	}
	return most
}

// param declares a parameter; a name that is taken gets a number.
func (im *importer) param(name string, shape []int, v []float32, trainable bool) int {
	im.weights = append(im.weights, v)
	return im.g.AddParam(graph.Param{Name: im.unique(im.params, name), Shape: shape, Trainable: trainable})
}

// constantParam declares a parameter of c equal numbers that the file does not have.
func (c *call) constantParam(kind string, n int, value float32) int {
	c.invented += n
	v := make([]float32, n)
	for i := range v {
		v[i] = value
	}
	return c.param(strings.Trim(strings.ReplaceAll(label(c.Node), "/", "."), ".")+"."+kind, []int{n}, v, false)
}

// attribute returns the attribute of that name, or nil.
func (n *Node) attribute(name string) *Attribute {
	for i := range n.Attributes {
		if n.Attributes[i].Name == name {
			return &n.Attributes[i]
		}
	}
	return nil
}

func (n *Node) int(name string, otherwise int64) int64 {
	if a := n.attribute(name); a != nil {
		return a.Int
	}
	return otherwise
}

// float is an attribute as it was written before it was rounded to float32:
// 1e-5, not 9.99999974e-06.
func (n *Node) float(name string, otherwise float64) float64 {
	if a := n.attribute(name); a != nil {
		v, _ := strconv.ParseFloat(strconv.FormatFloat(float64(a.Float), 'g', -1, 32), 64) // what was formatted parses
		return v
	}
	return otherwise
}

func (n *Node) string(name, otherwise string) string {
	if a := n.attribute(name); a != nil {
		return a.String
	}
	return otherwise
}

// ints is an attribute of numbers, or nil.
func (n *Node) ints(name string) []int {
	a := n.attribute(name)
	if a == nil {
		return nil
	}
	out := []int{}
	for _, v := range a.Ints {
		out = append(out, int(min(max(v, -endless), endless)))
	}
	return out
}
