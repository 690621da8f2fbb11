package data

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/tiff"
)

// folder is a data set under construction, in the test's temporary directory.
type folder struct {
	t   *testing.T
	dir string
}

func newFolder(t *testing.T) *folder {
	f := &folder{t, t.TempDir()}
	for _, sub := range []string{"images", "masks"} {
		if err := os.Mkdir(filepath.Join(f.dir, sub), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

func (f *folder) images() string { return filepath.Join(f.dir, "images") }
func (f *folder) masks() string  { return filepath.Join(f.dir, "masks") }

func (f *folder) put(name string, content []byte) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), content, 0o666); err != nil {
		f.t.Fatal(err)
	}
}

// pair puts a grey image and a 0/1 mask of 20×24 px.
func (f *folder) pair(name string) {
	f.put("images/"+name, pngOf(grey(20, 24, texture)))
	f.put("masks/"+name, pngOf(grey(20, 24, half(0, 1))))
}

func (f *folder) load(o LoadOptions) ([]Example, Info, error) { return Load(f.images(), f.masks(), o) }

// texture is an arbitrary picture; half has one value above and one below.
func texture(y, x int) uint8 { return uint8(7*y + 13*x + y*x%5) }

func half(top, bottom uint8) func(y, x int) uint8 {
	return func(y, x int) uint8 {
		if y < 10 {
			return top
		}
		return bottom
	}
}

func grey(h, w int, value func(y, x int) uint8) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = value(i/w, i%w)
	}
	return img
}

func grey16(h, w int, value func(y, x int) uint16) *image.Gray16 {
	img := image.NewGray16(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetGray16(x, y, color.Gray16{Y: value(y, x)})
		}
	}
	return img
}

// colour has different channels and, if wanted, a varying alpha.
func colour(h, w int, transparent bool) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{R: texture(y, x), G: texture(x, y), B: uint8(3 * x), A: 255}
			if transparent {
				c.A = uint8(40 + y)
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func pngOf(img image.Image) []byte  { return encoded(png.Encode, img) }
func tiffOf(img image.Image) []byte { return encoded(encodeTIFF, img) }
func jpegOf(img image.Image) []byte { return encoded(encodeJPEG, img) }

func encodeTIFF(w io.Writer, img image.Image) error {
	return tiff.Encode(w, img, &tiff.Options{Compression: tiff.Deflate})
}

func encodeJPEG(w io.Writer, img image.Image) error {
	return jpeg.Encode(w, img, &jpeg.Options{Quality: 80})
}

func encoded(encode func(io.Writer, image.Image) error, img image.Image) []byte {
	var b bytes.Buffer
	if err := encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// hugePNG is the head of a PNG that claims to have that many pixels.
func hugePNG(side uint32) []byte {
	head := binary.BigEndian.AppendUint32([]byte("IHDR"), side)
	head = append(binary.BigEndian.AppendUint32(head, side), 8, 0, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head))
}

// A page of a hand-made TIFF: 8-bit grey, 20×24 px, one strip.
type page struct {
	subfile, planes, samples, sampleFormat uint16
	description                            string
}

func tiffStack(order binary.AppendByteOrder, pages ...page) []byte {
	b := []byte("II*\x00")
	if order.String() == "BigEndian" {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	for n, p := range pages {
		type entry struct {
			tag, kind uint16
			count     uint32
			value     uint32
		}
		samples := max(p.samples, 1)
		entries := []entry{
			{254, 4, 1, uint32(p.subfile)}, {256, 3, 1, 24}, {257, 3, 1, 20}, {258, 3, 1, 8}, {259, 3, 1, 1}, {262, 3, 1, 1},
			{270, 2, uint32(len(p.description)), 0}, {273, 4, 1, 0}, {277, 3, 1, uint32(samples)}, {278, 3, 1, 20}, {279, 4, 1, 480},
			{284, 3, 1, uint32(max(p.planes, 1))}, {339, 3, 1, uint32(max(p.sampleFormat, 1))},
		}
		text := len(b) + 2 + 12*len(entries) + 4
		strip := text + len(p.description)
		entries[6].value, entries[7].value = uint32(text), uint32(strip)
		b = order.AppendUint16(b, uint16(len(entries)))
		for _, e := range entries {
			b = order.AppendUint16(order.AppendUint16(b, e.tag), e.kind)
			b = order.AppendUint32(b, e.count)
			if e.kind == 3 {
				b = order.AppendUint16(order.AppendUint16(b, uint16(e.value)), 0)
			} else {
				b = order.AppendUint32(b, e.value)
			}
		}
		next := 0
		if n < len(pages)-1 {
			next = strip + 480
		}
		b = append(order.AppendUint32(b, uint32(next)), p.description...)
		b = append(b, grey(20, 24, texture).Pix...)
	}
	return b
}

// rawPNG is a PNG of given depth and colour type around filtered rows.
func rawPNG(w, h uint32, depth, kind byte, rows []byte) []byte {
	chunk := func(b []byte, name string, body []byte) []byte {
		b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
		body = append([]byte(name), body...)
		return binary.BigEndian.AppendUint32(append(b, body...), crc32.ChecksumIEEE(body))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write(rows)
	z.Close()
	b := chunk([]byte("\x89PNG\r\n\x1a\n"), "IHDR", append(head, depth, kind, 0, 0, 0))
	return chunk(chunk(b, "IDAT", packed.Bytes()), "IEND", nil)
}
