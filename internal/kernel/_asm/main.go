// Command _asm writes the assembly of the kernels and its Go declarations: with
// -products that of Mul, otherwise all else. It is run by "go generate
// ./internal/kernel"; see kernel_amd64.go.
package main

import (
	"flag"

	. "github.com/mmcloughlin/avo/build"
)

func main() {
	mul := flag.Bool("products", false, "the loops of Mul")
	flag.Parse()
	ConstraintExpr("!purego")
	masks()
	if *mul {
		products()
	} else {
		others()
	}
	Generate()
}

func products() {
	product(avx512half, 28, 1, true)
	product(avx512, 28, 1, true)
	product(avx512, 14, 2, true)
	product(avx2, 12, 1, true)
	product(avx2, 14, 1, false)
	product(avx2, 6, 2, false)
	streamed(avx512, 14, 2)
	permutations()
	twins("twins", 48, 1)
	twins("trios", 10, 3)
	paired(avx512, 28, true)
	paired(avx2, 6, true)
	paired(avx2, 6, false)
	for _, v := range []isa{avx512, avx2} {
		depthwise(v, 8)
		depthwise(v, 1)
	}
}

func others() {
	numbers()
	for _, v := range []isa{avx512, avx2} {
		elementwise(v)
		pointwise(v)
		reductions(v)
		pools(v)
		transforms(v)
	}
	peak(avx512, 24)
	peak(avx2, 12)
}
