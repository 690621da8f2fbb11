// Command _asm writes kernels_amd64.s and its Go declarations. It is run by
// "go generate ./internal/kernel"; see kernel_amd64.go.
package main

import . "github.com/mmcloughlin/avo/build"

func main() {
	ConstraintExpr("!purego")
	product("mul28x8", 28, 1, YMM, false)
	product("mul28x16", 28, 1, ZMM, true)
	product("mul14x32", 14, 2, ZMM, true)
	elementwise()
	reductions()
	pools()
	peak()
	Generate()
}
