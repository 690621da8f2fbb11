package onnx

import (
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// A field is one field of a protobuf message: a number, or bytes.
type field struct {
	num    protowire.Number
	number uint64
	bytes  []byte
	wire   protowire.Type
}

// fields calls f with every field of a message.
func fields(b []byte, f func(field) error) error {
	for len(b) > 0 {
		num, wire, n := protowire.ConsumeTag(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		x := field{num: num, wire: wire}
		switch wire {
		case protowire.VarintType:
			x.number, n = protowire.ConsumeVarint(b)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(b)
			x.number = uint64(v)
		case protowire.Fixed64Type:
			x.number, n = protowire.ConsumeFixed64(b)
		case protowire.BytesType:
			x.bytes, n = protowire.ConsumeBytes(b)
		default:
			n = protowire.ConsumeFieldValue(num, wire, b)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		if err := f(x); err != nil {
			return err
		}
	}
	return nil
}

// packed calls f with every number of a repeated field, packed or not.
func (x field) packed(wire protowire.Type, f func(uint64)) error {
	if x.wire != protowire.BytesType {
		f(x.number)
		return nil
	}
	for b := x.bytes; len(b) > 0; {
		var v uint64
		n := 0
		switch wire {
		case protowire.Fixed32Type:
			var w uint32
			w, n = protowire.ConsumeFixed32(b)
			v = uint64(w)
		case protowire.Fixed64Type:
			v, n = protowire.ConsumeFixed64(b)
		default:
			v, n = protowire.ConsumeVarint(b)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		f(v)
		b = b[n:]
	}
	return nil
}

// errNotONNX says what a file that cannot be decoded is not.
var errNotONNX = errors.New("not an ONNX file, or cut off")

// Decode reads a model. External data is looked for by open, which may be nil.
func Decode(b []byte, open External) (*Model, error) {
	m := &Model{Metadata: map[string]string{}}
	d := decoder{open: open}
	found := false
	err := fields(b, func(x field) error {
		switch x.num {
		case 1:
			m.IRVersion = int64(x.number)
		case 2:
			m.ProducerName = string(x.bytes)
		case 3:
			m.ProducerVersion = string(x.bytes)
		case 7:
			found = true
			return d.graph(x.bytes, &m.Graph)
		case 8:
			domain, version := "", int64(0)
			err := fields(x.bytes, func(y field) error {
				switch y.num {
				case 1:
					domain = string(y.bytes)
				case 2:
					version = int64(y.number)
				}
				return nil
			})
			if domain == "" || domain == "ai.onnx" {
				m.Opset = version
			}
			return err
		case 14:
			return entry(x.bytes, m.Metadata)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", errNotONNX, err)
	}
	if !found {
		return nil, fmt.Errorf("%w (it holds no graph)", errNotONNX)
	}
	return m, nil
}

// entry reads a StringStringEntryProto into m.
func entry(b []byte, m map[string]string) error {
	var kv [3]string
	err := fields(b, func(x field) error {
		if x.num < 3 {
			kv[x.num] = string(x.bytes)
		}
		return nil
	})
	m[kv[1]] = kv[2]
	return err
}

// A decoder carries what the parts of a file share.
type decoder struct{ open External }

func (d decoder) graph(b []byte, g *Graph) error {
	err := fields(b, func(x field) error {
		switch x.num {
		case 1:
			n, err := d.node(x.bytes)
			g.Nodes = append(g.Nodes, n)
			return err
		case 2:
			g.Name = string(x.bytes)
		case 5:
			t, err := d.tensor(x.bytes)
			g.Initializers = append(g.Initializers, t)
			return err
		case 11:
			v, err := value(x.bytes)
			g.Inputs = append(g.Inputs, v)
			return err
		case 12:
			v, err := value(x.bytes)
			g.Outputs = append(g.Outputs, v)
			return err
		}
		return nil
	})
	known := map[string]bool{}
	for _, t := range g.Initializers {
		known[t.Name] = true
	}
	g.Inputs = slices.DeleteFunc(g.Inputs, func(v Value) bool { return known[v.Name] })
	return err
}

func (d decoder) node(b []byte) (Node, error) {
	var n Node
	err := fields(b, func(x field) error {
		switch x.num {
		case 1:
			n.In = append(n.In, string(x.bytes))
		case 2:
			n.Out = append(n.Out, string(x.bytes))
		case 3:
			n.Name = string(x.bytes)
		case 4:
			n.Op = string(x.bytes)
		case 5:
			a, err := d.attribute(x.bytes)
			n.Attributes = append(n.Attributes, a)
			return err
		case 7:
			n.Domain = string(x.bytes)
		}
		return nil
	})
	return n, err
}

func (d decoder) attribute(b []byte) (Attribute, error) {
	var a Attribute
	err := fields(b, func(x field) error {
		switch x.num {
		case 1:
			a.Name = string(x.bytes)
		case 2:
			a.Float = float(x.number)
		case 3:
			a.Int = int64(x.number)
		case 4:
			a.String = string(x.bytes)
		case 5:
			t, err := d.tensor(x.bytes)
			a.Tensor = &t
			return err
		case 7:
			return x.packed(protowire.Fixed32Type, func(v uint64) { a.Floats = append(a.Floats, float(v)) })
		case 8:
			return x.packed(protowire.VarintType, func(v uint64) { a.Ints = append(a.Ints, int64(v)) })
		case 9:
			a.Strings = append(a.Strings, string(x.bytes))
		case 20:
			a.Type = AttributeType(x.number)
		}
		return nil
	})
	return a, err
}

// value reads a ValueInfoProto: name, element type and shape of a tensor.
func value(b []byte) (Value, error) {
	var v Value
	var typ []byte
	err := fields(b, func(x field) error {
		switch x.num {
		case 1:
			v.Name = string(x.bytes)
		case 2:
			typ = x.bytes
		}
		return nil
	})
	if err != nil {
		return v, err
	}
	return v, fields(typ, func(x field) error {
		if x.num != 1 { // a sequence or a map
			return nil
		}
		return fields(x.bytes, func(y field) error {
			switch y.num {
			case 1:
				v.Type = ElementType(y.number)
			case 2:
				v.Dims = []Dim{}
				return fields(y.bytes, func(z field) error {
					var d Dim
					err := fields(z.bytes, func(w field) error {
						switch w.num {
						case 1:
							d.Size = int(int64(w.number))
						case 2:
							d.Name = string(w.bytes)
						}
						return nil
					})
					d.Size = max(d.Size, 0)
					v.Dims = append(v.Dims, d)
					return err
				})
			}
			return nil
		})
	})
}
