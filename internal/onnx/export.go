package onnx

import (
	"fmt"
	"strings"

	"unetbench/graph"
)

// ExportOptions say how Export writes.
type ExportOptions struct {
	Opset   int    // 13 to 21; 0 counts as 17. Circular padding needs 19, and raises it
	Softmax bool   // behind the network: probabilities instead of logits
	Version string // of the producer
}

// The operator sets that Export writes, and the first that has Pad's mode wrap.
const (
	oldestOpset = 13
	usualOpset  = 17
	wrapOpset   = 19
	newestOpset = 21
)

// Export writes g with weights w as an ONNX model. Its input is N×C×H×W with N, H
// and W left open: where a size depends on others, the file computes it. Dropout
// is left out, norms by batch statistics use the running ones.
func Export(g *graph.Graph, w graph.Weights, o ExportOptions) (*Model, error) {
	if err := g.Check(); err != nil {
		return nil, err
	}
	if o.Opset == 0 {
		o.Opset = usualOpset
	}
	if o.Opset < oldestOpset || o.Opset > newestOpset {
		return nil, fmt.Errorf("opset %d: want %d to %d", o.Opset, oldestOpset, newestOpset)
	}
	for i, p := range g.Params {
		if i >= len(w) || len(w[i]) != p.Len() {
			return nil, fmt.Errorf("%s: the weights have no %s of shape %v", g.Name, p.Name, p.Shape)
		}
	}
	for _, n := range g.Nodes {
		if n.Op == graph.Pad && n.Padding == graph.PadCircular {
			o.Opset = max(o.Opset, wrapOpset)
		}
	}
	e, err := newExporter(g, w, o)
	if err != nil {
		return nil, err
	}
	for _, n := range g.Nodes {
		if err := e.node(n); err != nil {
			return nil, fmt.Errorf("%s: %s (%v): %w", g.Name, n.Name, n.Op, err)
		}
	}
	e.end()
	return &Model{
		IRVersion: irVersion(o.Opset), ProducerName: "unetbench", ProducerVersion: o.Version,
		Opset: int64(o.Opset), Graph: e.out, Metadata: about(g),
	}, nil
}

// irVersion is that of the release of ONNX which brought the operator set.
func irVersion(opset int) int64 {
	switch {
	case opset < 15:
		return 7
	case opset < 19:
		return 8
	case opset < 21:
		return 9
	}
	return 10
}

// about is what a tiler must know of g: numbers by axis, height first.
func about(g *graph.Graph) map[string]string {
	m := map[string]string{"unetbench.variant": g.Name}
	s, err := g.Sizes()
	if err != nil {
		return m
	}
	f := g.Footprint()
	words := func(v ...int) string { return strings.Trim(fmt.Sprint(v), "[]") }
	m["unetbench.legal.step"] = words(s.H.Step, s.W.Step)
	m["unetbench.legal.offset"] = words(s.H.Offset, s.W.Offset)
	m["unetbench.legal.min"] = words(s.H.Min, s.W.Min)
	m["unetbench.step"] = words(f.H.Step, f.W.Step)
	m["unetbench.shrink"] = words(f.H.Shrink, f.W.Shrink)
	m["unetbench.halo"] = words(f.H.HaloTop, f.W.HaloTop, f.H.HaloBottom, f.W.HaloBottom) // top left bottom right; −1: none is enough
	return m
}

// An exporter writes one graph.
type exporter struct {
	g        *graph.Graph
	w        graph.Weights
	o        ExportOptions
	out      Graph
	values   []string             // by node: the name of its value
	channels []int                // by node
	taken    map[string]bool      // names
	memo     map[string]string    // of once
	fused    map[*graph.Node]bool // Pads that are written as a convolution's
	current  *graph.Node
}

func newExporter(g *graph.Graph, w graph.Weights, o ExportOptions) (*exporter, error) {
	c, err := g.Channels()
	if err != nil {
		return nil, err
	}
	e := &exporter{g: g, w: w, o: o, out: Graph{Name: g.Name}, values: make([]string, len(g.Nodes)), channels: c,
		taken: map[string]bool{"": true}, memo: map[string]string{}, fused: fusible(g)}
	maps := func(name string, c int, h, w string) []Value {
		return []Value{{e.name(name), Float32, []Dim{{Name: "N"}, {Size: c}, {Name: h}, {Name: w}}}}
	}
	e.out.Inputs = maps("input", c[0], "H", "W")
	result := "logits"
	if o.Softmax {
		result = "probabilities"
	}
	e.out.Outputs = maps(result, c[g.Output().ID], "outH", "outW")
	return e, nil
}

