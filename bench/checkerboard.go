package bench

import (
	"image"
	"math"

	"unetbench/graph"
)

// contrastMap subtracts from each pixel its mean over channels: what of the
// logits a softmax can see.
func contrastMap(m *graph.Map) *graph.Map {
	out := graph.NewMap(m.Shape)
	n := m.H * m.W
	for i := range n {
		mean := 0.0
		for c := range m.C {
			mean += float64(m.Pix[c*n+i]) / float64(m.C)
		}
		for c := range m.C {
			out.Pix[c*n+i] = float32(float64(m.Pix[c*n+i]) - mean)
		}
	}
	return out
}

// variance is that of each channel of m about its mean over region, averaged
// over channels.
func variance(m *graph.Map, region image.Rectangle) float64 {
	total := 0.0
	n := float64(region.Dx() * region.Dy())
	for c := range m.C {
		mean, sq := 0.0, 0.0
		eachPixel(m, c, region, func(_, _ int, v float64) { mean += v / n })
		eachPixel(m, c, region, func(_, _ int, v float64) { sq += (v - mean) * (v - mean) / n })
		total += sq / float64(m.C)
	}
	return total
}

func eachPixel(m *graph.Map, c int, r image.Rectangle, f func(y, x int, v float64)) {
	plane := m.Plane(c)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			f(y, x, float64(plane[y*m.W+x]))
		}
	}
}

// polyphase returns the variance of the s×s polyphase means of m over region,
// averaged over channels: the energy of what repeats every s px. Phase (a, b)
// holds the pixels at y ≡ a, x ≡ b (mod s). By Parseval it is the power at the
// frequencies i/s, j/s other than 0.
func polyphase(m *graph.Map, region image.Rectangle, s int) float64 {
	region = multipleOf(region, s)
	total := 0.0
	per := float64(region.Dx() / s * (region.Dy() / s)) // pixels in a phase
	if per == 0 {
		return math.NaN()
	}
	for c := range m.C {
		means := make([]float64, s*s)
		eachPixel(m, c, region, func(y, x int, v float64) { means[y%s*s+x%s] += v / per })
		mean, sq := 0.0, 0.0
		for _, v := range means {
			mean += v / float64(s*s)
		}
		for _, v := range means {
			sq += (v - mean) * (v - mean)
		}
		total += sq / float64(s*s*m.C)
	}
	return total
}

// multipleOf shortens r at its end to multiples of s.
func multipleOf(r image.Rectangle, s int) image.Rectangle {
	r.Max.X = r.Min.X + r.Dx()/s*s
	r.Max.Y = r.Min.Y + r.Dy()/s*s
	return r
}

// A Checkerboard is the pattern that a network writes by itself.
type Checkerboard struct {
	Total    float64   // standard deviation on flat input: all that is not constant
	Periodic []float64 // of that, what repeats every 2, 4, 8 … px and at no shorter period
}

// flatCheckerboard measures logits predicted for flat (constant) images, within
// region, where no border is in reach: a perfect network would give a constant
// there. Both fields are in units of scale, the standard deviation of the same
// network's logits on an image; several flats are combined as root mean square.
// A pattern that repeats on the network's step is all in Periodic; what is in
// Total alone lies on another lattice, as after a resize.
func flatCheckerboard(flats []*graph.Map, region image.Rectangle, step int, scale float64) Checkerboard {
	var total float64
	var energy []float64
	for s := 2; s <= step; s *= 2 {
		energy = append(energy, 0)
	}
	for _, f := range flats {
		m := contrastMap(f)
		total += variance(m, region) / float64(len(flats))
		below := 0.0
		for i := range energy {
			e := polyphase(m, region, 2<<i)
			energy[i] += max(0, e-below) / float64(len(flats))
			below = e
		}
	}
	c := Checkerboard{Total: math.Sqrt(total) / scale}
	for _, e := range energy {
		c.Periodic = append(c.Periodic, math.Sqrt(e)/scale)
	}
	return c
}

// imageCheckerboard returns the share of the variance of logits within region
// that stands at the frequencies i/step, j/step above what the frequencies
// around them hold (excess; about 0 without a checkerboard, either sign), and
// that surrounding level itself (floor).
func imageCheckerboard(logits *graph.Map, region image.Rectangle, step int) (excess, floor float64) {
	region = multipleOf(region, step)
	m := contrastMap(logits)
	peak, around, total := 0.0, 0.0, 0.0
	for c := range m.C {
		p := windowedPower(m, c, region)
		k, n, t := p.lattice(step)
		peak, around, total = peak+k, around+n, total+t
	}
	if total == 0 {
		return 0, 0
	}
	return (peak - around) / total, around / total
}
