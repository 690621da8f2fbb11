package onnx

import (
	"os"
	"path/filepath"
	"testing"
)

func TestScan(t *testing.T) {
	for _, pat := range []string{"/work/shared/models/zoo/*/model.onnx", "/work/shared/models/trained/*/*.onnx", "/tmp/me/extra/*/model.onnx"} {
		files, _ := filepath.Glob(pat)
		ok := 0
		for _, f := range files {
			n, err := Load(f)
			if err != nil {
				t.Log(f, err)
				continue
			}
			s, err := n.Graph.Sizes()
			if err != nil {
				t.Log("SIZES", f, err)
			}
			_ = s
			ok++
		}
		t.Log(pat, ok, "of", len(files))
	}
	_ = os.Args
}