// name is want, or want with a number where that is taken.
func (e *exporter) name(want string) string {
	name := want
	for i := 1; e.taken[name]; i++ {
		name = fmt.Sprintf("%s_%d", want, i)
	}
	e.taken[name] = true
	return name
}

// add appends an operator that computes an intermediate of the current node, and
// returns the name of its value.
func (e *exporter) add(op string, in []string, attributes ...Attribute) string {
	return e.as(e.name(e.current.Name+"/"+op), op, in, attributes...)
}

func (e *exporter) as(name, op string, in []string, attributes ...Attribute) string {
	e.out.Nodes = append(e.out.Nodes, Node{Name: name, Op: op, In: in, Out: []string{name}, Attributes: attributes})
	return name
}

// result appends the operator that computes the current node's value.
func (e *exporter) result(op string, in []string, attributes ...Attribute) {
	n := e.current
	name := ""
	if n == e.g.Output() && !e.o.Softmax {
		name = e.out.Outputs[0].Name
	} else {
		name = e.name(n.Name)
	}
	e.values[n.ID] = e.as(name, op, in, attributes...)
}

// end makes the last value the model's output.
func (e *exporter) end() {
	n := e.g.Output()
	last, name := e.values[n.ID], e.out.Outputs[0].Name
	switch {
	case e.o.Softmax:
		e.as(name, "Softmax", []string{last}, attrInt("axis", 1))
	case last != name: // it is the input, or a dropout's operand
		e.as(name, "Identity", []string{last})
	}
}

// once is make, or what it returned before for this key.
func (e *exporter) once(key string, make func() string) string {
	if v, ok := e.memo[key]; ok {
		return v
	}
	v := make()
	e.memo[key] = v
	return v
}

// param is the name of g's parameter i as a constant, with its own shape or with
// one that lines up with maps.
func (e *exporter) param(i int, shape ...int) string {
	p := e.g.Params[i]
	if shape == nil {
		shape = p.Shape
	}
	return e.once(fmt.Sprint("param ", i, shape), func() string {
		return e.constant(Tensor{Name: p.Name, Type: Float32, Dims: shape, Floats: e.w[i]})
	})
}

func (e *exporter) constant(t Tensor) string {
	t.Name = e.name(t.Name)
	e.out.Initializers = append(e.out.Initializers, t)
	return t.Name
}

// ints is the name of a constant vector.
func (e *exporter) ints(v ...int64) string {
	return e.once(fmt.Sprint("ints ", v), func() string {
		text := strings.ReplaceAll(strings.Trim(fmt.Sprint(v), "[]"), " ", ",")
		return e.constant(Tensor{Name: "int64:" + text, Type: Int64, Dims: []int{len(v)}, Ints: v})
	})
}

// floats is the name of a constant vector, or of a scalar.
func (e *exporter) floats(dims []int, v ...float32) string {
	return e.once(fmt.Sprint("floats ", dims, v), func() string {
		text := strings.ReplaceAll(strings.Trim(fmt.Sprint(v), "[]"), " ", ",")
		return e.constant(Tensor{Name: "float:" + text, Type: Float32, Dims: dims, Floats: v})
	})
}

func attrInt(name string, v int) Attribute {
	return Attribute{Name: name, Type: IntAttribute, Int: int64(v)}
}

func attrInts(name string, v ...int) Attribute {
	a := Attribute{Name: name, Type: IntsAttribute}
	for _, i := range v {
		a.Ints = append(a.Ints, int64(i))
	}
	return a
}

func attrFloat(name string, v float64) Attribute {
	return Attribute{Name: name, Type: FloatAttribute, Float: float32(v)}
}

func attrString(name, v string) Attribute {
	return Attribute{Name: name, Type: StringAttribute, String: v}
}
