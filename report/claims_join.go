package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"unetbench/bench"
	"unetbench/bench/claims"
	"unetbench/graph"
)

// claimPad: fastai's way needs neither crop nor tiles.
func (v *view) claimPad() (claim, error) {
	c := claim{Said: "The fastai U-Net pads and upsamples by PixelShuffle, so it needs neither crop nor tiles.", Status: "not measured", Tone: "none"}
	p, err := claims.Original("padded")
	if err != nil {
		return c, err
	}
	f := p.Footprint().H
	c.Found = append(c.Found, fmt.Sprintf("It needs no crop: padded networks keep their size (legal sides are %v). Where an image does not fit into memory it needs tiles like any other, and then %d px at each inner tile edge have to be discarded for the tiles to meet exactly.",
		p.Sides, max(f.HaloTop, f.HaloBottom)))
	preset := func(a bench.Arm) bool { return a.Arch == "fastai" }
	if !strings.HasPrefix(v.Setup.Up, "shuffle") && !slices.ContainsFunc(v.Arms, preset) {
		c.Found = append(c.Found, fmt.Sprintf("PixelShuffle itself is not in this run (its upsampling is %s; --up shuffle changes that, and --arch fastai adds fastai's own decoder).", orUnknown(v.Setup.Up)))
	}
	fs := v.findings("dice", "", v.frame(), func(a bench.Arm) bool { return isArch(a, "padded") || preset(a) })
	if len(fs) == 0 {
		return c, nil
	}
	for _, x := range fs {
		c.Found = append(c.Found, x.say("").String())
	}
	switch fs[0].outcome() {
	case worse:
		c.Status, c.Tone = "right, at a price", "mixed"
	case open:
		c.Status, c.Tone = "price undecided", "undecided"
	default:
		c.Status, c.Tone = "right, at no price", "better"
	}
	return c, nil
}

// claimHarm: resizing brings artifacts and loses information.
func (v *view) claimHarm() (claim, error) {
	c := claim{Said: "Resizing brings artifacts and loses information.", Status: "not measured", Tone: "none"}
	for _, a := range v.Arms {
		kept, ok1 := v.shown("resize-kept", a.Name, "level0")
		aliased, ok2 := v.shown("resize-aliased", a.Name, "level0")
		if ok1 && ok2 && isArch(a, "resized") {
			c.Found = append(c.Found, fmt.Sprintf("At %s's top join the interpolation leaves %s %% of white noise's energy where it was and moves %s %% to wrong frequencies.",
				a.Name, number("%", kept.Mean), number("%", aliased.Mean)))
		}
	}
	for _, name := range []string{"resized-skip", "resized-up"} {
		p, err := claims.Original(name)
		if err != nil {
			return c, err
		}
		ms, err := p.Misregistrations(graph.Square(claims.PaperInput))
		if err != nil {
			return c, err
		}
		slices.SortFunc(ms, func(a, b graph.Misregistration) int { return a.Level - b.Level })
		c.Found = append(c.Found, fmt.Sprintf("It puts maps out of register: in the paper's network at %d px, %s's skip and decoder lie up to %s input px apart at levels 0 to %d.",
			claims.PaperInput, name, gaps(ms), len(ms)-1))
	}
	fs := v.findings("dice", "", v.frame(), func(a bench.Arm) bool { return isArch(a, "resized") })
	if len(fs) == 0 {
		return c, nil
	}
	n := [4]int{}
	for _, x := range fs {
		n[x.outcome()]++
		c.Found = append(c.Found, x.say("").String())
	}
	switch {
	case n[worse] == len(fs):
		c.Status, c.Tone = "supported", "better"
	case n[worse] > 0:
		c.Status, c.Tone = "partly supported", "mixed"
	case n[open] > 0:
		c.Status, c.Tone = "open", "undecided"
	default:
		c.Status, c.Tone = "not in accuracy", "worse"
	}
	return c, nil
}

