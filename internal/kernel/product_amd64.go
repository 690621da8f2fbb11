//go:build !purego

package kernel

import "math"

// A blockLoop computes blocks of at most height rows and width columns of C.
type blockLoop struct {
	height, width int
	run           func(size, blocks, rows, depth int, a *float32, aturn, astep, lda, lead, pace uintptr, b *float32, bturn, bstep uintptr, init *float32, ldi uintptr, c *float32, ldc uintptr, columns, last uint32, floor float32)
}

// Below 8 columns half of a 512-bit register would be idle. Machines that split
// 512-bit operations lose nothing with 256-bit ones.
var (
	narrow = blockLoop{28, 8, mul28x8}
	medium = blockLoop{28, 16, mul28x16}
	wide   = blockLoop{14, 32, mul14x32}
)

// loopFor returns the loop for the next columns of C.
func loopFor(columns int) *blockLoop {
	switch {
	case columns <= 8:
		return &narrow
	case columns <= 24: // 16 and 8
		return &medium
	}
	return &wide
}

// zeros is what sums start with when there is neither bias nor old C.
var zeros [32]float32

func mulAVX512(p *Product) {
	if p.M <= 0 || p.N <= 0 || p.Rows <= 0 || p.Depth <= 0 {
		mulGeneric(p)
		return
	}
	p.check()
	// For one block, row r means Depth steps through A, each to another line or
	// not, and as many short rows of B, which the next block reads again.
	chunk := max(1, cached/(4*p.Depth*(min(p.AStep, 16)+min(p.N, wide.width))))
	if chunk >= p.Rows || p.M <= wide.height && p.N <= wide.width {
		p.blocks()
		return
	}
	q := *p
	for r := 0; r < p.Rows; r += chunk {
		q.A, q.B = p.A[r*p.ARow:], p.B[r*p.BRow:]
		q.Rows = min(chunk, p.Rows-r)
		q.Accumulate = p.Accumulate || r > 0
		q.ReLU = p.ReLU && r+chunk >= p.Rows
		q.blocks()
	}
}

// cached is how many bytes of operands may pass by before the next block wants
// B again: a part of a second-level cache. Longer sums stop on the way and go on
// from C, which changes no bit.
const cached = 1 << 18

// blocks computes C column block by column block.
func (p *Product) blocks() {
	for n := 0; n < p.N; {
		l := loopFor(p.N - n)
		width := min(l.width, p.N-n)
		l.columns(p, n, width)
		n += width
	}
}

// check panics if p reaches beyond its slices, as plain Go would.
func (p *Product) check() {
	r, k, m := p.Rows-1, p.Depth-1, p.M-1
	_ = p.A[r*p.ARow+k*p.AStep+m*p.LDA]
	_ = p.B[r*p.BRow+k*p.BStep+p.N-1]
	_ = p.C[m*p.LDC+p.N-1]
	if p.Bias != nil {
		_ = p.Bias[p.N-1]
	}
}

// reach is the number of rows of A that a block may have. A cache keeps lines
// whose addresses differ by a multiple of 4 KiB in one set of 8; rows of 512
// channels or more fall on few sets.
func reach(lda int) int {
	sets := 64
	for stride := lda / 16; stride > 0 && stride%2 == 0 && sets > 1; stride /= 2 {
		sets /= 2
	}
	return 6 * sets
}

// columns computes columns n … n+width of C. The rows are shared out evenly, in
// pairs, since a block that is much lower than the others wastes registers.
func (l *blockLoop) columns(p *Product, n, width int) {
	height := min(l.height, reach(p.LDA))
	blocks := (p.M + height - 1) / height
	pairs := (p.M + 1) / 2
	size, larger := 2*(pairs/blocks), pairs%blocks
	m := l.rows(p, n, width, 0, size+2, larger, ^uint32(0))
	if p.M%2 == 0 {
		l.rows(p, n, width, m, size, blocks-larger, ^uint32(0))
		return
	}
	m = l.rows(p, n, width, m, size, blocks-larger-1, ^uint32(0))
	l.rows(p, n, width, m, size, 1, 0)
}

// rows computes some blocks of size rows from row m on and returns the row after
// them; last masks the last row of each.
func (l *blockLoop) rows(p *Product, n, width, m, size, blocks int, last uint32) int {
	if blocks == 0 {
		return m
	}
	const bytes = 4
	init, ldi, floor := &zeros[0], 0, float32(math.Inf(-1))
	switch {
	case p.Accumulate:
		init, ldi = &p.C[m*p.LDC+n], p.LDC
	case p.Bias != nil:
		init = &p.Bias[n]
	}
	if p.ReLU {
		floor = 0
	}
	lead, pace := p.ahead(size)
	l.run(size, blocks, p.Rows, p.Depth,
		&p.A[m*p.LDA], uintptr(bytes*(p.ARow-p.Depth*p.AStep)), uintptr(bytes*p.AStep), uintptr(bytes*p.LDA), uintptr(bytes*lead), uintptr(bytes*pace),
		&p.B[n], uintptr(bytes*(p.BRow-p.Depth*p.BStep)), uintptr(bytes*p.BStep),
		init, uintptr(bytes*ldi), &p.C[m*p.LDC+n], uintptr(bytes*p.LDC),
		uint32(uint64(1)<<width-1), last, floor)
	return m + size*blocks
}

// ahead says what a block of size rows prefetches: element lead + k·pace of A in
// step k. In a convolution that is the next block, in a weight gradient the
// pixels that come some steps later.
func (p *Product) ahead(size int) (lead, pace int) {
	switch {
	case p.AStep > p.LDA:
		return 16 * p.AStep, p.AStep
	case reach(p.LDA) < size+2: // this block fills its sets of the cache
		return 0, 0
	}
	return size * p.LDA, (size*p.LDA + p.Depth - 1) / p.Depth
}
