//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

//go:generate go run -C _asm . -out ../kernels_amd64.s -stubs ../stubs_amd64.go -pkg kernel

func native() []*Set {
	if cpu.X86.HasAVX512F && cpu.X86.HasAVX512VL && cpu.X86.HasBMI2 {
		return []*Set{&avx512}
	}
	return nil
}

var avx512 = Set{
	Name:         "avx512",
	Mul:          mulAVX512,
	ScaleShift:   scaleShiftAVX512,
	Moments:      momentsAVX512,
	NormMoments:  normMomentsAVX512,
	NormBack:     normBackAVX512,
	MaskPositive: maskPositiveAVX512,
	Add:          addAVX512,
	Lerp:         lerpAVX512,
	AXPY:         axpyAVX512,
	MaxPool2:     maxPool2AVX512,
	MaxPool2Back: maxPool2BackAVX512,
	Adam:         adamAVX512,
}
