package bench

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"path/filepath"

	"unetbench/graph"
	"unetbench/internal/data"
)

// palette colours classes 0, 1, 2, …: Okabe and Ito's colours, told apart by
// people of any colour vision.
var palette = []color.RGBA{
	{0x20, 0x20, 0x20, 255}, {0xe6, 0x9f, 0x00, 255}, {0x56, 0xb4, 0xe9, 255}, {0x00, 0x9e, 0x73, 255},
	{0xf0, 0xe4, 0x42, 255}, {0x00, 0x72, 0xb2, 255}, {0xd5, 0x5e, 0x00, 255}, {0xcc, 0x79, 0xa7, 255},
}

// Colours of an error map.
var (
	missed   = color.RGBA{0x00, 0x72, 0xb2, 255} // truth is foreground, or another class
	invented = color.RGBA{0xd5, 0x5e, 0x00, 255} // truth is background
)

// pictureSide is the largest side of a picture, px; larger images are cut to
// their top left corner, where border and tile edges both show.
const pictureSide = 512

// imagePicture shows the field of view of e.
func imagePicture(e *data.Example) image.Image {
	h, w := min(e.H, pictureSide), min(e.W, pictureSide)
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			var v [3]uint8
			for c := range v {
				p := e.Image.At(min(c, e.Image.C-1), y+e.Margin, x+e.Margin)
				v[c] = uint8(max(0, min(255, 128+50*p))) // ±2.5 standard deviations
			}
			img.SetRGBA(x, y, color.RGBA{v[0], v[1], v[2], 255})
		}
	}
	return img
}

// classPicture shows classes of an h×w field of view.
func classPicture(class []uint8, h, w int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, min(w, pictureSide), min(h, pictureSide)))
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			img.SetRGBA(x, y, palette[int(class[y*w+x])%len(palette)])
		}
	}
	return img
}

// errorPicture shows where predicted classes differ from the truth, on the
// faded image.
func errorPicture(e *data.Example, class []uint8) image.Image {
	base := imagePicture(e).(*image.RGBA)
	for y := range base.Rect.Dy() {
		for x := range base.Rect.Dx() {
			t, p := e.Labels[y*e.W+x], class[y*e.W+x]
			switch {
			case t == p:
				c := base.RGBAAt(x, y)
				fade := func(v uint8) uint8 { return uint8(160 + int(v)*3/8) }
				base.SetRGBA(x, y, color.RGBA{fade(c.R), fade(c.G), fade(c.B), 255})
			case t == 0:
				base.SetRGBA(x, y, invented)
			default:
				base.SetRGBA(x, y, missed)
			}
		}
	}
	return base
}

// patternPicture shows what a network makes of a flat image: the contrast of
// its first two logits about their mean over region, scale away from it being
// full black or white; px enlarged.
func patternPicture(logits *graph.Map, region image.Rectangle, scale float64) image.Image {
	const zoom, most = 4, 64
	region.Max.X = min(region.Max.X, region.Min.X+most)
	region.Max.Y = min(region.Max.Y, region.Min.Y+most)
	at := func(y, x int) float64 {
		return float64(logits.At(1, y, x)) - float64(logits.At(0, y, x))
	}
	mean := 0.0
	for y := region.Min.Y; y < region.Max.Y; y++ {
		for x := region.Min.X; x < region.Max.X; x++ {
			mean += at(y, x) / float64(region.Dx()*region.Dy())
		}
	}
	img := image.NewGray(image.Rect(0, 0, region.Dx()*zoom, region.Dy()*zoom))
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			v := (at(region.Min.Y+y/zoom, region.Min.X+x/zoom) - mean) / scale
			img.SetGray(x, y, color.Gray{uint8(math.Round(max(0, min(255, 127.5+127.5*v))))})
		}
	}
	return img
}

// savePicture writes img under maps/ in dir and returns its record.
func savePicture(dir string, p Picture, img image.Image) (Picture, error) {
	p.File = "maps/" + p.Kind
	for _, s := range []string{p.Arm, p.Tile} {
		if s != "" {
			p.File += "-" + s
		}
	}
	p.File += ".png"
	err := WriteFile(filepath.Join(dir, filepath.FromSlash(p.File)), func(w io.Writer) error { return png.Encode(w, img) })
	if err != nil {
		return p, fmt.Errorf("picture: %w", err)
	}
	return p, nil
}
