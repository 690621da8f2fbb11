package report

import (
	"image"
	"image/color"
	"math"

	"unetbench/graph"
)

// OutputPicture shows one channel of an output, from dark at low to light at
// high.
func OutputPicture(m *graph.Map, channel int, low, high float32) image.Image {
	img := image.NewGray(image.Rect(0, 0, m.W, m.H))
	for i, v := range m.Plane(channel) {
		img.Pix[i] = uint8(math.Round(255 * float64(min(max((v-low)/(high-low), 0), 1))))
	}
	return img
}

// DifferencePicture shows b − a in one channel: blue below, orange above, full
// at scale.
func DifferencePicture(a, b *graph.Map, channel int, scale float32) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, a.W, a.H))
	x, y := a.Plane(channel), b.Plane(channel)
	for i := range x {
		d := float64(min(max((y[i]-x[i])/scale, -1), 1))
		to := orange.light
		if d < 0 {
			to = blue.light
		}
		mix := func(v uint8) uint8 { return uint8(math.Round(255 + math.Abs(d)*(float64(v)-255))) }
		img.SetRGBA(i%a.W, i/a.W, color.RGBA{mix(to.R), mix(to.G), mix(to.B), 255})
	}
	return img
}

// Telling is the channel whose values differ most, and the range of nearly all
// of them: the mean and two standard deviations.
func Telling(m *graph.Map) (channel int, low, high float32) {
	most := -1.0
	for c := range m.C {
		mean, square := 0.0, 0.0
		for _, v := range m.Plane(c) {
			mean += float64(v)
			square += float64(v) * float64(v)
		}
		n := float64(m.H * m.W)
		mean /= n
		sd := math.Sqrt(max(square/n-mean*mean, 0))
		if sd > most {
			most, channel = sd, c
			low, high = float32(mean-2*sd), float32(mean+2*sd)
		}
	}
	if high <= low {
		high = low + 1
	}
	return channel, low, high
}
