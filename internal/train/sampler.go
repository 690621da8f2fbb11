package train

import (
	"math/rand/v2"

	"unetbench/internal/data"
)

// A Patch is one draw: Side×Side px whose upper left corner lies at row Y,
// column X of an image's field of view, bent, turned by Turns quarter turns
// anticlockwise and then, if Flip, flipped left to right.
type Patch struct {
	Image      int // index into the examples
	Y, X, Side int
	Turns      int
	Flip       bool
	Bend       Bend
}

// A Sampler draws patches uniformly: the image, then the place within it, then
// one of the eight orientations; then a Bend, if the recipe has one. The draws
// depend on the seed, on the sizes of the images and on the recipe, and not on
// the network, so they are the same for all arms.
type Sampler struct {
	rng      *rand.Rand
	examples []data.Example
	recipe   Recipe
}

// samplerStream keeps the draws apart from the other streams of a seed.
const samplerStream = 0x70617463686573 // "patches"

// NewSampler returns the stream of a recipe's patches that belongs to seed.
func NewSampler(seed uint64, examples []data.Example, r Recipe) *Sampler {
	return &Sampler{rand.New(rand.NewPCG(seed, samplerStream)), examples, r}
}

// Next draws a patch. It lies within the image wherever the image is large
// enough, and is centred on it where not.
func (s *Sampler) Next() Patch {
	i := s.rng.IntN(len(s.examples))
	ex := &s.examples[i]
	p := Patch{Image: i, Y: s.place(ex.H), X: s.place(ex.W), Side: s.recipe.Patch,
		Turns: s.rng.IntN(4), Flip: s.rng.IntN(2) == 1}
	if s.recipe.Elastic > 0 {
		p.Bend = drawBend(s.rng, s.recipe.Elastic, s.recipe.Span)
	}
	return p
}

// place draws the first line of a patch in an image of length n.
func (s *Sampler) place(n int) int {
	side := s.recipe.Patch
	if n < side {
		return (n - side) / 2
	}
	return s.rng.IntN(n - side + 1)
}
