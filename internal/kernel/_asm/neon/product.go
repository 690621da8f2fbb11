package main

import "fmt"

// The registers of a product. Row i of A lies at row + offsets[i]: offset 0 has
// no register, offset 1 is lda.
const (
	row     = reg(0)
	offsets = reg(0) // + i
	a       = reg(14)
	start   = reg(15)
	c       = reg(16)
	blocks  = reg(17)
	astep   = reg(19)
	bstep   = reg(20)
	b       = reg(21)
	depth   = reg(22)
	rows    = reg(23)
	aturn   = reg(24)
	stride  = reg(25)
	bturn   = reg(26)
)

// product writes the inner loop of Product for blocks of up to height rows of C,
// each row so many vectors wide. A block keeps its part of C in registers. There
// is one loop for every height; all sum in the same order.
//
// A number of A is loaded into lane 0 and multiplied by element. A load that
// copies it to all lanes would, on many cores, take a slot of the multipliers.
func product(w *writer, height, vectors int, l lanes) {
	width := vectors * int(l)
	name := fmt.Sprintf("mul%dx%dNEON", height, width)
	w.text(name, "size, blocks, rows, depth int, a *float32, aturn, astep, lda, lead, pace uintptr, b *float32, bturn, bstep, blead, bpace uintptr, init *float32, ldi uintptr, c *float32, ldc uintptr, columns int, floor float32, batches int, anext, bnext, inext, cnext uintptr",
		fmt.Sprintf("computes blocks of size rows of C. It has %d columns.", width),
		"Strides are in bytes; aturn and bturn lead from the end of one row of A and B to",
		"the next. It prefetches nothing and does one batch. Sums start with init, results are at least floor.")
	w.load("a", a)
	w.load("init", start)
	w.load("c", c)
	w.load("blocks", blocks)
	w.load("astep", astep)
	w.load("bstep", bstep)
	w.load("aturn", aturn)
	w.load("bturn", bturn)
	w.load("lda", offsets+1)
	for i := reg(2); int(i) < height; i++ {
		w.op("ADD", offsets+1, offsets+i-1, offsets+i)
	}
	w.load("size", depth)
	for s := height; s > 1; s-- {
		w.op("CMP", fmt.Sprint("$", s), depth)
		w.op("BEQ", fmt.Sprint("block", s))
	}
	for s := 1; s <= height; s++ {
		block(w, s, vectors, l)
	}
}

// block writes the loop for blocks of size rows.
func block(w *writer, size, vectors int, l lanes) {
	label := func(s string) string { return fmt.Sprint(s, size) }
	next := vec(0)
	registers := func(n int) (v []vec) {
		for range n {
			v = append(v, next)
			next++
		}
		return v
	}
	sums := make([][]vec, size)
	for i := range sums {
		sums[i] = registers(vectors)
	}
	x := registers(vectors)
	factors := registers(min(4, 32-int(next)))
	factor := func(i int) vec { return factors[i%len(factors)] }
	load := func(i int) {
		switch {
		case i == 0:
			w.op("FMOVS", row.at(0), factor(0))
		case i < size:
			w.op("FMOVS", row.plus(offsets+reg(i)), factor(i))
		}
	}

	w.label(label("block"))
	w.load("ldi", stride)
	for i := range sums {
		w.vectors(l, start, 0, false, sums[i]...)
		w.op("ADD", stride, start)
	}
	w.op("MOVD", a, row)
	w.load("b", b)
	w.load("rows", rows)
	w.label(label("row"))
	w.load("depth", depth)
	w.label(label("depth"))
	w.vectors(l, b, 0, false, x...)
	for i := range factors {
		load(i)
	}
	for i := range sums {
		for j := range x {
			w.multiplyAdd(l, sums[i][j], x[j], factor(i))
		}
		load(i + len(factors))
	}
	w.op("ADD", astep, row)
	w.op("ADD", bstep, b)
	w.op("SUBS", "$1", depth)
	w.op("BNE", label("depth"))
	w.op("ADD", aturn, row)
	w.op("ADD", bturn, b)
	w.op("SUBS", "$1", rows)
	w.op("BNE", label("row"))

	floor := x[0]
	w.broadcast("floor", floor)
	w.load("ldc", stride)
	for i := range sums {
		for _, s := range sums[i] {
			w.three("FMAX", l, s, s, floor)
		}
		w.vectors(l, c, 0, true, sums[i]...)
		w.op("ADD", stride, c)
	}
	if size > 1 {
		w.op("ADD", offsets+reg(size-1), a)
	}
	w.op("ADD", offsets+1, a)
	w.op("SUBS", "$1", blocks)
	w.op("BNE", label("block"))
	w.op("RET")
}
