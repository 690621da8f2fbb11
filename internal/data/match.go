package data

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A pair is an image and its mask.
type pair struct{ image, mask string } // paths

// extensions that are read, and those that are surely images but are not: to
// pass over the second kind would lose data in silence.
var (
	readable = []string{".png", ".jpg", ".jpeg", ".tif", ".tiff"}
	foreign  = []string{".bmp", ".gif", ".webp", ".jp2", ".btf", ".tf8", ".czi", ".nd2", ".lif", ".lsm", ".oib", ".oif", ".vsi",
		".svs", ".ndpi", ".mrc", ".dm3", ".dm4", ".dcm", ".nii", ".npy", ".npz", ".h5", ".hdf5", ".mat", ".raw", ".zarr", ".pgm", ".ppm", ".pnm"}
)

// Words that may end a file's stem after '_', '-' or '.', and do not count when
// an image and a mask are matched.
var (
	imageWords = []string{"image", "img", "im", "raw"}
	maskWords  = []string{"mask", "masks", "label", "labels", "seg", "segmentation", "gt", "groundtruth", "annotation"}
)

// ImageFiles lists the images in a folder, in name order. Hidden files and
// files that are no images are passed over.
func ImageFiles(dir, flag string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		if info, e := os.Stat(dir); e == nil && !info.IsDir() {
			return nil, &Error{flag, dir + " is a file", "name the folder that it lies in"}
		}
		fault := unreadable(dir, err)
		return nil, &Error{flag, fmt.Sprintf("folder %s %s", dir, fault.Problem), fault.Remedy}
	}
	var paths []string
	for _, e := range entries {
		path, ext := filepath.Join(dir, e.Name()), strings.ToLower(filepath.Ext(e.Name()))
		switch {
		case strings.HasPrefix(e.Name(), ".") || e.IsDir():
		case slices.Contains(readable, ext):
			paths = append(paths, path)
		case slices.Contains(foreign, ext):
			return nil, &Error{path, ext + " files are not read", "save it as PNG, JPEG or TIFF, or take it out of the folder"}
		}
	}
	if len(paths) == 0 {
		return nil, &Error{flag, fmt.Sprintf("folder %s has no images", dir), "put PNG, JPEG or TIFF files into it"}
	}
	slices.SortFunc(paths, func(a, b string) int { return compareNames(filepath.Base(a), filepath.Base(b)) })
	return paths, nil
}

// match pairs every image with the mask of the same stem, or else with the one
// mask whose stem is the same without the words of imageWords and maskWords:
// "a.png" and "a_mask.tif", "01_img.png" and "01-labels.png". A mask without
// an image is a warning.
func match(images, masks []string, maskDir string) (pairs []pair, warnings []string, err error) {
	exact, loose := make(map[string][]string), make(map[string][]string)
	for _, m := range masks {
		s := stem(m)
		if others := exact[s]; len(others) > 0 {
			return nil, nil, &Error{m, "has the same name as " + filepath.Base(others[0]), "leave one of them in the folder"}
		}
		exact[s] = []string{m}
		s = bare(s, maskWords)
		loose[s] = append(loose[s], m)
	}
	owner := make(map[string]string) // mask → image
	missing := 0
	var first string
	stems := make(map[string]string)
	for _, img := range images {
		s := stem(img)
		if other, twice := stems[s]; twice {
			return nil, nil, &Error{img, "has the same name as " + filepath.Base(other), "leave one of them in the folder"}
		}
		stems[s] = img
		found := exact[s]
		if len(found) == 0 {
			found = loose[bare(s, imageWords)]
		}
		switch {
		case len(found) == 0:
			missing++
			if missing == 1 {
				first = img
			}
			continue
		case len(found) > 1:
			return nil, nil, &Error{img, fmt.Sprintf("both %s and %s could be its mask", filepath.Base(found[0]), filepath.Base(found[1])),
				"name the right one like the image"}
		}
		if other, taken := owner[found[0]]; taken {
			return nil, nil, &Error{found[0], fmt.Sprintf("could be the mask of %s and of %s", filepath.Base(other), filepath.Base(img)),
				"give each image a mask of its own name"}
		}
		owner[found[0]] = img
		pairs = append(pairs, pair{img, found[0]})
	}
	if missing > 0 {
		more := ""
		if missing > 1 {
			more = fmt.Sprintf(", nor have %d others", missing-1)
		}
		return nil, nil, &Error{first, "has no mask in " + maskDir + more,
			fmt.Sprintf("add %s there, or take the image out", stem(first)+filepath.Ext(masks[0]))}
	}
	var idle []string
	for _, m := range masks {
		if owner[m] == "" {
			idle = append(idle, filepath.Base(m))
		}
	}
	switch {
	case len(idle) == 1:
		warnings = append(warnings, fmt.Sprintf("mask %s has no image and is left out", idle[0]))
	case len(idle) > 1:
		warnings = append(warnings, fmt.Sprintf("%d masks have no image and are left out: %s and others", len(idle), idle[0]))
	}
	return pairs, warnings, nil
}

// stem is a file's name without its extension.
func stem(path string) string {
	base := filepath.Base(path)
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// bare takes one of the words, in any case, from the end of a stem.
func bare(stem string, words []string) string {
	cut := strings.LastIndexAny(stem, "_-.")
	if cut > 0 && slices.Contains(words, strings.ToLower(stem[cut+1:])) {
		return stem[:cut]
	}
	return stem
}
