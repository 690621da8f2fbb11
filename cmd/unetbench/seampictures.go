package main

import (
	"fmt"
	"image"

	"unetbench/graph"
	"unetbench/internal/engine"
	"unetbench/internal/tile"
	"unetbench/report"
)

// pictured is the most of an image that is shown, px a side.
const pictured = 480

// seamPictures shows the middle of the first image, what the network makes of it
// in one piece and in tiles that stand side by side, and the difference.
func seamPictures(n *network, images []*graph.Map) ([]report.Picture, error) {
	if len(images) == 0 {
		return nil, nil
	}
	img := middle(images[0], pictured)
	geometry, err := tile.NewGeometry(n.graph)
	if err != nil {
		return nil, err
	}
	one, err := tile.Whole(img.Size(), geometry)
	if err != nil {
		return nil, err
	}
	side := max(geometry.H.Above(geometry.H.Min+max(img.H/3, 4*geometry.H.Step)), geometry.W.Above(geometry.W.Min+max(img.W/3, 4*geometry.W.Step)))
	tiles, err := tile.New(img.Size(), geometry, tile.Spec{Tile: side})
	if err != nil {
		return nil, err
	}
	crew := n.crew(1, engine.Options{Exact: true}) // weights are packed once
	run := func(plan *tile.Plan) (*graph.Map, error) { return plan.PredictParallel(crew, img, 0) }
	whole, err := run(one)
	if err != nil {
		return nil, err
	}
	parts, err := run(tiles)
	if err != nil {
		return nil, err
	}
	c, low, high := report.Telling(whole)
	shown, imageLow, imageHigh := report.Telling(img)
	channel := ""
	if whole.C > 1 {
		channel = fmt.Sprintf(" (channel %d)", c)
	}
	scale := (high - low) / 4
	return []report.Picture{
		{Name: "image", Caption: "the image", Image: report.OutputPicture(img, shown, imageLow, imageHigh)},
		{Name: "whole", Caption: "output in one piece" + channel, Image: report.OutputPicture(whole, c, low, high)},
		{Name: "tiles", Caption: fmt.Sprintf("output in tiles of %d px, side by side, nothing discarded", side), Image: report.OutputPicture(parts, c, low, high)},
		{Name: "difference", Caption: "tiles minus one piece: orange above, blue below, full colour at one standard deviation", Image: report.DifferencePicture(whole, parts, c, scale)},
	}, nil
}

// middle is the middle of img, at most side px in either direction.
func middle(img *graph.Map, side int) *graph.Map {
	h, w := min(img.H, side), min(img.W, side)
	m := graph.NewMap(graph.Shape{C: img.C, H: h, W: w})
	tile.Fill(m, img, image.Pt((img.W-w)/2, (img.H-h)/2))
	return m
}
