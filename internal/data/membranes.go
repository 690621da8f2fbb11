package data

import (
	"math"
	"math/rand/v2"
)

// A tissue is the geometry of one scene: cells, the membranes between them, and
// how dark each pixel is. All slices hold side² values, row by row.
type tissue struct {
	side     int
	sites    *sites
	cell     []int32   // the site that the pixel belongs to
	edge     []float64 // px to the bisector of the two nearest sites
	half     []float64 // half-width of that membrane, px
	darkness []float64 // to be subtracted from the cytoplasm
}

// newTissue grows cells: the Voronoi regions of scattered sites in coordinates
// that are rotated, stretched and warped. Every membrane, that is pair of
// cells, has a half-width, a contrast and a softness of its own.
func newTissue(r *rand.Rand, seed uint64, side int) *tissue {
	angle, stretch := uniform(r, 0, math.Pi), uniform(r, 1, 1.35)
	sin, cos := math.Sincos(angle)
	warpY, warpYFine := valueNoise(r, side, 40), valueNoise(r, side, 14)
	warpX, warpXFine := valueNoise(r, side, 40), valueNoise(r, side, 14)
	density := valueNoise(r, side, 80)

	n := side * side
	us, vs := make([]float64, n), make([]float64, n)
	u0, u1, v0, v1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for i := range n {
		y := float64(i/side) + 5*warpY[i] + 1.5*warpYFine[i]
		x := float64(i%side) + 5*warpX[i] + 1.5*warpXFine[i]
		us[i], vs[i] = (cos*x+sin*y)*stretch, (-sin*x+cos*y)/stretch
		u0, u1, v0, v1 = min(u0, us[i]), max(u1, us[i]), min(v0, vs[i]), max(v1, vs[i])
	}
	inside := func(x float64) int { return int(min(max(math.RoundToEven(x), 0), float64(side-1))) }
	t := &tissue{side: side, cell: make([]int32, n), edge: make([]float64, n), half: make([]float64, n), darkness: make([]float64, n)}
	t.sites = scatter(r, u0, u1, v0, v1, func(u, v float64) float64 {
		u, v = u/stretch, v*stretch
		y, x := inside(sin*u+cos*v), inside(cos*u-sin*v)
		return min(max(.5+.3*density[y*side+x], .12), .95)
	})

	salt := seed % 97
	for i := range n {
		a, b, da, db := t.sites.nearest(us[i], vs[i])
		pa, pb := t.sites.all[a], t.sites.all[b]
		apart := math.Hypot(pa.u-pb.u, pa.v-pb.v)
		t.cell[i] = a
		t.edge[i] = (db - da) / (2 * max(apart, 1e-3))
		pair := uint64(min(a, b))*73856093 ^ uint64(max(a, b))*19349663
		t.half[i] = 1.6 + 1.4*hash(pair, 1+salt)
		contrast := .35 + .65*hash(pair, 7+salt)
		soft := hash(pair, 13+salt)
		soft = .6 + 1.2*soft*soft
		t.darkness[i] = .75 * contrast * sigmoid((t.half[i]-t.edge[i])/(.5*soft))
	}
	return t
}

// membrane reports whether pixel i is labelled membrane.
func (t *tissue) membrane(i int) bool { return t.edge[i] < t.half[i] }

// hash is a uniform number in [0,1) that depends on the pair and the salt alone
// (the finaliser of splitmix64).
func hash(pair, salt uint64) float64 {
	z := pair + salt*0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	z ^= z >> 31
	return float64(z>>11) / (1 << 53)
}

func sigmoid(x float64) float64 {
	if x < -40 {
		return 0 // below 1e-17, and most pixels are far from a membrane
	}
	return 1 / (1 + math.Exp(-x))
}
