//go:build ort

package ort_test

import (
	"encoding/binary"
	"math"
	"path/filepath"
	"testing"
)

// A message is a protocol buffer being written; onnx.proto numbers its fields.
type message []byte

func (m message) bytes(field int, b []byte) message {
	m = binary.AppendUvarint(m, uint64(field<<3|2))
	m = binary.AppendUvarint(m, uint64(len(b)))
	return append(m, b...)
}

func (m message) text(field int, s string) message { return m.bytes(field, []byte(s)) }

func (m message) number(field int, n int) message {
	return binary.AppendUvarint(binary.AppendUvarint(m, uint64(field<<3)), uint64(n))
}

const (
	float32Type = 1
	int64Type   = 7
)

// A port is an input or output; a length of 0 is free.
type port struct {
	name string
	kind int
	dims []int
}

func (p port) encode() message {
	var shape message
	for _, d := range p.dims {
		if d == 0 {
			shape = shape.bytes(1, message{}.text(2, "any"))
		} else {
			shape = shape.bytes(1, message{}.number(1, d))
		}
	}
	tensor := message{}.number(1, p.kind).bytes(2, shape)
	return message{}.text(1, p.name).bytes(2, message{}.bytes(1, tensor))
}

// tiny writes a model of one node, which may read the constant "k" of 1×1×4×4
// ones, and returns its path.
func tiny(t testing.TB, op string, in []string, inputs []port, outputs ...port) string {
	var node message
	for _, name := range in {
		node = node.text(1, name)
	}
	for _, p := range outputs {
		node = node.text(2, p.name)
	}
	node = node.text(4, op)
	if op == "Split" { // along the channels
		node = node.bytes(5, message{}.text(1, "axis").number(3, 1).number(20, 2))
	}
	ones := make([]byte, 0, 64)
	for range 16 {
		ones = binary.LittleEndian.AppendUint32(ones, math.Float32bits(1))
	}
	k := message{}.number(1, 1).number(1, 1).number(1, 4).number(1, 4).number(2, float32Type).text(8, "k").bytes(9, ones)
	graph := message{}.bytes(1, node).text(2, "tiny").bytes(5, k)
	for _, p := range inputs {
		graph = graph.bytes(11, p.encode())
	}
	for _, p := range outputs {
		graph = graph.bytes(12, p.encode())
	}
	model := message{}.number(1, 8).bytes(7, graph).bytes(8, message{}.number(2, 17))
	return write(t, filepath.Join(t.TempDir(), "tiny.onnx"), string(model))
}

// free is a port of any size with c channels.
func free(name string, c int) port { return port{name, float32Type, []int{0, c, 0, 0}} }
