package report

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot/vg"

	"unetbench/bench"
)

// A hue is one colour of the report, for a light and for a dark page. Figures
// are drawn in the light colour; in the page's SVG it becomes the CSS variable
// of that name, so that one drawing serves both.
type hue struct {
	name        string // CSS variable without "--"
	light, dark color.NRGBA
}

func rgb(x uint32) color.NRGBA {
	return color.NRGBA{uint8(x >> 16), uint8(x >> 8), uint8(x), 255}
}

// The arms' colours are those of Okabe and Ito (2008), which stay apart under
// the common kinds of colour blindness; dash and marker tell arms apart too.
var (
	ink      = hue{"ink", rgb(0x1C2430), rgb(0xE8ECF1)}
	muted    = hue{"muted", rgb(0x5B6675), rgb(0xA3AEBB)}
	rule     = hue{"rule", rgb(0xDDE2E8), rgb(0x343D49)}
	paper    = hue{"paper", rgb(0xFFFFFF), rgb(0x151A21)}
	band     = hue{"band", rgb(0xEEF1F5), rgb(0x232B35)}
	blue     = hue{"blue", rgb(0x0072B2), rgb(0x56B4E9)}
	orange   = hue{"orange", rgb(0xD55E00), rgb(0xF39148)}
	green    = hue{"green", rgb(0x00896A), rgb(0x3FC8A0)}
	purple   = hue{"purple", rgb(0xB5508B), rgb(0xE79CC8)}
	grey     = hue{"grey", rgb(0x77808C), rgb(0x98A2AE)}
	gold     = hue{"gold", rgb(0x8A6A00), rgb(0xE2C044)}
	sky      = hue{"sky", rgb(0x3592CC), rgb(0x8CCBF5)}
	slate    = hue{"slate", rgb(0x8A9BB0), rgb(0x6F8098)}
	amber    = hue{"amber", rgb(0xE5A33B), rgb(0xE5A94D)}
	brick    = hue{"brick", rgb(0xA53A2C), rgb(0xD9695A)}
	allHues  = []hue{ink, muted, rule, paper, band, blue, orange, green, purple, grey, gold, sky, slate, amber, brick}
	spare    = []hue{gold, sky, brick, slate} // variants that this list does not know
	families = map[string]armStyle{
		"valid":        {hue: blue, marker: disc},
		"padded":       {hue: orange, marker: square},
		"resized-skip": {hue: green, marker: triangle, dashes: []vg.Length{5, 2}},
		"resized-up":   {hue: purple, marker: diamond, dashes: []vg.Length{6, 2, 1.5, 2}},
		"no-skip":      {hue: grey, marker: cross, dashes: []vg.Length{1.5, 2}},
	}
)

// An armStyle is how an arm looks wherever it is drawn.
type armStyle struct {
	hue    hue
	marker marker
	dashes []vg.Length
	hollow bool // a control
}

// style gives an arm the colour, marker and dashes of its family; controls are
// hollow.
func (v *view) style(arm string) armStyle {
	a, _ := v.arm(arm)
	if s, ok := families[arm]; ok {
		return s
	}
	if s, ok := families[a.Arch]; ok {
		s.hollow = a.Control
		return s
	}
	for i, b := range v.strangers() {
		if b.Name == arm {
			return armStyle{hue: spare[i%len(spare)], marker: marker(i % int(markers)), hollow: a.Control}
		}
	}
	return armStyle{hue: grey, hollow: a.Control}
}

// strangers are the arms of variants without a colour of their own.
func (v *view) strangers() []bench.Arm {
	var out []bench.Arm
	for _, a := range v.Arms {
		_, byName := families[a.Name]
		_, byArch := families[a.Arch]
		if !byName && !byArch {
			out = append(out, a)
		}
	}
	return out
}

// hex writes a colour as CSS does.
func hex(c color.NRGBA) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	b.WriteByte('#')
	for _, x := range []uint8{c.R, c.G, c.B} {
		b.WriteByte(digits[x>>4])
		b.WriteByte(digits[x&15])
	}
	return b.String()
}

// fade returns c with the given opacity.
func fade(c color.NRGBA, alpha float64) color.NRGBA {
	c.A = uint8(255*alpha + .5)
	return c
}
