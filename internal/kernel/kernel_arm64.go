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
	return []*Set{neon.set("neon", &loopsNEON)}
}

// set has plain Go for what takes little of a step: pools and Adam.
func (v vector) set(name string, mul *loops) *Set {
	s := *Generic
	s.Name, s.Lanes = name, int(v)
	s.F2, s.F4 = plainTransforms(s.F2), plainTransforms(s.F4)
	s.Mul, s.Fours = mul.mul, nil
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
	plain: []blockLoop{
		{16, 6, 16, 1, mul6x16NEON},
		{8, 14, 8, 1, mul14x8NEON},
		{4, 14, 4, 1, mul14x4NEON},
		{2, 14, 2, 1, mul14x2NEON},
		{1, 14, 1, 1, mul14x1NEON},
	},
	single: true,
}

// plainTransforms are plain Go's, which take as much longer beside a vector's
// multiply-add as that does more.
func plainTransforms(w *Winograd) *Winograd {
	t := *w
	for _, c := range []*float64{&t.Cost.Input, &t.Cost.Weight, &t.Cost.Gradient, &t.Cost.WeightBack, &t.Cost.Output} {
		*c *= float64(neon)
	}
	return &t
}
