package onnx

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"unetbench/graph"
)

// A Network is a model as the engine runs it. The graph has no sizes, even
// where the file fixes them.
type Network struct {
	Graph   *graph.Graph
	Weights graph.Weights

	Input, Output string     // names of the tensors
	NHWC          bool       // the file's input is N×H×W×C
	NHWCOut       bool       // so is its output
	Fixed         graph.Size // the height and width that the file fixes; 0 where it does not
	Opset         int64
	Producer      string
	Metadata      map[string]string
}

// Options say what to take of a file.
type Options struct {
	Output string // name of the tensor to stop at; "": the first output
}

// Load reads the network in an ONNX file.
func Load(path string) (*Network, error) { return LoadWith(path, Options{}) }

// LoadWith reads the network in an ONNX file as o says.
func LoadWith(path string, o Options) (*Network, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := Decode(b, Beside(filepath.Dir(path)))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	n, err := Import(m, nameOf(path), o)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return n, nil
}

// nameOf is the file's name or, where that says nothing, its folder's.
func nameOf(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), ".onnx")
	if name != "model" {
		return name
	}
	if abs, err := filepath.Abs(path); err == nil {
		if dir := filepath.Base(filepath.Dir(abs)); dir != "." && dir != string(filepath.Separator) {
			return dir
		}
	}
	return name
}
