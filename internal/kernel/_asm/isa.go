package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// An isa is an instruction set and a vector width. Its methods are what the two
// sets write differently: AVX-512 has masks of bits in registers of their own
// and operands that are broadcast; AVX2 has neither, and its masks are vectors
// whose lanes are all ones or all zeros.
type isa struct {
	name  string // ends the names of functions
	lanes int
	bits  bool // masks are bits
}

var (
	avx512     = isa{"AVX512", 16, true}
	avx512half = isa{"AVX512", 8, true}
	avx2       = isa{"AVX2", 8, false}
)

// of is the instruction set with vectors of so many lanes.
func (v isa) of(lanes int) isa {
	v.lanes = lanes
	return v
}

// bytes is the size of a vector.
func (v isa) bytes() int { return 4 * v.lanes }

func (v isa) vec() VecVirtual {
	if v.lanes == 16 {
		return ZMM()
	}
	return YMM()
}

func (v isa) zero() VecVirtual {
	x := v.vec()
	if v.bits {
		VPXORD(x, x, x)
	} else {
		VXORPS(x, x, x)
	}
	return x
}

// load loads a vector, the lanes that mask leaves out as zeros and without
// touching their memory; no mask means all lanes.
func (v isa) load(from Mem, mask Register) VecVirtual {
	x := v.vec()
	switch {
	case mask == nil:
		VMOVUPS(from, x)
	case v.bits:
		VMOVUPS_Z(from, mask, x)
	default:
		VMASKMOVPS(from, mask, x)
	}
	return x
}

// store stores the lanes of mask, all without one. AVX2 takes some ten times as
// long with a mask as without.
func (v isa) store(x VecVirtual, mask Register, to Mem) {
	switch {
	case mask == nil:
		VMOVUPS(x, to)
	case v.bits:
		VMOVUPS(x, mask, to)
	default:
		VMASKMOVPS(x, mask, to)
	}
}

// multiplyAdd adds the number at from times the vectors x to their sums. For more
// than one vector the number is loaded by itself: a core has as many loads as
// multiply-adds in a cycle.
func (v isa) multiplyAdd(from Mem, x, sum []VecVirtual) {
	if v.bits && len(x) == 1 {
		VFMADD231PS_BCST(from, x[0], sum[0])
		return
	}
	all := v.vec()
	VBROADCASTSS(from, all)
	for j := range x {
		VFMADD231PS(all, x[j], sum[j])
	}
}

// tails are the masks of AVX2: 8−n words from the start begins one of n lanes.
var tails Mem

func masks() {
	tails = GLOBL("tails", RODATA|NOPTR)
	for i := range 8 {
		DATA(8*i, U64(0xffffffffffffffff*uint64((7-i)/4)))
	}
}

// head returns a mask of the first min(n, lanes) lanes, 0 ≤ n < 256.
func (v isa) head(n Register) Register {
	if v.bits {
		all, some, k := GP32(), GP32(), K()
		MOVL(U32(1<<v.lanes-1), all)
		BZHIL(n.(GPVirtual).As32(), all, some) // wrong from 256 on
		CMPQ(n, U8(v.lanes))
		CMOVLGE(all, some)
		KMOVW(some, k)
		return k
	}
	table, back, mask := GP64(), GP64(), v.vec()
	MOVQ(U32(v.lanes), back)
	CMPQ(n, back)
	CMOVQLT(n, back)
	NEGQ(back)
	LEAQ(tails.Offset(v.bytes()), table)
	VMOVUPS(Mem{Base: table, Index: back, Scale: 4}, mask)
	return mask
}

// mask returns a register for a mask.
func (v isa) mask() Register {
	if v.bits {
		return K()
	}
	return v.vec()
}

// all returns a mask of all lanes.
func (v isa) all() Register {
	k := v.mask()
	if v.bits {
		KXNORW(k, k, k)
	} else {
		VPCMPEQD(k, k, k)
	}
	return k
}

// above returns a mask of the lanes where x > y; a NaN is above nothing.
func (v isa) above(x, y VecVirtual) Register {
	const greater = 0x1e // ordered, quiet
	k := v.mask()
	VCMPPS(U8(greater), y, x, k)
	return k
}

// and returns a ∧ b.
func (v isa) and(a, b Register) Register {
	k := v.mask()
	if v.bits {
		KANDW(a, b, k)
	} else {
		VANDPS(a, b, k)
	}
	return k
}

// without removes the lanes of b from a.
func (v isa) without(a, b Register) {
	if v.bits {
		KANDNW(a, b, a)
	} else {
		VANDNPS(a, b, a)
	}
}

// addWhere adds x to sum in the lanes of mask.
func (v isa) addWhere(mask Register, x, sum VecVirtual) {
	if v.bits {
		VADDPS(x, sum, mask, sum)
		return
	}
	some := v.vec()
	VANDPS(mask, x, some)
	VADDPS(some, sum, sum)
}
