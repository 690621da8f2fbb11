package onnx_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"unetbench/graph"
	"unetbench/internal/onnx"
)

// A message is protobuf being written.
type message []byte

func (m message) bytes(num protowire.Number, b []byte) message {
	return protowire.AppendBytes(protowire.AppendTag(m, num, protowire.BytesType), b)
}

func (m message) text(num protowire.Number, s ...string) message {
	for _, v := range s {
		m = m.bytes(num, []byte(v))
	}
	return m
}

func (m message) number(num protowire.Number, v uint64) message {
	return protowire.AppendVarint(protowire.AppendTag(m, num, protowire.VarintType), v)
}

func node(op string, in []string, out string, attributes ...message) message {
	m := message{}.text(1, in...).text(2, out).text(4, op)
	for _, a := range attributes {
		m = m.bytes(5, a)
	}
	return m
}

func integers(name string, v ...uint64) message {
	m := message{}.text(1, name).number(20, uint64(onnx.IntsAttribute))
	for _, x := range v {
		m = m.number(8, x)
	}
	return m
}

// floats is a tensor of zeros.
func floats(name string, dims ...uint64) message {
	n := uint64(4)
	m := message{}
	for _, d := range dims {
		n *= d
		m = m.number(1, d)
	}
	return m.number(2, uint64(onnx.Float32)).text(8, name).bytes(9, make([]byte, min(n, 1<<16)))
}

func whole(name string, v ...uint64) message {
	m := message{}.number(1, uint64(len(v))).number(2, uint64(onnx.Int64)).text(8, name)
	for _, x := range v {
		m = m.number(7, x)
	}
	return m
}

func image(name string, dims ...uint64) message {
	shape := message{}
	for _, d := range dims {
		dim := message{}
		if d > 0 {
			dim = dim.number(1, d)
		} else {
			dim = dim.text(2, "n")
		}
		shape = shape.bytes(1, dim)
	}
	return message{}.text(1, name).bytes(2, message{}.bytes(1, message{}.number(1, 1).bytes(2, shape)))
}

// model is a file whose input is x and whose output is y.
func model(in message, tensors []message, nodes ...message) []byte {
	g := message{}
	for _, n := range nodes {
		g = g.bytes(1, n)
	}
	for _, t := range tensors {
		g = g.bytes(5, t)
	}
	g = g.bytes(11, in).bytes(12, image("y"))
	return message{}.number(1, 8).text(2, "test").bytes(8, message{}.number(2, 17)).bytes(7, g)
}

func load(b []byte) (*onnx.Network, error) {
	m, err := onnx.Decode(b, nil)
	if err != nil {
		return nil, err
	}
	return onnx.Import(m, "net", onnx.Options{})
}

var small = model(image("x", 0, 1, 0, 0), []message{floats("w", 2, 1, 3, 3), floats("b", 2), whole("ends", 0, 0, 1, 1, 0, 0, 1, 1)},
	node("Pad", []string{"x", "ends"}, "p"), node("Conv", []string{"p", "w", "b"}, "c"), node("Relu", []string{"c"}, "r"),
	node("MaxPool", []string{"r"}, "m", integers("kernel_shape", 2, 2), integers("strides", 2, 2)),
	node("Shape", []string{"r"}, "s"), node("Resize", []string{"m", "", "", "s"}, "u"), node("Add", []string{"u", "r"}, "y"))

func TestImport(t *testing.T) {
	n, err := load(small)
	if err != nil {
		t.Fatal(err)
	}
	var ops []string
	for _, x := range n.Graph.Nodes {
		ops = append(ops, x.Op.String())
	}
	if got := strings.Join(ops, " "); got != "Input Pad Conv ReLU MaxPool Resize Sum" {
		t.Error(got)
	}
	shapes, err := n.Graph.Infer(graph.Size{H: 6, W: 8})
	if err != nil || shapes[len(shapes)-1] != (graph.Shape{C: 2, H: 6, W: 8}) {
		t.Error(shapes, err)
	}
	sizes, err := n.Graph.Sizes()
	if err != nil || sizes.H.Step != 2 || sizes.H.Min != 2 {
		t.Error(sizes, err)
	}
}

