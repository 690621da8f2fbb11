package onnx

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// Encode writes m as the bytes of an ONNX file: the same m gives the same bytes.
func (m *Model) Encode() ([]byte, error) {
	var b message
	b.int(1, m.IRVersion)
	b.text(2, m.ProducerName)
	b.text(3, m.ProducerVersion)
	g, err := m.Graph.encode()
	if err != nil {
		return nil, err
	}
	b.bytes(7, g)
	var opset message
	opset.text(1, "")
	opset.int(2, m.Opset)
	b.bytes(8, opset)
	var keys []string
	for k := range m.Metadata {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		var prop message
		prop.text(1, k)
		prop.text(2, m.Metadata[k])
		b.bytes(14, prop)
	}
	return b, nil
}

func (g *Graph) encode() (message, error) {
	var b message
	for _, n := range g.Nodes {
		raw, err := n.encode()
		if err != nil {
			return nil, err
		}
		b.bytes(1, raw)
	}
	b.text(2, g.Name)
	for i := range g.Initializers {
		raw, err := g.Initializers[i].encode()
		if err != nil {
			return nil, err
		}
		b.bytes(5, raw)
	}
	for _, v := range g.Inputs {
		b.bytes(11, v.encode())
	}
	for _, v := range g.Outputs {
		b.bytes(12, v.encode())
	}
	return b, nil
}

func (n *Node) encode() (message, error) {
	var b message
	for _, s := range n.In {
		b.text(1, s)
	}
	for _, s := range n.Out {
		b.text(2, s)
	}
	b.text(3, n.Name)
	b.text(4, n.Op)
	for _, a := range n.Attributes {
		raw, err := a.encode()
		if err != nil {
			return nil, fmt.Errorf("%s (%s): %w", n.Name, n.Op, err)
		}
		b.bytes(5, raw)
	}
	if n.Domain != "" {
		b.text(7, n.Domain)
	}
	return b, nil
}

func (a *Attribute) encode() (message, error) {
	var b message
	b.text(1, a.Name)
	switch a.Type {
	case FloatAttribute:
		b.float(2, a.Float)
	case IntAttribute:
		b.int(3, a.Int)
	case StringAttribute:
		b.text(4, a.String)
	case TensorAttribute:
		t, err := a.Tensor.encode()
		if err != nil {
			return nil, err
		}
		b.bytes(5, t)
	case FloatsAttribute:
		for _, v := range a.Floats {
			b.float(7, v)
		}
	case IntsAttribute:
		for _, v := range a.Ints {
			b.int(8, v)
		}
	case StringsAttribute:
		for _, v := range a.Strings {
			b.text(9, v)
		}
	default:
		return nil, fmt.Errorf("attribute %s: cannot write type %d", a.Name, a.Type)
	}
	b.int(20, int64(a.Type))
	return b, nil
}

// encode keeps values as raw data, little-endian.
func (t *Tensor) encode() (message, error) {
	var b message
	n := 1
	for _, d := range t.Dims {
		b.int(1, int64(d))
		n *= d
	}
	b.int(2, int64(t.Type))
	b.text(8, t.Name)
	have := len(t.Ints)
	if t.Type == Float32 || t.Type == Float64 {
		have = len(t.Floats)
	}
	if have != n {
		return nil, fmt.Errorf("tensor %s: %d values for the shape %v", t.Name, have, t.Dims)
	}
	var raw []byte
	switch t.Type {
	case Float32:
		raw = make([]byte, 0, 4*n)
		for _, v := range t.Floats {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
		}
	case Float64:
		for _, v := range t.Floats {
			raw = binary.LittleEndian.AppendUint64(raw, math.Float64bits(float64(v)))
		}
	case Int64, Uint64:
		for _, v := range t.Ints {
			raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
		}
	case Int32, Uint32:
		for _, v := range t.Ints {
			raw = binary.LittleEndian.AppendUint32(raw, uint32(v))
		}
	case Int16, Uint16:
		for _, v := range t.Ints {
			raw = binary.LittleEndian.AppendUint16(raw, uint16(v))
		}
	case Int8, Uint8, Bool:
		for _, v := range t.Ints {
			raw = append(raw, byte(v))
		}
	default:
		return nil, fmt.Errorf("tensor %s: cannot write element type %d", t.Name, t.Type)
	}
	b.bytes(9, raw)
	return b, nil
}

func (v Value) encode() message {
	var tensor, of, b message
	tensor.int(1, int64(v.Type))
	if v.Dims != nil {
		var shape message
		for _, d := range v.Dims {
			var dim message
			switch {
			case d.Size > 0:
				dim.int(1, int64(d.Size))
			case d.Name != "":
				dim.text(2, d.Name)
			}
			shape.bytes(1, dim)
		}
		tensor.bytes(2, shape)
	}
	of.bytes(1, tensor)
	b.text(1, v.Name)
	b.bytes(2, of)
	return b
}

// A message is an encoded one that grows field by field.
type message []byte

func (b *message) tag(field protowire.Number, t protowire.Type) {
	*b = protowire.AppendTag(*b, field, t)
}

func (b *message) int(field protowire.Number, v int64) {
	b.tag(field, protowire.VarintType)
	*b = protowire.AppendVarint(*b, uint64(v))
}

func (b *message) float(field protowire.Number, v float32) {
	b.tag(field, protowire.Fixed32Type)
	*b = protowire.AppendFixed32(*b, math.Float32bits(v))
}

func (b *message) bytes(field protowire.Number, v []byte) {
	b.tag(field, protowire.BytesType)
	*b = protowire.AppendBytes(*b, v)
}

func (b *message) text(field protowire.Number, v string) { b.bytes(field, []byte(v)) }
