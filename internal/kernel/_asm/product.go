package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// product writes the inner loop of Product for blocks of up to height rows of
// C, each row some vectors wide; where part is set, the last of them may be there
// in part. A block keeps its part of C in registers. There is one loop for every
// height; all sum in the same order. Loops of 8 columns are limited by their
// loads and do not prefetch.
func product(v isa, height, vectors int, part bool) {
	f := &productFrame{isa: v, vectors: vectors, prefetch: vectors*v.lanes > 8}
	f.text("mul", height, vectors*v.lanes, part)
	f.masked(height, part)
}

// streamed writes a product whose results pass by the caches: full vectors, on
// their alignment.
func streamed(v isa, height, vectors int) {
	f := &productFrame{isa: v, vectors: vectors, prefetch: true, stream: true}
	f.text("stream", height, vectors*v.lanes, false)
	f.masked(height, false)
}

// masked writes the function after text.
func (f *productFrame) masked(height int, part bool) {
	if part {
		columns := Load(Param("columns"), GP64())
		if f.vectors > 1 {
			SUBQ(U8((f.vectors-1)*f.lanes), columns)
		}
		f.last = f.head(columns)
	}
	f.function(height)
}

// text begins a function that does blocks of up to height×width of C.
func (f *productFrame) text(kind string, height, width int, part bool) {
	name, doc := fmt.Sprintf("%s%dx%d", kind, height, width), "."
	if part {
		name, doc = name+"Part", " or fewer."
	}
	name += f.name
	TEXT(name, NOSPLIT, "func(size, blocks, rows, depth int, a *float32, aturn, astep, lda, lead, pace uintptr, b *float32, bturn, bstep, blead, bpace uintptr, init *float32, ldi uintptr, c *float32, ldc uintptr, columns int, floor float32, batches int, anext, bnext, inext, cnext uintptr)")
	Doc(
		name+fmt.Sprintf(" computes blocks of size rows of C. It has %d columns", width)+doc,
		"Strides are in bytes; aturn and bturn lead from the end of one row of A and B to",
		"the next. Step k of a row may prefetch A at lead+k*pace, step i of all that it does",
		"B at blead+i*bpace. Sums start with init, results are at least floor. All that is",
		"done for every batch; anext, inext and cnext lead from the end of the blocks to the",
		"next batch, bnext from the start of B.")
	Pragma("noescape")
}

// function writes the function after text and masks.
func (f *productFrame) function(height int) {
	f.s, f.s3, f.s5 = Load(Param("lda"), GP64()), GP64(), GP64()
	LEAQ(Mem{Base: f.s, Index: f.s, Scale: 2}, f.s3)
	LEAQ(Mem{Base: f.s, Index: f.s, Scale: 4}, f.s5)
	f.astep, f.bstep = Load(Param("astep"), GP64()), Load(Param("bstep"), GP64())
	for _, n := range changing {
		f.spill(n)
	}
	if f.prefetch {
		f.bahead, f.bpace = Load(Param("b"), GP64()), Load(Param("bpace"), GP64())
		ADDQ(address("blead"), f.bahead)
	}
	choose(Load(Param("size"), GP64()), height)
	for s := 1; s <= height; s++ {
		f.block(s)
	}
}

// choose jumps to the block of that size, or falls through to the first.
func choose(size Register, height int) {
	for s := height; s > 1; s-- {
		CMPQ(size, U8(s))
		JEQ(LabelRef(fmt.Sprint("block", s)))
	}
}

// changing are the parameters that have a place in the frame.
var changing = []string{"a", "b", "init", "c", "blocks", "rows", "batches"}

type productFrame struct {
	isa
	vectors       int
	prefetch      bool
	stream        bool     // see streamed
	paired        bool     // see paired
	batches       int      // at once, see twins
	s, s3, s5     Register // 1, 3 and 5 times lda
	astep, bstep  Register
	bahead, bpace Register // what of B to prefetch next
	last          Register // mask of C's columns in the last vector, nil for all
	local         map[string]Mem
}

// spill gives a parameter that changes a place in the frame.
func (f *productFrame) spill(param string) {
	if f.local == nil {
		f.local = map[string]Mem{}
	}
	f.local[param] = AllocLocal(8)
	MOVQ(Load(Param(param), GP64()), f.local[param])
}

// mask is the mask of vector j.
func (f *productFrame) mask(j int) Register {
	if j == f.vectors-1 || f.paired {
		return f.last
	}
	return nil
}

// vectorsAt loads a row of vectors.
func (f *productFrame) vectorsAt(p Register, mask func(j int) Register) (x []VecVirtual) {
	for j := range f.vectors {
		x = append(x, f.load(Mem{Base: p, Disp: f.bytes() * j}, mask(j)))
	}
	return x
}

