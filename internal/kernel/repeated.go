//go:build (amd64 || arm64) && !purego

package kernel

import "unsafe"

// A repeated holds the coefficients of P channels over a common multiple of P
// and the lanes of a register, from a multiple of 64 bytes on.
type repeated [16 + 256]float32

// repeat returns coefficients that may be read in whole registers and their
// number, 0 if there is no room for them in r.
func (r *repeated) repeat(c []float32) (*float32, int) {
	n := len(c)
	for n%16 != 0 {
		n += len(c)
	}
	if n == len(c) {
		return &c[0], n
	}
	first := int(-uintptr(unsafe.Pointer(&r[0])) % 64 / 4)
	if n > len(r)-16 {
		return nil, 0
	}
	for i := 0; i < n; i += len(c) {
		copy(r[first+i:], c)
	}
	return &r[first], n
}