// claimExtra compares what interpolation costs with what overlap costs.
func (v *view) claimExtra() claim {
	c := claim{Said: "How does the extra processing of resizing compare with that of the overlap?", Status: "not measured", Tone: "none"}
	ref := v.reference()
	tile := tiled
	p, _, ok := v.work(ref, tile)
	if !ok {
		if ts := v.workTiles(ref); len(ts) > 0 {
			tile = ts[0]
			p, _, ok = v.work(ref, tile)
		}
	}
	if !ok {
		return c
	}
	overlap := p[1] + p[2]
	c.Found = append(c.Found, fmt.Sprintf("%s, %s spends %s MAC per output px on overlap: %s repeated, %s beyond the image's border.",
		sentenceCase(tilePhrase(tile)), ref, si(overlap), si(p[2]), si(p[1])))
	for _, a := range v.Arms {
		if !isArch(a, "resized") {
			continue
		}
		t := v.tileFor("interp/px", a.Name, v.regime())
		if _, ok := v.estimate(key{"interp/px", a.Name, v.regime(), tile, ""}); ok {
			t = tile
		}
		e, ok := v.estimate(key{"interp/px", a.Name, v.regime(), t, ""})
		if !ok {
			continue
		}
		s := fmt.Sprintf("%s interpolates for %s MAC per output px", a.Name, si(e.Mean))
		if e.Mean > 0 && overlap > 0 {
			if q := overlap / e.Mean; q >= 1 {
				s += fmt.Sprintf(", %s times less", significant2(q))
			} else {
				s += fmt.Sprintf(", %s times more", significant2(1/q))
			}
		}
		if q, total, ok := v.work(a.Name, tile); ok {
			s += fmt.Sprintf("; but its own convolutions are unpadded too, and %s of its %s MAC per px go to overlap and border", si(q[1]+q[2]), si(total))
		}
		c.Found = append(c.Found, s+".")
		c.Status, c.Tone = "answered", "equivalent"
	}
	return c
}

// claimHunch: tiles or padding beat resizing.
func (v *view) claimHunch() claim {
	c := claim{Said: "The hunch: tiles or padding beat resizing.", Status: "not measured", Tone: "none"}
	f := v.frame()
	resized := v.findings("dice", "", f, func(a bench.Arm) bool { return isArch(a, "resized") })
	padded := v.findings("dice", "", f, func(a bench.Arm) bool { return isArch(a, "padded") })
	if len(resized) == 0 {
		return c
	}
	n := [4]int{}
	for _, x := range resized {
		n[x.outcome()]++
	}
	for _, x := range append(slices.Clone(padded), resized...) {
		c.Found = append(c.Found, fmt.Sprintf("%s against %s: %s points (%s): %s.", x.Arm, x.Reference, points(x.Diff), x.evidence(), x.outcome()))
	}
	switch {
	case n[worse] == len(resized):
		c.Status, c.Tone = "supported", "better"
		c.Found = append(c.Found, "Tiles with cropping beat every resized arm.")
		if len(padded) > 0 && padded[0].outcome() != worse {
			c.Found = append(c.Found, fmt.Sprintf("Padding is %s against cropping, so it is not shown to fall behind with them; there is no direct contrast between padding and resizing.", padded[0].outcome()))
		}
	case n[better] > 0:
		c.Status, c.Tone = "contradicted", "worse"
	case n[worse] > 0:
		c.Status, c.Tone = "partly supported", "mixed"
	case n[open] > 0:
		c.Status, c.Tone = "open", "undecided"
	default:
		c.Status, c.Tone = "no difference", "equivalent"
	}
	return c
}

// claimBest: padding may be best of all.
func (v *view) claimBest() claim {
	c := claim{Said: "Padding may be the best of all.", Status: "not measured", Tone: "none"}
	f := v.frame()
	padded := v.findings("dice", "", f, func(a bench.Arm) bool { return isArch(a, "padded") })
	if len(padded) == 0 {
		return c
	}
	x := padded[0]
	c.Found = []string{x.say("").String()}
	rival := false
	for _, y := range v.findings("dice", "", f, func(a bench.Arm) bool { return isArch(a, "resized") }) {
		rival = rival || y.outcome() == better
	}
	switch o := x.outcome(); {
	case o == better && !rival:
		c.Status, c.Tone = "supported", "better"
	case o == better:
		c.Status, c.Tone = "open", "undecided"
		c.Found = append(c.Found, "A resized arm beats cropping too, and the two were not contrasted with each other.")
	case o == worse:
		c.Status, c.Tone = "contradicted", "worse"
	case o == same:
		c.Status, c.Tone = "as good as cropping", "equivalent"
	default:
		c.Status, c.Tone = "open", "undecided"
	}
	a, ok1 := v.arm(x.Arm)
	b, ok2 := v.arm(x.Reference)
	if ok1 && ok2 && a.MACsPerPx > 0 && b.MACsPerPx > 0 {
		c.Found = append(c.Found, fmt.Sprintf("In training it costs %s MAC per supervised px, %s %s.", si(a.MACsPerPx), x.Reference, si(b.MACsPerPx)))
	}
	return c
}

// gaps writes each level's accumulated misregistration at the map's edge.
func gaps(ms []graph.Misregistration) string {
	var s []string
	for _, m := range ms {
		s = append(s, plain(math.Round(m.AccumEdge)))
	}
	return strings.Join(s, "/")
}
