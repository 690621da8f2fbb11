// Package snippet writes what to paste into other programs so that they cut an
// image as a plan does.
package snippet

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"slices"
	"text/template"

	"unetbench/internal/tile"
)

//go:embed *.tmpl
var files embed.FS

var templates = template.Must(template.ParseFS(files, "*.tmpl"))

// A Tiling is what a program has to be told of a network and of a plan for it.
type Tiling struct {
	Model        string // file of the network
	H, W         Axis
	Exact        bool // the plan equals the whole image
	Channels     int  // of the image
	Classes      int  // channels of the output
	ChannelsLast bool // N×H×W×C instead of N×C×H×W, of the input
	OutputLast   bool // likewise of the output
	Geometry     tile.Geometry
}

// An Axis is a plan along one axis.
type Axis struct {
	Tile, Stride  int // px of the tiles' input, and between tiles
	Discard       int // px of output to discard at an inner edge at the top (left); what is left of the overlap, at the bottom
	Step, Min     int // legal sides of the input
	Before, After int // px of input beyond the output
}

// New reads the tiling of a network with so many channels in and out off a plan
// of tiles on the network's step.
func New(model string, channels, classes int, g tile.Geometry, p *tile.Plan) (Tiling, error) {
	t := Tiling{Model: model, Exact: p.Exact, Channels: channels, Classes: classes, Geometry: g}
	first := p.Tiles[0]
	t.H, t.W = newAxis(g.H, first.Read.Dy()), newAxis(g.W, first.Read.Dx())
	for _, tl := range slices.Backward(p.Tiles) { // the first after the one at 0 comes last
		if tl.Read.Size() != first.Read.Size() || tl.Out.Min.Y%t.H.Step != 0 || tl.Out.Min.X%t.W.Step != 0 || p.Window != nil {
			return Tiling{}, errors.New("snippets are for plans of equal tiles on the network's step that are not blended")
		}
		if y := tl.Out.Min.Y; y > 0 {
			t.H.Tile, t.H.Stride, t.H.Discard = tl.Read.Dy(), y, tl.Keep.Min.Y-y
		}
		if x := tl.Out.Min.X; x > 0 {
			t.W.Tile, t.W.Stride, t.W.Discard = tl.Read.Dx(), x, tl.Keep.Min.X-x
		}
	}
	return t, nil
}

// whole stands for a tile as large as any image.
const whole = 1_000_000_000

// newAxis is an axis along which the plan has one tile, of that side: a larger
// image is cut exactly or, where that cannot be, not at all.
func newAxis(a tile.Axis, side int) Axis {
	x := Axis{Tile: whole, Stride: whole, Step: a.Step, Min: a.Min, Before: a.Before, After: a.After}
	if overlap, err := (tile.Geometry{H: a, W: a}).ExactOverlap(side); err == nil {
		x.Tile, x.Stride, x.Discard = side, side-a.Before-a.After-overlap, a.HaloBefore
	}
	return x
}

// Whole reports whether images are not cut along this axis.
func (a Axis) Whole() bool { return a.Tile == whole }

// LastDiscard is what is not kept at an inner bottom or right edge.
func (a Axis) LastDiscard() int { return a.Tile - a.Before - a.After - a.Stride - a.Discard }

// Overlap is MONAI's, such that int(tile·(1−overlap)) is the stride.
func (a Axis) Overlap() string {
	if a.Stride == a.Tile {
		return "0"
	}
	return fmt.Sprintf("1 - %d.5 / %d", a.Stride, a.Tile)
}

// Numbers are 0 … n−1.
func (t Tiling) Numbers(n int) []int {
	v := make([]int, n)
	for i := range v {
		v[i] = i
	}
	return v
}

// Size is the tiles', in words.
func (t Tiling) Size() string {
	side := func(a Axis) string {
		if a.Whole() {
			return "all"
		}
		return fmt.Sprint(a.Tile)
	}
	return side(t.H) + "×" + side(t.W)
}

// Claim is what may be expected of the tiles.
func (t Tiling) Claim() string {
	if t.Exact {
		return "The result equals the whole image in one piece, but for rounding."
	}
	return "Less than the network's halo is discarded: faint seams are accepted."
}

// ONNXRuntime is a complete program in Python for images of any size.
func (t Tiling) ONNXRuntime() (string, error) { return t.write("onnxruntime.py.tmpl") }

// MONAI is a call of MONAI's sliding_window_inference. By itself it averages
// overlaps, halos included; a weight map that is nearly zero there makes it
// discard them. It is an error where MONAI misplaces the output.
func (t Tiling) MONAI() (string, error) {
	if s := t.H.Before + t.H.After + t.W.Before + t.W.After; s != 0 {
		return "", fmt.Errorf("MONAI's sliding_window_inference takes an output that is smaller than its input (here %d×%d px less) for a coarser map and misplaces it; use the ONNX Runtime program",
			t.H.Before+t.H.After, t.W.Before+t.W.After)
	}
	if t.ChannelsLast || t.OutputLast {
		return "", errors.New("MONAI wants channels before height and width; use the ONNX Runtime program")
	}
	if t.H.Whole() || t.W.Whole() {
		return "", errors.New("sliding windows cannot agree with the whole image here; give the network the image in one piece")
	}
	for _, a := range []Axis{t.H, t.W} {
		if a.Stride < max(a.Discard, a.LastDiscard()) {
			return "", fmt.Errorf("windows of %d px, %d px apart, lie so close that MONAI cannot tell which of two rims to discard; use tiles of at least %d px",
				a.Tile, a.Stride, a.Tile-a.Stride+(max(a.Discard, a.LastDiscard())+a.Step-1)/a.Step*a.Step)
		}
	}
	return t.write("monai.py.tmpl")
}

// RDF is the axes of inputs and outputs for a bioimage.io rdf.yaml (model
// description 0.5). It is an error where no halo is enough.
func (t Tiling) RDF() (string, error) {
	for _, a := range []tile.Axis{t.Geometry.H, t.Geometry.W} {
		if _, ok := a.BioimageHalo(); !ok {
			return "", errors.New("an rdf.yaml has no halo that makes tiles of this network agree: what it predicts depends on the window's size")
		}
		if a.Before != a.After {
			return "", fmt.Errorf("an rdf.yaml cannot say that an output lies %d px from the top and %d px from the bottom of its input: it wants both equal", a.Before, a.After)
		}
	}
	return t.write("rdf.yaml.tmpl")
}

// RDFAxes are both axes for the template.
func (t Tiling) RDFAxes() (axes []RDFAxis) {
	for i, a := range []tile.Axis{t.Geometry.H, t.Geometry.W} {
		halo, _ := a.BioimageHalo()
		axes = append(axes, RDFAxis{ID: "yx"[i : i+1], Step: a.Step, Halo: halo, Offset: -a.Before - a.After,
			Min: a.Above(a.Before + a.After + 2*halo + a.Step)})
	}
	return axes
}

// An RDFAxis is one axis in an rdf.yaml. Min leaves at least a step beside the halos.
type RDFAxis struct {
	ID                      string
	Min, Step, Halo, Offset int
}

func (t Tiling) write(name string) (string, error) {
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, name, t)
	return b.String(), err
}
