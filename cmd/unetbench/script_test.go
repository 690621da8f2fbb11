package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"unetbench": func() {
			self, _ := os.Executable()
			os.Exit(run(context.Background(), self, os.Args[1:], os.Stdout, os.Stderr))
		},
	})
}

// TestScript types what a user types: see testdata/script.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", UpdateScripts: *update})
}
