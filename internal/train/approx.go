package train

import "math"

// Products here are rounded before they are added, so that the bits are the
// same on machines that could fuse the two; polynomials are split in three, so
// that their terms do not wait for each other.

// expNegative is e^x for x ≤ 0, to a relative error of 2.5e-7: reduced to
// |r| ≤ ln 2/2 and a polynomial of degree 7, as in Cephes' expf (Moshier).
// Below -87 it is 0, and NaN stays NaN.
func expNegative(x float32) float32 {
	if x < -87 {
		return 0
	}
	shifted := float32(x*math.Log2E) + round
	k := shifted - round                                        // x/ln 2, rounded to a whole number
	r := x - float32(k*0.693359375) - float32(k*-2.12194440e-4) // ln 2 in two parts
	q := float32(r * r)
	a := float32(r*1.9875691500e-4) + 1.3981999507e-3
	b := float32(r*8.3334519073e-3) + 4.1665795894e-2
	c := float32(r*1.6666665459e-1) + 5.0000001201e-1
	p := float32((float32((float32(a*q)+b)*q)+c)*q) + r + 1
	return p * math.Float32frombits((math.Float32bits(shifted)+127)<<23)
}

// round leaves no fraction in what it is added to, and its own lowest bits free.
const round = 3 << 22

// log1pUnit is ln(1+x) for 0 ≤ x ≤ 1, to a relative error of 4e-7: the
// series of 2·artanh(s) in s = x/(2+x) ≤ 1/3.
func log1pUnit(x float32) float32 {
	s := x / (2 + x)
	q := float32(s * s)
	r := float32(q * q)
	a := float32(q*(1.0/13)) + 1.0/11
	b := float32(q*(1.0/9)) + 1.0/7
	c := float32(q*(1.0/5)) + 1.0/3
	p := float32((float32(a*r)+b)*r) + c
	return 2 * (s + float32(s*float32(p*q)))
}
