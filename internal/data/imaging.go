package data

import (
	"math"
	"math/rand/v2"
)

// image is what a microscope records of t: textured cytoplasm less the
// darkness, blurred, unevenly lit, counted as electrons, read out with noise.
func (t *tissue) image(r *rand.Rand) []float64 {
	const (
		blur   = .9        // px, standard deviation
		counts = 1 / .0289 // per unit of intensity: noise .17 at intensity 1
	)
	tone := make([]float64, len(t.sites.all))
	for i := range tone {
		tone[i] = 1 + .10*r.NormFloat64()
	}
	fine, coarse := valueNoise(r, t.side, 5), valueNoise(r, t.side, 12)
	img := make([]float64, len(t.cell))
	for i := range img {
		img[i] = tone[t.cell[i]] + .10*fine[i] + .06*coarse[i] - t.darkness[i]
	}
	img = gaussianBlur(img, t.side, blur)
	light := valueNoise(r, t.side, 120)
	for i, v := range img {
		v = max(v*(1+.08*light[i]), .02)
		img[i] = float64(poisson(r, v*counts))/counts + .04*r.NormFloat64()
	}
	return img
}

// gaussianBlur is separable, cut off at four standard deviations, and mirrors
// at the border with the edge pixel repeated.
func gaussianBlur(img []float64, side int, sigma float64) []float64 {
	radius := int(4*sigma + .5)
	taps := make([]float64, 2*radius+1)
	sum := 0.0
	for k := range taps {
		d := float64(k-radius) / sigma
		taps[k] = math.Exp(-d * d / 2)
		sum += taps[k]
	}
	for k := range taps {
		taps[k] /= sum
	}
	source := make([]int, side+2*radius)
	for i := range source {
		k := i - radius
		if k < 0 {
			k = -1 - k
		}
		if k >= side {
			k = 2*side - 1 - k
		}
		source[i] = k
	}
	rows, out := make([]float64, len(img)), make([]float64, len(img))
	for y := range side {
		dst := rows[y*side:][:side]
		for k, w := range taps {
			src := img[source[y+k]*side:][:side]
			for x, v := range src {
				dst[x] += w * v
			}
		}
	}
	line := make([]float64, len(source))
	for y := range side {
		src, dst := rows[y*side:][:side], out[y*side:][:side]
		for i, k := range source {
			line[i] = src[k]
		}
		for x := range dst {
			for k, w := range taps {
				dst[x] += w * line[x+k]
			}
		}
	}
	return out
}
