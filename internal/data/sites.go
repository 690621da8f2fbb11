package data

import (
	"math"
	"math/rand/v2"
)

// sitePitch is the spacing, in px, of the grid that cells' sites scatter about,
// and siteJitter how far from their node they may lie, per axis.
const (
	sitePitch  = 24
	siteJitter = .45 * sitePitch
)

type point struct{ u, v float64 }

// sites are the centres of cells: at most one near each node of a grid, which
// makes the grid their spatial index.
type sites struct {
	all            []point
	u0, v0         float64 // position of node (0, 0)
	columns, lines int
	at             []int32   // per node, line by line: its site, or -1
	near           [][]int32 // per node: every site that can be among the two nearest to a point of its square
}

// scatter covers the rectangle [u0,u1]×[v0,v1] and two pitches around it,
// keeping each site with the probability that keep says.
func scatter(r *rand.Rand, u0, u1, v0, v1 float64, keep func(u, v float64) float64) *sites {
	s := &sites{
		u0:      u0 - 2*sitePitch,
		v0:      v0 - 2*sitePitch,
		columns: int(math.Ceil((u1 - u0 + 4*sitePitch) / sitePitch)),
		lines:   int(math.Ceil((v1 - v0 + 4*sitePitch) / sitePitch)),
	}
	s.at = make([]int32, s.columns*s.lines)
	s.near = make([][]int32, len(s.at))
	for n := range s.at {
		c := s.node(n)
		p := point{c.u + uniform(r, -siteJitter, siteJitter), c.v + uniform(r, -siteJitter, siteJitter)}
		s.at[n] = -1
		missing := 2 - len(s.all) // at least two sites, however small the scene
		if r.Float64() < keep(p.u, p.v) || n >= len(s.at)-missing {
			s.at[n] = int32(len(s.all))
			s.all = append(s.all, p)
		}
	}
	return s
}

// node is the position of the n-th node.
func (s *sites) node(n int) point {
	return point{s.u0 + float64(n%s.columns)*sitePitch, s.v0 + float64(n/s.columns)*sitePitch}
}

// nearest returns the two sites nearest to (u, v) and their squared distances.
// There must be two sites or more.
func (s *sites) nearest(u, v float64) (a, b int32, da, db float64) {
	i := min(max(int(math.Round((u-s.u0)/sitePitch)), 0), s.columns-1)
	j := min(max(int(math.Round((v-s.v0)/sitePitch)), 0), s.lines-1)
	n := j*s.columns + i
	if s.near[n] == nil {
		s.near[n] = s.candidates(n)
	}
	return s.nearestOf(s.near[n], u, v)
}

func (s *sites) nearestOf(of []int32, u, v float64) (a, b int32, da, db float64) {
	a, b, da, db = -1, -1, math.Inf(1), math.Inf(1)
	for _, k := range of {
		p := s.all[k]
		d := (p.u-u)*(p.u-u) + (p.v-v)*(p.v-v)
		switch {
		case d < da:
			a, b, da, db = k, a, d, da
		case d < db:
			b, db = k, d
		}
	}
	return a, b, da, db
}

// candidates lists the sites that can be among the two nearest to a point of
// node n's square. With the second nearest to the centre at distance d, and the
// corners at ρ, the second nearest to any point lies within d+ρ of it, so
// within d+2ρ of the centre.
func (s *sites) candidates(n int) []int32 {
	const rho = sitePitch * math.Sqrt2 / 2
	c, i, j := s.node(n), n%s.columns, n/s.columns
	var found []int32
	for ring := 0; ; ring++ {
		for y := max(j-ring, 0); y <= min(j+ring, s.lines-1); y++ {
			for x := max(i-ring, 0); x <= min(i+ring, s.columns-1); x++ {
				if k := s.at[y*s.columns+x]; k >= 0 && max(x-i, i-x, y-j, j-y) == ring {
					found = append(found, k)
				}
			}
		}
		_, _, _, d2 := s.nearestOf(found, c.u, c.v)
		reach := math.Sqrt(d2) + 2*rho
		// A site of the next ring is at least this far from the centre.
		if (float64(ring)+1)*sitePitch-siteJitter <= reach && ring < max(s.columns, s.lines) {
			continue
		}
		kept := found[:0]
		for _, k := range found {
			if p := s.all[k]; math.Hypot(p.u-c.u, p.v-c.v) <= reach {
				kept = append(kept, k)
			}
		}
		return kept
	}
}

func uniform(r *rand.Rand, lo, hi float64) float64 { return lo + (hi-lo)*r.Float64() }
