package main

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A folder is file names to contents.
type folder map[string][]byte

func grey(w, h int, at func(x, y int) uint8) []byte {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetGray(x, y, color.Gray{Y: at(x, y)})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func texture(w, h int) []byte {
	return grey(w, h, func(x, y int) uint8 { return uint8(x*37 ^ y*11) })
}

func stripes(w, h int, values ...uint8) []byte {
	return grey(w, h, func(x, _ int) uint8 { return values[x/8%len(values)] })
}

func set(n int, file []byte) folder {
	f := folder{}
	for i := range n {
		f[string(rune('a'+i))+".png"] = file
	}
	return f
}

func with(f folder, name string, file []byte) folder {
	g := folder{}
	for k, v := range f {
		g[k] = v
	}
	if file == nil {
		delete(g, name)
	} else {
		g[name] = file
	}
	return g
}

// TestWrongInput: each ends with exit code 2 and one line that names the file
// or flag, and leaves no report behind.
func TestWrongInput(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	images, masks := set(4, texture(160, 160)), set(4, stripes(160, 160, 0, 255))
	three := set(4, stripes(160, 160, 0, 1, 2))
	cut := texture(160, 160)
	for _, tc := range []struct {
		name          string
		images, masks folder
		args          []string
		want          string
	}{
		{"missing mask", images, with(masks, "c.png", nil), nil, `c\.png`},
		{"no images", folder{}, masks, nil, `images`},
		{"size mismatch", images, with(masks, "b.png", stripes(160, 152, 0, 255)), nil, `b\.png.*160×160|b\.png.*152×160|b\.png.*160×152`},
		{"more classes than said", images, three, []string{"--classes", "2"}, `--classes`},
		{"truncated image", with(images, "d.png", cut[:len(cut)/2]), masks, nil, `d\.png.*truncated`},
		{"not an image", with(images, "d.png", []byte("hello")), masks, nil, `d\.png`},
		{"1×1 image", with(images, "a.png", texture(1, 1)), with(masks, "a.png", stripes(1, 1, 0)), nil, `a\.png.*1×1`},
		{"image smaller than the tile", images, masks, []string{"--tile", "300"}, `--tile 300`},
		{"illegal tile", images, masks, []string{"--tile", "101"}, `--tile 101`},
		{"overlap larger than the tile", images, masks, []string{"--tile", "140", "--overlap", "90"}, `--overlap`},
		{"negative steps", images, masks, []string{"--steps", "-1"}, `--steps -1`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			for sub, f := range map[string]folder{"images": tc.images, "masks": tc.masks} {
				if err := os.Mkdir(filepath.Join(dir, sub), 0o777); err != nil {
					t.Fatal(err)
				}
				for name, b := range f {
					if err := os.WriteFile(filepath.Join(dir, sub, name), b, 0o666); err != nil {
						t.Fatal(err)
					}
				}
			}
			out := filepath.Join(dir, "out")
			args := append([]string{"compare", "--images", filepath.Join(dir, "images"), "--masks", filepath.Join(dir, "masks"),
				"--out", out, "--seeds", "1", "--steps", "1", "--quiet"}, tc.args...)
			var stdout, stderr bytes.Buffer
			if code := run(context.Background(), "", args, &stdout, &stderr); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			said := stderr.String()
			if strings.Count(said, "\n") != 1 || !regexp.MustCompile(tc.want).MatchString(said) {
				t.Errorf("said %q, want one line that matches %s", said, tc.want)
			}
			if _, err := os.Stat(out); err == nil {
				t.Error("a report folder was left behind")
			}
		})
	}
}

// TestInterrupted: a comparison that is stopped leaves a report of what it had.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	dir := t.TempDir()
	var stdout, stderr bytes.Buffer
	code := run(ctx, "", []string{"compare", "--pools", "1", "--width", "2", "--seeds", "1", "--steps", "2", "--out", dir, "--quiet"}, &stdout, &stderr)
	if code != 130 {
		t.Errorf("exit code %d after an interrupt, want 130; said %q", code, stderr.String())
	}
	for _, name := range []string{"results.json", "report.html"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("after an interrupt: %v", err)
		}
	}
	if code := run(context.Background(), "", []string{"report", dir}, &stdout, &stderr); code != 0 {
		t.Errorf("what an interrupt left cannot be rendered: %s", stderr.String())
	}
}
