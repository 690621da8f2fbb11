// Package ort runs ONNX models in ONNX Runtime: a second engine beside our own,
// an oracle for it, and a way to CUDA. The shared library is loaded when the
// first model is opened, without cgo; that makes a static binary dynamic, so
// what loads it is compiled with the build tag ort alone.
//
// The files, in the order in which work passes through them: session.go, then
// (tag ort) find.go finds the library, library.go and api.go load it, model.go
// runs a model; layout.go turns maps into the model's order of axes.
package ort

import (
	"fmt"
	"os"
	"path/filepath"

	"unetbench/graph"
)

// Options say how a model is run.
type Options struct {
	Output        string // name of the output to read; "": the first
	Library       string // shared library, or the folder that holds it; "": $UNETBENCH_ORT, then where Python keeps it
	Device        string // "cpu" (or "") or "cuda"
	Threads       int    // of one Predict; 0: one per core
	Deterministic bool   // the same bits again, if the device has a choice
}

// A Session is one model, loaded. It may predict on several goroutines at once.
type Session struct {
	Input, Output Value  // as the model declares them
	Version       string // of ONNX Runtime
	Library       string // the file that it was loaded from

	path    string
	in, out layout
	model   model
}

// A Value is an input or output of a model.
type Value struct {
	Name string
	Dims []int // −1 where any length will do
}

// A model is what runs: one float32 tensor in, one out.
type model interface {
	run(x tensor) (tensor, error)
	close()
}

type tensor struct {
	dims []int64
	pix  []float32
}

// Open loads the model in the file at path: one with a single input of one
// image, of float32, N×C×H×W or N×H×W×C.
func Open(path string, o Options) (*Session, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%s: does not exist; check the path", path)
	}
	if o.Device != "" && o.Device != "cpu" && o.Device != "cuda" {
		return nil, fmt.Errorf("device %q: want cpu or cuda", o.Device)
	}
	s := &Session{path: filepath.Base(path)}
	if err := s.load(path, o); err != nil {
		return nil, err
	}
	var err error
	if s.in, err = layoutOf(s.Input, nchw); err == nil {
		s.out, err = layoutOf(s.Output, s.in)
	}
	if err != nil {
		s.Close()
		return nil, s.wrong("%w", err)
	}
	return s, nil
}

// Channels is how many channels the input has, 0 if the model does not say.
func (s *Session) Channels() int { return max(s.Input.Dims[s.in.channels()], 0) }

// Size is the input's size if the model was made for one only; an axis is 0 if
// it is free.
func (s *Session) Size() graph.Size {
	y, x := s.in.sides()
	return graph.Size{H: max(s.Input.Dims[y], 0), W: max(s.Input.Dims[x], 0)}
}

// Predict returns the model's output for x, in a new map.
func (s *Session) Predict(x *graph.Map) (*graph.Map, error) {
	if s.model == nil {
		return nil, s.wrong("is closed")
	}
	if c := s.Channels(); c != 0 && x.C != c {
		return nil, s.wrong("the image has %d channels, the model wants %d", x.C, c)
	}
	if f := s.Size(); f.H != 0 && f.H != x.H || f.W != 0 && f.W != x.W {
		return nil, s.wrong("the input is %v px, but the model takes %s only; export it with dynamic height and width, or use tiles of that size", x.Size(), s.Input)
	}
	y, err := s.model.run(s.in.pack(x))
	if err != nil {
		return nil, s.wrong("input of %v: %w", x.Shape, err)
	}
	m, err := s.out.unpack(y)
	if err != nil {
		return nil, s.wrong("output %s: %w", s.Output.Name, err)
	}
	return m, nil
}

// Close frees what the model holds; no Predict may be under way.
func (s *Session) Close() {
	if s.model != nil {
		s.model.close()
		s.model = nil
	}
}

func (s *Session) wrong(format string, args ...any) error {
	return fmt.Errorf("%s: "+format, append([]any{s.path}, args...)...)
}

func (v Value) String() string {
	t := ""
	for i, d := range v.Dims {
		if i > 0 {
			t += "×"
		}
		if d < 0 {
			t += "?"
		} else {
			t += fmt.Sprint(d)
		}
	}
	return t
}
