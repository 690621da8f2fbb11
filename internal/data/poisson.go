package data

import (
	"math"
	"math/rand/v2"
)

// poisson draws a Poisson variate of the given mean, exactly: by inversion
// below a mean of 10, else by transformed rejection (Hörmann 1993, PTRS).
func poisson(r *rand.Rand, mean float64) int {
	if mean <= 0 {
		return 0
	}
	if mean < 10 {
		p := math.Exp(-mean)
		u := r.Float64()
		k := 0
		for u > p && k < 200 { // 200: rounding may leave a u that no k reaches
			u -= p
			k++
			p *= mean / float64(k)
		}
		return k
	}
	b := 0.931 + 2.53*math.Sqrt(mean)
	a := -0.059 + 0.02483*b
	invAlpha := 1.1239 + 1.1328/(b-3.4)
	vr := 0.9277 - 3.6224/(b-2)
	for {
		u := r.Float64() - 0.5
		v := 1 - r.Float64() // (0,1]
		us := 0.5 - math.Abs(u)
		k := math.Floor((2*a/us+b)*u + mean + 0.43)
		if us >= 0.07 && v <= vr {
			return int(k)
		}
		if k < 0 || (us < 0.013 && v > us) {
			continue
		}
		if math.Log(v)+math.Log(invAlpha)-math.Log(a/(us*us)+b) <= k*math.Log(mean)-mean-logFactorial(k) {
			return int(k)
		}
	}
}

// logFactorials holds ln k! for the counts that a scene has.
var logFactorials = func() (t [256]float64) {
	for k := 1; k < len(t); k++ {
		t[k] = t[k-1] + math.Log(float64(k))
	}
	return t
}()

func logFactorial(k float64) float64 {
	if k < float64(len(logFactorials)) {
		return logFactorials[int(k)]
	}
	l, _ := math.Lgamma(k + 1)
	return l
}
