package kernel

import (
	"fmt"
	"strings"
)

//go:generate go run -C _asm . -products -out ../products_amd64.s -stubs ../products_stubs_amd64.go -pkg kernel
//go:generate go run -C _asm . -out ../loops_amd64.s -stubs ../loops_stubs_amd64.go -pkg kernel
//go:generate go run -C _asm ./neon -out ../kernels_arm64.s -stubs ../stubs_arm64.go

// Sets lists the implementations that this machine can run, the best first.
// Generic is always the last. GODEBUG=cpu.avx512f=off hides avx512; cpu.avx2=off
// hides both, since no machine has the former alone; cpu.asimd=off hides neon.
var Sets = append(native(), Generic)

// Best returns the fastest implementation.
func Best() *Set { return Sets[0] }

// Named returns the implementation of that name.
func Named(name string) (*Set, error) {
	var names []string
	for _, s := range Sets {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return nil, fmt.Errorf("kernel %q: this machine can run %s", name, strings.Join(names, ", "))
}
