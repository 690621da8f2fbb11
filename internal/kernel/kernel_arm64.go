//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

// A vector is an instruction set by the lanes of its vectors. Its methods
// prepare what the generated loops need.
type vector int

const (
	neon   vector = 4
	widest        = neon
)

func native() []*Set {
	if !cpu.ARM64.HasASIMD {
		return nil
	}
	return []*Set{neon.set("neon", loopsNEON)}
}

// set has plain Go for what takes little of a step: pools and Adam.
func (v vector) set(name string, mul loops) *Set {
	s := *Generic
	s.Name = name
	s.Mul = mul.mul
	s.ScaleShift = v.scaleShift
	s.Moments = v.moments
	s.NormMoments = v.normMoments
	s.NormBack = v.normBack
	s.MaskPositive = v.maskPositive
	s.Add = v.add
	s.Lerp = v.lerp
	s.AXPY = v.axpy
	return &s
}

// There are no masks: what is left of a row of C is done by narrower vectors and
// at last by single numbers, which the same instruction rounds alike.
var loopsNEON = loops{
	{16, 6, 16, mul6x16NEON},
	{8, 14, 8, mul14x8NEON},
	{4, 14, 4, mul14x4NEON},
	{2, 14, 2, mul14x2NEON},
	{1, 14, 1, mul14x1NEON},
}
