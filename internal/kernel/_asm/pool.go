package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// pools writes 2×2 max pooling of one row of pixels.
func pools() {
	TEXT("maxPool2Loop", NOSPLIT, "func(dst, r0, r1 *float32, pixels, channels int)")
	Doc("maxPool2Loop is Set.MaxPool2.")
	Pragma("noescape")
	p := newPool("dst", "r0", "r1")
	p.write(func(vec func() VecVirtual, mask Register) {
		m, v, at := vec(), vec(), p.corners("r0", "r1")
		VMOVUPS_Z(at[0], mask, m)
		for _, a := range at[1:] {
			VMOVUPS_Z(a, mask, v)
			VMAXPS(m, v, m)
		}
		VMOVUPS(m, mask, p.out())
	})

	TEXT("maxPool2BackLoop", NOSPLIT, "func(d0, d1, dy, r0, r1 *float32, pixels, channels int)")
	Doc("maxPool2BackLoop is Set.MaxPool2Back.")
	Pragma("noescape")
	b := newPool("dy", "d0", "d1", "r0", "r1")
	b.write(func(vec func() VecVirtual, mask Register) {
		// The first maximum is the last corner that is above all before it.
		var above [4]Register
		m, v, at := vec(), vec(), b.corners("r0", "r1")
		VMOVUPS_Z(at[0], mask, m)
		above[0] = mask
		for i := 1; i < 4; i++ {
			above[i] = K()
			VMOVUPS_Z(at[i], mask, v)
			VCMPPS(U8(greater), m, v, mask, above[i])
			VMAXPS(m, v, m)
		}
		dy, d := vec(), vec()
		VMOVUPS_Z(b.out(), mask, dy)
		open := K() // lanes whose maximum is still to come
		KMOVW(mask, open)
		at = b.corners("d0", "d1")
		for i := 3; i >= 0; i-- {
			k := K()
			KANDW(above[i], open, k)
			KANDNW(open, k, open) // open and not k
			VMOVUPS_Z(at[i], k, d)
			VADDPS(dy, d, d)
			VMOVUPS(d, k, at[i])
		}
	})
}

// A pool walks over the pixels of the small map and the pairs of pixels of the
// two large rows.
type pool struct {
	pointer map[string]Register
	small   string
	large   []string
	offset  [2]Register // bytes from a pointer to the channels in the left and right pixel
}

func newPool(small string, large ...string) *pool {
	p := &pool{pointer: map[string]Register{}, small: small, large: large}
	for _, name := range append([]string{small}, large...) {
		p.pointer[name] = Load(Param(name), GP64())
	}
	p.offset = [2]Register{GP64(), GP64()}
	return p
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

// write writes the loop over the pixels and in it the loop over 16 channels, the
// last 8 or fewer in a vector of 8: a load of what was just stored waits long if
// their vectors overlap only in part.
func (p *pool) write(body func(vec func() VecVirtual, mask Register)) {
	pixels, channels := Load(Param("pixels"), GP64()), Load(Param("channels"), GP64())
	left := GP64()
	Label("pixel")
	CMPQ(pixels, U8(0))
	JLE(LabelRef("done"))
	XORQ(p.offset[0], p.offset[0])
	MOVQ(channels, p.offset[1])
	SHLQ(U8(2), p.offset[1])
	MOVQ(channels, left)
	Label("channel")
	CMPQ(left, U8(8))
	JLE(LabelRef("few"))
	body(ZMM, head(left))
	ADDQ(U8(64), p.offset[0])
	ADDQ(U8(64), p.offset[1])
	SUBQ(U8(16), left)
	JG(LabelRef("channel"))
	JMP(LabelRef("next"))
	Label("few")
	body(YMM, head(left))
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
