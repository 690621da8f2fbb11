package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// peak writes a loop of independent FMAs, the ceiling that benchmarks and
// profiles compare themselves with.
func peak(v isa, perTurn int) {
	TEXT("fma"+v.name, NOSPLIT, "func(turns int)")
	Doc(fmt.Sprintf("fma%s does %d independent FMAs of %d lanes turns times.", v.name, perTurn, v.lanes))
	turns := Load(Param("turns"), GP64())
	x := v.zero()
	var sums []VecVirtual
	for range perTurn {
		sums = append(sums, v.zero())
	}
	Label("turn")
	for _, s := range sums {
		VFMADD231PS(x, x, s)
	}
	DECQ(turns)
	JNZ(LabelRef("turn"))
	VZEROUPPER()
	RET()
}
