//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

func native() (sets []*Set) {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL && cpu.X86.HasBMI2 {
		sets = append(sets, avx512.set("avx512", loops512))
	}
	return append(sets, avx2.set("avx2", loops256))
}

// Up to 8 columns half of a 512-bit register would be idle. Machines that split
// 512-bit operations lose nothing with 256-bit ones.
var loops512 = loops{
	{25, 14, 32, mul14x32PartAVX512},
	{9, 28, 16, mul28x16PartAVX512}, // 24 are 16 and 8
	{1, 28, 8, mul28x8PartAVX512},
}

// Masks cost AVX2 time and a register.
var loops256 = loops{
	{16, 6, 16, mul6x16AVX2},
	{8, 14, 8, mul14x8AVX2},
	{1, 12, 8, mul12x8PartAVX2},
}

// A vector is an instruction set by the lanes of its vectors. Its methods
// prepare what the generated loops need. They name the loops of each set, since
// a call through a variable would let the arrays that they work with escape.
type vector int

const (
	avx2   vector = 8
	avx512 vector = 16
	widest        = avx512
)

func (v vector) set(name string, mul loops) *Set {
	return &Set{
		Name:         name,
		Mul:          mul.mul,
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
