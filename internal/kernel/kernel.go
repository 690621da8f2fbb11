// Package kernel holds the float32 inner loops. Every loop exists as plain Go
// (generic.go: the definition) and, where the machine allows, as generated
// assembly; Sets lists the implementations and tests, benchmarks and dispatch
// all read that list.
//
// Maps are stored H×W×C ("pixel-major"), so for one kernel row the (kx, c)
// pairs under an output pixel lie side by side and a convolution is kh matrix
// products of depth kw·C, with nothing gathered.
package kernel

import "fmt"

// A Product is one call of the single inner loop behind convolutions, their
// input gradients and their weight gradients:
//
//	C[m·LDC + n] = Bias[n] + Σ_{r<Rows} Σ_{k<Depth} A[r·ARow + k·AStep + m·LDA] · B[r·BRow + k·BStep + n]
//
// for m < M, n < N; with Accumulate the old C is added instead of Bias, and
// with ReLU negative results become 0. The order of summation for one (m, n) depends on Rows,
// Depth and Paired alone, never on M, N, m or n, so a pixel has the same bits wherever it lies.
// All strides are in elements. Nothing is read or written beyond what the formula names, so
// B may be weights packed by Pack or the pixels of a map (weight gradients: LDA 1, AStep and
// BStep the pixel pitches). A, B and C must not overlap.
//
// A Paired product of up to 8 columns finds B's rows two by two, as Pair lays them: step k of
// column n at r·BRow + k/2·BStep + 2n + k%2. AStep is 1. The terms of even k, with Bias or the
// old C, and those of odd k are summed by themselves and then added. It is faster where A's
// elements for one k do not lie side by side (LDA 1): vectors take twice as many columns.
//
// Batch products (0 counts as 1) are done in one call, each with its A, B and C so much further.
type Product struct {
	A                []float32
	ARow, AStep, LDA int
	B                []float32
	BRow, BStep      int
	C                []float32
	LDC              int
	Bias             []float32 // nil, or N values
	Rows, Depth      int
	M, N             int
	Accumulate, ReLU bool
	Paired           bool

	// Stream says that C is more than the caches hold and is not read soon: where
	// rows of C begin on a cache line and have 32 columns or more, it is written
	// past them, which spares fetching it first.
	Stream bool

	Batch, ABatch, BBatch, CBatch int
}

func (p *Product) checkPaired() {
	if p.N > PairedWidth || p.AStep != 1 {
		panic(fmt.Sprintf("kernel: a paired product of %d columns and AStep %d; it may have %d columns and AStep 1", p.N, p.AStep, PairedWidth))
	}
}

// A Set is one implementation of all inner loops. Slices of channel
// coefficients (scale, shift, …) have a length P, the channel period of the
// flat data: element i uses coefficient i mod P; data starts at channel 0.
type Set struct {
	Name  string
	Lanes int // floats in a vector

	// Paired says that products of up to PairedWidth columns are faster in pairs.
	Paired bool

	// Mul computes p. It keeps nothing of p, but a call through this field lets p
	// escape: loops set the fields of one Product again and again.
	Mul func(p *Product)

	// Depthwise computes p as Mul does, but column n reads column n of A:
	//
	//	C[m·LDC + n] = Bias[n] + Σ_{r<Rows} Σ_{k<Depth} A[r·ARow + k·AStep + m·LDA + n] · B[r·BRow + k·BStep + n]
	//
	// It needs Bias; of the options only ReLU is allowed. The order of summation is the formula's.
	Depthwise func(p *Product)

	// F2 and F4 are the transforms of Winograd's F(2×2, 3×3) and F(4×4, 3×3).
	F2, F4 *Winograd

	// ScaleShift: dst[i] = src[i]·scale[i%P] + shift[i%P], then max(0,·) if relu.
	ScaleShift func(dst, src, scale, shift []float32, relu bool)
	// Moments: sum[c] += Σ x, sq[c] += Σ x² over the elements of channel c.
	Moments func(sum, sq, x []float32)
	// NormMoments, with g = dy where y > 0 and 0 elsewhere (g = dy if y is nil):
	// sum[c] += Σ g, dot[c] += Σ g·x.
	NormMoments func(sum, dot, dy, y, x []float32)
	// NormBack: dx[i] = a[c]·g + b[c]·x[i] + s[c], g as in NormMoments.
	NormBack func(dx, dy, y, x, a, b, s []float32)
	// MaskPositive: dx[i] = dy[i] where y[i] > 0, else 0.
	MaskPositive func(dx, dy, y []float32)
	// Add: dst[i] += src[i].
	Add func(dst, src []float32)
	// Lerp: dst[i] = a[i]·wa + b[i]·wb, one row or pixel of a bilinear resize.
	Lerp func(dst, a, b []float32, wa, wb float32)
	// AXPY: dst[i] += w·x[i].
	AXPY func(dst, x []float32, w float32)
	// Max: dst[i] = the larger of a[i] and b[i], NaN if either is.
	Max func(dst, a, b []float32)
	// Multiply: dst[i] *= src[i].
	Multiply func(dst, src []float32)
	// Slope: dst[i] = src[i] where positive, else src[i]·slope[i%P].
	Slope func(dst, src, slope []float32)
	// Clamp: dst[i] = src[i] within lo … hi; a NaN stays one.
	Clamp func(dst, src []float32, lo, hi float32)
	// Exp, Sigmoid, Tanh and Erf: dst[i] = e^src[i], 1/(1+e^−src[i]), tanh src[i], erf src[i], to
	// 1e-6 of its value; what is below 1e-38 may be 0.
	Exp, Sigmoid, Tanh, Erf func(dst, src []float32)
	// MaxPool2: one output row of a 2×2, stride 2 pool, len(dst)/c pixels of c channels, over
	// the input rows r0 and r1 (at least 2·len(dst) values each). A window with a NaN gives NaN.
	MaxPool2 func(dst, r0, r1 []float32, c int)
	// MaxPool2Back adds dy to the first maximum (order: r0 left, r0 right, r1 left, r1 right)
	// of each window: d0, d1 are the gradient rows of r0, r1.
	MaxPool2Back func(d0, d1, dy, r0, r1 []float32, c int)
	// Adam: one step of Kingma & Ba 2015 (arXiv:1412.6980, algorithm 1, with torch's place for ε)
	// on the weights w with moments m, v and gradient g, and of their running average:
	// m = Keep1·m + Take1·g, v = Keep2·v + Take2·g², w −= Rate·m / (√v·Scale + Epsilon),
	// average += Fresh·(w−average). It says whether all v are finite.
	Adam func(w, m, v, average, g []float32, s *AdamStep) (finite bool)
}

// AdamStep holds the numbers of step t = 1, 2, …
type AdamStep struct {
	Keep1, Take1 float32 // β₁, 1−β₁
	Keep2, Take2 float32 // β₂, 1−β₂
	Rate         float32 // the learning rate over 1−β₁ᵗ
	Scale        float32 // 1/√(1−β₂ᵗ)
	Epsilon      float32
	Fresh        float32 // share of the new weights in the average
}
