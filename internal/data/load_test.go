package data

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"unetbench/graph"
)

// Every fault is one line that names the file or flag, and the remedy.
func TestLoadFaults(t *testing.T) {
	whole := pngOf(grey(20, 24, texture))
	for _, c := range []struct {
		name  string
		spoil func(f *folder)
		o     LoadOptions
		want  []string // parts of the message, in order
	}{
		{"no images folder", func(f *folder) { os.RemoveAll(f.images()) }, LoadOptions{}, []string{"--images: folder ", "images does not exist; check"}},
		{"no test masks folder", func(f *folder) { os.RemoveAll(f.masks()) }, LoadOptions{Prefix: "test-"}, []string{"--test-masks: folder ", "does not exist"}},
		{"folder is a file", func(f *folder) { os.RemoveAll(f.masks()); f.put("masks", whole) }, LoadOptions{}, []string{"--masks: ", "is a file; name the folder"}},
		{"empty folder", func(f *folder) { os.RemoveAll(f.images()); os.Mkdir(f.images(), 0o777); f.put("images/notes.txt", nil) }, LoadOptions{}, []string{"--images: folder ", "has no images; put PNG"}},
		{"missing mask", func(f *folder) { os.Remove(filepath.Join(f.masks(), "b.png")) }, LoadOptions{}, []string{"b.png: has no mask in ", "masks; add b.png"}},
		{"missing masks", func(f *folder) { f.put("images/d.png", whole); f.put("images/e.png", whole) }, LoadOptions{}, []string{"d.png: has no mask", "nor have 1 others"}},
		{"size mismatch", func(f *folder) { f.put("masks/b.png", pngOf(grey(20, 23, half(0, 1)))) }, LoadOptions{}, []string{"b.png: the mask is 20×23 px, but its image b.png is 20×24 px"}},
		{"turned mask", func(f *folder) { f.put("masks/b.png", pngOf(grey(24, 20, half(0, 1)))) }, LoadOptions{}, []string{"24×20", "turned by 90°"}},
		{"truncated PNG", func(f *folder) { f.put("images/b.png", whole[:len(whole)-30]) }, LoadOptions{}, []string{"b.png: the PNG is truncated; copy"}},
		{"truncated head", func(f *folder) { f.put("images/b.png", whole[:20]) }, LoadOptions{}, []string{"b.png: the PNG is truncated"}},
		{"truncated mask", func(f *folder) { f.put("masks/b.png", whole[:60]) }, LoadOptions{}, []string{"masks", "b.png: the PNG is truncated"}},
		{"empty file", func(f *folder) { f.put("images/b.png", nil) }, LoadOptions{}, []string{"b.png: is empty (0 bytes)"}},
		{"text as PNG", func(f *folder) { f.put("images/b.png", []byte("hello")) }, LoadOptions{}, []string{"b.png: is no PNG, JPEG or TIFF; save"}},
		{"GIF as PNG", func(f *folder) { f.put("images/b.png", []byte("GIF89a...")) }, LoadOptions{}, []string{"b.png: ", "it is a GIF"}},
		{"BMP", func(f *folder) { f.put("images/d.bmp", []byte("BM")) }, LoadOptions{}, []string{"d.bmp: .bmp files are not read; save it as PNG"}},
		{"damaged PNG", func(f *folder) { b := slices.Clone(whole); b[45] ^= 255; f.put("images/b.png", b) }, LoadOptions{}, []string{"b.png: not a readable PNG (", "; export it again"}},
		{"bomb", func(f *folder) { f.put("images/b.png", hugePNG(60_000)) }, LoadOptions{}, []string{"b.png: 60000×60000 px are more than"}},
		{"BigTIFF", func(f *folder) { f.put("images/b.png", []byte("II+\x00\x08\x00\x00\x00")) }, LoadOptions{}, []string{"is a BigTIFF"}},
		{"truncated TIFF", func(f *folder) { f.put("images/b.png", tiffStack(binary.LittleEndian, page{})[:100]) }, LoadOptions{}, []string{"b.png: the TIFF is truncated"}},
		{"truncated JPEG", func(f *folder) { b := jpegOf(grey(20, 24, texture)); f.put("images/b.png", b[:len(b)-40]) }, LoadOptions{}, []string{"b.png: the JPEG is truncated"}},
		{"stack", func(f *folder) { f.put("images/b.png", tiffStack(binary.LittleEndian, page{}, page{}, page{})) }, LoadOptions{}, []string{"b.png: is a stack of 3 pages; save each page"}},
		{"float TIFF", func(f *folder) { f.put("images/b.png", tiffStack(binary.LittleEndian, page{sampleFormat: 3})) }, LoadOptions{}, []string{"signed or floating-point"}},
		{"planar TIFF", func(f *folder) { f.put("images/b.png", tiffStack(binary.LittleEndian, page{planes: 2, samples: 3})) }, LoadOptions{}, []string{"(planar)"}},
		{"1×1", func(f *folder) { f.put("images/b.png", pngOf(grey(1, 1, texture))) }, LoadOptions{}, []string{"b.png: the image is 1×1 px; give images of at least 16"}},
		{"mixed channels", func(f *folder) { f.put("images/b.png", pngOf(colour(20, 24, false))) }, LoadOptions{}, []string{"a.png: the image is grey, others are RGB"}},
		{"unlike the training set", func(f *folder) {}, LoadOptions{Channels: 3}, []string{"a.png: the image has 1 channels, the network 3"}},
		{"coloured mask", func(f *folder) { f.put("masks/b.png", pngOf(colour(20, 24, false))) }, LoadOptions{}, []string{"b.png: the mask is in colour; save class indices"}},
		{"more classes than said", func(f *folder) { f.put("masks/c.png", pngOf(grey(20, 24, half(1, 5)))) }, LoadOptions{Classes: 3}, []string{"c.png: value 5 found, but --classes 3 allows 0 to 2; give --classes 6"}},
		{"255 among three values", func(f *folder) { f.put("masks/c.png", pngOf(grey(20, 24, half(1, 255)))) }, LoadOptions{Classes: 3}, []string{"c.png: value 255 found, but --classes 3", "class indices 0 to 2"}},
		{"instances", func(f *folder) { f.put("masks/c.png", pngOf(grey(20, 24, func(y, x int) uint8 { return uint8(y) }))) }, LoadOptions{}, []string{"c.png: the masks hold 20 values, up to 19 (0, 1, 2, 3, 4, …)", "mark all objects", "give --classes 20"}},
		{"many instances", func(f *folder) {
			f.put("masks/c.png", pngOf(grey16(20, 24, func(y, x int) uint16 { return uint16(max(0, 24*y+x-200)) })))
		}, LoadOptions{}, []string{"c.png: the masks hold 280 values, up to 279 (0, 1, 2, 3, 4, …)", "mark all objects of a class with its index 1, 2 …"}},
		{"bright instances", func(f *folder) {
			f.put("masks/c.png", pngOf(grey(20, 24, func(y, x int) uint8 { return uint8(max(0, 24*y+x-224)) })))
		}, LoadOptions{}, []string{"c.png: the masks hold 256 values, up to 255"}},
		{"little file, large claim", func(f *folder) { f.put("images/b.png", hugePNG(9_000)) }, LoadOptions{}, []string{"b.png: 9000×9000 px cannot lie in 33 bytes: the PNG is truncated"}},
		{"no foreground", func(f *folder) {
			for _, n := range []string{"a", "b", "c"} {
				f.put("masks/"+n+".png", pngOf(grey(20, 24, half(0, 0))))
			}
		}, LoadOptions{}, []string{"a.png: every mask has the value 0 everywhere"}},
		{"JPEG labels", func(f *folder) { f.put("masks/c.png", jpegOf(grey(20, 24, half(0, 3)))) }, LoadOptions{}, []string{"c.png: JPEG is lossy and cannot hold class indices"}},
		{"twice", func(f *folder) { f.put("images/b.jpg", jpegOf(grey(20, 24, texture))) }, LoadOptions{}, []string{"b.png: has the same name as b.jpg"}},
		{"two masks", func(f *folder) {
			f.put("images/d.png", whole)
			f.put("masks/d_mask.png", whole)
			f.put("masks/d_label.png", whole)
		}, LoadOptions{}, []string{"d.png: both d_label.png and d_mask.png could be its mask"}},
		{"a mask for two", func(f *folder) {
			f.put("images/d.png", whole)
			f.put("images/d_img.png", whole)
			f.put("masks/d.png", whole)
		}, LoadOptions{}, []string{"d.png: could be the mask of d.png and of d_img.png"}},
		{"one class", func(f *folder) {}, LoadOptions{Classes: 1}, []string{"--classes: 1 classes", "give 2 to 256"}},
		{"0/255 and three classes", func(f *folder) {
			for _, n := range []string{"a", "b", "c"} {
				f.put("masks/"+n+".png", pngOf(grey(20, 24, half(0, 255))))
			}
		}, LoadOptions{Classes: 3}, []string{"a.png: the masks hold two values, up to 255, but --classes says 3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFolder(t)
			for _, n := range []string{"a.png", "b.png", "c.png"} {
				f.pair(n)
			}
			c.spoil(f)
			_, _, err := f.load(c.o)
			var fault *Error
			if !errors.As(err, &fault) {
				t.Fatalf("error %v, want an *Error with %q", err, c.want)
			}
			rest, found := err.Error(), true
			for _, part := range c.want {
				if _, rest, found = strings.Cut(rest, part); !found {
					t.Fatalf("error %q lacks %q", err, part)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q has several lines", err)
			}
		})
	}
	f := newFolder(t)
	f.pair("a.png")
	if _, _, err := Load(f.images(), f.images()+"/../images", LoadOptions{}); err == nil || !strings.Contains(err.Error(), "is the same folder as --images") {
		t.Errorf("same folder twice: %v", err)
	}
}

// One picture, in each format that keeps it, gives the same values.
func TestLoadFormats(t *testing.T) {
	reference := grey(20, 24, texture)
	deep := grey16(20, 24, func(y, x int) uint16 { return 257 * uint16(texture(y, x)) })
	asRGB := image.NewRGBA(reference.Rect)
	veiled := image.NewNRGBA(reference.Rect)
	var ramp color.Palette
	for v := range 256 {
		ramp = append(ramp, color.Gray{Y: uint8(v)})
	}
	paletted := image.NewPaletted(reference.Rect, ramp)
	for y := range 20 {
		for x := range 24 {
			v := texture(y, x)
			asRGB.Set(x, y, color.Gray{Y: v})
			veiled.SetNRGBA(x, y, color.NRGBA{R: v, G: v, B: v, A: uint8(100 + x)})
			paletted.SetColorIndex(x, y, v)
		}
	}
	f := newFolder(t)
	f.put("reference.png", pngOf(reference))
	want, err := LoadImage(filepath.Join(f.dir, "reference.png"), 0)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{
		"16 bit.png": pngOf(deep), "rgb.png": pngOf(asRGB), "alpha.png": pngOf(veiled), "palette.png": pngOf(paletted),
		"8 bit.tif": tiffOf(reference), "16 bit.tif": tiffOf(deep), "rgb.tif": tiffOf(asRGB), "palette.tif": tiffOf(paletted),
		"alpha.tif": tiffOf(veiled), "little.tif": tiffStack(binary.LittleEndian, page{}), "big.tif": tiffStack(binary.BigEndian, page{}),
		"thumbnail.tif": tiffStack(binary.BigEndian, page{}, page{subfile: 1}),
	} {
		f.put(name, content)
		got, err := LoadImage(filepath.Join(f.dir, name), 1)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Shape != want.Shape {
			t.Fatalf("%s: %v, want %v", name, got.Shape, want.Shape)
		}
		for i, v := range got.Pix {
			if math.Abs(float64(v-want.Pix[i])) > 1e-5 {
				t.Fatalf("%s: pixel %d is %v, want %v", name, i, v, want.Pix[i])
			}
		}
	}
	f.put("lossy.jpg", jpegOf(reference))
	if got, err := LoadImage(filepath.Join(f.dir, "lossy.jpg"), 1); err != nil || got.Shape != want.Shape {
		t.Errorf("JPEG: %v", err)
	}
	f.put("colour.jpg", jpegOf(colour(20, 24, false)))
	if got, err := LoadImage(filepath.Join(f.dir, "colour.jpg"), 0); err != nil || got.C != 3 {
		t.Errorf("JPEG in colour: %v", err)
	}
	f.put("veil.png", pngOf(colour(20, 24, true)))
	f.put("opaque.png", pngOf(colour(20, 24, false)))
	a, errA := LoadImage(filepath.Join(f.dir, "veil.png"), 3)
	b, errB := LoadImage(filepath.Join(f.dir, "opaque.png"), 3)
	if errors.Join(errA, errB) != nil || !slices.Equal(a.Pix, b.Pix) {
		t.Errorf("alpha changes the colours (%v, %v)", errA, errB)
	}
	if _, err := LoadImage(filepath.Join(f.dir, "opaque.png"), 1); err == nil {
		t.Error("an RGB image went into a grey network")
	}
}

// ImageJ may write a stack as one page and a note.
func TestStackInDescription(t *testing.T) {
	f := newFolder(t)
	f.put("a.tif", tiffStack(binary.LittleEndian, page{description: "ImageJ=1.53\nimages=30\nslices=30\n"}))
	if _, err := LoadImage(filepath.Join(f.dir, "a.tif"), 0); err == nil || !strings.Contains(err.Error(), "stack of 30 pages") {
		t.Errorf("got %v", err)
	}
	f.put("b.tif", tiffStack(binary.LittleEndian, page{description: "ImageJ=1.53\nunit=um\n"}))
	if _, err := LoadImage(filepath.Join(f.dir, "b.tif"), 0); err != nil {
		t.Error(err)
	}
}

// What masks' values mean, for two files each.
func TestMaskValues(t *testing.T) {
	voc := image.NewPaletted(image.Rect(0, 0, 24, 20), labelColours(3))
	inverted := image.NewPaletted(image.Rect(0, 0, 24, 20), color.Palette{color.White, color.Black})
	for i := range voc.Pix {
		voc.Pix[i] = half(0, 2)(i/24, i%24)
		inverted.Pix[i] = half(1, 0)(i/24, i%24)
	}
	fourGreys := image.NewPaletted(voc.Rect, color.Palette{color.Gray{}, color.Gray{Y: 85}, color.Gray{Y: 170}, color.White})
	copy(fourGreys.Pix, voc.Pix)
	wide := func(v uint16) []byte {
		return pngOf(grey16(20, 24, func(y, x int) uint16 { return v * uint16(half(0, 1)(y, x)) }))
	}
	disc := func(y, x int) uint8 {
		if (y-60)*(y-60)+(x-60)*(x-60) < 1600 {
			return 255
		}
		return 0
	}
	g := func(top, bottom uint8) []byte { return pngOf(grey(20, 24, half(top, bottom))) }
	for _, c := range []struct {
		name    string
		a, b    []byte
		said    int
		classes int
		top     [2]uint8 // labels in the top rows of a and b
		bottom  [2]uint8
		warning string
	}{
		{"labels", g(0, 1), g(2, 1), 0, 3, [2]uint8{0, 2}, [2]uint8{1, 1}, ""},
		{"0 and 1", g(0, 1), g(1, 0), 0, 2, [2]uint8{0, 1}, [2]uint8{1, 0}, ""},
		{"0 and 255", g(0, 255), g(0, 0), 0, 2, [2]uint8{0, 0}, [2]uint8{1, 0}, ""},
		{"0 and 255 as said", g(0, 255), g(255, 0), 2, 2, [2]uint8{0, 1}, [2]uint8{1, 0}, ""},
		{"16 bit", wide(65535), wide(65535), 0, 2, [2]uint8{0, 0}, [2]uint8{1, 1}, ""},
		{"16-bit labels", wide(1), wide(2), 0, 3, [2]uint8{0, 0}, [2]uint8{1, 2}, ""},
		{"two odd values", g(100, 200), g(200, 100), 0, 2, [2]uint8{0, 1}, [2]uint8{1, 0}, "values 100 and 200"},
		{"one class never seen", g(0, 3), g(0, 1), 0, 4, [2]uint8{0, 0}, [2]uint8{3, 1}, "0, 1, 3"},
		{"more said than used", g(0, 1), g(0, 1), 5, 5, [2]uint8{0, 0}, [2]uint8{1, 1}, ""},
		{"only background, as said", g(0, 0), g(0, 0), 2, 2, [2]uint8{0, 0}, [2]uint8{0, 0}, ""},
		{"only foreground, as said", g(255, 255), g(255, 255), 2, 2, [2]uint8{1, 1}, [2]uint8{1, 1}, ""},
		{"palette index", pngOf(voc), pngOf(voc), 0, 2, [2]uint8{0, 0}, [2]uint8{1, 1}, "values 0 and 2"},
		{"palette of two greys", pngOf(inverted), pngOf(inverted), 0, 2, [2]uint8{0, 0}, [2]uint8{1, 1}, ""},
		{"palette of four greys", pngOf(fourGreys), g(1, 2), 0, 3, [2]uint8{0, 1}, [2]uint8{2, 2}, ""},
		{"TIFF", tiffOf(grey(20, 24, half(0, 255))), g(0, 255), 0, 2, [2]uint8{0, 0}, [2]uint8{1, 1}, ""},
		{"JPEG of 0 and 255", jpegOf(grey(120, 120, disc)), jpegOf(grey(120, 120, disc)), 0, 2, [2]uint8{0, 0}, [2]uint8{0, 0}, "JPEG masks are lossy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFolder(t)
			for i, m := range [][]byte{c.a, c.b} {
				name := string(rune('a'+i)) + ".png"
				config, err := decode("mask", m)
				if err != nil {
					t.Fatal(err)
				}
				f.put("images/"+name, pngOf(grey(config.H, config.W, texture)))
				f.put("masks/"+name, m)
			}
			examples, info, err := f.load(LoadOptions{Classes: c.said})
			if err != nil {
				t.Fatal(err)
			}
			if info.Classes != c.classes || info.Channels != 1 {
				t.Errorf("info %+v, want %d classes", info, c.classes)
			}
			for i, e := range examples {
				if top, bottom := e.Labels[0], e.Labels[len(e.Labels)-1]; top != c.top[i] || bottom != c.bottom[i] {
					t.Errorf("%s: labels %d and %d, want %d and %d", e.Name, top, bottom, c.top[i], c.bottom[i])
				}
			}
			if got := strings.Join(info.Warnings, "\n"); c.warning == "" && got != "" || !strings.Contains(got, c.warning) {
				t.Errorf("warnings %q, want %q", got, c.warning)
			}
			if c.name == "JPEG of 0 and 255" {
				for i, l := range examples[0].Labels {
					if l != disc(i/120, i%120)/255 {
						t.Fatalf("pixel %d,%d has label %d", i/120, i%120, l)
					}
				}
			}
		})
	}
}

