package bench

import (
	"image"
	"math"

	"gonum.org/v1/gonum/dsp/fourier"

	"unetbench/graph"
)

// A power is the squared magnitude of a windowed two-dimensional DFT, scaled so
// that a sinusoid of variance v lying on a frequency k has power v/2 there and
// v/2 at −k (v, where the two are one).
type power struct {
	h, w int
	at   []float64
	all  float64 // Σ of the window's weight times the squared deviation: the variance
}

// windowedPower transforms channel c of m over region, its mean removed, under a
// Hann window: without one, the jump between opposite borders would leak along
// both axes into the frequencies of a checkerboard.
func windowedPower(m *graph.Map, c int, region image.Rectangle) power {
	h, w := region.Dy(), region.Dx()
	p := power{h: h, w: w, at: make([]float64, h*w)}
	wy, wx := hann(h), hann(w) // each sums to 1
	mean := 0.0
	eachPixel(m, c, region, func(y, x int, v float64) { mean += v * wy[y-region.Min.Y] * wx[x-region.Min.X] })
	field := make([]complex128, h*w)
	eachPixel(m, c, region, func(y, x int, v float64) {
		y, x = y-region.Min.Y, x-region.Min.X
		g := wy[y] * wx[x]
		field[y*w+x] = complex((v-mean)*g, 0)
		p.all += (v - mean) * (v - mean) * g
	})
	rows, cols := fourier.NewCmplxFFT(w), fourier.NewCmplxFFT(h)
	for y := range h {
		rows.Coefficients(field[y*w:][:w], field[y*w:][:w])
	}
	column := make([]complex128, h)
	for x := range w {
		for y := range h {
			column[y] = field[y*w+x]
		}
		cols.Coefficients(column, column)
		for y, v := range column {
			p.at[y*w+x] = real(v)*real(v) + imag(v)*imag(v)
		}
	}
	return p
}

func hann(n int) []float64 {
	g := make([]float64, n)
	for i := range g {
		g[i] = (1 - math.Cos(2*math.Pi*(float64(i)+0.5)/float64(n))) / float64(n)
	}
	return g
}

// lattice sums the power at the frequencies that repeat every step px, the mean
// power of each one's surroundings, and the variance. The window spreads a
// line over the next frequency on either side, so the surroundings are those 2
// and 3 away; for a frequency on an axis they are on that axis, where straight
// edges in the image put more than elsewhere.
func (p power) lattice(step int) (peak, around, total float64) {
	fy, fx := p.h/step, p.w/step
	if fy == 0 || fx == 0 {
		return 0, 0, p.all
	}
	far := min(3, (min(fy, fx)-1)/2) // short of the next lattice frequency's
	for i := range step {
		for j := range step {
			if i+j == 0 {
				continue
			}
			peak += p.at[i*fy*p.w+j*fx]
			sum, n := 0.0, 0
			for dy := -far; dy <= far; dy++ {
				for dx := -far; dx <= far; dx++ {
					offAxis := i == 0 && dy != 0 || j == 0 && dx != 0
					if max(dy, -dy, dx, -dx) < 2 || offAxis {
						continue
					}
					y, x := (i*fy+dy+p.h)%p.h, (j*fx+dx+p.w)%p.w
					sum += p.at[y*p.w+x]
					n++
				}
			}
			if n > 0 {
				around += sum / float64(n)
			}
		}
	}
	return peak, around, p.all
}