// Errors name the node and what can be done.
func TestRefusals(t *testing.T) {
	in := image("x", 0, 1, 0, 0)
	self := node("Relu", []string{"y"}, "y")
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"text":          {[]byte("<!DOCTYPE html>"), "not an ONNX file"},
		"empty":         {nil, "it holds no graph"},
		"cut off":       {small[:len(small)-9], "not an ONNX file, or cut off"},
		"unknown":       {model(in, nil, node("ArgMax", []string{"x"}, "y")), `node "y" (ArgMax): this operator is not known; if what lies before it is enough, stop there with --output "x"`},
		"nothing":       {model(in, nil), `no node makes "y"`},
		"itself":        {model(in, nil, self), "depends on itself"},
		"missing":       {model(in, nil, node("Conv", []string{"x", "w"}, "y")), `node "y" (Conv): nothing makes its operand "w"`},
		"huge":          {model(in, []message{floats("w", 1<<40, 1<<40)}, node("Conv", []string{"x", "w"}, "y")), "dims"},
		"short":         {model(in, []message{floats("w", 2, 1, 300, 300)}, node("Conv", []string{"x", "w"}, "y")), "bytes, want 720000"},
		"channels":      {model(in, []message{floats("w", 2, 3, 3, 3)}, node("Conv", []string{"x", "w"}, "y")), "has shape [2 3 3 3], want [2 1 3 3]"},
		"three axes":    {model(image("x", 0, 1, 0), nil, node("Relu", []string{"x"}, "y")), `input "x" has 3 axes: want batch, channels, height and width`},
		"interpolation": {model(in, []message{whole("s", 1, 1, 8, 8)}, node("Resize", []string{"x", "", "", "s"}, "y", message{}.text(1, "mode").text(4, "cubic"), message{}.text(1, "coordinate_transformation_mode").text(4, "align_corners"))), "mode cubic, coordinates align_corners"},
	} {
		if _, err := load(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// External data lies beside the model and nowhere else.
func TestExternal(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "w.bin"), make([]byte, 80), 0o600); err != nil {
		t.Fatal(err)
	}
	tensor := func(location, offset string) message {
		m := message{}.number(1, 2).number(1, 1).number(1, 3).number(1, 3).number(2, uint64(onnx.Float32)).text(8, "w").number(14, 1)
		for k, v := range map[string]string{"location": location, "offset": offset, "length": "72"} {
			m = m.bytes(13, message{}.text(1, k).text(2, v))
		}
		return m
	}
	for _, c := range []struct{ location, offset, want string }{
		{"w.bin", "8", ""}, {"w.bin", "12", "has 80 bytes, not 72 from 12 on"}, {"v.bin", "0", "put the file beside the model"}, {"../w.bin", "0", "external data"},
	} {
		file := model(image("x", 0, 1, 0, 0), []message{tensor(c.location, c.offset)}, node("Conv", []string{"x", "w"}, "y"))
		path := filepath.Join(dir, "m.onnx")
		if err := os.WriteFile(path, file, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := onnx.Load(path)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s from %s on: %v, want %q", c.location, c.offset, err, c.want)
		}
	}
}

// A network has the name of its file, or of the folder where files are called model.
func TestName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "nuclei")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{"model.onnx": "nuclei", "cells.onnx": "cells"} {
		path := filepath.Join(dir, file)
		if err := os.WriteFile(path, small, 0o600); err != nil {
			t.Fatal(err)
		}
		if n, err := onnx.Load(path); err != nil || n.Graph.Name != want {
			t.Errorf("%s: %v, %v, want %s", file, n, err, want)
		}
	}
}

// No file makes the importer panic, or what it accepts.
func FuzzLoad(f *testing.F) {
	f.Add(small)
	f.Add(small[:len(small)/2])
	f.Add(bytes.ReplaceAll(small, []byte("Resize"), []byte("Reshap")))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := load(b)
		if err != nil {
			return
		}
		n.Graph.Sizes()
		n.Graph.Infer(graph.Square(16))
	})
}
