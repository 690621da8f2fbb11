package onnx_test

import (
	"math/rand/v2"
	"runtime/debug"
	"testing"

	"unetbench/graph"
	"unetbench/internal/onnx"
)

// mutate changes a few things in a model, each into what might stand there.
func mutate(m *onnx.Model, r *rand.Rand) {
	g := &m.Graph
	pick := func(n int) int { return r.IntN(max(n, 1)) }
	var names []string
	for _, n := range g.Nodes {
		names = append(names, append(n.Out, n.In...)...)
	}
	number := func(v int64) int64 {
		return []int64{-1, 0, 1, 2, 3, 4, 5, 1 << 20, 1 << 62, -1 << 62, v + 1, v - 1, -v}[pick(13)]
	}
	for range 1 + r.IntN(3) {
		n := &g.Nodes[pick(len(g.Nodes))]
		switch r.IntN(8) {
		case 0:
			n.Op = g.Nodes[pick(len(g.Nodes))].Op
		case 1:
			if len(n.In) > 0 {
				n.In[pick(len(n.In))] = names[pick(len(names))]
			}
		case 2:
			if len(n.In) > 0 {
				n.In = n.In[:pick(len(n.In))]
			}
		case 3:
			n.In = append(n.In, names[pick(len(names))])
		case 4:
			if len(n.Attributes) > 0 {
				a := &n.Attributes[pick(len(n.Attributes))]
				a.Int = number(a.Int)
				if len(a.Ints) > 0 {
					i := pick(len(a.Ints))
					a.Ints[i] = number(a.Ints[i])
				}
				a.Ints = a.Ints[:len(a.Ints)-pick(2)*min(len(a.Ints), 1)]
			}
		case 5:
			if len(n.Attributes) > 0 {
				n.Attributes = n.Attributes[1:]
			}
		case 6:
			other := g.Nodes[pick(len(g.Nodes))]
			n.Attributes = append(n.Attributes, other.Attributes...)
		case 7:
			if len(g.Initializers) == 0 {
				continue
			}
			t := &g.Initializers[pick(len(g.Initializers))]
			switch {
			case len(t.Ints) > 0:
				i := pick(len(t.Ints))
				t.Ints[i] = number(t.Ints[i])
			case len(t.Dims) > 1:
				i := r.Perm(len(t.Dims))
				t.Dims[i[0]], t.Dims[i[1]] = t.Dims[i[1]], t.Dims[i[0]]
			}
		}
	}
}

// tryMutated imports many changed copies of a file: none makes the importer
// panic, and what it accepts has shapes or says why not.
func tryMutated(t *testing.T, file []byte, open onnx.External, tries int) {
	t.Helper()
	for i := range tries {
		r := rand.New(rand.NewPCG(uint64(i), 1))
		m, err := onnx.Decode(file, open)
		if err != nil {
			t.Fatal(err)
		}
		mutate(m, r)
		func() {
			defer func() {
				if e := recover(); e != nil {
					t.Fatalf("change %d: %v, of %v\n%s", i, e, m.Graph.Nodes, debug.Stack())
				}
			}()
			if n, err := onnx.Import(m, "net", onnx.Options{}); err == nil {
				n.Graph.Infer(graph.Square(16))
			}
		}()
	}
}
