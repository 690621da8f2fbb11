package train

import (
	"math"
	"math/rand/v2"
	"slices"

	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/tile"
)

// A Bend is the elastic deformation of Ronneberger 2015: displacement vectors on
// a 3×3 grid, bicubically interpolated between. The zero Bend deforms nothing.
//
// The grid spans a square about the patch's centre, not a window, so that every
// window shows the same deformation. Beyond the square its outer vectors go on.
// The image is read bilinearly, which takes some of its noise away; labels and
// weights are those of the nearest pixel.
type Bend struct {
	Span int              // side of the square, px
	Grid [2][3][3]float64 // rows, then columns, by which what is shown lies off its place, px
}

// drawBend draws vectors whose components have that standard deviation, px.
func drawBend(rng *rand.Rand, sigma float64, span int) Bend {
	b := Bend{Span: span}
	for axis := range b.Grid {
		for i := range 3 {
			for j := range 3 {
				b.Grid[axis][i][j] = float64(sigma * rng.NormFloat64())
			}
		}
	}
	return b
}

// knots are the weights of a grid's three lines at one line of the image.
type knots [3]float64

// cubic returns the knots of each line, for a patch of that side that starts at
// from: cubic convolution with a = -1/2 (Keys 1981), the outer lines of the grid
// repeated.
func (b Bend) cubic(lines []int, from, side int) []knots {
	out := make([]knots, len(lines))
	for i, line := range lines {
		at := 1 + float64(2*(line-from)-(side-1))/float64(b.Span) // 0, 1, 2 on the grid's lines
		first := math.Floor(at)
		t := at - first
		t2 := float64(t * t)
		t3 := float64(t2 * t)
		for k, w := range [4]float64{
			t2 - float64(.5*t3) - float64(.5*t),
			1 + float64(1.5*t3) - float64(2.5*t2),
			float64(2*t2) + float64(.5*t) - float64(1.5*t3),
			float64(.5*t3) - float64(.5*t2),
		} {
			out[i][min(max(int(first)-1+k, 0), 2)] += w
		}
	}
	return out
}

// A bent is a window's pixels through a Bend: row i, column j of the window,
// turned and flipped, shows the place outer[i] + displacement along one axis of
// the field of view and inner[j] + displacement along the other.
type bent struct {
	outer, inner           []int
	outerKnots, innerKnots []knots
	grid                   [2][3][3]float64 // displacements along outer and inner, by outer and inner knot
	outerLen, innerLen     int              // of the field of view
	outerStep, innerStep   int              // between its lines, in an array
}

// bend prepares the pixels of the rows and columns under a window, in a field
// of view h×w whose rows lie stride apart.
func (p Patch) bend(rows, cols []int, h, w, stride int) bent {
	s := bent{outer: rows, inner: cols, grid: p.Bend.Grid, outerLen: h, innerLen: w, outerStep: stride, innerStep: 1,
		outerKnots: p.Bend.cubic(rows, p.Y, p.Side), innerKnots: p.Bend.cubic(cols, p.X, p.Side)}
	if p.Turns%2 == 1 {
		s = bent{outer: cols, inner: rows, outerKnots: s.innerKnots, innerKnots: s.outerKnots,
			outerLen: w, innerLen: h, outerStep: 1, innerStep: stride}
		for i := range 3 {
			for j := range 3 {
				s.grid[0][i][j], s.grid[1][i][j] = p.Bend.Grid[1][j][i], p.Bend.Grid[0][j][i]
			}
		}
	}
	if p.Turns == 1 || p.Turns == 2 {
		slices.Reverse(s.outer)
		slices.Reverse(s.outerKnots)
	}
	if (p.Turns >= 2) != p.Flip {
		slices.Reverse(s.inner)
		slices.Reverse(s.innerKnots)
	}
	return s
}

// each calls visit for every pixel of the window, row by row, with the place
// that it shows.
func (s *bent) each(visit func(i int, outer, inner float64)) {
	for i, a := range s.outer {
		var line [2]knots // the grid at this line
		for axis := range line {
			for k, w := range s.outerKnots[i] {
				for j := range 3 {
					line[axis][j] += float64(w * s.grid[axis][k][j])
				}
			}
		}
		for j, b := range s.inner {
			w := &s.innerKnots[j]
			at := [2]float64{float64(a), float64(b)}
			for axis := range at {
				d := &line[axis]
				at[axis] += float64(w[0]*d[0]) + float64(w[1]*d[1]) + float64(w[2]*d[2])
			}
			visit(i*len(s.inner)+j, at[0], at[1])
		}
	}
}

// cutBent is the bent part of Window.Cut: bilinear between the pixels.
func (w Window) cutBent(dst *graph.Map, ex *data.Example, p Patch) {
	m := ex.Image
	s := p.bend(w.lines(w.In, p.Y, p.Side), w.lines(w.In, p.X, p.Side), ex.H, ex.W, m.W)
	corner := ex.Margin*m.W + ex.Margin // of the field of view, within the image
	plane := m.H * m.W
	s.each(func(i int, outer, inner float64) {
		a, a1, u := between(outer, s.outerLen)
		b, b1, v := between(inner, s.innerLen)
		a, a1 = corner+a*s.outerStep, corner+a1*s.outerStep
		b, b1 = b*s.innerStep, b1*s.innerStep
		for c := range dst.C {
			src := m.Pix[c*plane:]
			near := blend(src[a+b], src[a+b1], v)
			far := blend(src[a1+b], src[a1+b1], v)
			dst.Pix[c*dst.H*dst.W+i] = blend(near, far, u)
		}
	})
}

// between returns the two lines of n, mirrored, about a place, and how far it
// lies from the first towards the second.
func between(at float64, n int) (first, second int, t float32) {
	f := math.Floor(at)
	first = int(f)
	second, t = first+1, float32(at-f)
	if first < 0 || second >= n { // seldom, and Mirror divides
		first, second = tile.Mirror(first, n), tile.Mirror(second, n)
	}
	return first, second, t
}

func blend(a, b, t float32) float32 { return a + float32(t*(b-a)) }

// cutTruth writes what a window supervises into dst (Out·Out): labels, or their
// weights, of ex's field of view. A bent window shows those of the nearest pixel.
func cutTruth[T any](w Window, dst, src []T, ex *data.Example, p Patch) {
	rows, cols := w.lines(w.Out, p.Y, p.Side), w.lines(w.Out, p.X, p.Side)
	if p.Bend.Span == 0 {
		outer, inner := p.offsets(ex.W, mirrored(rows, ex.H), mirrored(cols, ex.W))
		gather(dst, src, outer, inner)
		return
	}
	s := p.bend(rows, cols, ex.H, ex.W, ex.W)
	s.each(func(i int, outer, inner float64) {
		a := tile.Mirror(int(math.Floor(outer+.5)), s.outerLen)
		b := tile.Mirror(int(math.Floor(inner+.5)), s.innerLen)
		dst[i] = src[a*s.outerStep+b*s.innerStep]
	})
}
