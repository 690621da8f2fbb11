package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"strings"
)

//go:embed page.css
var pageCSS string

// css is the page's style sheet: the palette as variables for light, dark and
// paper, then page.css.
func css() template.CSS {
	card := hue{"card", rgb(0xFAFBFC), rgb(0x1B222B)}
	var light, dark strings.Builder
	for _, h := range append([]hue{card}, allHues...) {
		fmt.Fprintf(&light, "--%s:%s;", h.name, hex(h.light))
		fmt.Fprintf(&dark, "--%s:%s;", h.name, hex(h.dark))
	}
	return template.CSS(":root{color-scheme:light dark;" + light.String() + "}\n@media(prefers-color-scheme:dark){:root{" + dark.String() + "}}\n" +
		strings.ReplaceAll(pageCSS, "PRINTVARS", "color-scheme:light;"+light.String()))
}
