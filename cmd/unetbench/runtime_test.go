//go:build ort

package main

import (
	"os"

	"unetbench/internal/ort"
)

const builtWithRuntime = true

// runtimeLibrary is ONNX Runtime's file, or "" where it is not installed, which
// is an error only if $UNETBENCH_ORT says that it is.
func runtimeLibrary() (string, error) {
	path, err := ort.Find("")
	if os.Getenv(ort.Variable) == "" {
		err = nil
	}
	return path, err
}
