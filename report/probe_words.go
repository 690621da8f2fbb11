package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"unetbench/internal/probe"
)

// A probed is a probe's result with the words for it, which the terminal and the
// page share.
type probed struct{ *probe.Result }

// tone colours the verdict.
func (p probed) tone() string {
	return map[string]string{probe.Exact: "better", probe.Never: "worse"}[p.Verdict]
}

// headline is the verdict in a sentence.
func (p probed) headline() string {
	h, w := p.Axes.H, p.Axes.W
	switch p.Verdict {
	case probe.Exact:
		if *h.HaloTop+*h.HaloBottom+*w.HaloTop+*w.HaloBottom == 0 {
			return fmt.Sprintf("Exact: tiles laid on multiples of %s leave no seam, and nothing of them need be discarded.", p.steps())
		}
		return fmt.Sprintf("Exact: start tiles on multiples of %s, discard %s at every inner edge, and the mosaic equals the image in one piece.", p.steps(), p.halos())
	case probe.Never:
		return "Never: no overlap makes tiles of this network agree with the image in one piece."
	}
	return fmt.Sprintf("Undecided: with %d px discarded at every edge, the most that could be tested, tiles were not seen to agree with the image in one piece.", p.Tested)
}

// steps names the grid that tiles start on.
func (p probed) steps() string {
	if h, w := p.Axes.H.Step, p.Axes.W.Step; h != w {
		return fmt.Sprintf("%d px down and %d px across", h, w)
	}
	return fmt.Sprintf("%d px", p.Axes.H.Step)
}

// halos says how much to discard on each side.
func (p probed) halos() string {
	h, w := p.Axes.H, p.Axes.W
	all := []int{*h.HaloTop, *h.HaloBottom, *w.HaloTop, *w.HaloBottom}
	if slices.Min(all) == slices.Max(all) {
		return fmt.Sprintf("%d px", all[0])
	}
	if all[0] == all[2] && all[1] == all[3] {
		return fmt.Sprintf("%d px at the top and left and %d px at the bottom and right", all[0], all[1])
	}
	return fmt.Sprintf("%d px at the top, %d px at the bottom, %d px at the left and %d px at the right", all[0], all[1], all[2], all[3])
}

// because says what stands behind the verdict.
func (p probed) because() []string {
	var out []string
	for _, c := range p.Causes {
		if p.Verdict != probe.Exact && endless(c.Name) {
			out = append(out, fmt.Sprintf("%s: %s.", sentenceCase(causeWords(c.Name)), nodes(c.Nodes)))
		}
	}
	for i, a := range []*probe.Axis{p.Axes.H, p.Axes.W} {
		if m := a.Measured; m != nil {
			out = append(out, p.measured([]string{"height", "width"}[i], a))
		}
		if i == 0 && a.Measured != nil && p.Axes.W.Measured != nil && sameAxis(p.Axes.H, p.Axes.W) {
			out[len(out)-1] = strings.Replace(out[len(out)-1], "Along the height", "Along height and width alike", 1)
			break
		}
	}
	return append(out, p.Contradictions...)
}

func sameAxis(a, b *probe.Axis) bool {
	return a.Measured.Tile == b.Measured.Tile && a.Measured.Verdict == b.Measured.Verdict && equalPx(a.Measured.HaloTop, b.Measured.HaloTop) && equalPx(a.Measured.HaloBottom, b.Measured.HaloBottom)
}

func equalPx(a, b *int) bool { return a == b || a != nil && b != nil && *a == *b }

// measured is what was seen along one axis.
func (p probed) measured(axis string, a *probe.Axis) string {
	m := a.Measured
	s := fmt.Sprintf("Along the %s, tiles of %d px were held against strips of %d px: ", axis, m.Tile, m.Whole)
	switch {
	case m.HaloTop != nil && m.HaloBottom != nil && *m.HaloTop+*m.HaloBottom == 0:
		s += "they agree everywhere"
	case m.HaloTop != nil && m.HaloBottom != nil:
		s += fmt.Sprintf("the last row that differs lies %d px below their top and %d px above their bottom", *m.HaloTop, *m.HaloBottom)
	default:
		s += fmt.Sprintf("they differ everywhere, in their middle by %s of the output's standard deviation", relative(m.Plateau))
	}
	off, worst := 0, 0.0
	for d, e := range m.Misaligned {
		if e > worst || e == worst && d < off {
			off, worst = d, e
		}
	}
	if worst > p.Floor {
		s += fmt.Sprintf(". Started %d px off the grid they differ by up to %s, however much is discarded", off, relative(worst))
	}
	return s + "."
}