// block writes the loop for blocks of size rows.
func (f *productFrame) block(size int) {
	label := func(s string) string { return fmt.Sprint(s, size) }
	Label(label("block"))

	acc := make([][]VecVirtual, size)
	init, ldi := GP64(), Load(Param("ldi"), GP64())
	MOVQ(f.local["init"], init)
	if f.paired {
		f.apart(acc, init, ldi, label("same"))
	}
	for i := range acc {
		if !f.paired {
			acc[i] = f.vectorsAt(init, f.mask)
		}
		ADDQ(ldi, init)
	}
	MOVQ(init, f.local["init"])

	// Rows 7q … 7q+6 of A are reached from the pointer p[q].
	p := []Register{GP64()}
	MOVQ(f.local["a"], p[0])
	for q := 1; q < (size+6)/7; q++ {
		p = append(p, GP64())
		LEAQ(Mem{Base: p[q-1], Index: f.s3, Scale: 2}, p[q])
		ADDQ(f.s, p[q])
	}
	row := func(i int) Mem {
		base := p[i/7]
		switch i % 7 {
		case 0:
			return Mem{Base: base}
		case 3:
			return Mem{Base: base, Index: f.s3, Scale: 1}
		case 5:
			return Mem{Base: base, Index: f.s5, Scale: 1}
		case 6:
			return Mem{Base: base, Index: f.s3, Scale: 2}
		}
		return Mem{Base: base, Index: f.s, Scale: uint8(i % 7)}
	}
	b := GP64()
	MOVQ(f.local["b"], b)
	rows := Load(Param("rows"), GP64())
	MOVQ(rows, f.local["rows"])
	var ahead, pace Register
	if f.prefetch {
		ahead, pace = GP64(), Load(Param("pace"), GP64())
	}

	Label(label("row"))
	if f.prefetch {
		MOVQ(p[0], ahead)
		ADDQ(address("lead"), ahead)
	}
	depth := Load(Param("depth"), GP64())
	if f.paired {
		SHRQ(U8(1), depth)
		JZ(LabelRef(label("odd")))
	}
	Label(label("depth"))
	if f.paired {
		f.pairs(row, b, acc)
	} else {
		w := f.vectorsAt(b, f.mask)
		for i := range acc {
			f.multiplyAdd(row(i), w, acc[i])
		}
	}
	if f.prefetch {
		PREFETCHT0(Mem{Base: ahead})
		ADDQ(pace, ahead)
		PREFETCHT1(Mem{Base: f.bahead})
		ADDQ(f.bpace, f.bahead)
	}
	for _, q := range p {
		ADDQ(f.astep, q)
	}
	ADDQ(f.bstep, b)
	DECQ(depth)
	JNZ(LabelRef(label("depth")))
	if f.paired {
		Label(label("odd"))
		BTQ(U8(0), address("depth"))
		JCC(LabelRef(label("even")))
		f.single(row, b, acc)
		Label(label("even"))
	}
	for _, q := range p {
		ADDQ(address("aturn"), q)
	}
	ADDQ(address("bturn"), b)
	DECQ(f.local["rows"])
	JNZ(LabelRef(label("row")))

	floor := f.vec()
	VBROADCASTSS(address("floor"), floor)
	c := GP64()
	MOVQ(f.local["c"], c)
	if f.paired && f.lanes == 16 && size > 1 {
		f.end(f.inRows(acc, floor), c, fmt.Sprint(size))
	} else {
		ldc := Load(Param("ldc"), GP64())
		for _, row := range acc {
			if f.paired {
				row = f.together(row, floor)
			}
			for j, x := range row {
				if !f.paired {
					VMAXPS(x, floor, x)
				}
				to := Mem{Base: c, Disp: f.bytes() * j}
				if f.stream {
					VMOVNTPS(x, to)
				} else {
					f.store(x, f.mask(j), to)
				}
			}
			ADDQ(ldc, c)
		}
	}
	MOVQ(c, f.local["c"])

	next := GP64()
	MOVQ(f.s, next)
	IMUL3Q(U32(size), next, next)
	ADDQ(next, f.local["a"])
	f.turn(label("block"))
}

// turn goes on with the next block or batch, or returns.
func (f *productFrame) turn(block string) {
	DECQ(f.local["blocks"])
	JNZ(LabelRef(block))
	MOVQ(Load(Param("blocks"), GP64()), f.local["blocks"])
	for _, operand := range []string{"a", "b", "init", "c"} {
		ADDQ(Load(Param(operand[:1]+"next"), GP64()), f.local[operand])
	}
	DECQ(f.local["batches"])
	JNZ(LabelRef(block))
	if f.stream {
		SFENCE() // before another thread may read
	}
	VZEROUPPER()
	RET()
}
