package train

import (
	"math/rand/v2"

	"unetbench/internal/data"
)

// A Patch is one draw: Side×Side px whose upper left corner lies at row Y,
// column X of an image's field of view, turned by Turns quarter turns
// anticlockwise and then, if Flip, flipped left to right.
type Patch struct {
	Image      int // index into the examples
	Y, X, Side int
	Turns      int
	Flip       bool
}

// A Sampler draws patches uniformly: the image, then the place within it, then
// one of the eight orientations. The draws depend on the seed, on the sizes of
// the images and on the patch, and not on the network, so they are the same
// for all arms.
type Sampler struct {
	rng      *rand.Rand
	examples []data.Example
	side     int
}

// samplerStream keeps the draws apart from the other streams of a seed.
const samplerStream = 0x70617463686573 // "patches"

// NewSampler returns the stream of patches of that side, in px, that belongs to seed.
func NewSampler(seed uint64, examples []data.Example, side int) *Sampler {
	return &Sampler{rand.New(rand.NewPCG(seed, samplerStream)), examples, side}
}

// Next draws a patch. It lies within the image wherever the image is large
// enough, and is centred on it where not.
func (s *Sampler) Next() Patch {
	i := s.rng.IntN(len(s.examples))
	ex := &s.examples[i]
	return Patch{Image: i, Y: s.place(ex.H), X: s.place(ex.W), Side: s.side,
		Turns: s.rng.IntN(4), Flip: s.rng.IntN(2) == 1}
}

// place draws the first line of a patch in an image of length n.
func (s *Sampler) place(n int) int {
	if n < s.side {
		return (n - s.side) / 2
	}
	return s.rng.IntN(n - s.side + 1)
}
