package bench

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"unetbench/graph"
)

// SkipUse shuffles the pixels of one skip at a time in the trained network and
// gives the Dice points that this costs: "skip-use" in bins "level0", …. A skip
// that the network ignores costs nothing. All channels of a pixel move together,
// so that only place is lost; what is shuffled is the skip's share of the
// join, since the encoder goes on from the same map. It needs Edited, Example,
// Plan, Logits.
func SkipUse(c *Case) ([]Sample, error) {
	if c.Edited == nil {
		return nil, nil
	}
	if err := c.check(c.Logits); err != nil {
		return nil, c.wrap("skip use", err)
	}
	base, ok := wholeDice(c.Logits, c.Example.Labels)
	if !ok {
		return nil, nil
	}
	shapes, err := c.Graph.Infer(c.window())
	if err != nil {
		return nil, c.wrap("skip use", err)
	}
	var out []value
	for _, n := range joins(c.Graph) {
		channels := shapes[n.In[0].ID].C
		p, err := c.Edited(n, func(m *graph.Map) { shufflePixels(m, channels, c.Key.Seed, uint64(n.ID)) })
		if err != nil {
			return nil, c.wrap("skip use", err)
		}
		if p == nil {
			return nil, c.wrap("skip use", errors.New("no network to edit"))
		}
		logits, err := c.Plan.Predict(p, c.Example.Image, c.Example.Margin)
		if err != nil {
			return nil, c.wrap("skip use", err)
		}
		if dice, ok := wholeDice(logits, c.Example.Labels); ok {
			out = append(out, value{"skip-use", fmt.Sprintf("level%d", n.Level), 100 * (base - dice)})
		}
	}
	return c.keyed(out), nil
}

// joins are the nodes at which a level's skip arrives: the first of each level,
// since fastai joins the image itself once more at the end.
func joins(g *graph.Graph) []*graph.Node {
	var out []*graph.Node
	for _, n := range g.Nodes {
		if n.Op == graph.Concat && !slices.ContainsFunc(out, func(m *graph.Node) bool { return m.Level == n.Level }) {
			out = append(out, n)
		}
	}
	return out
}

// shufflePixels permutes the pixels of the first channels of m, all channels alike.
func shufflePixels(m *graph.Map, channels int, seed, stream uint64) {
	n := m.H * m.W
	to := rand.New(rand.NewPCG(seed, stream)).Perm(n)
	was := make([]float32, n)
	for c := range channels {
		plane := m.Plane(c)
		copy(was, plane)
		for i, v := range was {
			plane[to[i]] = v
		}
	}
}

// wholeDice is the mean Dice of the foreground classes at argmax.
func wholeDice(logits *graph.Map, truth []uint8) (v float64, ok bool) {
	k := confusion(argmax(logits), truth, logits.C, wholeImage(len(truth)))[0]
	var mean average
	for c := 1; c < logits.C; c++ {
		mean.addIf(k[c].dice())
	}
	if mean.n == 0 {
		return 0, false
	}
	return mean.sum / float64(mean.n), true
}
