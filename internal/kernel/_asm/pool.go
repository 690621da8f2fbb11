package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// pools writes 2×2 max pooling of one row of pixels.
func pools(v isa) {
	p := &pool{small: "dst", large: []string{"r0", "r1"}}
	p.write(v, "maxPool2", "Set.MaxPool2.", "dst, r0, r1", func(v isa, mask Register) {
		at := p.corners("r0", "r1")
		m := v.vec()
		var x [4]VecVirtual
		for i, a := range at {
			x[i] = v.load(a, mask)
		}
		VMAXPS(x[0], x[1], m)
		VMAXPS(m, x[2], m)
		VMAXPS(m, x[3], m)
		v.orNaN(x[0], x[1], m)
		v.orNaN(x[2], x[3], m)
		v.store(m, mask, p.out())
	})

	b := &pool{small: "dy", large: []string{"d0", "d1", "r0", "r1"}}
	b.write(v, "maxPool2Back", "Set.MaxPool2Back.", "d0, d1, dy, r0, r1", func(v isa, mask Register) {
		// The first maximum is the last corner that is above all before it.
		var above [4]Register
		at := b.corners("r0", "r1")
		m := v.load(at[0], mask)
		for i := 1; i < 4; i++ {
			x := v.load(at[i], mask)
			above[i] = v.above(x, m)
			VMAXPS(m, x, m)
		}
		dy := v.load(b.out(), mask)
		open := v.all() // lanes whose maximum is still to come
		at = b.corners("d0", "d1")
		for i := 3; i >= 0; i-- {
			here := open
			if i > 0 {
				here = v.and(above[i], open)
				v.without(open, here)
			}
			d := v.load(at[i], mask)
			v.addWhere(here, dy, d)
			v.store(d, mask, at[i])
		}
	})
}

// A pool walks over the pixels of the small map and the pairs of pixels of the
// two large rows.
type pool struct {
	small   string
	large   []string
	pointer map[string]Register
	offset  [2]Register // bytes from a pointer to the channels in the left and right pixel
}

func (p *pool) out() Mem {
	return Mem{Base: p.pointer[p.small], Index: p.offset[0], Scale: 1}
}

// corners are the four pixels above out in rows r0 and r1, in order.
func (p *pool) corners(r0, r1 string) (at [4]Mem) {
	for i := range at {
		row := []string{r0, r1}[i/2]
		at[i] = Mem{Base: p.pointer[row], Index: p.offset[i%2], Scale: 1}
	}
	return at
}

// write writes the loop over the pixels and in it the loops over the channels:
// whole vectors, 8 where there are 8, the rest under a mask. A load of what was
// just stored waits long if their vectors overlap only in part.
func (p *pool) write(v isa, name, doc, slices string, body func(v isa, mask Register)) {
	name += v.name
	TEXT(name, NOSPLIT, "func("+slices+" *float32, pixels, channels int)")
	Doc(name + " is " + doc)
	Pragma("noescape")
	p.pointer = map[string]Register{}
	for _, name := range append([]string{p.small}, p.large...) {
		p.pointer[name] = Load(Param(name), GP64())
	}
	p.offset = [2]Register{GP64(), GP64()}
	pixels, channels := Load(Param("pixels"), GP64()), Load(Param("channels"), GP64())
	left := GP64()
	Label("pixel")
	CMPQ(pixels, U8(0))
	JLE(LabelRef("done"))
	XORQ(p.offset[0], p.offset[0])
	MOVQ(channels, p.offset[1])
	SHLQ(U8(2), p.offset[1])
	MOVQ(channels, left)

	for v.lanes >= 8 {
		label, after := fmt.Sprint("by", v.lanes), fmt.Sprint("after", v.lanes)
		Label(label)
		CMPQ(left, U8(v.lanes))
		JLT(LabelRef(after))
		body(v, nil)
		ADDQ(U8(v.bytes()), p.offset[0])
		ADDQ(U8(v.bytes()), p.offset[1])
		SUBQ(U8(v.lanes), left)
		JMP(LabelRef(label))
		Label(after)
		v.lanes /= 2
	}
	v.lanes = 8
	CMPQ(left, U8(0))
	JLE(LabelRef("next"))
	body(v, v.head(left))
	Label("next")
	LEAQ(Mem{Base: p.pointer[p.small], Index: channels, Scale: 4}, p.pointer[p.small])
	for _, row := range p.large {
		LEAQ(Mem{Base: p.pointer[row], Index: channels, Scale: 8}, p.pointer[row])
	}
	DECQ(pixels)
	JMP(LabelRef("pixel"))
	Label("done")
	VZEROUPPER()
	RET()
}
