package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// fmaPerTurn is the number of vector FMAs in one turn of fmaLoop.
const fmaPerTurn = 24

// peak writes a loop of independent FMAs, the ceiling that benchmarks compare
// themselves with.
func peak() {
	TEXT("fmaLoop", NOSPLIT, "func(turns int)")
	Doc("fmaLoop does 24 independent FMAs of 16 lanes turns times.")
	x := ZMM()
	VPXORD(x, x, x)
	turns := Load(Param("turns"), GP64())
	var acc [fmaPerTurn]VecVirtual
	for i := range acc {
		acc[i] = ZMM()
		VPXORD(acc[i], acc[i], acc[i])
	}
	Label("turn")
	for _, a := range acc {
		VFMADD231PS(x, x, a)
	}
	DECQ(turns)
	JNZ(LabelRef("turn"))
	VZEROUPPER()
	RET()
}
