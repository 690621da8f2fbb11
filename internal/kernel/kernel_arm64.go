//go:build !purego

package kernel

import "golang.org/x/sys/cpu"

func native() []*Set {
	if !cpu.ARM64.HasASIMD {
		return nil
	}
	neon := *Generic
	neon.Name = "neon"
	neon.Mul = loopsNEON.mul
	return []*Set{&neon}
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
