package report

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"strings"

	"unetbench/bench"
)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{"nb": unbroken}).Parse(pageHTML))

// HTML writes the report as one page that opens offline: style, figures and
// pictures are inside it. fsys is the run's folder, for the files that
// r.Pictures names; a picture that is not there (the run was stopped) is left
// out and counted on the page.
func HTML(w io.Writer, r *bench.Results, fsys fs.FS) error {
	p, err := newView(r).page(fsys)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return p.write(w)
}

// unbroken keeps figures together with their units and signs.
func unbroken(s string) string {
	return unbreakable.Replace(s)
}

var unbreakable = strings.NewReplacer(" %", "\u00a0%", " px", "\u00a0px", "n = ", "n\u00a0=\u00a0", "p = ", "p\u00a0=\u00a0", "p < ", "p\u00a0<\u00a0", "U-Net", "U\u2011Net")

// A page is what the template lays out.
type page struct {
	Title, Heading, Lead string
	Stopped              string // a line above everything, of a run that did not end
	CSS                  template.CSS
	Sections             []section
	Footer               template.HTML
}

// add appends a section with those of the blocks that hold something.
func (p *page) add(id, short, title, intro string, blocks ...block) {
	s := section{ID: id, Short: short, Title: title, Intro: intro}
	for _, b := range blocks {
		if !b.empty() {
			s.Blocks = append(s.Blocks, b)
		}
	}
	if len(s.Blocks) > 0 {
		p.Sections = append(p.Sections, s)
	}
}

// write lays p out.
func (p *page) write(w io.Writer) error {
	p.CSS = css()
	var b bytes.Buffer // nothing half-written
	if err := pageTemplate.Execute(&b, p); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// A section is one heading with its blocks.
type section struct {
	ID, Short, Title, Intro string
	Blocks                  []block
}

// A block is one thing on the page; one of its fields is set.
type block struct {
	Answers  []answer
	Warnings []bench.Warning
	Notes    []string // behind a disclosure
	Figure   *htmlFigure
	Side     []*htmlFigure // beside each other
	Table    *htmlTable
	Hidden   *htmlTable // behind a disclosure
	Unets    []htmlUnet
	Pictures []htmlPictures
	Facts    []fact
	Claims   []claim
	Glossary []fact
	Text     string
	Note     string
	Command  string
}

// A fact is a name with what is to be said of it.
type fact struct{ Name, Text string }

type htmlFigure struct {
	ID, Title, How string
	Cols           int
	Legend         []htmlKey
	Panels         []htmlPanel
}

// An htmlPanel is no wider than MaxPx, so that all charts have one scale.
type htmlPanel struct {
	SVG   template.HTML
	MaxPx int
	MinPx int // narrower than this, fewer stand in a row
}

type htmlKey struct {
	Key   template.HTML
	Label string
}

// html renders the figure for the page.
func (f figure) html() (*htmlFigure, error) {
	h := &htmlFigure{ID: f.ID, Title: f.Title, How: f.How, Cols: f.Cols}
	for _, l := range f.Legend {
		h.Legend = append(h.Legend, htmlKey{l.svg(), l.Label})
	}
	for _, p := range f.Panels {
		s, err := p.svg(f.ID)
		if err != nil {
			return nil, err
		}
		h.Panels = append(h.Panels, htmlPanel{s, int(p.W * 3 / 2), int(p.W * 5 / 4)})
	}
	return h, nil
}

type htmlTable struct {
	Title, Note string
	Head        []htmlHead
	Rows        [][]htmlCell
}

type htmlHead struct {
	Label, Tip string
	Text       bool
}

type htmlCell struct {
	tableCell
	Key   template.HTML
	Words bool // set left, not right
}

// html renders the table for the page, with each arm's mark beside its name.
func (v *view) html(t *table) *htmlTable {
	h := &htmlTable{Title: t.Title, Note: t.Note}
	words := func(s string) bool {
		return s == "metric" || s == "predicted" || s == "op" || s == "where" || s == "pass" || s == "algorithm" || s == "by" || s == "how it was removed" || s == "what it means" || s == "blend"
	}
	for i, s := range t.Head {
		h.Head = append(h.Head, htmlHead{s, t.Tips[i], words(s)})
	}
	for _, r := range t.Rows {
		var cells []htmlCell
		for i, c := range r.Cells {
			x := htmlCell{tableCell: c, Words: words(t.Head[i])}
			if i == 0 && r.Arm != "" {
				x.Key = v.key(r.Arm)
			}
			cells = append(cells, x)
		}
		h.Rows = append(h.Rows, cells)
	}
	return h
}

// key is an arm's mark as inline SVG.
func (v *view) key(arm string) template.HTML {
	return legendItem{Label: arm, style: v.style(arm)}.svg()
}

type htmlUnet struct {
	Arm, Doc, Input string
	Key, SVG        template.HTML
	Nodes           *htmlTable
}
