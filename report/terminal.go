package report

import (
	"bufio"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"

	"unetbench/bench"
)

// Widths between which the terminal report lays itself out.
const (
	narrowest = 40
	widest    = 160
	proseMost = 100 // longer lines are hard to read
)

// Terminal writes the verdict in sentences and the tables behind it, no line
// wider than width columns (as far as a single word or column fits), with
// colours if color.
func Terminal(w io.Writer, r *bench.Results, width int, color bool) error {
	v := newView(r)
	t := &terminal{Writer: bufio.NewWriter(w), width: min(max(width, narrowest), widest), color: color}
	if !r.Setup.Complete {
		t.para("", t.paint("worse", "Stopped before the end: this is what was measured by then."))
		t.gap()
	}
	t.para("", v.lead())
	for _, a := range v.answers() {
		t.gap()
		t.para("", t.bold(a.Question)+" "+t.paint(a.Tone, a.Headline))
		for _, s := range a.Sentences {
			t.para("  - ", s.String())
		}
	}
	if ws := v.warnings(); len(ws) > 0 {
		t.gap()
		t.line(t.paint("mixed", "Read this before relying on it"))
		for _, x := range ws {
			t.para("  ! ", x.Text)
		}
	}
	for _, x := range []*table{v.regimeTable(), v.accuracyTable(), v.shapeTable(), v.characterTable(), v.contrastTable("dice"), v.tileTable(),
		v.binTable("border", "Dice by distance to the image border, px", "dice:border")} {
		if len(x.Rows) > 0 && len(x.Head) > 1 {
			t.gap()
			if err := t.table(x); err != nil {
				return err
			}
		}
	}
	return t.Flush()
}

// A terminal wraps and paints.
type terminal struct {
	*bufio.Writer
	width int
	color bool
}

func (t *terminal) line(s string) { t.WriteString(strings.TrimRight(s, " ") + "\n") }
func (t *terminal) gap()          { t.WriteString("\n") }

// para writes s wrapped, its first line after lead and the others below that.
func (t *terminal) para(lead, s string) {
	room := min(t.width, proseMost) - columns(lead)
	line := ""
	for _, word := range strings.Fields(s) {
		switch {
		case line == "":
			line = word
		case columns(line)+1+columns(word) > room:
			t.line(lead + line)
			lead, line = strings.Repeat(" ", columns(lead)), word
		default:
			line += " " + word
		}
	}
	t.line(lead + line)
}

// columns is how wide s is on the terminal, without its colours.
func columns(s string) int { return width.StringWidth(unpainted(s)) }

// width counts ambiguous characters such as ± as one column, whatever the
// locale: the same results give the same bytes.
var width = &runewidth.Condition{EastAsianWidth: false}

// ANSI colours of the tones, from the 16 that every terminal lets its user choose.
var ansi = map[string]string{"better": "\x1b[32m", "worse": "\x1b[31m", "equivalent": "\x1b[36m", "undecided": "\x1b[33m", "mixed": "\x1b[33m", "none": "\x1b[33m"}

// paint colours each word, so that a wrapped line never leaks its colour.
func (t *terminal) paint(tone, s string) string { return t.wrapEach(ansi[tone], s) }
func (t *terminal) bold(s string) string        { return t.wrapEach("\x1b[1m", s) }

func (t *terminal) wrapEach(code, s string) string {
	if !t.color || code == "" {
		return s
	}
	words := strings.Fields(s)
	for i := range words {
		words[i] = code + words[i] + "\x1b[0m"
	}
	return strings.Join(words, " ")
}

// unpainted removes the colours again.
func unpainted(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '\x1b')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		j := strings.IndexByte(s[i:], 'm')
		if j < 0 {
			return b.String()
		}
		s = s[i+j+1:]
	}
}
