package kernel

// Tiles says where the elements of square tiles lie: element (i, j) of channel c
// in tile t is Data[t·Next + i·Row + j·Col + c].
type Tiles struct {
	Data           []float32
	Row, Col, Next int
}

// A Winograd holds the transforms of F(m×m, 3×3): m×m outputs of a 3×3
// convolution from (m+2)² products, one for each point of the transformed tiles
// (Winograd 1980; Lavin & Gray 2016, arXiv:1509.09308). Each transform turns a
// number of tiles, with a multiple of 8 channels, of src into tiles of dst:
//
//	Input       (m+2)×(m+2) px            Bᵀ·x·B    (m+2)×(m+2) points
//	Weight      3×3 weights               G·w·Gᵀ    (m+2)×(m+2) points
//	Output      (m+2)×(m+2) points        Aᵀ·y·A    m×m px
//	Gradient    m×m px of the gradient    A·y·Aᵀ    (m+2)×(m+2) points
//	WeightBack  (m+2)×(m+2) points        Gᵀ·w·G    3×3 weights of the gradient
//
// A point of the output is the sum over the input channels of the products of
// Input's and Weight's points; one of the weights' gradient is the sum over the
// tiles of the products of Input's and Gradient's.
type Winograd struct {
	Out int // m

	Input, Weight, Gradient, WeightBack func(dst, src Tiles, tiles, channels int)

	Cost Cost

	// Output adds bias, a value per channel, and with relu makes negative results 0.
	Output func(dst, src Tiles, tiles, channels int, bias []float32, relu bool)
	// OutputAdd adds to dst.
	OutputAdd func(dst, src Tiles, tiles, channels int)
}

// Cost is what one channel of one tile takes in each transform, in the time of
// one multiply-add on a vector (BenchmarkTransform and BenchmarkPeak).
type Cost struct{ Input, Weight, Gradient, WeightBack, Output float64 }

// Side is the number of px on each side of an input tile: m + 2.
func (w *Winograd) Side() int { return w.Out + 2 }

// Points is the number of products per tile and pair of channels: (m + 2)².
func (w *Winograd) Points() int { return w.Side() * w.Side() }

// matrices are Bᵀ, G and Aᵀ of Lavin & Gray, section 4, for the points
// 0, ±1 (, ±2) and ∞.
type matrices struct{ b, g, a [][]float32 }

var matrices2 = matrices{
	b: [][]float32{{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, 1, 0, -1}},
	g: [][]float32{{1, 0, 0}, {.5, .5, .5}, {.5, -.5, .5}, {0, 0, 1}},
	a: [][]float32{{1, 1, 1, 0}, {0, 1, -1, -1}},
}

var matrices4 = matrices{
	b: [][]float32{{4, 0, -5, 0, 1, 0}, {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0}, {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}},
	g: [][]float32{{1. / 4, 0, 0}, {-1. / 6, -1. / 6, -1. / 6}, {-1. / 6, 1. / 6, -1. / 6}, {1. / 24, 1. / 12, 1. / 6}, {1. / 24, -1. / 12, 1. / 6}, {0, 0, 1}},
	a: [][]float32{{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}},
}

func transposed(m [][]float32) [][]float32 {
	t := make([][]float32, len(m[0]))
	for j := range t {
		for i := range m {
			t[j] = append(t[j], m[i][j])
		}
	}
	return t
}

// winogradGeneric is the plain-Go implementation.
func winogradGeneric(m matrices, cost Cost) *Winograd {
	plain := func(l [][]float32) func(dst, src Tiles, tiles, channels int) {
		return func(dst, src Tiles, tiles, channels int) {
			transformGeneric(l, dst, src, tiles, channels, nil, false, false)
		}
	}
	return &Winograd{
		Out:        len(m.a),
		Cost:       cost,
		Input:      plain(m.b),
		Weight:     plain(m.g),
		Gradient:   plain(transposed(m.a)),
		WeightBack: plain(transposed(m.g)),
		Output: func(dst, src Tiles, tiles, channels int, bias []float32, relu bool) {
			transformGeneric(m.a, dst, src, tiles, channels, bias, relu, false)
		},
		OutputAdd: func(dst, src Tiles, tiles, channels int) {
			transformGeneric(m.a, dst, src, tiles, channels, nil, false, true)
		},
	}
}

// transformGeneric is l·x·lᵀ of every tile, some channels at a time, plus bias
// unless it is nil, with relu no less than 0, with add on top of what is there.
func transformGeneric(l [][]float32, dst, src Tiles, tiles, channels int, bias []float32, relu, add bool) {
	const most = 32
	var temp [36 * most]float32
	var y [most]float32
	from := len(l[0])
	for t := range tiles {
		for c := 0; c < channels; c += most {
			n := min(most, channels-c)
			for j := range from {
				for i := range l {
					sum := temp[(i*from+j)*most:][:n]
					clear(sum)
					for k, w := range l[i] {
						addTimes(sum, src.Data[t*src.Next+k*src.Row+j*src.Col+c:][:n], w)
					}
				}
			}
			for i := range l {
				for j := range l {
					sum := y[:n]
					clear(sum)
					for k, w := range l[j] {
						addTimes(sum, temp[(i*from+k)*most:][:n], w)
					}
					d := dst.Data[t*dst.Next+i*dst.Row+j*dst.Col+c:][:n]
					for k, v := range sum {
						if bias != nil {
							v += bias[c+k]
						}
						if relu && v < 0 {
							v = 0
						}
						if add {
							v += d[k]
						}
						d[k] = v
					}
				}
			}
		}
	}
}

func addTimes(sum, x []float32, w float32) {
	if w == 0 {
		return
	}
	for i, v := range x {
		sum[i] += float32(w * v)
	}
}
