// Package data brings images and their masks: read from files, checked and
// split, or drawn by the embedded generator of membrane scenes.
package data

import "unetbench/graph"

// An Example is one field of view and the truth about it.
type Example struct {
	Name   string     // file name, "scene1000", or "a.png[left]" for a half
	Image  *graph.Map // C×(H+2·Margin)×(W+2·Margin), standardised, within ±Limit
	Labels []uint8    // H·W class indices of the field of view, row by row
	H, W   int        // field of view, px
	Margin int        // px of true context around the field of view in Image; 0 for files
}

// Limit is the largest magnitude in a standardised image, in standard deviations.
const Limit = 4

// Size is the field of view.
func (e *Example) Size() graph.Size { return graph.Size{H: e.H, W: e.W} }

// Info is what was learned about a set of examples while reading it.
type Info struct {
	Channels int      // of every image: 1 or 3
	Classes  int      // number of classes, background included
	Series   bool     // the names look like numbered slices of one stack
	Warnings []string // one line each, in name order
}
