//go:build (amd64 || arm64) && !purego

package kernel

import (
	"math"
	"unsafe"
)

// A blockLoop computes blocks of at most height rows and width columns of C, of so
// many batches at once. It is for at least so many columns.
type blockLoop struct {
	least, height, width, batches int

	run func(size, blocks, rows, depth int, a *float32, aturn, astep, lda, lead, pace uintptr, b *float32, bturn, bstep, blead, bpace uintptr, init *float32, ldi uintptr, c *float32, ldc uintptr, columns int, floor float32, batches int, anext, bnext, inext, cnext uintptr)
}

// loops are the loops of one instruction set, each kind from wide to PairedWidth:
// plain ones, those of Paired products, those for rows of C whose elements of A lie
// side by side, and of these the ones that do three batches of few rows at once.
// There may be no more than the plain ones. A stream, of one width and height,
// writes past the caches.
type loops struct {
	plain, paired, twins, trios []blockLoop

	stream []blockLoop

	single bool // the loops ignore batches
}

// zeros is what sums start with when there is neither bias nor old C.
var zeros [32]float32

func (all *loops) mul(p *Product) {
	if p.M <= 0 || p.N <= 0 || p.Rows <= 0 || p.Depth <= 0 {
		mulGeneric(p)
		return
	}
	p.check()
	if p.Paired && all.paired == nil {
		mulGeneric(p)
		return
	}
	if !all.single {
		all.batched(p)
		return
	}
	for b := range max(p.Batch, 1) {
		q := p.batches(b, 1)
		all.batched(&q)
	}
}

// batched stops sums that are too long for the cache on the way.
func (all *loops) batched(p *Product) {
	// For one block, row r means Depth steps through A, each to another line or
	// not, and as many short rows of B, which the next block reads again.
	wide := &all.plain[0]
	chunk := max(1, cached/(4*p.Depth*(min(p.AStep, 16)+min(p.N, wide.width))))
	if chunk >= p.Rows || p.Paired || p.M <= wide.height && p.N <= wide.width {
		p.blocks(all)
		return
	}
	for b := range max(p.Batch, 1) {
		q := p.batches(b, 1)
		for r := 0; r < p.Rows; r += chunk {
			s := q
			s.A, s.B = q.A[r*p.ARow:], q.B[r*p.BRow:]
			s.Rows = min(chunk, p.Rows-r)
			s.Accumulate = p.Accumulate || r > 0
			s.ReLU = p.ReLU && r+chunk >= p.Rows
			s.blocks(all)
		}
	}
}

// batches returns n batches of p, from batch b on.
func (p *Product) batches(b, n int) Product {
	q := *p
	q.A, q.B, q.C, q.Batch = p.A[b*p.ABatch:], p.B[b*p.BBatch:], p.C[b*p.CBatch:], n
	return q
}

// cached is how many bytes of operands may pass by before the next block wants
// B again: a part of a second-level cache. Longer sums stop on the way and go on
// from C, which changes no bit.
const cached = 1 << 18

// blocks computes C column block by column block.
func (p *Product) blocks(all *loops) {
	for n := 0; n < p.N; {
		kind := all.kind(p, p.N-n)
		for kind[0].least > p.N-n {
			kind = kind[1:]
		}
		l := &kind[0]
		width := min(l.width, p.N-n)
		if rest := p.Batch % l.batches; rest > 0 {
			q := p.batches(p.Batch-rest, rest)
			all.twins[0].columns(&q, n, width)
			q = p.batches(0, p.Batch-rest)
			l.columns(&q, n, width)
		} else {
			l.columns(p, n, width)
		}
		n += width
	}
}

// kind returns the loops for the next columns of C.
func (all *loops) kind(p *Product, columns int) []blockLoop {
	switch {
	case p.Paired:
		return all.paired
	case p.Stream && all.stream != nil && columns >= all.stream[0].width && onLines(p.C, p.LDC):
		return all.stream
	case p.LDA > 1 || p.M == 1 || columns > PairedWidth || all.twins == nil:
		return all.plain
	case p.M <= all.trios[0].height && p.Batch >= all.trios[0].batches:
		return all.trios
	}
	return all.twins
}

// onLines reports whether rows of C begin where lines of the cache do.
func onLines(c []float32, ldc int) bool {
	return uintptr(unsafe.Pointer(&c[0]))%64 == 0 && ldc%16 == 0
}

