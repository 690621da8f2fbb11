package bench

import (
	"unetbench/internal/data"
	"unetbench/internal/tile"
)

// Synthetic is the DataName of the scenes that the program draws itself.
const Synthetic = "synthetic membranes"

// Note adds warnings of that code to the results.
func (o *Options) Note(code string, lines ...string) {
	for _, l := range lines {
		o.Warnings = append(o.Warnings, Warning{Code: code, Text: l})
	}
}

// Split divides examples into training and test set. Where few images have to
// be halved, the halves stand as far apart as any prediction of any variant
// reaches. Series tells that the names look like slices of one stack.
func (o *Options) Split(all []data.Example, series bool) error {
	guard := 0
	for _, v := range o.Variants {
		g, err := v.Build(o.Net)
		if err != nil {
			return err
		}
		t, err := tile.NewGeometry(g)
		if err != nil {
			return err
		}
		guard = max(guard, contextOf(t.H), contextOf(t.W))
	}
	var err error
	if o.Train, o.Test, err = data.Split(all, 2*guard); err != nil {
		return err
	}
	if len(all) < 4 {
		o.Note("halved", "fewer than 4 images: each is halved into a training and a test part; the halves of one image are not independent")
	} else if series {
		o.Note("stack-slices", "the file names look like slices of one stack: neighbouring slices are not independent, so the intervals are too narrow for other stacks")
	}
	return nil
}
