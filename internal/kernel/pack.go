package kernel

// PanelWidth is the number of columns in a packed panel. A panel is small
// enough to stay in the cache while the rows of a map go by, and its rows
// follow each other in memory.
const PanelWidth = 32

// A Layout says where the B operand of a Product lies inside a weight tensor:
// row k = (k0, k1, k2) in row-major order over Count and column n are at
// Base + k0·Stride[0] + k1·Stride[1] + k2·Stride[2] + n·Column.
type Layout struct {
	Count, Stride [3]int
	N, Column     int
	Base          int
}

// Depth is the number of rows.
func (l Layout) Depth() int { return l.Count[0] * l.Count[1] * l.Count[2] }

// ConvLayout is the layout for the forward pass of a convolution with weights
// out×in×kh×kw: rows (ky, kx, in), columns out.
func ConvLayout(out, in, kh, kw int) Layout {
	return Layout{
		Count: [3]int{kh, kw, in}, Stride: [3]int{kw, 1, kh * kw},
		N: out, Column: in * kh * kw,
	}
}

// ConvBackLayout is the layout for its input gradient, a convolution of the
// output's gradient (with kh−1, kw−1 px of zeros around it) with the kernel
// turned by 180°: rows (ky, kx, out), columns in.
func ConvBackLayout(out, in, kh, kw int) Layout {
	return Layout{
		Count: [3]int{kh, kw, out}, Stride: [3]int{-kw, -1, in * kh * kw},
		N: in, Column: kh * kw, Base: kh*kw - 1,
	}
}

// Pack writes the l.Depth() × l.N matrix that l finds in w to dst as panels:
// columns 0…31 of every row, then columns 32…63, and so on; the last panel is
// as PairedWidth as what is left, so dst holds Depth·N values. See Panel.
func Pack(dst, w []float32, l Layout) {
	l.each(func(row []float32, at int) {
		for i := range row {
			row[i] = w[at]
			at += l.Column
		}
	}, dst)
}

// Unpack is the inverse of Pack: it writes a packed matrix into the tensor w.
func Unpack(w, src []float32, l Layout) {
	l.each(func(row []float32, at int) {
		for _, v := range row {
			w[at] = v
			at += l.Column
		}
	}, src)
}

// each calls f for every row of every panel with the place of its first
// column in the tensor.
func (l Layout) each(f func(row []float32, at int), packed []float32) {
	for n := 0; n < l.N; n += PanelWidth {
		width := min(PanelWidth, l.N-n)
		for k0 := range l.Count[0] {
			for k1 := range l.Count[1] {
				at := l.Base + k0*l.Stride[0] + k1*l.Stride[1] + n*l.Column
				for range l.Count[2] {
					f(packed[:width], at)
					packed = packed[width:]
					at += l.Stride[2]
				}
			}
		}
	}
}

// Panel returns the panel that begins with column n (a multiple of PanelWidth)
// of a packed depth×columns matrix, and its width, which is also its BStep.
func Panel(packed []float32, depth, columns, n int) (panel []float32, width int) {
	width = min(PanelWidth, columns-n)
	return packed[n*depth : (n+width)*depth], width
}

// PairedWidth is the most columns that a Paired product may have.
const PairedWidth = 8

// PairedStep is the BStep of what Pair writes, a pair of rows of PairedWidth.
const PairedStep = 2 * PairedWidth

// PairedSize is the number of values that Pair writes for one row of a product.
func PairedSize(depth int) int { return (depth + 1) / 2 * PairedStep }

// Pair lays each of rows depth×n matrices, n ≤ 8, that follow each other in src as a Paired
// product wants it: two rows at a time, element by element, as if n were 8 and depth even, with
// zeros for what is not there. So BStep is PairedStep, and BRow or BBatch is PairedSize(depth).
func Pair(dst, src []float32, rows, depth, n int) {
	for range rows {
		row := dst[:PairedSize(depth)]
		clear(row)
		for k := range depth {
			for i, v := range src[k*n : (k+1)*n] {
				row[k/2*PairedStep+2*i+k%2] = v
			}
		}
		dst, src = dst[len(row):], src[depth*n:]
	}
}
