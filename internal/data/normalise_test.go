package data

import (
	"image"
	"image/color"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"unetbench/graph"
)

// TestReadImage: what a sample becomes, by depth, channels and normalisation.
func TestReadImage(t *testing.T) {
	f := newFolder(t)
	f.put("g8.png", pngOf(grey(20, 24, texture)))
	f.put("g16.png", pngOf(grey16(20, 24, func(y, x int) uint16 { return 257 * uint16(texture(y, x)) })))
	rgb := image.NewNRGBA(image.Rect(0, 0, 24, 20))
	for i := range 20 * 24 {
		v := texture(i/24, i%24)
		rgb.SetNRGBA(i%24, i/24, color.NRGBA{R: v, G: 255 - v, B: v / 2, A: 255})
	}
	f.put("rgb.png", pngOf(rgb))
	luma := func(v float64) float64 {
		return math.Floor(.299*v + .587*(255-v) + .114*math.Floor(v/2) + .5)
	}
	for _, c := range []struct {
		file     string
		channels int
		n        Normalisation
		channel  int
		want     func(v float64) float64
	}{
		{"g8.png", 0, Unit, 0, func(v float64) float64 { return v / 255 }},
		{"g16.png", 1, Unit, 0, func(v float64) float64 { return v / 255 }},
		{"g8.png", 3, Unit, 2, func(v float64) float64 { return v / 255 }},
		{"g8.png", 1, Samples, 0, func(v float64) float64 { return v }},
		{"g16.png", 1, Samples, 0, func(v float64) float64 { return 257 * v }},
		{"rgb.png", 0, Unit, 1, func(v float64) float64 { return (255 - v) / 255 }},
		{"rgb.png", 3, ImageNet, 0, func(v float64) float64 { return (v/255 - .485) / .229 }},
		{"rgb.png", 3, ImageNet, 1, func(v float64) float64 { return ((255-v)/255 - .456) / .224 }},
		{"g16.png", 3, ImageNet, 2, func(v float64) float64 { return (v/255 - .406) / .225 }},
		{"rgb.png", 1, Unit, 0, func(v float64) float64 { return luma(v) / 255 }},
	} {
		m, err := ReadImage(filepath.Join(f.dir, c.file), c.channels, c.n)
		if err != nil {
			t.Fatal(err)
		}
		if c.channels != 0 && m.C != c.channels || m.Size() != (graph.Size{H: 20, W: 24}) {
			t.Errorf("%s for %d channels is %v", c.file, c.channels, m.Shape)
		}
		for i, got := range m.Plane(c.channel) {
			want := c.want(float64(texture(i/24, i%24)))
			if math.Abs(float64(got)-want) > 1e-6*(1+math.Abs(want)) {
				t.Fatalf("%s, %d channels, %v: sample %d is %g; want %g", c.file, c.channels, c.n, i, got, want)
			}
		}
	}
}

// TestZScore: mean 0 and deviation 1, and an outlier that only Clipped cuts off.
func TestZScore(t *testing.T) {
	f := newFolder(t)
	f.put("star.png", pngOf(grey(20, 24, func(y, x int) uint8 {
		if y == 3 && x == 3 {
			return 255
		}
		return 10 * half(0, 1)(y, x)
	})))
	for n, clips := range map[Normalisation]bool{ZScore: false, Clipped: true} {
		m, err := ReadImage(filepath.Join(f.dir, "star.png"), 1, n)
		if err != nil {
			t.Fatal(err)
		}
		var sum, squares float64
		for _, v := range m.Pix {
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
		count := float64(len(m.Pix))
		if star := m.At(0, 3, 3); (star == Limit) != clips || star < Limit {
			t.Errorf("%v: the star is %g", n, star)
		}
		if !clips && (math.Abs(sum/count) > 1e-5 || math.Abs(squares/count-1) > 1e-5) {
			t.Errorf("%v: mean %g, variance %g", n, sum/count, squares/count)
		}
	}
}

func TestReadImageRefused(t *testing.T) {
	f := newFolder(t)
	f.put("g8.png", pngOf(grey(20, 24, texture)))
	path := filepath.Join(f.dir, "g8.png")
	if _, err := ReadImage(path, 4, Unit); err == nil || !strings.Contains(err.Error(), "the image has 1 channels, the network 4") {
		t.Error(err)
	}
	if _, err := ReadImage(path, 1, ImageNet); err == nil || !strings.Contains(err.Error(), "imagenet is for RGB") {
		t.Error(err)
	}
	if _, err := ParseNormalisation("minmax"); err == nil || !strings.Contains(err.Error(), "want one of [unit zscore imagenet none clipped]") {
		t.Error(err)
	}
	for n := range numNormalisations {
		if got, err := ParseNormalisation(n.String()); err != nil || got != n {
			t.Errorf("%v is read as %v, %v", n, got, err)
		}
	}
}
