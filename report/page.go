package report

import (
	"fmt"
	"io/fs"
	"strings"

	"unetbench/bench"
)

// page assembles the report in the order in which a reader wants it: the
// answer, what it rests on, then how it came about.
func (v *view) page(fsys fs.FS) (*page, error) {
	p := &page{
		Title: "Why crop in a U-Net? Measured on " + v.Setup.Data, Heading: "Why crop in a U-Net? Why not pad, why not resize?", Lead: v.lead(),
		Footer: "Made by <code>unetbench</code> from <code>results.json</code> alone, without date or host: the same command writes the same page. Every sample behind it stands in <code>results.txt</code>.",
	}
	if !v.Setup.Complete {
		p.Stopped = "This run was stopped before its end. What follows is what it had measured by then."
	}
	figs := map[string]*htmlFigure{}
	for _, f := range v.figures() {
		h, err := f.html()
		if err != nil {
			return nil, err
		}
		figs[f.ID] = h
	}
	pics, maps, missing, err := v.pictures(fsys)
	if err != nil {
		return nil, err
	}
	timings, err := v.timings(fsys)
	if err != nil {
		return nil, err
	}
	profiles, err := v.profiles(fsys)
	if err != nil {
		return nil, err
	}
	claims, err := v.claims()
	if err != nil {
		return nil, err
	}

	original, err := v.originalNet()
	if err != nil {
		return nil, err
	}

	add := p.add
	fig := func(id string) block { return block{Figure: figs[id]} }
	side := func(ids ...string) (b block) {
		for _, id := range ids {
			if figs[id] != nil {
				b.Side = append(b.Side, figs[id])
			}
		}
		return b
	}
	tab := func(t *table) block {
		if len(t.Rows) == 0 || len(t.Head) < 2 {
			return block{}
		}
		return block{Table: v.html(t)}
	}
	hid := func(t *table) block { return block{Hidden: tab(t).Table} }

	add("answer", "Answer", "The answer", v.frameSentence(),
		block{Answers: v.answers()}, block{Warnings: v.warnings()}, block{Notes: v.minorNotes()}, tab(v.regimeTable()), fig("contrasts"), hid(v.contrastTable(scores...)))
	add("arms", "Arms", "The arms side by side", "", tab(v.accuracyTable()), tab(v.shapeTable()), tab(v.characterTable()), block{Facts: v.armFacts()})
	add("cost", "Cost", "What accuracy costs", "", fig("pareto"), fig("overlap"), hid(v.workTable()), block{Hidden: timings})
	add("speed", "Speed", "Where the time goes", "Profiles of single networks that lie in the run's folder.", profiles...)
	add("border", "Border and tiles", "At the image border and at tile edges",
		"The thread asks whether information at the edges is lost. So accuracy is followed from the edge inwards: the image's own border, where every arm must invent what lies outside, and tile edges, where nothing need be lost.",
		fig("border"), fig("oracle"), fig("edge"), tab(v.tileTable()),
		hid(v.binTable("border-dice", "Dice by distance to the image border, px", "dice:border")),
		hid(v.binTable("edge-dice", "Dice by distance to the nearest tile edge, px", "dice:edge")))
	note := ""
	if missing > 0 {
		note = fmt.Sprintf("%s that the record names could not be found in the run's folder.", count(missing, "picture"))
	}
	add("predictions", "Predictions", "What the networks predict", "In the error maps blue is foreground that was missed, orange is foreground that is not there.", block{Pictures: pics}, block{Note: note})
	add("artifacts", "Artifacts", "What resizing and upsampling leave behind", "",
		fig("misregistration"), fig("displacement"), block{Pictures: maps["misregistration"]}, side("skips", "shift"), fig("checkerboard"),
		block{Pictures: maps["checkerboard"]}, tab(v.resampleTable()))
	add("networks", "Networks", "The networks, with their real sizes",
		"Each box is a map: the operation that made it, its side in px, its channels. Skips run straight across; what happens to them on the way is written on the arrow.", block{Unets: v.unets()})
	add("learning", "Learning", "Did the networks learn, and had they finished?", "", fig("learning"), tab(v.learningTable()))
	add("equal", "Held equal", "What was held equal", "", block{Facts: v.setupFacts()})
	add("claims", "Claims", "What the thread asked, what we measured", "Sizes are worked out from the networks' wiring, figures come from this run.", block{Claims: claims}, block{Unets: original})
	add("glossary", "Glossary", "Glossary", "", block{Glossary: v.glossary()})
	add("reproduce", "Reproduce", "How to get this page again", "", block{Command: v.command()}, block{Note: v.reproduceNote()})
	return p, nil
}

