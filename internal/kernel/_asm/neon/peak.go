package main

import "fmt"

// peak writes a loop of independent FMAs, the ceiling that benchmarks compare
// themselves with.
func peak(w *writer, perTurn int) {
	w.text("fmaNEON", "turns int", fmt.Sprintf("does %d independent FMAs of 4 lanes turns times.", perTurn))
	turns, x := reg(0), vec(perTurn)
	w.load("turns", turns)
	for v := vec(0); v <= x; v++ {
		w.zero(v)
	}
	w.label("turn")
	for v := vec(0); v < x; v++ {
		w.multiplyAdd(4, v, x, x)
	}
	w.op("SUBS", "$1", turns)
	w.op("BNE", "turn")
	w.op("RET")
}
