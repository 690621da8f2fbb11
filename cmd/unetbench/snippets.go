package main

import (
	"path/filepath"

	"unetbench/internal/probe"
	"unetbench/internal/snippet"
	"unetbench/internal/tile"
	"unetbench/report"
)

// snippets is what to paste into other programs so that they tile as is
// recommended; for what a program cannot do, why.
func snippets(n *network, r *probe.Result, model string) ([]report.Snippet, error) {
	if r.Plan == nil {
		return nil, nil
	}
	g, err := tile.NewGeometry(n.graph)
	if err != nil {
		return nil, err
	}
	name := "model.onnx" // of weights, once exported
	if model != "" {
		name = filepath.Base(model)
	}
	t, err := snippet.New(name, r.Model.Inputs, r.Model.Outputs, g, r.Plan)
	if err != nil {
		return nil, err
	}
	t.ChannelsLast = n.channelsLast
	var out []report.Snippet
	for _, s := range []struct {
		title string
		text  func() (string, error)
	}{
		{"ONNX Runtime, in Python", t.ONNXRuntime},
		{"MONAI", t.MONAI},
		{"bioimage.io: the axes in rdf.yaml", t.RDF},
	} {
		text, err := s.text()
		if err != nil {
			text = "# " + err.Error() + "\n"
		}
		out = append(out, report.Snippet{Title: s.title, Text: text})
	}
	return out, nil
}
