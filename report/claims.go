package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"unetbench/bench"
	"unetbench/graph"
)

// A claim is something that the thread asked or said, with what is found.
type claim struct {
	Said   string
	Status string
	Tone   string // as of an answer
	Found  []string
}

// The sizes that the thread speaks of: its claims, not ours.
const paperInput = 572

var (
	saidCrop   = change{568, 392}
	saidTile   = change{512, 368}
	saidResize = change{56, 128}
)

// claims goes through the thread. Sizes are worked out from the wiring of the
// paper's network, whatever this run trained; all else comes from the records.
func (v *view) claims() ([]claim, error) {
	var out []claim
	for _, f := range []func() (claim, error){claimCrop, claimLoss, claimTile, claimResize, claimMirror} {
		c, err := f()
		if err != nil {
			return nil, fmt.Errorf("sizes of the paper's network: %w", err)
		}
		out = append(out, c)
	}
	pad, err := v.claimPad()
	if err != nil {
		return nil, err
	}
	harm, err := v.claimHarm()
	if err != nil {
		return nil, err
	}
	return append(out, v.claimEdge(), v.claimOverlap(), v.claimLayers(), pad, harm, v.claimExtra(), v.claimHunch(), v.claimBest()), nil
}

// right or wrong, as a status.
func checked(ok bool) (status, tone string) {
	if ok {
		return "right", "better"
	}
	return "wrong", "worse"
}

func claimCrop() (claim, error) {
	p, err := original(bench.Reference)
	if err != nil {
		return claim{}, err
	}
	cs, err := p.changes(graph.Crop, paperInput)
	if err != nil {
		return claim{}, err
	}
	out, err := p.output(paperInput)
	if err != nil {
		return claim{}, err
	}
	c := claim{Said: fmt.Sprintf("The skip is cropped from %d to %d.", saidCrop.from, saidCrop.to)}
	c.Status, c.Tone = checked(slices.Contains(cs, saidCrop))
	c.Found = []string{fmt.Sprintf("At %d px input the crops are %s, and %d px come out.", paperInput, changeList(cs), out)}
	return c, nil
}

func claimLoss() (claim, error) {
	p, err := original(bench.Reference)
	if err != nil {
		return claim{}, err
	}
	s, err := p.Infer(graph.Square(paperInput))
	if err != nil {
		return claim{}, err
	}
	n, ok := 0, true
	for _, x := range p.Nodes {
		if x.Op == graph.Conv && x.Kernel[0] > 1 {
			n++
			ok = ok && s[x.In[0].ID].H-s[x.ID].H == x.Kernel[0]-1
		}
	}
	c := claim{Said: "Unpadded n×n convolutions lose n−1 px, so the sizes differ."}
	c.Status, c.Tone = checked(ok)
	c.Found = []string{fmt.Sprintf("True of all %d of them. Over the whole network that adds up to %d px, the same at every legal size: what is lost is a rim, not a share.", n, p.Footprint().H.Shrink)}
	return c, nil
}

func claimTile() (claim, error) {
	p, err := original(bench.Reference)
	if err != nil {
		return claim{}, err
	}
	in := saidTile.from
	got, err := p.output(in)
	if err != nil {
		return claim{}, err
	}
	c := claim{Said: fmt.Sprintf("The original predicts %d×%d from each %d×%d.", saidTile.to, saidTile.to, in, in)}
	c.Status, c.Tone = checked(got == saidTile.to && p.sides.Legal(in))
	if !p.sides.Legal(in) {
		var near []change
		for _, n := range []int{p.sides.Below(in), p.sides.Above(in), paperInput} {
			o, err := p.output(n)
			if err != nil {
				return claim{}, err
			}
			near = append(near, change{n, o})
		}
		c.Found = append(c.Found, fmt.Sprintf("%d is no legal side: those are %v, for instance %s. Run all the same, pooling drops a row and %d px come out.", in, p.sides, changeList(near), got))
	}
	if n := saidTile.to + p.Footprint().H.Shrink; !p.sides.Legal(n) {
		c.Found = append(c.Found, fmt.Sprintf("No legal input gives %d: it would take %d px, which is not legal either.", saidTile.to, n))
	}
	return c, nil
}

func claimResize() (claim, error) {
	const most = 2048
	c := claim{Said: fmt.Sprintf("Resizing instead would need, say, bilinear %d→%d.", saidResize.from, saidResize.to)}
	ever := false
	for _, x := range []struct{ name, does string }{{"resized-up", "Enlarging the decoder"}, {"resized-skip", "Resizing the skip"}} {
		p, err := original(x.name)
		if err != nil {
			return claim{}, err
		}
		cs, err := p.changes(graph.Resize, paperInput)
		if err != nil {
			return claim{}, err
		}
		here, err := p.occurs(graph.Resize, saidResize, most)
		if err != nil {
			return claim{}, err
		}
		ever = ever || here
		if x.name == "resized-up" { // the first is the logits' own
			c.Found = append(c.Found, fmt.Sprintf("%s at %d px takes %s at the joins, and %v for the logits.", x.does, paperInput, changeList(reversed(cs[1:])), cs[0]))
		} else {
			c.Found = append(c.Found, fmt.Sprintf("%s takes %s.", x.does, changeList(cs)))
		}
	}
	c.Status, c.Tone = checked(ever)
	if !ever {
		c.Found = append(c.Found, fmt.Sprintf("%v occurs at no join, at this or any other legal input up to %d px.", saidResize, most))
	}
	return c, nil
}

