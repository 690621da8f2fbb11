package data

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"unetbench/graph"
	"unetbench/internal/metric"
	"unetbench/internal/npy"
)

// WritePNG writes the fields of view of examples as dir/images/NAME.png, 16-bit
// grey or RGB, and their labels as dir/masks/NAME.png (see WriteLabels), so
// that Load reads them back. The folders are made if need be; a file is either
// whole or absent.
func WritePNG(dir string, examples []Example, classes int) error {
	for _, sub := range []string{"images", "masks"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o777); err != nil {
			return unwritable(dir, err)
		}
	}
	for _, e := range examples {
		name := e.Name
		if slices.Contains(readable, strings.ToLower(filepath.Ext(name))) {
			name = stem(name)
		}
		name += ".png"
		if err := writeImage(filepath.Join(dir, "images", name), &e); err != nil {
			return err
		}
		if err := WriteLabels(filepath.Join(dir, "masks", name), e.Labels, e.Size(), classes); err != nil {
			return err
		}
	}
	return nil
}

// writeImage maps −Limit…Limit to 0…65,536 less one: a scene's levels are
// sceneSteps per standard deviation, which is one grey level each.
func writeImage(path string, e *Example) error {
	inner := e.part("", 0, 0, e.H, e.W).Image
	level := func(c, y, x int) uint16 {
		return uint16(min(max(math.RoundToEven((float64(inner.At(c, y, x))+Limit)*sceneSteps), 0), math.MaxUint16))
	}
	bounds := image.Rect(0, 0, e.W, e.H)
	if inner.C == 1 {
		img := image.NewGray16(bounds)
		for y := range e.H {
			for x := range e.W {
				img.SetGray16(x, y, color.Gray16{Y: level(0, y, x)})
			}
		}
		return writePNG(path, img)
	}
	img := image.NewRGBA64(bounds)
	for y := range e.H {
		for x := range e.W {
			img.SetRGBA64(x, y, color.RGBA64{R: level(0, y, x), G: level(1, y, x), B: level(2, y, x), A: math.MaxUint16})
		}
	}
	return writePNG(path, img)
}

// WriteLabels writes H·W class indices: two classes as grey 0 and 255; more as
// a palette whose index is the class and whose colours the colour-blind can
// tell apart. Load reads both.
func WriteLabels(path string, labels []uint8, size graph.Size, classes int) error {
	bounds := image.Rect(0, 0, size.W, size.H)
	if classes <= 2 {
		img := image.NewGray(bounds)
		for i, l := range labels {
			img.Pix[i] = 255 * l
		}
		return writePNG(path, img)
	}
	img := image.NewPaletted(bounds, labelColours(classes))
	copy(img.Pix, labels)
	return writePNG(path, img)
}

// WriteProbability writes H·W values in 0…1 as 16-bit grey.
func WriteProbability(path string, p []float32, size graph.Size) error {
	img := image.NewGray16(image.Rect(0, 0, size.W, size.H))
	for i, v := range p {
		level := uint16(math.RoundToEven(float64(min(max(v, 0), 1)) * math.MaxUint16))
		img.SetGray16(i%size.W, i/size.W, color.Gray16{Y: level})
	}
	return writePNG(path, img)
}

// WriteArray writes m as a batch of one, float32 of 1×C×H×W, in NumPy's format.
func WriteArray(path string, m *graph.Map) error {
	a := npy.Array{Dims: []int{1, m.C, m.H, m.W}, Pix: m.Pix}
	return writeFile(path, a.Encode)
}

// Classify returns the class of the largest logit of each pixel, the first of
// equals.
func Classify(logits *graph.Map) []uint8 { return metric.Argmax(logits.Pix, logits.C) }

// Probability returns the softmax probability of one class at each pixel.
func Probability(logits *graph.Map, class int) []float32 {
	n := logits.H * logits.W
	out := make([]float32, n)
	for i := range n {
		sum := 0.0
		for c := range logits.C {
			sum += math.Exp(float64(logits.Pix[c*n+i]) - float64(logits.Pix[class*n+i]))
		}
		out[i] = float32(1 / sum)
	}
	return out
}

// labelColours begins with black and the colours of Okabe and Ito (2008), and
// goes on around the colour circle.
func labelColours(classes int) color.Palette {
	p := color.Palette{color.Gray{}, rgb(0xE69F00), rgb(0x56B4E9), rgb(0x009E73), rgb(0xF0E442), rgb(0x0072B2), rgb(0xD55E00), rgb(0xCC79A7)}
	for k := len(p); k < classes; k++ {
		hue := float64(k) * (math.Sqrt(5) - 1) / 2 // the golden ratio keeps neighbours apart
		channel := func(shift float64) uint8 { return uint8(140 + 100*math.Cos(2*math.Pi*(hue+shift))) }
		p = append(p, color.RGBA{R: channel(0), G: channel(1. / 3), B: channel(2. / 3), A: 255})
	}
	return p[:classes]
}

func rgb(v uint32) color.RGBA {
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

func writePNG(path string, img image.Image) error {
	return writeFile(path, func(w io.Writer) error { return png.Encode(w, img) })
}

// writeFile writes beside path and renames, so that path is never half-written.
func writeFile(path string, write func(io.Writer) error) (err error) {
	part := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".part")
	f, err := os.Create(part)
	if err != nil {
		return unwritable(path, err)
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(part)
			err = unwritable(path, err)
		}
	}()
	if err = write(f); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(part, path)
}

func unwritable(path string, err error) error {
	return &Error{path, fmt.Sprintf("cannot be written (%v)", err), "choose another --out, or make room and allow writing"}
}
