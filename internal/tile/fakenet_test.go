package tile

import (
	"math/rand/v2"

	"unetbench/graph"
)

// field is the prime modulo which fakeNet computes: exact in float32, and
// generic enough that a wrong px is not hidden by accident.
const field = 8191

// A fakeNet is a U-Net of one channel over the integers modulo a prime: two
// 3×3 convolutions per block, pooling 2, transposed convolution 2×2. It stands
// for an engine that has no rounding.
type fakeNet struct {
	pools         int
	padded        bool // zero padding, skips untouched; else unpadded
	resize        bool // unpadded with the skip resized (nearest), not cropped
	instanceShift bool // adds the mean over the window to every px, as instance norm would
}

type plane struct {
	h, w int
	v    []int
}

func newPlane(h, w int) plane { return plane{h, w, make([]int, h*w)} }

func (n fakeNet) Predict(x *graph.Map) (*graph.Map, error) {
	p := newPlane(x.H, x.W)
	for i, v := range x.Pix {
		p.v[i] = int(v)
	}
	p = n.level(p, 0)
	m := graph.NewMap(graph.Shape{C: 2, H: p.h, W: p.w})
	for i, v := range p.v {
		m.Pix[i], m.Pix[len(p.v)+i] = float32(v), float32(field-v)
	}
	return m, nil
}

func (n fakeNet) level(p plane, l int) plane {
	w := rand.New(rand.NewPCG(uint64(l), 7))
	skip := n.block(w, p)
	if l == n.pools {
		return skip
	}
	if n.instanceShift {
		sum := 0
		for _, v := range skip.v {
			sum += v
		}
		for i := range skip.v {
			skip.v[i] = (skip.v[i] + sum) % field
		}
	}
	deep := n.level(pool(skip), l+1)
	up := newPlane(2*deep.h, 2*deep.w)
	k := [4]int{1 + w.IntN(field-1), 1 + w.IntN(field-1), 1 + w.IntN(field-1), 1 + w.IntN(field-1)}
	for y := range up.h {
		for x := range up.w {
			up.v[y*up.w+x] = k[y%2*2+x%2] * deep.v[y/2*deep.w+x/2] % field
		}
	}
	dy, dx := (skip.h-up.h)/2, (skip.w-up.w)/2
	both := newPlane(up.h, up.w)
	for y := range up.h {
		for x := range up.w {
			sy, sx := y+dy, x+dx
			if n.resize {
				sy, sx = y*skip.h/up.h, x*skip.w/up.w
			}
			// Two channels with 3×3 weights each would do no more here than this mixture.
			both.v[y*up.w+x] = (up.v[y*up.w+x] + 17*skip.v[sy*skip.w+sx]) % field
		}
	}
	return n.block(w, both)
}

func (n fakeNet) block(w *rand.Rand, p plane) plane {
	for range 2 {
		var k [9]int
		for i := range k {
			k[i] = 1 + w.IntN(field-1)
		}
		if n.padded {
			q := newPlane(p.h+2, p.w+2)
			for y := range p.h {
				copy(q.v[(y+1)*q.w+1:], p.v[y*p.w:(y+1)*p.w])
			}
			p = q
		}
		q := newPlane(p.h-2, p.w-2)
		for y := range q.h {
			for x := range q.w {
				s := 1
				for i, k := range k {
					s += k * p.v[(y+i/3)*p.w+x+i%3]
				}
				q.v[y*q.w+x] = s % field
			}
		}
		p = q
	}
	return p
}

func pool(p plane) plane {
	q := newPlane(p.h/2, p.w/2)
	for y := range q.h {
		for x := range q.w {
			i := 2*y*p.w + 2*x
			q.v[y*q.w+x] = max(p.v[i], p.v[i+1], p.v[i+p.w], p.v[i+p.w+1])
		}
	}
	return q
}

// geometry is what a reader of the network would find.
func (n fakeNet) geometry() Geometry {
	step := 1 << n.pools
	a := Axis{Sides: graph.Sides{Step: step, Min: step}, Equivariant: !n.resize && !n.instanceShift, Resizes: n.resize}
	switch {
	case n.padded:
		for d := 0; d < 20*step; d++ {
			if d%step-n.first(d%step, 0) > d {
				a.HaloBefore = d + 1
			}
		}
		a.HaloAfter = a.HaloBefore // the network is its own mirror image
	default:
		context := 4 * (3*step - 2) / 2
		a.Before, a.After = context, context
		a.Offset = mod(-4, step)
		a.Min = 2*context + 1
		a.Min += mod(a.Offset-a.Min, step)
	}
	if !a.Equivariant {
		a.HaloBefore, a.HaloAfter = -1, -1
	}
	return Geometry{a, a}
}

// noise is an image of random integers of the field.
func noise(seed uint64, h, w int) *graph.Map {
	r := rand.New(rand.NewPCG(seed, 1))
	m := graph.NewMap(graph.Shape{C: 1, H: h, W: w})
	for i := range m.Pix {
		m.Pix[i] = float32(r.IntN(field))
	}
	return m
}

// first is the first input px of level l that px i of the level's output depends on.
func (n fakeNet) first(i, l int) int {
	if l == n.pools {
		return i - 2
	}
	return min(i-4, 2*n.first(floorTo(i-2, 2)/2, l+1)-2)
}
