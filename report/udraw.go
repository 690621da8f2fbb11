package report

import (
	"fmt"
	"html"
	"html/template"
	"strings"
)

// Geometry of the U, in units of its viewBox.
const (
	uBoxW   = 43.0
	uBoxH   = 42.0
	uGap    = 11.0
	uRow    = 82.0
	uIndent = 15.0
	uLeft   = 40.0  // for the level's name
	uRight  = 104.0 // for the level's share of the arithmetic
	uSkipW  = 126.0 // least room for a skip's label
	uTop    = 6.0
)

// A uPen writes the picture of one network.
type uPen struct {
	strings.Builder
	u     uShape
	inner float64 // right end of the U, left of the shares
}

// svg draws the network as a U, with the size of every map.
func (u uShape) svg() template.HTML {
	p := &uPen{u: u}
	deep := len(u.levels) - 1
	for l, lev := range u.levels {
		w := uLeft + rowWidth(len(lev.enc)) + 2*uIndent*float64(l)
		if l < deep {
			w += uSkipW + rowWidth(len(lev.dec))
		}
		p.inner = max(p.inner, w)
	}
	fmt.Fprintf(p, `<svg class="unet" viewBox="0 0 %.0f %.0f" role="img" aria-label="%s">`,
		p.inner+uRight, uTop+uRow*float64(deep)+uBoxH+8, html.EscapeString(u.alt()))
	fmt.Fprintf(p, `<defs><marker id="%s" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="5.5" markerHeight="5.5" orient="auto"><path d="M0,0.4L5.6,3L0,5.6Z" class="ahead"/></marker></defs>`, u.arrow())
	for l, lev := range u.levels {
		y := p.y(l)
		fmt.Fprintf(p, `<text class="lvl" x="0" y="%.1f">level %d</text>`, y+uBoxH/2+3, l)
		p.share(lev, y)
		p.boxes(lev.enc, p.encX(l), y)
		if l == deep {
			continue
		}
		p.boxes(lev.dec, p.decX(l), y)
		if lev.skip != nil {
			p.skip(*lev.skip, p.encX(l)+rowWidth(len(lev.enc)), p.decX(l), y)
		}
		if n := len(lev.enc); n > 0 && len(u.levels[l+1].enc) > 0 {
			p.elbow(p.encX(l)+rowWidth(n)-uBoxW/2, y+uBoxH, p.encX(l+1)+uBoxW/2, p.y(l+1), nil)
		}
		if len(lev.dec) > 0 {
			p.elbow(p.endX(l+1)-uBoxW/2, p.y(l+1), p.decX(l)+uBoxW/2, y+uBoxH, lev.rise)
		}
	}
	p.WriteString(`</svg>`)
	return template.HTML(p.String())
}

func (p *uPen) y(l int) float64 { return uTop + uRow*float64(l) }

// encX is where level l's contraction begins; the bottom row stands in the middle.
func (p *uPen) encX(l int) float64 {
	if l == len(p.u.levels)-1 {
		return (uLeft + p.inner - rowWidth(len(p.u.levels[l].enc))) / 2
	}
	return uLeft + uIndent*float64(l)
}

// endX is where level l ends on the right, and decX where its expansion begins.
func (p *uPen) endX(l int) float64 {
	if l == len(p.u.levels)-1 {
		return p.encX(l) + rowWidth(len(p.u.levels[l].enc))
	}
	return p.inner - uIndent*float64(l)
}

func (p *uPen) decX(l int) float64 { return p.endX(l) - rowWidth(len(p.u.levels[l].dec)) }

// rowWidth is the width of n boxes.
func rowWidth(n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(n)*(uBoxW+uGap) - uGap
}

// arrow is the id of the picture's arrow head.
func (u uShape) arrow() string { return "ah-" + slug(u.arm+"-"+u.input.String()) }