// check panics if p reaches beyond its slices, as plain Go would.
func (p *Product) check() {
	r, k, m, b := p.Rows-1, p.Depth-1, p.M-1, max(p.Batch, 1)-1
	_ = p.A[b*p.ABatch+r*p.ARow+k*p.AStep+m*p.LDA]
	if p.Paired {
		p.checkPaired()
		_ = p.B[b*p.BBatch+r*p.BRow+k/2*p.BStep+2*PairedWidth-1]
	} else {
		_ = p.B[b*p.BBatch+r*p.BRow+k*p.BStep+p.N-1]
	}
	_ = p.C[b*p.CBatch+m*p.LDC+p.N-1]
	if p.Bias != nil {
		_ = p.Bias[p.N-1]
	}
}

// reach is the number of rows of A that a block may have. A cache of 32 KiB keeps
// lines whose addresses differ by a multiple of 4 KiB in one set of 8; rows of 512
// channels or more fall on few sets. Larger caches are not told apart.
func reach(lda int) int {
	sets := 64
	for stride := lda / 16; stride > 0 && stride%2 == 0 && sets > 1; stride /= 2 {
		sets /= 2
	}
	return 6 * sets
}

// columns computes columns n … n+width of C. The rows are shared out evenly, since
// a block that is much lower than the others wastes registers.
func (l *blockLoop) columns(p *Product, n, width int) {
	height := min(l.height, reach(p.LDA))
	blocks := (p.M + height - 1) / height
	size, larger := p.M/blocks, p.M%blocks
	lead, pace := p.aheadB(n, width, blocks)
	l.rows(p, n, width, 0, size+1, larger, lead, pace)
	l.rows(p, n, width, larger*(size+1), size, blocks-larger, lead+larger*p.Rows*p.Depth*pace, pace)
}

// rows computes some blocks of size rows from row m on; blead and bpace are
// aheadB's.
func (l *blockLoop) rows(p *Product, n, width, m, size, blocks, blead, bpace int) {
	if blocks == 0 {
		return
	}
	const bytes = 4
	init, ldi, inext, floor := &zeros[0], 0, 0, float32(math.Inf(-1))
	cnext := p.CBatch - size*blocks*p.LDC
	switch {
	case p.Accumulate:
		init, ldi, inext = &p.C[m*p.LDC+n], p.LDC, cnext
	case p.Bias != nil:
		init = &p.Bias[n]
	}
	if p.ReLU {
		floor = 0
	}
	lead, pace := p.aheadA(size)
	steps, astep := p.Depth, p.AStep
	if p.Paired {
		steps, astep = p.Depth/2, 2
	}
	batches := max(p.Batch, 1) / l.batches
	l.run(size, blocks, p.Rows, p.Depth,
		&p.A[m*p.LDA], uintptr(bytes*(p.ARow-steps*astep)), uintptr(bytes*astep), uintptr(bytes*p.LDA), uintptr(bytes*lead), uintptr(bytes*pace),
		&p.B[n], uintptr(bytes*(p.BRow-steps*p.BStep)), uintptr(bytes*p.BStep), uintptr(blead), uintptr(bpace),
		init, uintptr(bytes*ldi), &p.C[m*p.LDC+n], uintptr(bytes*p.LDC),
		width, floor,
		batches, uintptr(bytes*(p.ABatch-size*blocks*p.LDA)), uintptr(bytes*p.BBatch), uintptr(bytes*inext), uintptr(bytes*cnext))
}

// aheadA says what a block of size rows prefetches: element lead + k·pace of A in
// step k. In a convolution that is the next block, in a weight gradient the
// pixels that come some steps later.
func (p *Product) aheadA(size int) (lead, pace int) {
	switch {
	case p.AStep > p.LDA:
		return 16 * p.AStep, p.AStep
	case reach(p.LDA) < size+2: // this block fills its sets of the cache
		return 0, 0
	}
	return size * p.LDA, (size*p.LDA + p.Depth - 1) / p.Depth
}

// aheadB says what the blocks of columns n … n+width together prefetch: byte
// lead + i·pace of B in step i. All of them read the same part of B. Those of a
// convolution share out the part that comes next, further columns, rows or the
// next panel: with one block's time alone to arrive in it would be late.
func (p *Product) aheadB(n, width, blocks int) (lead, pace int) {
	const bytes = 4
	if p.AStep > p.LDA {
		return 0, 0
	}
	next := n + width
	switch {
	case p.Batch > 1:
		next = n + p.BBatch
	case next >= p.N:
		next = p.Rows * p.BRow
	}
	return bytes * (next - n), (bytes*p.BStep + blocks - 1) / blocks
}
