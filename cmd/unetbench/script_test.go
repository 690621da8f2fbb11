package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"unetbench/internal/onnx"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"unetbench": func() {
			self, _ := os.Executable()
			os.Exit(run(context.Background(), self, os.Args[1:], os.Stdout, os.Stderr))
		},
	})
}

// TestScript types what a user types: see testdata/script. There,
//
//	model FILE KEY=VALUE,… [H×W]
//
// writes an untrained network as ONNX, for inputs of any size or of that one;
// [ort] asks whether ONNX Runtime can be loaded, [built] whether the program
// was built to load it.
func TestScript(t *testing.T) {
	library, err := runtimeLibrary()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("UNETBENCH_ORT", library)
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "ort":
				return library != "", nil
			case "built":
				return builtWithRuntime, nil
			}
			return false, fmt.Errorf("unknown condition %s", cond)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"model": writeModel},
	})
}

func writeModel(ts *testscript.TestScript, _ bool, args []string) {
	said := map[string]string{}
	for _, s := range strings.Split(args[1], ",") {
		k, v, _ := strings.Cut(s, "=")
		said[k] = v
	}
	g, w, err := randomNetwork(said)
	ts.Check(err)
	m, err := onnx.Export(g, w, onnx.ExportOptions{})
	ts.Check(err)
	if len(args) > 2 {
		for _, v := range []*onnx.Value{&m.Graph.Inputs[0], &m.Graph.Outputs[0]} {
			_, err := fmt.Sscanf(args[2], "%d×%d", &v.Dims[2].Size, &v.Dims[3].Size)
			ts.Check(err)
		}
	}
	b, err := m.Encode()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o666))
}