func (b block) empty() bool {
	return len(b.Answers) == 0 && len(b.Warnings) == 0 && len(b.Notes) == 0 && b.Figure == nil && len(b.Side) == 0 && b.Table == nil && b.Hidden == nil && len(b.Unets) == 0 &&
		len(b.Pictures) == 0 && len(b.Facts) == 0 && len(b.Claims) == 0 && len(b.Glossary) == 0 && b.Text == "" && b.Note == "" && b.Command == ""
}

// lead says in two lines what was done.
func (v *view) lead() string {
	who := fmt.Sprintf("%d networks that differ in how they join a skip connection, each", len(v.Arms))
	if len(v.Arms) == 1 {
		who = "One network, " + v.Arms[0].Name + ","
	}
	return fmt.Sprintf("%s trained from %s on %s and scored on the same %s.",
		who, count(max(v.seedsDone(), 1), "seed"), v.dataName(), count(len(v.Setup.Test), "test image"))
}

func sentenceCase(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// dataName names the images in prose.
func (v *view) dataName() string {
	if v.Setup.Data == "" {
		return "unnamed images"
	}
	return v.Setup.Data
}

// frameSentence says which contrasts the headlines speak of.
func (v *view) frameSentence() string {
	f := v.frame()
	s := finding{Contrast: bench.Contrast{Regime: f.regime, Tile: f.tile}}.condition()
	if s == "" {
		return ""
	}
	return "Headlines speak of Dice " + s + "; each sentence is one paired contrast with its 95 % interval and n, and with other data each would read otherwise."
}

// warnings are the record's own, and what must be said of its kind of data.
func (v *view) warnings() []bench.Warning {
	var out []bench.Warning
	if v.synthetic() {
		out = append(out, bench.Warning{Code: "synthetic", Text: "These images are synthetic. They resemble electron microscopy in membrane fraction, contrast and difficulty, but the gaps between arms are their own: do not generalise from them. Run it on your images: unetbench compare --images DIR --masks DIR."})
	}
	for _, w := range v.Warnings {
		if !minor(w) {
			w.Text = stopped(w.Text)
			out = append(out, w)
		}
	}
	if len(v.Contrasts) == 0 {
		out = append(out, bench.Warning{Code: "no-contrast", Text: "No contrast could be made, so there is no verdict: it takes the reference and at least one other arm, and several seeds."})
	}
	return out
}

// minor warnings explain gaps in tables; they do not weaken the verdict.
func minor(w bench.Warning) bool { return w.Code == "no-reference" || w.Code == "gaps" }

// minorNotes are the minor warnings, for those who look for a gap's reason.
func (v *view) minorNotes() []string {
	var out []string
	for _, w := range v.Warnings {
		if minor(w) {
			out = append(out, stopped(w.Text))
		}
	}
	return out
}

// unets draws every network.
func (v *view) unets() []htmlUnet {
	var out []htmlUnet
	for _, n := range v.Networks {
		if len(n.Nodes) == 0 {
			continue
		}
		a, _ := v.arm(n.Arm)
		u := newUShape(n)
		doc := sentence(a.Doc)
		if u.macs > 0 {
			doc = strings.TrimSpace(fmt.Sprintf("%s %s MAC forward, %s interpolation.", doc, si(float64(u.macs)), interpolation(u)))
		}
		out = append(out, htmlUnet{Arm: n.Arm, Doc: doc, Input: n.Input.String(), Key: v.key(n.Arm), SVG: u.svg(), Nodes: v.html(nodeTable(n))})
	}
	return out
}

func interpolation(u uShape) string {
	if u.interp == 0 {
		return "no"
	}
	return si(float64(u.interp)) + " MAC of"
}

// nodeTable lists a network node by node.
func nodeTable(n bench.Network) *table {
	t := &table{Head: []string{"node", "op", "level", "channels", "height", "width", "MAC", "interpolation", "bytes"}, Tips: make([]string, 9)}
	for _, x := range n.Nodes {
		t.Rows = append(t.Rows, tableRow{"", []tableCell{textCell(x.Name), textCell(x.Op), textCell(fmt.Sprint(x.Level)), textCell(fmt.Sprint(x.Shape.C)),
			textCell(fmt.Sprint(x.Shape.H)), textCell(fmt.Sprint(x.Shape.W)), textCell(si(float64(x.MACs))), textCell(si(float64(x.Interp))), textCell(si(float64(x.Bytes)))}})
	}
	return t
}
