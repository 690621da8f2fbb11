package data

import (
	"encoding/json"
	"image/color"
	"os"
	"strings"
	"testing"

	"unetbench/graph"
)

// imageOracle is testdata/oracles/images.json: files, and what tifffile, Pillow
// and pypng read out of them.
type imageOracle struct {
	Colours [][3]uint8 // of the palette
	Arrays  map[string]struct {
		Shape   [3]int
		Samples []byte
		Bytes   int // per sample
	}
	Files []struct {
		Name, Pixels string
		File         []byte
	}
}

func readImageOracle(t testing.TB) (o imageOracle) {
	t.Helper()
	file, err := os.ReadFile("../../testdata/oracles/images.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(file, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

// samples returns an array of the oracle.
func (o imageOracle) samples(name string) *raster {
	a := o.Arrays[name]
	r := &raster{Shape: graph.Shape{C: a.Shape[0], H: a.Shape[1], W: a.Shape[2]}}
	for i := 0; i < len(a.Samples); i += a.Bytes {
		v := uint16(a.Samples[i])
		if a.Bytes == 2 {
			v = v<<8 | uint16(a.Samples[i+1])
		}
		r.pix = append(r.pix, v)
	}
	return r
}

// refused are the files that are not read, with what the error says; the
// others must come out as the other decoders have them.
var refused = map[string]string{
	"tiff grey and alpha": "extra samples",
	"tiff planar":         "planar",
	"tiff zstd":           "compression value 50000",
	"tiff jpeg in tiff":   "compression value 7",
	"tiff stack":          "stack of 2 pages",
	"tiff ImageJ stack":   "stack of 2 pages",
	"tiff bigtiff":        "BigTIFF",
	"tiff float":          "floating-point",
	"tiff signed 16":      "signed",
	"tiff signed 8":       "signed",
	"tiff unsigned 32":    "BitsPerSample of 32",
}

// jpegTolerance is by how much samples may differ, at most and in the mean:
// JPEG leaves the rounding of the inverse transform and of the colour
// conversion to the decoder, and with subsampled colour the filter that
// enlarges it, too (libjpeg-turbo interpolates, Go repeats).
var jpegTolerance = map[string][2]float64{
	"jpeg grey":                  {1, .03},
	"jpeg grey, coarse":          {1, .03},
	"jpeg grey progressive":      {1, .03},
	"jpeg grey, restarts":        {1, .03},
	"jpeg rgb as rgb":            {1, .03},
	"jpeg rgb 4:4:4":             {2, .2},
	"jpeg rgb 4:2:2":             {10, 4},
	"jpeg rgb 4:2:0":             {18, 5},
	"jpeg rgb 4:2:0 progressive": {18, 5},
}

func TestImageOracle(t *testing.T) {
	o := readImageOracle(t)
	if len(o.Files) < 100 {
		t.Fatalf("images.json has %d files", len(o.Files))
	}
	for _, f := range o.Files {
		r, err := decode(f.Name, f.File)
		if reason, ok := refused[f.Name]; ok {
			if err == nil || !strings.Contains(err.Error(), reason) {
				t.Errorf("%s: error %v, want one with %q", f.Name, err, reason)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", f.Name, err)
			continue
		}
		want := o.samples(f.Pixels)
		if r.Shape != want.Shape {
			t.Errorf("%s: %v, want %v", f.Name, r.Shape, want.Shape)
			continue
		}
		for i, c := range o.Colours { // those of a palette's entries
			if r.palette != nil && i < len(r.palette) {
				if n := color.NRGBAModel.Convert(r.palette[i]).(color.NRGBA); [3]uint8{n.R, n.G, n.B} != c {
					t.Errorf("%s: colour %d is %v, want %v", f.Name, i, n, c)
				}
			}
		}
		if indexed := f.Pixels == "index"; indexed != (r.palette != nil) {
			t.Errorf("%s: palette %v", f.Name, r.palette)
		}
		most, sum := 0.0, 0.0
		for i, v := range want.pix {
			d := max(float64(v)-float64(r.pix[i]), float64(r.pix[i])-float64(v))
			most, sum = max(most, d), sum+d
		}
		if r.C == 3 && strings.HasPrefix(f.Name, "jpeg") { // brightness is not subsampled
			for i := range want.plane(0) {
				luma := func(r *raster) float64 {
					return .299*float64(r.plane(0)[i]) + .587*float64(r.plane(1)[i]) + .114*float64(r.plane(2)[i])
				}
				if d := luma(r) - luma(want); d < -1.5 || d > 1.5 {
					t.Errorf("%s: brightness differs by %.2f at pixel %d", f.Name, d, i)
					break
				}
			}
		}
		mean := sum / float64(len(want.pix))
		if limit := jpegTolerance[f.Name]; most > limit[0] || mean > limit[1] {
			t.Errorf("%s: samples differ by up to %v, in the mean by %.3f", f.Name, most, mean)
		}
	}
}
