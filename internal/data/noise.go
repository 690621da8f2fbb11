package data

import (
	"math"
	"math/rand/v2"
)

// valueNoise returns side×side values of mean 0 and standard deviation 1 that
// vary smoothly over about spacing px: normal values on a coarse grid, joined
// by an interpolating cubic spline.
func valueNoise(r *rand.Rand, side, spacing int) []float64 {
	n := (side+spacing-1)/spacing + 4 // two knots to spare on each side
	grid := make([]float64, n*n)
	for i := range grid {
		grid[i] = r.NormFloat64()
	}
	for i := range n {
		splineCoefficients(grid[i*n:], n, 1)
	}
	for i := range n {
		splineCoefficients(grid[i:], n, n)
	}

	// Output pixel i lies at i + 1.5 spacings of a grid whose first and last
	// knots are the centres of the first and last of n·spacing pixels.
	first := make([]int, side)
	weight := make([][4]float64, side)
	for i := range side {
		t := float64((i+spacing+spacing/2)*(n-1)) / float64(n*spacing-1)
		k := math.Floor(t)
		first[i], weight[i] = int(k)-1, splineWeights(t-k)
	}
	rows := make([]float64, n*side)
	for y := range n {
		g := grid[y*n : (y+1)*n]
		for x := range side {
			w, k := &weight[x], g[first[x]:first[x]+4]
			rows[y*side+x] = w[0]*k[0] + w[1]*k[1] + w[2]*k[2] + w[3]*k[3]
		}
	}
	out := make([]float64, side*side)
	for y := range side {
		w := &weight[y]
		var k [4][]float64
		for j := range k {
			k[j] = rows[(first[y]+j)*side:][:side]
		}
		dst := out[y*side:][:side]
		for x := range dst {
			dst[x] = w[0]*k[0][x] + w[1]*k[1][x] + w[2]*k[2][x] + w[3]*k[3][x]
		}
	}
	mean, std := moments(out)
	for i, v := range out {
		out[i] = (v - mean) / std
	}
	return out
}

// splineWeights are the four cubic B-spline weights at t in [0,1) past the
// second knot.
func splineWeights(t float64) [4]float64 {
	s := 1 - t
	return [4]float64{
		s * s * s / 6,
		(4 - 6*t*t + 3*t*t*t) / 6,
		(4 - 6*s*s + 3*s*s*s) / 6,
		t * t * t / 6,
	}
}

// splineCoefficients replaces n values, stride apart, by the coefficients of
// the cubic B-spline through them, mirrored at the ends (Unser 1999, box 2).
func splineCoefficients(v []float64, n, stride int) {
	const pole = -0.2679491924311227 // √3 − 2
	at := func(i int) *float64 { return &v[i*stride] }

	sum, p := *at(0), 1.0
	mirrored := math.Pow(pole, float64(2*n-2))
	last := mirrored
	for k := 1; k < n; k++ {
		p *= pole
		last /= pole
		if k == n-1 {
			sum += p * *at(k)
		} else {
			sum += (p + last) * *at(k)
		}
	}
	*at(0) = sum / (1 - mirrored)
	for k := 1; k < n; k++ {
		*at(k) += pole * *at(k - 1)
	}
	*at(n - 1) = pole / (pole*pole - 1) * (*at(n - 1) + pole**at(n - 2))
	for k := n - 2; k >= 0; k-- {
		*at(k) = pole * (*at(k + 1) - *at(k))
	}
	for k := range n {
		*at(k) *= 6
	}
}

// moments are the mean and the standard deviation over all of v.
func moments(v []float64) (mean, std float64) {
	for _, x := range v {
		mean += x
	}
	mean /= float64(len(v))
	for _, x := range v {
		std += (x - mean) * (x - mean)
	}
	return mean, math.Sqrt(std / float64(len(v)))
}
