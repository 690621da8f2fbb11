//go:build !purego

package kernel

import "math"

// lifts are the generated transforms of one Winograd.
type lifts struct {
	input, weight, gradient, back, add func(src *float32, srow, scol, snext uintptr, dst *float32, drow, dcol, dnext uintptr, tiles, channels int)
	bias                               func(src *float32, srow, scol, snext uintptr, dst *float32, drow, dcol, dnext uintptr, tiles, channels int, bias *float32, floor float32)
}

var (
	lifts2AVX512 = lifts{input2AVX512, weight2AVX512, gradient2AVX512, back2AVX512, output2AddAVX512, output2BiasAVX512}
	lifts4AVX512 = lifts{input4AVX512, weight4AVX512, gradient4AVX512, back4AVX512, output4AddAVX512, output4BiasAVX512}
	lifts2AVX2   = lifts{input2AVX2, weight2AVX2, gradient2AVX2, back2AVX2, output2AddAVX2, output2BiasAVX2}
	lifts4AVX2   = lifts{input4AVX2, weight4AVX2, gradient4AVX2, back4AVX2, output4AddAVX2, output4BiasAVX2}
)

// A core takes about as long for a channel with either set, since it waits for
// memory; so these stand for both. Weights come from and go to memory further
// away than in the benchmark.
var (
	cost2 = Cost{Input: 8, Weight: 14, Gradient: 5, WeightBack: 9, Output: 5}
	cost4 = Cost{Input: 20, Weight: 26, Gradient: 13, WeightBack: 16, Output: 14}
)

// winograd binds the transforms to F(m×m, 3×3).
func (l *lifts) winograd(m int, cost Cost) *Winograd {
	const bytes = 4
	plain := func(from, to int, run func(src *float32, srow, scol, snext uintptr, dst *float32, drow, dcol, dnext uintptr, tiles, channels int)) func(dst, src Tiles, tiles, channels int) {
		return func(dst, src Tiles, tiles, channels int) {
			src.check(from, tiles, channels)
			dst.check(to, tiles, channels)
			run(&src.Data[0], uintptr(bytes*src.Row), uintptr(bytes*src.Col), uintptr(bytes*src.Next),
				&dst.Data[0], uintptr(bytes*dst.Row), uintptr(bytes*dst.Col), uintptr(bytes*dst.Next), tiles, channels)
		}
	}
	return &Winograd{
		Out:        m,
		Cost:       cost,
		Input:      plain(m+2, m+2, l.input),
		Weight:     plain(3, m+2, l.weight),
		Gradient:   plain(m, m+2, l.gradient),
		WeightBack: plain(m+2, 3, l.back),
		OutputAdd:  plain(m+2, m, l.add),
		Output: func(dst, src Tiles, tiles, channels int, bias []float32, relu bool) {
			src.check(m+2, tiles, channels)
			dst.check(m, tiles, channels)
			floor := float32(math.Inf(-1))
			if relu {
				floor = 0
			}
			_ = bias[channels-1]
			l.bias(&src.Data[0], uintptr(bytes*src.Row), uintptr(bytes*src.Col), uintptr(bytes*src.Next),
				&dst.Data[0], uintptr(bytes*dst.Row), uintptr(bytes*dst.Col), uintptr(bytes*dst.Next), tiles, channels, &bias[0], floor)
		},
	}
}

// check panics if tiles of side×side elements reach beyond their slice, or if
// the channels do not fill vectors.
func (t *Tiles) check(side, tiles, channels int) {
	if tiles < 1 || channels < 8 || channels%8 != 0 {
		panic("kernel: transforms want tiles of a multiple of 8 channels")
	}
	_ = t.Data[(tiles-1)*t.Next+(side-1)*(t.Row+t.Col)+channels-1]
}