// endless says that no halo helps against it.
func endless(cause string) bool {
	return cause == "input_statistics" || cause == "global_pooling" || cause == "size_dependent_resize"
}

// causeWords is a cause in words.
func causeWords(name string) string {
	if w, ok := map[string]string{
		"missing_context":       "missing context: at its edges a tile sees padding instead of its neighbours",
		"grid_phase":            "pooling grid: a tile that starts off the grid is pooled otherwise than the image",
		"input_statistics":      "statistics: a normalisation takes mean and deviation from the tile at hand",
		"global_pooling":        "global pooling: one average over the tile reaches every pixel of it",
		"size_dependent_resize": "resizing: where pixels are interpolated depends on the tile's size",
		"blending":              "blending: pixels are mixed of tiles that disagree",
	}[name]; ok {
		return w
	}
	return name
}

// nodes names some nodes, and counts the rest.
func nodes(names []string) string {
	const few = 3
	if len(names) <= few {
		return list(names)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:few], ", "), len(names)-few)
}

// relative formats an error in standard deviations of the output.
func relative(x float64) string {
	switch {
	case x == 0:
		return "0"
	case x >= 0.01:
		return strconv.FormatFloat(x, 'g', 2, 64)
	}
	return minus(strings.Replace(strconv.FormatFloat(x, 'e', 1, 64), "e-0", "e-", 1))
}

// facts say what the network is.
func (p probed) facts() []fact {
	m, h, w := p.Model, p.Axes.H, p.Axes.W
	out := []fact{
		{"Network", fmt.Sprintf("%s in, %s out, %s, %s parameters, %s MAC per px of the output", count(m.Inputs, "channel"), count(m.Outputs, "channel"), count(m.Nodes, "node"), grouped(int(m.Params)), si(m.MACsPerPx))},
	}
	if len(m.Fixed) == 2 {
		out = append(out, fact{"Sizes", fmt.Sprintf("the file accepts %d×%d px only; the same network was tried at others here", m.Fixed[0], m.Fixed[1])})
	}
	for i, a := range []*probe.Axis{h, w} {
		name := []string{"Heights", "Widths"}[i]
		if i == 0 && legalWords(h) == legalWords(w) {
			name = "Heights and widths"
		}
		out = append(out, fact{name, legalWords(a)})
		if name == "Heights and widths" {
			break
		}
	}
	place := "as large as the input, pixel on pixel"
	if h.Shrink != 0 || w.Shrink != 0 {
		place = fmt.Sprintf("%d×%d px less than the input, from pixel (%d, %d) of it on", h.Shrink, w.Shrink, h.Before, w.Before)
	}
	out = append(out, fact{"Output", place})
	if h.ReachUp != nil && h.ReachDown != nil && w.ReachUp != nil && w.ReachDown != nil {
		s := fmt.Sprintf("an output pixel depends on up to %d px above it and %d below, %d to the left and %d to the right", *h.ReachUp, *h.ReachDown, *w.ReachUp, *w.ReachDown)
		if p.Verdict == probe.Never {
			s += ", and faintly on all others"
		}
		out = append(out, fact{"Reach", s})
	}
	return out
}

// legalWords are the sizes along one axis.
func legalWords(a *probe.Axis) string {
	var s string
	switch l := a.Legal; {
	case l == nil && len(a.Accepted) == 1 && a.Accepted[0][0] == a.Accepted[0][1]:
		s = fmt.Sprintf("%d px", a.Accepted[0][0])
	case l == nil:
		return "none was seen to work"
	case l.Step == 1:
		s = fmt.Sprintf("any from %d px on", l.Min)
	case l.Offset == 0:
		s = fmt.Sprintf("multiples of %d px from %d on", l.Step, l.Min)
	default:
		s = fmt.Sprintf("%d px and every %d px more", l.Min, l.Step)
	}
	floored := 0
	for _, r := range a.Floored {
		floored += r[1] - r[0] + 1
	}
	if floored > 0 {
		s += fmt.Sprintf("; %d others up to %d px run too, but lose px on the way or place the output elsewhere", floored, a.Scanned)
	}
	return s
}
