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
	Pairs bool
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
		of := func(kind, arm, tile string) *bench.Picture {
			for _, p := range v.Pictures {
				if p.Kind == kind && p.Image == img && p.Arm == arm && p.Tile == tile {
					return &p
				}
			}
			return nil
		}
		pair := func(key template.HTML, caption string, alts [2]string, ps [2]*bench.Picture) (htmlItem, bool) {
			it := htmlItem{Key: key, Caption: caption}
			for i, p := range ps {
				if p == nil {
					continue
				}
				if x, ok := load(*p, alts[i]); ok {
					it.Images = append(it.Images, x)
				}
			}
			it.Pair = len(it.Images) == 2
			return it, len(it.Images) > 0
		}
		for _, tile := range v.picturedTiles(img) {
			s := htmlPictures{Title: strings.TrimSuffix(img+", "+tilePhrase(tile), ", "), Pairs: true}
			if it, ok := pair("", "image, truth", [2]string{"image " + img, "truth of " + img}, [2]*bench.Picture{of("image", "", ""), of("truth", "", "")}); ok {
				s.Items = append(s.Items, it)
			}
			for _, a := range v.Arms {
				alts := [2]string{fmt.Sprintf("what %s predicts for %s, %s", a.Name, img, tilePhrase(tile)), fmt.Sprintf("where %s errs on %s, %s", a.Name, img, tilePhrase(tile))}
				if it, ok := pair(v.key(a.Name), a.Name+": prediction, errors", alts, [2]*bench.Picture{of("prediction", a.Name, tile), of("error", a.Name, tile)}); ok {
					s.Items = append(s.Items, it)
				}
			}
			if len(s.Items) > 0 {
				scenes = append(scenes, s)
			}
		}
	}
	for _, k := range []struct{ kind, title string }{{"misregistration", "Where the joins are out of register"}, {"checkerboard", "What trained networks make of a flat image"}} {
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

// picturedTiles are the ways in which the image was predicted for pictures.
func (v *view) picturedTiles(img string) []string {
	var out []string
	for _, p := range v.Pictures {
		if p.Image == img && (p.Kind == "prediction" || p.Kind == "error") && !slices.Contains(out, p.Tile) {
			out = append(out, p.Tile)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int { return rankTile(a) - rankTile(b) })
	if len(out) == 0 {
		return []string{""}
	}
	return out
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
