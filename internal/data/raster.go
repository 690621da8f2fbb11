package data

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"

	"golang.org/x/image/tiff"

	"unetbench/graph"
)

// A raster is what a file holds: 8- or 16-bit samples, or indices into a palette.
type raster struct {
	graph.Shape               // C is 1 or 3
	pix         []uint16      // plane by plane, row by row
	palette     color.Palette // if present, pix are indices into it and C is 1
	lossy       bool          // read from JPEG
	white       uint16        // the largest sample there can be
}

// maxPixels bounds what one file may unpack to: 16,384².
const maxPixels = 1 << 28

// densest is the most pixels that a byte can hold: deflate packs 1032 to 1, of
// 8 pixels each. Decoders make room for what the head of a file claims.
const densest = 8 * 1032

// A format is one kind of image file, known by its first bytes.
type format struct {
	name   string
	end    string // that a whole file holds; "" if there is none
	check  func(path string, file []byte) error
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var (
	formatPNG  = &format{"PNG", "IEND", nil, png.DecodeConfig, png.Decode}
	formatJPEG = &format{"JPEG", "\xff\xd9", nil, jpeg.DecodeConfig, jpeg.Decode}
	formatTIFF = &format{"TIFF", "", checkTIFF, tiff.DecodeConfig, tiff.Decode}
)

func formatOf(path string, file []byte) (*format, error) {
	begins := func(s string) bool { return bytes.HasPrefix(file, []byte(s)) }
	is := ""
	switch {
	case begins("\x89PNG"):
		return formatPNG, nil
	case begins("\xff\xd8\xff"):
		return formatJPEG, nil
	case begins("II*\x00"), begins("MM\x00*"):
		return formatTIFF, nil
	case begins("II+\x00"), begins("MM\x00+"):
		return nil, &Error{path, "is a BigTIFF, which is not read", "save it as a plain TIFF or as PNG"}
	case len(file) == 0:
		return nil, &Error{path, "is empty (0 bytes)", "copy or export the file again"}
	case begins("GIF8"):
		is = " (it is a GIF)"
	case begins("BM"):
		is = " (it is a BMP)"
	case begins("RIFF"):
		is = " (it is a WebP)"
	case begins("\x89HDF"):
		is = " (it is HDF5)"
	}
	return nil, &Error{path, "is no PNG, JPEG or TIFF" + is, "save it as one of these, or take it out of the folder"}
}

func readRaster(path string) (*raster, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	return decode(path, file)
}

// decode reads a file's content; path is for errors alone.
func decode(path string, file []byte) (r *raster, err error) {
	f, err := formatOf(path, file)
	if err != nil {
		return nil, err
	}
	undecodable := func(cause any) error {
		if err, ok := cause.(error); ok && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) || !bytes.Contains(file, []byte(f.end)) {
			return &Error{path, "the " + f.name + " is truncated", "copy or export the file again"}
		}
		return &Error{path, fmt.Sprintf("not a readable %s (%v)", f.name, cause), "export it again as 8- or 16-bit PNG"}
	}
	defer func() { // the decoders are not ours, and files are not to be trusted
		if p := recover(); p != nil {
			r, err = nil, undecodable(p)
		}
	}()
	if f.check != nil {
		if err := f.check(path, file); err != nil {
			return nil, err
		}
	}
	// The size comes first: a small file may claim to unpack to any.
	config, err := f.config(bytes.NewReader(file))
	if err != nil {
		return nil, undecodable(err)
	}
	if px := int64(config.Width) * int64(config.Height); px > maxPixels {
		return nil, &Error{path, fmt.Sprintf("%d×%d px are more than one image may have (%d million)", config.Height, config.Width, maxPixels/1_000_000),
			"cut it into smaller images"}
	} else if px > densest*int64(len(file)) {
		return nil, &Error{path, fmt.Sprintf("%d×%d px cannot lie in %d bytes: the %s is truncated or damaged", config.Height, config.Width, len(file), f.name),
			"copy or export the file again"}
	}
	img, err := f.decode(bytes.NewReader(file))
	if err != nil {
		return nil, undecodable(err)
	}
	if b := img.Bounds(); b.Empty() {
		return nil, &Error{path, "has no pixels", "export it again"}
	}
	r = newRaster(img, f, file)
	r.lossy = f == formatJPEG
	if f == formatTIFF && invertedFax(file) {
		for i, v := range r.pix {
			r.pix[i] = 255 - v
		}
	}
	return r, nil
}

