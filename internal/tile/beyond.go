package tile

import (
	"image"

	"unetbench/graph"
)

// Beyond is what a tile reads where it leaves the image.
type Beyond uint8

const (
	Mirrored  Beyond = iota // d c b | a b c d | c b a, as often as needed
	Symmetric               // c b a | a b c d | d c b, the edge px repeated
	Zeros
)

func (b Beyond) String() string { return [...]string{"mirror", "symmetric", "zeros"}[b] }

// Fill copies to dst the part of img whose top left corner is at, and what lies
// beyond img.
func (b Beyond) Fill(dst, img *graph.Map, at image.Point) {
	if b == Mirrored {
		Fill(dst, img, at)
		return
	}
	for c := range dst.C {
		from, to := img.Plane(c), dst.Plane(c)
		for y := range dst.H {
			row := to[y*dst.W:][:dst.W]
			sy := b.source(at.Y+y, img.H)
			for x := range row {
				row[x] = 0
				if sx := b.source(at.X+x, img.W); sy >= 0 && sx >= 0 {
					row[x] = from[sy*img.W+sx]
				}
			}
		}
	}
}

// source maps any position to one in 0 … n-1, or to -1 where there is nothing.
func (b Beyond) source(i, n int) int {
	switch b {
	case Mirrored:
		return Mirror(i, n)
	case Symmetric:
		i = mod(i, 2*n)
		return min(i, 2*n-1-i)
	}
	if i < 0 || i >= n {
		return -1
	}
	return i
}
