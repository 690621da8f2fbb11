package report

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"image/color"
	"regexp"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// svg renders the panel as inline SVG that scales with its container and takes
// its colours from the page's CSS variables.
func (p panel) svg(id string) (template.HTML, error) {
	img := vgsvg.New(p.W, p.H)
	p.draw(draw.New(img))
	var b bytes.Buffer
	if _, err := img.WriteTo(&b); err != nil {
		return "", fmt.Errorf("figure %s: %w", id, err)
	}
	s := b.String()
	i := strings.Index(s, "<svg")
	j := i + strings.IndexByte(s[i:], '>') + 1
	if i < 0 || j <= i {
		return "", fmt.Errorf("figure %s: vgsvg wrote no <svg>", id)
	}
	head := fmt.Sprintf(`<svg class="chart" viewBox="0 0 %g %g" role="img" aria-label="%s">`,
		float64(p.W), float64(p.H), html.EscapeString(p.Alt))
	body := fontFamily.ReplaceAllString(s[j:], "")
	return template.HTML(head + themed(body)), nil
}

var (
	fontFamily = regexp.MustCompile(`font-family:[^;"]*;font-variant:[^;"]*;`)
	hexColour  = regexp.MustCompile(`#[0-9A-F]{6}`)
)

// themed replaces the palette's light colours by their CSS variables.
func themed(svg string) string {
	return hexColour.ReplaceAllStringFunc(svg, func(s string) string {
		n, err := strconv.ParseUint(s[1:], 16, 32)
		if err != nil {
			return s
		}
		c := rgb(uint32(n))
		for _, h := range allHues {
			if near(c, h.light) {
				return "var(--" + h.name + ")"
			}
		}
		return s
	})
}

// near allows for the rounding of translucent colours on their way through
// premultiplied alpha.
func near(a, b color.NRGBA) bool {
	d := func(x, y uint8) bool { return max(x, y)-min(x, y) <= 4 }
	return d(a.R, b.R) && d(a.G, b.G) && d(a.B, b.B)
}

// svg is the legend item's sample as inline SVG, for the page's HTML legend.
func (l legendItem) svg() template.HTML {
	col := "var(--" + l.style.hue.name + ")"
	if l.fill {
		return template.HTML(fmt.Sprintf(`<svg class="key" viewBox="0 0 18 10" aria-hidden="true"><rect width="18" height="10" style="fill:%s"/></svg>`, col))
	}
	var dash []string
	for _, d := range l.style.dashes {
		dash = append(dash, strconv.FormatFloat(float64(d), 'g', 3, 64))
	}
	dashes := "none"
	if len(dash) > 0 {
		dashes = strings.Join(dash, ",")
	}
	return template.HTML(fmt.Sprintf(`<svg class="key" viewBox="0 0 22 10" aria-hidden="true"><path d="M0,5H22" style="stroke:%s;stroke-width:1.6;stroke-dasharray:%s"/>%s</svg>`,
		col, dashes, l.style.shape(11, 5, 3.2)))
}

// shape is the arm's marker as SVG elements, about (x, y).
func (s armStyle) shape(x, y, r float64) string {
	col := "var(--" + s.hue.name + ")"
	fill := col
	if s.hollow {
		fill = "var(--paper)"
	}
	paint := fmt.Sprintf(`style="fill:%s;stroke:%s;stroke-width:1.2"`, fill, col)
	switch s.marker {
	case disc:
		return fmt.Sprintf(`<circle cx="%g" cy="%g" r="%g" %s/>`, x, y, r, paint)
	case cross:
		return fmt.Sprintf(`<path d="M%g,%gL%g,%gM%g,%gL%g,%g" style="fill:none;stroke:%s;stroke-width:1.8"/>`,
			x-r, y-r, x+r, y+r, x-r, y+r, x+r, y-r, col)
	}
	var d strings.Builder
	for i, q := range s.marker.corners() {
		op := "L"
		if i == 0 {
			op = "M"
		}
		fmt.Fprintf(&d, "%s%.4g,%.4g", op, x+float64(q.X)*r, y-float64(q.Y)*r)
	}
	return fmt.Sprintf(`<path d="%sZ" %s/>`, d.String(), paint)
}
