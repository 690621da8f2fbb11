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

// Panel is the layout of the panel that begins with column n.
func (l Layout) Panel(n int) Layout {
	l.Base += n * l.Column
	l.N = min(PanelWidth, l.N-n)
	return l
}

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
	l.each(func(p patch) {
		for r := range p.rows {
			gather(dst[p.packed+r*p.pitch:][:p.columns], w[p.tensor+r*l.Stride[2]:], l.Column)
		}
	})
}

// Unpack is the inverse of Pack: it writes a packed matrix into the tensor w.
func Unpack(w, src []float32, l Layout) {
	l.each(func(p patch) {
		for r := range p.rows {
			scatter(w[p.tensor+r*l.Stride[2]:], src[p.packed+r*p.pitch:][:p.columns], l.Column)
		}
	})
}

// gather reads dst from every step-th value of src.
func gather(dst, src []float32, step int) {
	for len(dst) >= 8 {
		d := (*[8]float32)(dst)
		_ = src[7*step]
		d[0], d[1], d[2], d[3] = src[0], src[step], src[2*step], src[3*step]
		d[4], d[5], d[6], d[7] = src[4*step], src[5*step], src[6*step], src[7*step]
		if dst = dst[8:]; len(dst) == 0 {
			return
		}
		src = src[8*step:]
	}
	for i := range dst {
		dst[i] = src[i*step]
	}
}

// scatter writes src to every step-th value of dst.
func scatter(dst, src []float32, step int) {
	for len(src) >= 8 {
		s := (*[8]float32)(src)
		_ = dst[7*step]
		dst[0], dst[step], dst[2*step], dst[3*step] = s[0], s[1], s[2], s[3]
		dst[4*step], dst[5*step], dst[6*step], dst[7*step] = s[4], s[5], s[6], s[7]
		if src = src[8:]; len(src) == 0 {
			return
		}
		dst = dst[8*step:]
	}
	for i, v := range src {
		dst[i*step] = v
	}
}

// A patch is some rows (k0, k1, k2 …) and columns of one panel: where its first
// value is packed, the floats from one packed row to the next, and where the
// first value is in the tensor.
type patch struct{ rows, columns, packed, pitch, tensor int }

// patch is the size of patches: so small that what lies side by side in the
// tensor, the values of all k0 and k1, stays in the cache until it is needed.
// Columns that are far apart may fall on one set of the cache.
func (l Layout) patch() (rows, columns int) {
	if l.Column > l.Stride[2] {
		return 16, 8
	}
	return 16, PanelWidth
}

// each calls f for all patches.
func (l Layout) each(f func(patch)) {
	depth := l.Depth()
	rows, columns := l.patch()
	for n := 0; n < l.N; n += columns {
		first := n / PanelWidth * PanelWidth
		width := min(PanelWidth, l.N-first)
		for k2 := 0; k2 < l.Count[2]; k2 += rows {
			for k0 := range l.Count[0] {
				for k1 := range l.Count[1] {
					f(patch{
						rows:    min(rows, l.Count[2]-k2),
						columns: min(columns, l.N-n),
						packed:  first*depth + ((k0*l.Count[1]+k1)*l.Count[2]+k2)*width + n - first,
						pitch:   width,
						tensor:  l.Base + k0*l.Stride[0] + k1*l.Stride[1] + k2*l.Stride[2] + n*l.Column,
					})
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
