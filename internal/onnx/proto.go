// Package onnx reads ONNX files into graphs that the engine runs, and writes
// graphs as ONNX files.
//
// The files, in the order in which work passes through them: proto.go (what of
// onnx.proto is used), decode.go, tensor.go and encode.go (its wire format);
// load.go and import.go (the walk over a file's nodes), operand.go (what a name
// stands for on the way: a map with its axes, constants, or sizes), operators.go
// (who imports what) and ops_*.go, prune.go and level.go; export*.go the way back.
package onnx

// A Model is an ONNX file: https://onnx.ai/onnx/repo-docs/IR.html.
type Model struct {
	IRVersion       int64
	ProducerName    string
	ProducerVersion string
	Opset           int64 // of the default domain
	Graph           Graph
	Metadata        map[string]string
}

// A Graph is the nodes in topological order, their constants and its ends.
type Graph struct {
	Name         string
	Nodes        []Node
	Initializers []Tensor
	Inputs       []Value // those that are initializers too are not listed
	Outputs      []Value
}

// A Node is one operator. An empty name in In stands for an operand that is
// left out.
type Node struct {
	Name, Op, Domain string
	In, Out          []string
	Attributes       []Attribute
}

// An Attribute has the one of these fields that Type names.
type Attribute struct {
	Name    string
	Type    AttributeType
	Float   float32
	Int     int64
	String  string
	Floats  []float32
	Ints    []int64
	Strings []string
	Tensor  *Tensor
}

// AttributeType is AttributeProto.AttributeType.
type AttributeType int32

const (
	FloatAttribute   AttributeType = 1
	IntAttribute     AttributeType = 2
	StringAttribute  AttributeType = 3
	TensorAttribute  AttributeType = 4
	GraphAttribute   AttributeType = 5
	FloatsAttribute  AttributeType = 6
	IntsAttribute    AttributeType = 7
	StringsAttribute AttributeType = 8
)

// A Tensor is a constant. Its values are in Floats (all floating types) or Ints
// (all integer and boolean types).
type Tensor struct {
	Name   string
	Type   ElementType
	Dims   []int
	Floats []float32
	Ints   []int64
}

// ElementType is TensorProto.DataType.
type ElementType int32

const (
	Float32  ElementType = 1
	Uint8    ElementType = 2
	Int8     ElementType = 3
	Uint16   ElementType = 4
	Int16    ElementType = 5
	Int32    ElementType = 6
	Int64    ElementType = 7
	Bool     ElementType = 9
	Float16  ElementType = 10
	Float64  ElementType = 11
	Uint32   ElementType = 12
	Uint64   ElementType = 13
	BFloat16 ElementType = 16
)

// A Value is an input or output of a graph.
type Value struct {
	Name string
	Type ElementType
	Dims []Dim // nil: the shape is not given
}

// A Dim is a fixed size, or a name where Size is 0 ("" if it has none).
type Dim struct {
	Size int
	Name string
}
