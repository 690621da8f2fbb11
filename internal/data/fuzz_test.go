package data

import (
	"encoding/binary"
	"image"
	"strings"
	"testing"
)

// Whatever a file holds, decode returns a picture that is whole or an error of
// one line.
func FuzzDecode(f *testing.F) {
	picture := grey(5, 7, texture)
	paletted := image.NewPaletted(picture.Rect, labelColours(3))
	for _, seed := range [][]byte{
		pngOf(picture), pngOf(colour(5, 7, true)), pngOf(paletted), pngOf(grey16(5, 7, func(y, x int) uint16 { return uint16(999 * y) })),
		rawPNG(16, 1, 2, 0, make([]byte, 5)), hugePNG(1 << 20), jpegOf(picture), jpegOf(colour(5, 7, false)),
		tiffOf(picture), tiffOf(colour(5, 7, true)), tiffOf(paletted), []byte("GIF89a"), nil,
		tiffStack(binary.LittleEndian, page{}, page{}), tiffStack(binary.BigEndian, page{description: "ImageJ=1\nimages=9\n"}),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := decode("f", file)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f: ") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q", err)
			}
			return
		}
		if len(r.pix) != r.C*r.H*r.W || len(r.pix) == 0 || r.C != 1 && r.C != 3 {
			t.Fatalf("%v with %d samples", r.Shape, len(r.pix))
		}
		if c := r.colours(); len(c.pix) != c.Len() {
			t.Fatalf("%v with %d samples", c.Shape, len(c.pix))
		}
		if _, err := newMask("f", r); err != nil && r.C == 1 && r.palette == nil {
			t.Error(err)
		}
	})
}
