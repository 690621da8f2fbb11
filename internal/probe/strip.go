package probe

import (
	"image"
	"math"
	"math/rand/v2"

	"unetbench/graph"
	"unetbench/internal/tile"
)

// A strip is an image to test one axis on, with what the network says of it in
// one piece.
type strip struct {
	image *graph.Map
	whole *graph.Map
	noise bool // not of the user's images
}

// pieces is how many strips of images an axis is tested on, at most.
const pieces = 2

// cut makes the strips of one axis: from the middle of the images, mirrored
// where they are too small, and one of noise with the images' mean and spread.
// Smooth images excite few of a network's paths, noise excites all.
func (p *prober) cut(l layout) []*strip {
	s := size(l.axis, l.whole, l.across)
	shape := graph.Shape{C: p.Graph.Input().Channels, H: s.H, W: s.W}
	var out []*strip
	for i := range min(pieces, len(p.images)) {
		out = append(out, &strip{image: p.middle(p.images[i], shape)})
	}
	mean, sd := 0.0, 1.0
	if len(p.images) > 0 {
		mean, sd = moments(p.images[0].Pix)
	}
	for range max(1, pieces-len(p.images)) {
		out = append(out, &strip{image: p.noise(shape, mean, sd, uint64(l.axis*pieces+len(out))), noise: true})
	}
	return out
}

// middle is the middle of img, mirrored where it is smaller than shape.
func (p *prober) middle(img *graph.Map, shape graph.Shape) *graph.Map {
	m := graph.NewMap(shape)
	at := image.Pt(max(0, (img.W-shape.W)/2), max(0, (img.H-shape.H)/2))
	tile.Fill(m, img, at)
	if img.H < shape.H || img.W < shape.W {
		p.noteOnce("images of %v px are mirrored up to the %v px that the test needs", img.Size(), shape.Size())
	}
	return m
}

// noise is independent and normal.
func (p *prober) noise(shape graph.Shape, mean, sd float64, stream uint64) *graph.Map {
	m := graph.NewMap(shape)
	r := rand.New(rand.NewPCG(p.opts.Seed, stream))
	for i := range m.Pix {
		m.Pix[i] = float32(mean + float64(sd*r.NormFloat64()))
	}
	return m
}

// part is n px of img along axis, from at on.
func part(img *graph.Map, axis, at, n int) *graph.Map {
	s := size(axis, n, along(img.Size(), 1-axis))
	m := graph.NewMap(graph.Shape{C: img.C, H: s.H, W: s.W})
	o := image.Pt(0, at)
	if axis == 1 {
		o = image.Pt(at, 0)
	}
	tile.Fill(m, img, o)
	return m
}

// moments are mean and standard deviation; the latter is 1 where nothing varies.
func moments(x []float32) (mean, sd float64) {
	for _, v := range x {
		mean += float64(v) / float64(len(x))
	}
	for _, v := range x {
		d := float64(v) - mean
		sd += d * d / float64(len(x))
	}
	if sd == 0 {
		return mean, 1
	}
	return mean, math.Sqrt(sd)
}
