//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

func native() (sets []*Set) {
	if !cpu.X86.HasAVX2 || !cpu.X86.HasFMA {
		return nil
	}
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL && cpu.X86.HasBMI2 {
		sets = append(sets, avx512.set("avx512", &loops512, &lifts2AVX512, &lifts4AVX512))
	}
	return append(sets, avx2.set("avx2", &loops256, &lifts2AVX2, &lifts4AVX2))
}

// With up to 8 columns half of a 512-bit register is idle, unless two elements of
// A share it.
var loops512 = loops{
	plain: []blockLoop{
		{25, 14, 32, 1, mul14x32PartAVX512},
		{9, 28, 16, 1, mul28x16PartAVX512}, // 24 are 16 and 8
		{1, 28, 8, 1, mul28x8PartAVX512},
	},
	paired: []blockLoop{{1, 28, 8, 1, paired28x8PartAVX512}},
	twins:  []blockLoop{{1, 48, 8, 1, twins48x8PartAVX512}},
	trios:  []blockLoop{{1, 10, 8, 3, trios10x8PartAVX512}},
	stream: []blockLoop{{32, 14, 32, 1, stream14x32AVX512}},
}

// Masks cost AVX2 time and a register; half a line written past the caches gains it
// nothing.
var loops256 = loops{
	plain: []blockLoop{
		{16, 6, 16, 1, mul6x16AVX2},
		{8, 14, 8, 1, mul14x8AVX2},
		{1, 12, 8, 1, mul12x8PartAVX2},
	},
	paired: []blockLoop{
		{8, 6, 8, 1, paired6x8AVX2},
		{1, 6, 8, 1, paired6x8PartAVX2},
	},
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

func (v vector) set(name string, mul *loops, f2, f4 *lifts) *Set {
	return &Set{
		Name:         name,
		Lanes:        int(v),
		Paired:       true,
		Mul:          mul.mul,
		Depthwise:    v.depthwise,
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
		Max:          v.max,
		Multiply:     v.multiply,
		Slope:        v.slope,
		Clamp:        v.clamp,
		Exp:          v.exp,
		Sigmoid:      v.sigmoid,
		Tanh:         v.tanh,
		Erf:          v.erf,
		MaxPool2:     v.maxPool2,
		MaxPool2Back: v.maxPool2Back,
		Adam:         v.adam,
	}
}
