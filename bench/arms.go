package bench

import (
	"fmt"

	"unetbench/arch"
	"unetbench/graph"
	"unetbench/internal/train"
)

// OutputPatch is the side of the supervised patch, in px: 116 is what a valid
// network leaves of a legal input at 1, 2, 3 and 4 pools alike.
const OutputPatch = 116

// A Contestant is an arm together with the network and the window it is
// trained on.
type Contestant struct {
	Name      string
	Arch      arch.Arch
	Graph     *graph.Graph
	Window    train.Window
	Control   bool
	Doc       string
	Steps     int     // optimiser steps: see budget
	TimeRatio float64 // seconds of its step over the reference's, in regime time
}

// Contestants returns the arms of one regime, in the order of Variants: what
// each variant reads and is supervised on, so that the regime's quantity is
// equal (recipe: windows are input / supervised px).
//
//	output:     every arm is supervised on the same patch of pixels
//	input:      every arm reads about the same number of pixels
//	macs, time: the arms of output; their steps differ, see budget
//
// patch is the supervised side, in px. With controls, the arms that separate
// the causes are added to the output regime.
func Contestants(variants []arch.Arch, c arch.Config, regime string, patch int, controls bool) ([]Contestant, error) {
	wide, err := referenceWindow(c, patch)
	if err != nil {
		return nil, err
	}
	var out []Contestant
	add := func(v arch.Arch, suffix, doc string, window func(g *graph.Graph, s graph.Sides) train.Window) error {
		g, err := v.Build(c)
		if err != nil {
			return err
		}
		g.Name = v.Name() + suffix
		s, err := g.Sizes()
		if err != nil {
			return err
		}
		w := window(g, s.H)
		if err := g.CheckLegal(graph.Square(w.In)); err != nil {
			return fmt.Errorf("window of %d px: %w", w.In, err)
		}
		out = append(out, Contestant{Name: v.Name() + suffix, Arch: v, Graph: g, Window: w, Control: suffix != "", Doc: doc})
		return nil
	}
	for _, v := range variants {
		err := add(v, "", v.Doc(), func(g *graph.Graph, s graph.Sides) train.Window {
			switch {
			case !padsInside(g):
				return train.Window{In: wide, Out: patch}
			case regime == "input":
				return train.Window{In: s.Above(wide), Out: s.Above(wide)}
			default:
				return train.Window{In: s.Above(patch), Out: patch}
			}
		})
		if err != nil {
			return nil, err
		}
	}
	if !controls || regime != "output" {
		return out, nil
	}
	for _, v := range variants {
		var err error
		switch {
		case v.Name() == Reference:
			err = add(v, "-mirrored", "the reference shown only the patch, mirrored out: the information that padded has",
				func(*graph.Graph, graph.Sides) train.Window { return train.Window{In: wide, Out: patch, Mirror: true} })
		case v.Name() == "padded":
			err = add(v, "-wide", "padded shown the context that the reference reads",
				func(_ *graph.Graph, s graph.Sides) train.Window { return train.Window{In: s.Above(wide), Out: patch} })
		case v.Name() == "resized-up":
			err = add(v, "-narrow", "resized-up shown only the supervised patch",
				func(_ *graph.Graph, s graph.Sides) train.Window { return train.Window{In: s.Above(patch), Out: patch} })
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// padsInside reports whether g makes up its own border, so that it needs no
// pixels beyond the patch that it predicts.
func padsInside(g *graph.Graph) bool {
	for _, n := range g.Nodes {
		if n.Op == graph.Pad {
			return true
		}
	}
	return false
}
