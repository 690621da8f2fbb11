//go:build !ort

package ort

import "errors"

// load says that there is nothing to load with.
func (s *Session) load(string, Options) error {
	return errors.New("this binary was built without ONNX Runtime: go build -tags ort ./cmd/unetbench")
}
