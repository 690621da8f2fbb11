package report

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image"
	"image/png"
	"io"

	"unetbench/bench"
	"unetbench/graph"
	"unetbench/internal/probe"
)

// A Snippet is text to paste.
type Snippet struct{ Title, Text string }

// A Picture is an image of the page, with what it shows.
type Picture struct {
	Name    string // "whole": its file is whole.png
	Caption string
	Image   image.Image
}

// Encode writes the picture as PNG.
func (p Picture) Encode(w io.Writer) error { return png.Encode(w, p.Image) }

// A Probe is everything that the page of a probe shows.
type Probe struct {
	*probe.Result
	Graph    *graph.Graph
	Pictures []Picture
	Snippets []Snippet
	Command  string // that makes the page again
}

// ProbeHTML writes what a probe found as one page that opens offline.
func ProbeHTML(w io.Writer, in Probe) error {
	p := probed{in.Result}
	v := newView(&bench.Results{})
	page := &page{Title: "Seams of " + in.Model.Name, Heading: "Where does " + in.Model.Name + " show its tiles?", Lead: "A network that is run in tiles may predict otherwise at their edges. This page says whether this one does, why, and what to do.",
		Footer: "Made by <code>unetbench probe</code>. Everything on this page stands in <code>probe.json</code>."}
	blocks, err := figures(p.seamFigure(), p.planFigure())
	if err != nil {
		return err
	}
	tab := func(t *table) block {
		if len(t.Rows) == 0 {
			return block{}
		}
		return block{Table: v.html(t)}
	}
	a := answer{Question: "Can it be tiled without seams?", Headline: p.headline(), Tone: p.tone()}
	for _, s := range p.because() {
		a.Sentences = append(a.Sentences, statement{Text: s})
	}
	var warnings []bench.Warning
	for _, s := range in.Notes {
		warnings = append(warnings, bench.Warning{Text: sentenceCase(s) + "."})
	}
	page.add("answer", "Answer", "The answer", "", block{Answers: []answer{a}}, block{Warnings: warnings})
	pictures, err := embed(in.Pictures)
	if err != nil {
		return err
	}
	page.add("look", "Look", "What the seams look like", "", block{Pictures: pictures})
	page.add("seams", "Seams", "How wide the seams are", "", blocks[0], tab(p.toleranceTable()), tab(p.accuracyTable()))
	page.add("cause", "Cause", "Where they come from", "", tab(p.causeTable()))
	todo := []block{{Text: p.advice()}, tab(p.tilerTable()), blocks[1]}
	for _, s := range in.Snippets {
		todo = append(todo, block{Note: s.Title}, block{Command: s.Text})
	}
	page.add("advice", "What to do", "What to do", "", todo...)
	page.add("artifacts", "Artifacts", "What the network leaves behind without any tiles", "", tab(p.artifactTable()))
	unet, err := p.drawn(v, in.Graph)
	if err != nil {
		return err
	}
	page.add("network", "Network", "What the network is", "", block{Facts: p.facts()}, block{Unets: unet})
	page.add("again", "Again", "How to get this page again", "", block{Command: in.Command})
	return page.write(w)
}

// figures renders those that have panels; the others stay empty blocks.
func figures(all ...figure) ([]block, error) {
	out := make([]block, len(all))
	for i, f := range all {
		if len(f.Panels) == 0 {
			continue
		}
		h, err := f.html()
		if err != nil {
			return nil, err
		}
		out[i].Figure = h
	}
	return out, nil
}

// embed puts pictures into the page.
func embed(pictures []Picture) ([]htmlPictures, error) {
	if len(pictures) == 0 {
		return nil, nil
	}
	s := htmlPictures{Title: "The same image in one piece and in tiles", Pairs: true}
	for _, p := range pictures {
		var b bytes.Buffer
		if err := p.Encode(&b); err != nil {
			return nil, err
		}
		src := template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes()))
		s.Items = append(s.Items, htmlItem{Caption: p.Caption, Images: []htmlImage{{src, p.Caption}}})
	}
	return []htmlPictures{s}, nil
}

// drawn is the network as a U, at a size of some hundred px.
func (p probed) drawn(v *view, g *graph.Graph) ([]htmlUnet, error) {
	size, err := drawnAt(g)
	if err != nil {
		return nil, nil // it has no size that could be drawn
	}
	n, err := bench.NetworkOf(g, size)
	if err != nil {
		return nil, err
	}
	return []htmlUnet{{Arm: n.Arm, Input: n.Input.String(), Doc: "The wiring as it is run, with the size of every map.", SVG: newUShape(n).svg(), Nodes: v.html(nodeTable(n))}}, nil
}

func drawnAt(g *graph.Graph) (graph.Size, error) {
	s, err := g.Sizes()
	const about = 256
	return graph.Size{H: s.H.Above(about), W: s.W.Above(about)}, err
}
