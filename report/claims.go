package report

import (
	"fmt"
	"math"
	"strings"

	"unetbench/bench/claims"
)

// A claim is something that the thread asked or said, with what is found.
type claim struct {
	Said   string
	Status string
	Tone   string // as of an answer
	Found  []string
}

// claims goes through the thread. Sizes are worked out from the wiring of the
// paper's network, whatever this run trained; all else comes from the records.
func (v *view) claims() ([]claim, error) {
	var out []claim
	sizes, err := claims.Sizes()
	if err != nil {
		return nil, err
	}
	for _, r := range sizes {
		out = append(out, sized(r))
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

// sized shows a claim that the wiring alone decides.
func sized(r claims.Result) claim {
	c := claim{Said: r.Said, Found: r.Notes}
	c.Status, c.Tone = checked(r.Verdict == claims.Reproduced)
	if r.Verdict == claims.Reproduced && len(r.Catch()) > 0 {
		c.Status, c.Tone = "right, with a catch", "mixed"
		c.Found = append(c.Found, r.Catch())
	}
	return c
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
	c.Status, c.Tone = checked(most >= claims.NoticeableShare)
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
	c.Status, c.Tone = checked(100*first/total >= claims.InitialShare)
	c.Found = []string{fmt.Sprintf("Of what %s repeats %s, %s, counting both sides of the U.", ref, tilePhrase(best), list(parts))}
	return c
}