// boxes draws a row of maps with arrows between them.
func (p *uPen) boxes(bs []uBox, x, y float64) {
	for i, b := range bs {
		if i > 0 {
			p.line("M%.1f,%.1fH%.1f", x-uGap, y+uBoxH/2, x)
		}
		class := [...]string{"plain", "conv", "pool", "up", "resize", "join"}[b.kind]
		fmt.Fprintf(p, `<g class="box %s"><title>%s</title>`, class, html.EscapeString(strings.Join(b.nodes, "\n")))
		fmt.Fprintf(p, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="3"/>`, x, y, uBoxW, uBoxH)
		mid := x + uBoxW/2
		fmt.Fprintf(p, `<text class="op" x="%.1f" y="%.1f">%s</text>`, mid, y+11, html.EscapeString(b.op))
		size := "size"
		if b.shape.H != b.shape.W {
			size = "size long"
		}
		fmt.Fprintf(p, `<text class="%s" x="%.1f" y="%.1f">%s</text>`, size, mid, y+24.5, side(b.shape))
		fmt.Fprintf(p, `<text class="op" x="%.1f" y="%.1f">%d ch</text></g>`, mid, y+36, b.shape.C)
		x += uBoxW + uGap
	}
}

// line draws an arrow.
func (p *uPen) line(path string, args ...any) {
	fmt.Fprintf(p, `<path class="flow" marker-end="url(#%s)" d="%s"/>`, p.u.arrow(), fmt.Sprintf(path, args...))
}

// skip draws the horizontal arrow from the contraction to the join.
func (p *uPen) skip(s uSkip, from, to, y float64) {
	mid, h := (from+to)/2, y+uBoxH/2
	class := "skip"
	switch {
	case s.cut:
		class = "skip cut"
	case s.kind == uResize:
		class = "skip resize"
	}
	fmt.Fprintf(p, `<g class="%s"><title>%s</title><path marker-end="url(#%s)" d="M%.1f,%.1fH%.1f"/>`, class,
		html.EscapeString(strings.Join(s.nodes, "\n")), p.u.arrow(), from, h, to)
	if s.cut {
		fmt.Fprintf(p, `<path class="slash" d="M%.1f,%.1fl7,-11m-3,11l7,-11"/>`, mid-6, h+6)
	}
	fmt.Fprintf(p, `<text x="%.1f" y="%.1f">%s</text></g>`, mid, h-9, html.EscapeString(s.what))
}

// elbow draws the path between two rows, with what happens on it.
func (p *uPen) elbow(x0, y0, x1, y1 float64, on []uBox) {
	mid := (y0 + y1) / 2
	p.line("M%.1f,%.1fV%.1fH%.1fV%.1f", x0, y0, mid, x1, y1)
	var words []string
	for _, b := range on {
		words = append(words, b.op+" "+side(b.shape))
	}
	text := strings.Join(words, ", ")
	if text == "" {
		return
	}
	var tips []string
	for _, b := range on {
		tips = append(tips, b.nodes...)
	}
	fmt.Fprintf(p, `<g class="rise"><title>%s</title><text x="%.1f" y="%.1f">%s</text></g>`,
		html.EscapeString(strings.Join(tips, "\n")), x1+7, mid-4, html.EscapeString(text))
}

// share draws the level's part of the network's arithmetic.
func (p *uPen) share(l uLevel, y float64) {
	if p.u.macs == 0 {
		return
	}
	part := float64(l.macs) / float64(p.u.macs)
	x := p.inner + 16
	fmt.Fprintf(p, `<rect class="sharebar" x="%.1f" y="%.1f" width="%.2f" height="7"/>`, x, y+uBoxH/2+2, part*(uRight-18))
	fmt.Fprintf(p, `<text class="share" x="%.1f" y="%.1f">%.0f %% of MAC</text>`, x, y+uBoxH/2-3, 100*part)
}

// alt is the picture in words.
func (u uShape) alt() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s at %v input, drawn as a U. ", u.arm, u.input)
	for l, lev := range u.levels {
		fmt.Fprintf(&b, "Level %d: contraction %s", l, sides(lev.enc))
		if lev.skip != nil {
			fmt.Fprintf(&b, "; skip %s", lev.skip.what)
		}
		if len(lev.rise)+len(lev.dec) > 0 {
			fmt.Fprintf(&b, "; expansion %s", sides(append(append([]uBox{}, lev.rise...), lev.dec...)))
		}
		b.WriteString(". ")
	}
	return strings.TrimSpace(b.String())
}

// sides lists the sizes along a row: "204, 202, 200".
func sides(bs []uBox) string {
	var s []string
	for _, b := range bs {
		s = append(s, side(b.shape))
	}
	return strings.Join(s, ", ")
}

// slug turns a name into an identifier.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			return r
		}
		return '-'
	}, s)
}