func reversed(cs []change) []change {
	cs = slices.Clone(cs)
	slices.Reverse(cs)
	return cs
}

func claimMirror() (claim, error) {
	p, err := original(bench.Reference)
	if err != nil {
		return claim{}, err
	}
	out, err := p.output(paperInput)
	if err != nil {
		return claim{}, err
	}
	f := p.Footprint().H
	c := claim{Said: "The original predicts overlapping tiles, mirrored at the image's border, so nothing is lost: it is only computed in another tile.",
		Status: "right", Tone: "better"}
	c.Found = []string{fmt.Sprintf("Each tile reads %d px of context beyond its output on each side, so tiles meet without a seam wherever their origins advance by a multiple of the network's step, %d.", f.Shrink/2, f.Step)}
	if rest := out % f.Step; rest != 0 {
		c.Status, c.Tone = "right, with a catch", "mixed"
		c.Found = append(c.Found, fmt.Sprintf("The paper's own stride does not: %d is %d more than a multiple of %d, so its tiles pool on shifted grids and do not meet exactly; %d would.", out, rest, f.Step, out-rest))
	}
	return c, nil
}

// claimEdge answers whether information at the edges is lost.
func (v *view) claimEdge() claim {
	c := claim{Said: "Is information at the image's edges not lost?", Status: "not measured", Tone: "none"}
	ref := v.reference()
	const m = "oracle-excess:border"
	if b := v.bins[m]; len(b) > 0 {
		near, ok1 := v.shown(m, ref, b[0])
		far, ok2 := v.shown(m, ref, b[len(b)-1])
		if ok1 && ok2 {
			c.Found = append(c.Found, fmt.Sprintf("At the image border the context is invented. Within %s px of it %s errs %s points more on mirrored context than on the true one (95 %% interval %s to %s, %s); at %s px the excess is %s.",
				binRange(b[0]), ref, points(near.Mean), points(near.Low()), points(near.High()), count(near.Seeds, "seed"), binRange(b[len(b)-1]), points(far.Mean)))
			c.Status, c.Tone = "open", "undecided"
			switch {
			case near.Spread && near.Low() > 0:
				c.Status, c.Tone = "something is", "worse"
			case near.Spread && near.High() < math.Max(v.Setup.Margin, 0):
				c.Status, c.Tone = "hardly", "better"
			}
		}
	}
	inOne, ok1 := v.estimate(key{"dice", ref, v.regime(), whole, ""})
	inTiles, ok2 := v.estimate(key{"dice", ref, v.regime(), tiled, ""})
	if ok1 && ok2 {
		if d := inTiles.Mean - inOne.Mean; d == 0 {
			c.Found = append(c.Found, fmt.Sprintf("At tile edges nothing is: predicted in tiles, %s's Dice is that of the whole image to the last digit.", ref))
		} else {
			c.Found = append(c.Found, fmt.Sprintf("Predicted in tiles, %s's Dice differs from that of the whole image by %s points.", ref, points(d)))
		}
	}
	return c
}

// claimOverlap measures what overlap costs the reference.
func (v *view) claimOverlap() claim {
	c := claim{Said: "Overlap costs extra work.", Status: "not measured", Tone: "none"}
	ref := v.reference()
	curve := v.costCurve(ref, false)
	if len(curve) == 0 {
		curve = v.workTiles(ref)
	}
	var parts []string
	most := 0.0
	for _, t := range curve {
		if p, total, ok := v.work(ref, t); ok && total > 0 {
			share := 100 * p[2] / total
			most = max(most, share)
			parts = append(parts, fmt.Sprintf("%.0f %% %s", share, tilePhrase(t)))
		}
	}
	if len(parts) == 0 {
		return c
	}
	if len(parts) > 3 { // the ends and the middle say enough
		parts = []string{parts[0], parts[len(parts)/2], parts[len(parts)-1]}
	}
	c.Status, c.Tone = checked(most >= 0.5)
	c.Found = []string{fmt.Sprintf("Of %s's multiply-accumulates on a large image, those repeated because tiles overlap are %s.", ref, list(parts))}
	return c
}

// claimLayers asks where in the network the repeated work lies.
func (v *view) claimLayers() claim {
	c := claim{Said: "The overlapping pixels are only processed by the initial layers.", Status: "not measured", Tone: "none"}
	const m = "mac-repeated/px"
	ref, levels := v.reference(), v.bins[m]
	var best string
	for _, t := range v.workTiles(ref) {
		if p, _, ok := v.work(ref, t); ok && p[2] > 0 {
			best = t // the largest tile that repeats anything: the kindest to the claim
		}
	}
	var total float64
	var parts []string
	var first float64
	for i, l := range levels {
		if e, ok := v.estimate(key{m, ref, v.regime(), best, l}); ok {
			total += e.Mean
			if i == 0 {
				first = e.Mean
			}
		}
	}
	if total <= 0 {
		return c
	}
	for _, l := range levels {
		if e, ok := v.estimate(key{m, ref, v.regime(), best, l}); ok {
			parts = append(parts, fmt.Sprintf("%.0f %% at %s", 100*e.Mean/total, strings.Replace(l, "level", "level ", 1)))
		}
	}
	c.Status, c.Tone = checked(first/total > 0.95)
	c.Found = []string{fmt.Sprintf("Of what %s repeats %s, %s, counting both sides of the U.", ref, tilePhrase(best), list(parts))}
	return c
}