// newRaster copies img's samples as they are; alpha is dropped.
func newRaster(img image.Image, f *format, file []byte) *raster {
	b := img.Bounds()
	shape := graph.Shape{C: 3, H: b.Dy(), W: b.Dx()}
	var read func(x, y int) (r, g, b uint16)
	grey := false
	unscale := uint16(1)
	if f == formatPNG && len(file) > 25 {
		// The signature and the head of IHDR take 16 bytes, the sides 8; then bit depth and
		// colour type. Grey with transparency comes as RGB, and 2 or 4 bits come stretched to 8.
		depth, kind := file[24], file[25]
		grey = kind == 0 || kind == 4
		if kind == 0 && (depth == 2 || depth == 4) {
			unscale = 255 / (1<<depth - 1)
		}
	}
	var palette color.Palette
	white := 255 / unscale
	switch img := img.(type) {
	case *image.Gray:
		grey = true
		read = func(x, y int) (uint16, uint16, uint16) { v := uint16(img.GrayAt(x, y).Y) / unscale; return v, v, v }
	case *image.Gray16:
		grey, white = true, 65535
		read = func(x, y int) (uint16, uint16, uint16) { v := img.Gray16At(x, y).Y; return v, v, v }
	case *image.Paletted:
		grey, palette = true, img.Palette
		read = func(x, y int) (uint16, uint16, uint16) { v := uint16(img.ColorIndexAt(x, y)); return v, v, v }
	case *image.RGBA:
		read = func(x, y int) (uint16, uint16, uint16) {
			c := img.RGBAAt(x, y)
			return uint16(c.R), uint16(c.G), uint16(c.B)
		}
	case *image.NRGBA:
		read = func(x, y int) (uint16, uint16, uint16) {
			c := img.NRGBAAt(x, y)
			return uint16(c.R) / unscale, uint16(c.G) / unscale, uint16(c.B) / unscale
		}
	case *image.RGBA64:
		white = 65535
		read = func(x, y int) (uint16, uint16, uint16) { c := img.RGBA64At(x, y); return c.R, c.G, c.B }
	case *image.NRGBA64:
		white = 65535
		read = func(x, y int) (uint16, uint16, uint16) { c := img.NRGBA64At(x, y); return c.R, c.G, c.B }
	default: // JPEG's own colour models, 8 bit
		read = func(x, y int) (uint16, uint16, uint16) {
			r, g, b, _ := img.At(x, y).RGBA()
			return uint16(r >> 8), uint16(g >> 8), uint16(b >> 8)
		}
	}
	if grey {
		shape.C = 1
	}
	out := &raster{Shape: shape, pix: make([]uint16, shape.Len()), palette: palette, white: white}
	n := shape.H * shape.W
	for y := range shape.H {
		for x := range shape.W {
			r, g, bl := read(b.Min.X+x, b.Min.Y+y)
			i := y*shape.W + x
			out.pix[i] = r
			if !grey {
				out.pix[n+i], out.pix[2*n+i] = g, bl
			}
		}
	}
	return out
}

// plane returns the samples of channel c.
func (r *raster) plane(c int) []uint16 { return r.pix[c*r.H*r.W:][:r.H*r.W] }

// looksGrey reports whether all channels are equal.
func (r *raster) looksGrey() bool {
	n := r.H * r.W
	for i := n; i < len(r.pix); i++ {
		if r.pix[i] != r.pix[i%n] {
			return false
		}
	}
	return true
}

// paletteIsGrey reports whether every entry of the palette is a grey.
func (r *raster) paletteIsGrey() bool {
	for _, c := range r.palette {
		if r, g, b, _ := c.RGBA(); r != g || g != b {
			return false
		}
	}
	return true
}

// colours resolves the palette, if there is one, into grey or RGB.
func (r *raster) colours() *raster {
	if r.palette == nil {
		return r
	}
	out := &raster{Shape: r.Shape, lossy: r.lossy, white: 255}
	if !r.paletteIsGrey() {
		out.C = 3
	}
	out.pix = make([]uint16, out.Len())
	for c := range out.C {
		var table [256]uint16
		for i, entry := range r.palette {
			n := color.NRGBAModel.Convert(entry).(color.NRGBA)
			table[i] = uint16([3]uint8{n.R, n.G, n.B}[c])
		}
		dst := out.plane(c)
		for i, index := range r.pix {
			dst[i] = table[index&255]
		}
	}
	return out
}
