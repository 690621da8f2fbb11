package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"unetbench/internal/ort"
)

// engineFlags say what runs an ONNX model.
type engineFlags struct {
	engine, device, library string
}

func (e *engineFlags) register(f *pflag.FlagSet) {
	f.StringVar(&e.engine, "engine", "native", "what runs --model: native (the program's own engine), onnxruntime")
	f.StringVar(&e.device, "device", "cpu", "what onnxruntime runs on: cpu, cuda")
	f.StringVar(&e.library, "ort-library", "", "ONNX Runtime's shared library, or its folder (default: $UNETBENCH_ORT, else where Python keeps it)")
}

// native reports whether our own engine is asked for; flags that do not go
// together are errors.
func (e *engineFlags) native() (bool, error) {
	switch e.engine {
	case "native":
		if e.device != "cpu" || e.library != "" {
			return true, errors.New("--device and --ort-library are for --engine onnxruntime: name that too")
		}
		return true, nil
	case "onnxruntime":
		if e.device != "cpu" && e.device != "cuda" {
			return false, fmt.Errorf("--device %s: want cpu or cuda", e.device)
		}
		return false, nil
	}
	return false, fmt.Errorf("--engine %s: want native or onnxruntime", e.engine)
}

// open loads a model into ONNX Runtime, to give that output ("": the first).
func (e *engineFlags) open(path, output string, threads int) (*ort.Session, error) {
	s, err := ort.Open(path, ort.Options{Output: output, Library: e.library, Device: e.device, Threads: threads, Deterministic: true})
	if err != nil {
		return nil, fmt.Errorf("--engine onnxruntime: %w", err)
	}
	return s, nil
}