// Grey PNGs of 2 and 4 bits hold class indices, which Go's decoder stretches.
func TestMaskOfFewBits(t *testing.T) {
	// 16×16, depth 4, made by hand: Go's encoder writes no grey of 4 bits.
	for _, depth := range []int{2, 4} {
		rows := bytes.Repeat(append([]byte{0}, bytes.Repeat([]byte{map[int]byte{2: 0b01101101, 4: 0x12}[depth]}, 16*depth/8)...), 16)
		r, err := decode("m.png", rawPNG(16, 16, byte(depth), 0, rows))
		if err != nil {
			t.Fatal(err)
		}
		if r.pix[0] != 1 || r.pix[1] != 2 {
			t.Errorf("%d bits: values %d, %d; want 1, 2", depth, r.pix[0], r.pix[1])
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		image, mask string
	}{
		{"a.png", "a.tif"}, {"a.PNG", "a_mask.png"}, {"a_image.png", "a_label.png"}, {"a.b.png", "a.b-seg.png"}, {"a_img.jpg", "a.png"}, {"a_mask.png", "a_mask.png"},
	} {
		pairs, warnings, err := match([]string{c.image}, []string{c.mask, "z.png"}, "m")
		if err != nil || len(pairs) != 1 || pairs[0] != (pair{c.image, c.mask}) {
			t.Errorf("%s and %s: %v, %v", c.image, c.mask, pairs, err)
		}
		if len(warnings) != 1 || !strings.Contains(warnings[0], "mask z.png has no image") {
			t.Errorf("warnings %q", warnings)
		}
	}
	if _, _, err := match([]string{"ab.png"}, []string{"a.png"}, "m"); err == nil {
		t.Error("ab.png matched a.png")
	}
}

// Order, series, constants and the bounds of what comes out.
func TestLoadOrder(t *testing.T) {
	f := newFolder(t)
	for _, n := range []string{"s10.png", "s2.png", "s1.png", "s03.png"} {
		f.pair(n)
	}
	f.put("images/.hidden.png", nil)
	f.put("images/s2.png", pngOf(grey(20, 24, half(9, 9))))
	f.put("images/s1.png", pngOf(grey(20, 24, func(y, x int) uint8 { return map[bool]uint8{true: 255}[y == 3 && x == 3] })))
	examples, info, err := f.load(LoadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range examples {
		names = append(names, e.Name)
		for _, v := range e.Image.Pix {
			if !(v >= -Limit && v <= Limit) {
				t.Fatalf("%s holds %v", e.Name, v)
			}
		}
	}
	if got := strings.Join(names, " "); got != "s1.png s2.png s03.png s10.png" {
		t.Errorf("order %s", got)
	}
	if !info.Series || len(info.Warnings) != 1 || !strings.Contains(info.Warnings[0], "s2.png has one value everywhere") {
		t.Errorf("info %+v", info)
	}
	if e := examples[1]; slices.ContainsFunc(e.Image.Pix, func(v float32) bool { return v != 0 }) {
		t.Error("a constant image is not 0")
	}
	if e := examples[0]; e.Image.At(0, 3, 3) != Limit {
		t.Error("an outlier is not clipped")
	}
}

func TestLooksLikeSeries(t *testing.T) {
	for _, c := range []struct {
		names string
		want  bool
	}{
		{"01.png 02.png 30.png", true}, {"z9.tif z10.tif z11.tif", true}, {"a.png b.png c.png", false},
		{"Image_01L.png Image_01R.png Image_02L.png", false}, {"1.png 2.png", false}, {"s1_t1.png s1_t2.png s2_t1.png", false},
	} {
		var examples []Example
		for _, n := range strings.Fields(c.names) {
			examples = append(examples, Example{Name: n, H: 5, W: 5})
		}
		if got := looksLikeSeries(examples); got != c.want {
			t.Errorf("%s: %v", c.names, got)
		}
	}
	if looksLikeSeries([]Example{{Name: "1", H: 5}, {Name: "2", H: 5}, {Name: "3", H: 6}}) {
		t.Error("different sizes are a series")
	}
}

// RGB images stay RGB when one of them has colour, and mean 0, variance 1 holds
// per channel.
func TestLoadColour(t *testing.T) {
	f := newFolder(t)
	f.pair("a.png")
	f.put("images/a.png", pngOf(colour(20, 24, false)))
	examples, info, err := f.load(LoadOptions{})
	if err != nil || info.Channels != 3 || examples[0].Image.Shape != (graph.Shape{C: 3, H: 20, W: 24}) {
		t.Fatalf("%+v, %v", info, err)
	}
	for c := range 3 {
		sum, square := 0.0, 0.0
		for _, v := range examples[0].Image.Plane(c) {
			sum += float64(v)
			square += float64(v) * float64(v)
		}
		if math.Abs(sum) > 1e-3 || math.Abs(square/480-1) > 1e-3 {
			t.Errorf("channel %d: sum %v, variance %v", c, sum, square/480)
		}
	}
}
