package kernel

import "math"

func maxGeneric(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for i, v := range a {
		dst[i] = max(v, b[i])
	}
}

func multiplyGeneric(dst, src []float32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] *= src[i]
	}
}

func slopeGeneric(dst, src, slope []float32) {
	period := len(slope)
	for c := 0; c < len(dst); c += period {
		for i, v := range src[c:min(c+period, len(dst))] {
			dst[c+i] = max(v, 0) + float32(slope[i]*min(v, 0))
		}
	}
}

func clampGeneric(dst, src []float32, lo, hi float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = min(max(v, lo), hi)
	}
}

func expGeneric(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		s, m := power(float64(v))
		dst[i] = float32(s + float64(s*m))
	}
}

func sigmoidGeneric(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		s, m := power(-float64(v))
		dst[i] = float32(1 / (1 + s + float64(s*m)))
	}
}

// tanh x = m/(m+2) with m = e^2x − 1.
func tanhGeneric(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		s, m := power(2 * min(max(float64(v), -20), 20))
		m = float64(s*m) + (s - 1)
		dst[i] = float32(m / (m + 2))
	}
}

func erfGeneric(dst, src []float32) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = float32(math.Erf(float64(v)))
	}
}

// power splits e^x into s·(1 + m), with s a power of two and |m| < 0.42, to 1e-8
// of m. Taylor's polynomial is enough for |x mod ln 2| ≤ (ln 2)/2.
func power(x float64) (s, m float64) {
	const whole = 3 << 51 // added to a small number it leaves an integer in the low bits
	x = min(max(x, -700), 700)
	t := float64(x*math.Log2E) + whole
	r := x - float64((t-whole)*math.Ln2)
	m = 1./720 + float64(r*(1./5040))
	m = 1./120 + float64(r*m)
	m = 1./24 + float64(r*m)
	m = 1./6 + float64(r*m)
	m = 1./2 + float64(r*m)
	m = r + float64(r*float64(r*m))
	return math.Float64frombits((math.Float64bits(t) + 1023) << 52), m
}
