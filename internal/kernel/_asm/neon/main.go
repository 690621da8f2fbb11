// Command neon writes kernels_arm64.s and its Go declarations. It is run by
// "go generate ./internal/kernel"; see sets.go. Go's arm64 assembler has no
// generator of its own, and the instructions that it lacks are written here as
// words, so this prints text.
package main

import (
	"flag"
	"log"
	"os"
)

func main() {
	out := flag.String("out", "", "file for the assembly")
	stubs := flag.String("stubs", "", "file for the declarations")
	flag.Parse()
	w := newWriter()
	product(w, 14, 1, 1)
	product(w, 14, 1, 2)
	product(w, 14, 1, 4)
	product(w, 14, 2, 4)
	product(w, 6, 4, 4)
	elementwise(w)
	reductions(w)
	peak(w, 24)
	for path, text := range map[string][]byte{*out: w.asm.Bytes(), *stubs: w.stubs.Bytes()} {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
