package kernel

import "runtime"

// MultiplyAdds does turns of multiply-adds that do not wait for each other, as
// wide as s does them, and returns how many floating-point operations that
// was: the rate is the ceiling of every loop of the set.
func (s *Set) MultiplyAdds(turns int) (operations float64) {
	if n := multiplyAdds(s.Name, turns); n > 0 {
		return n
	}
	return multiplyAddsGeneric(turns)
}

// starts are zeros, but the compiler cannot know and keep one sum for all.
var starts [13]float32

// multiplyAddsGeneric has 12 sums, as many as Go finds registers for.
func multiplyAddsGeneric(turns int) (operations float64) {
	a := &starts
	x, s0, s1, s2, s3, s4, s5 := a[12], a[0], a[1], a[2], a[3], a[4], a[5]
	s6, s7, s8, s9, s10, s11 := a[6], a[7], a[8], a[9], a[10], a[11]
	for range turns {
		s0 = float32(s0*x) + x
		s1 = float32(s1*x) + x
		s2 = float32(s2*x) + x
		s3 = float32(s3*x) + x
		s4 = float32(s4*x) + x
		s5 = float32(s5*x) + x
		s6 = float32(s6*x) + x
		s7 = float32(s7*x) + x
		s8 = float32(s8*x) + x
		s9 = float32(s9*x) + x
		s10 = float32(s10*x) + x
		s11 = float32(s11*x) + x
	}
	runtime.KeepAlive(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11)
	return float64(turns) * 12 * 2
}
