package graph

import "math"

// A Misregistration is how far the two maps that a join puts side by side lie
// apart: |skip − decoder| in input px. The embedded Gap is the height's, W the
// width's; they are equal for square inputs.
type Misregistration struct {
	Node  string
	Level int
	Gap
	W Gap
}

// A Gap is a misregistration along one axis: the largest and the mean over
// pixel centres, and the limit at the map's edge, half a pixel beyond its last
// centre. Local takes each map to lie where the join before it put the skip;
// Accum takes it to lie where the decoder's content came from.
type Gap struct {
	LocalMax, LocalMean, LocalEdge float64
	AccumMax, AccumMean, AccumEdge float64
}

// Misregistrations returns one record per Concat, in graph order, for an input
// of size in. The skip is the first operand, the decoder the last.
func (g *Graph) Misregistrations(in Size) ([]Misregistration, error) {
	local, err := g.coordinates(in, true)
	if err != nil {
		return nil, err
	}
	accum, err := g.coordinates(in, false)
	if err != nil {
		return nil, err
	}
	shapes, err := g.Infer(in)
	if err != nil {
		return nil, err
	}
	var all []Misregistration
	for _, n := range g.Nodes {
		if n.Op != Concat {
			continue
		}
		skip, dec := n.In[0].ID, n.In[len(n.In)-1].ID
		m := Misregistration{Node: n.Name, Level: n.Level}
		m.Gap = gap(local[skip].H, local[dec].H, accum[skip].H, accum[dec].H, shapes[n.ID].H)
		m.W = gap(local[skip].W, local[dec].W, accum[skip].W, accum[dec].W, shapes[n.ID].W)
		all = append(all, m)
	}
	return all, nil
}

func gap(localSkip, localDec, accumSkip, accumDec Line, n int) (g Gap) {
	g.LocalMax, g.LocalMean, g.LocalEdge = apart(localSkip, localDec, n)
	g.AccumMax, g.AccumMean, g.AccumEdge = apart(accumSkip, accumDec, n)
	return g
}

// apart compares two placements of n pixels.
func apart(a, b Line, n int) (most, mean, edge float64) {
	d := func(i float64) float64 { return math.Abs(a.At(i) - b.At(i)) }
	for i := range n {
		v := d(float64(i))
		most, mean = max(most, v), mean+v
	}
	return most, mean / float64(n), max(d(-0.5), d(float64(n)-0.5))
}
