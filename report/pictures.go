package report

import (
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"unetbench/bench"
)

// htmlPictures is one strip of pictures under a heading.
type htmlPictures struct {
	Title string
	Items []htmlItem
}

// An htmlItem is one picture, or a prediction beside its errors.
type htmlItem struct {
	Pair    bool
	Key     template.HTML
	Caption string
	Images  []htmlImage
}

type htmlImage struct {
	Src template.URL
	Alt string
}

// pictures groups the run's pictures: one strip per test image with image,
// truth, and each arm's prediction beside its errors; and one strip per other
// kind. missing counts the files that are not there.
func (v *view) pictures(fsys fs.FS) (scenes []htmlPictures, kinds map[string][]htmlPictures, missing int, err error) {
	kinds = map[string][]htmlPictures{}
	load := func(p bench.Picture, alt string) (htmlImage, bool) {
		src, e := dataURI(fsys, p.File)
		if errors.Is(e, fs.ErrNotExist) || errors.Is(e, fs.ErrInvalid) {
			missing++
			return htmlImage{}, false
		}
		if e != nil && err == nil {
			err = fmt.Errorf("picture %s: %w", p.File, e)
		}
		return htmlImage{src, alt}, e == nil
	}
	var images []string
	for _, p := range v.Pictures {
		if slices.Contains([]string{"image", "truth", "prediction", "error"}, p.Kind) && !slices.Contains(images, p.Image) {
			images = append(images, p.Image)
		}
	}
	for _, img := range images {
		s := htmlPictures{Title: img}
		of := func(kind, arm, tile string) []bench.Picture {
			var out []bench.Picture
			for _, p := range v.Pictures {
				if p.Kind == kind && p.Image == img && p.Arm == arm && (tile == "*" || p.Tile == tile) {
					out = append(out, p)
				}
			}
			return out
		}
		for _, k := range []string{"image", "truth"} {
			for _, p := range of(k, "", "*") {
				if x, ok := load(p, k+" of "+img); ok {
					s.Items = append(s.Items, htmlItem{Caption: k, Images: []htmlImage{x}})
				}
			}
		}
		for _, a := range v.Arms {
			for _, p := range of("prediction", a.Name, "*") {
				it := htmlItem{Key: v.key(a.Name), Caption: caption(p)}
				if x, ok := load(p, fmt.Sprintf("what %s predicts for %s", a.Name, img)); ok {
					it.Images = append(it.Images, x)
				}
				for _, e := range of("error", a.Name, p.Tile) {
					if x, ok := load(e, fmt.Sprintf("where %s errs on %s", a.Name, img)); ok {
						it.Images = append(it.Images, x)
					}
				}
				if it.Pair = len(it.Images) == 2; it.Pair {
					it.Caption += ": prediction, errors"
				}
				if len(it.Images) > 0 {
					s.Items = append(s.Items, it)
				}
			}
		}
		if len(s.Items) > 0 {
			scenes = append(scenes, s)
		}
	}
	for _, k := range []struct{ kind, title string }{{"misregistration", "Where the joins are out of register"}, {"checkerboard", "Response to flat input"}} {
		s := htmlPictures{Title: k.title}
		for _, p := range v.Pictures {
			if p.Kind != k.kind {
				continue
			}
			if x, ok := load(p, k.kind+" map of "+p.Arm); ok {
				s.Items = append(s.Items, htmlItem{Key: v.key(p.Arm), Caption: caption(p), Images: []htmlImage{x}})
			}
		}
		if len(s.Items) > 0 {
			kinds[k.kind] = []htmlPictures{s}
		}
	}
	return scenes, kinds, missing, err
}

// caption names arm and way of predicting.
func caption(p bench.Picture) string {
	var parts []string
	if p.Arm != "" {
		parts = append(parts, p.Arm)
	}
	if p.Image != "" && p.Kind != "prediction" && p.Kind != "error" {
		parts = append(parts, p.Image)
	}
	if p.Tile != "" && p.Tile != "whole" {
		parts = append(parts, tilePhrase(p.Tile))
	}
	return strings.Join(parts, ", ")
}

// dataURI reads an image file into a URL that carries it.
func dataURI(fsys fs.FS, file string) (template.URL, error) {
	if fsys == nil {
		return "", fs.ErrNotExist
	}
	b, err := fs.ReadFile(fsys, file)
	if err != nil {
		return "", err
	}
	kind := http.DetectContentType(b)
	if !strings.HasPrefix(kind, "image/") {
		return "", fmt.Errorf("not an image but %s; run the comparison again", kind)
	}
	return template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(b)), nil
}
