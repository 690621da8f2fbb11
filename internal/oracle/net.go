package oracle

import (
	"fmt"
	"slices"

	"unetbench/arch"
	"unetbench/graph"
)

// Stride is that of the stored maps of unets.safetensors.
const Stride = 3

// A Net is a network of unets.safetensors with a batch to run it on.
type Net struct {
	Graph   *graph.Graph
	Weights graph.Weights
	Inputs  []*graph.Map
	Labels  []uint8 // Out×Out, over the centre of either output; no orientation changes them
	Side    int     // of the inputs
	Out     int
}

// OpenNet builds the network of that name, whose variant is one of all.
func OpenNet(f *Fixture, name string, all []arch.Arch) *Net {
	f.t.Helper()
	var about struct {
		In, Classes, Pools, Width, Up, Norm, Padding, Interp, Dropout string
		Variant, Weights                                              string
		Side, Out                                                     int
		Roll                                                          [2]int
	}
	f.Note(name, &about)
	c, err := arch.FromDescription(map[string]string{
		"in": about.In, "classes": about.Classes, "pools": about.Pools, "width": about.Width, "up": about.Up,
		"norm": about.Norm, "padding": about.Padding, "interp": about.Interp, "dropout": about.Dropout,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(a arch.Arch) bool { return a.Name() == about.Variant })
	if i < 0 {
		f.t.Fatalf("%s: no variant %q", name, about.Variant)
	}
	g, err := all[i].Build(c)
	if err != nil {
		f.t.Fatal(err)
	}
	n := &Net{Graph: g, Weights: f.Weights(about.Weights, g.Params, All), Side: about.Side, Out: about.Out,
		Inputs: Window(f.Maps("x"), graph.Square(about.Side), about.Roll)}
	for _, v := range f.Values(fmt.Sprintf("labels%d", n.Out)) {
		n.Labels = append(n.Labels, uint8(v))
	}
	return n
}
