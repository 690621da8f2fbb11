//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

//go:generate go run -C _asm . -products -out ../products_amd64.s -stubs ../products_stubs_amd64.go -pkg kernel
//go:generate go run -C _asm . -out ../loops_amd64.s -stubs ../loops_stubs_amd64.go -pkg kernel

func native() (sets []*Set) {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL && cpu.X86.HasBMI2 {
		sets = append(sets, avx512.set("avx512", &loops512, &lifts2AVX512, &lifts4AVX512))
	}
	return append(sets, avx2.set("avx2", &loops256, &lifts2AVX2, &lifts4AVX2))
}

// A vector is an instruction set by the lanes of its vectors. Its methods
// prepare what the generated loops need. They name the loops of each set, since
// a call through a variable would let the arrays that they work with escape.
type vector int

const (
	avx2   vector = 8
	avx512 vector = 16
)

func (v vector) set(name string, mul *loops, f2, f4 *lifts) *Set {
	return &Set{
		Name:         name,
		Lanes:        int(v),
		Mul:          mul.mul,
		F2:           f2.winograd(2, cost2),
		F4:           f4.winograd(4, cost4),
		ScaleShift:   v.scaleShift,
		Moments:      v.moments,
		NormMoments:  v.normMoments,
		NormBack:     v.normBack,
		MaskPositive: v.maskPositive,
		Add:          v.add,
		Lerp:         v.lerp,
		AXPY:         v.axpy,
		MaxPool2:     v.maxPool2,
		MaxPool2Back: v.maxPool2Back,
		Adam:         v.adam,
	}
}
