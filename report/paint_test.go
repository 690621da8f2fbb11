package report

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"testing"
	"testing/fstest"

	"unetbench/bench"
)

// paint lists the pictures that a comparison leaves.
func (f fixture) paint(r *bench.Results) {
	for _, img := range r.Setup.Test[:1] {
		for _, kind := range []string{"image", "truth"} {
			r.Pictures = append(r.Pictures, bench.Picture{Kind: kind, Image: img, File: "maps/" + kind + "-" + img + ".png"})
		}
		for _, a := range f.arms {
			for _, tile := range []string{"whole", "tiled"} {
				for _, kind := range []string{"prediction", "error"} {
					r.Pictures = append(r.Pictures, bench.Picture{Kind: kind, Arm: a.name, Image: img, Tile: tile,
						File: "maps/" + kind + "-" + a.name + "-" + tile + ".png"})
				}
			}
		}
	}
	for _, a := range f.arms {
		r.Pictures = append(r.Pictures, bench.Picture{Kind: "checkerboard", Arm: a.name, File: "maps/" + a.name + "-checkerboard.png"})
	}
}

// maps draws something for every picture of r.
func maps(t testing.TB, r *bench.Results) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for k, p := range r.Pictures {
		m := image.NewRGBA(image.Rect(0, 0, 128, 128))
		for y := range 128 {
			for x := range 128 {
				w := math.Sin(float64(x)/9+2*math.Sin(float64(y)/14)) * math.Cos(float64(y)/11)
				g := uint8(128 + 90*w)
				c := color.RGBA{g, g, g, 255}
				switch p.Kind {
				case "truth", "prediction":
					c = color.RGBA{20, 24, 30, 255}
					if math.Abs(w) < .25+.02*float64(k%5) {
						c = color.RGBA{240, 240, 240, 255}
					}
				case "error":
					c = color.RGBA{245, 246, 248, 255}
					if math.Abs(math.Abs(w)-.25) < .01*float64(k%5+1) {
						c = color.RGBA{165, 58, 44, 255}
					}
				}
				m.Set(x, y, c)
			}
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		fsys[p.File] = &fstest.MapFile{Data: b.Bytes()}
	}
	return fsys
}
