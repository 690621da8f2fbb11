package data

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"unetbench/graph"
)

// LoadOptions says what is already known about the files.
type LoadOptions struct {
	Classes  int    // 0: the masks decide
	Channels int    // 0: the images decide
	Prefix   string // of the flags that errors name: "" for --images, "test-" for --test-images
}

// minSide is the least side of an image, px: below it nothing is learned.
const minSide = 16

// loaded is what was read for one image.
type loaded struct {
	Example
	grey     bool // its channels are equal
	constant bool // so are its pixels
	mask     *mask
}

// Load reads every image of one folder and its mask of another: PNG, JPEG or
// TIFF, 8 or 16 bit, grey, RGB (alpha is dropped) or palette; see match for the
// names and readMasks for the values of masks. Examples come in name order,
// digits by their number. Each image is standardised by itself, channel by
// channel. RGB images whose channels are all equal are read as grey. Everything
// is read and checked before Load returns; errors are of type *Error.
func Load(images, masks string, o LoadOptions) ([]Example, Info, error) {
	if o.Classes < 0 || o.Classes == 1 || o.Classes > maxClasses {
		return nil, Info{}, &Error{"--classes", fmt.Sprintf("%d classes cannot be told apart", o.Classes),
			fmt.Sprintf("give 2 to %d, the background included", maxClasses)}
	}
	imageFlag, maskFlag := "--"+o.Prefix+"images", "--"+o.Prefix+"masks"
	imagePaths, err := ImageFiles(images, imageFlag)
	if err != nil {
		return nil, Info{}, err
	}
	maskPaths, err := ImageFiles(masks, maskFlag)
	if err != nil {
		return nil, Info{}, err
	}
	if sameFolder(images, masks) {
		return nil, Info{}, &Error{maskFlag, "is the same folder as " + imageFlag, "put the masks into a folder of their own"}
	}
	pairs, warnings, err := match(imagePaths, maskPaths, masks)
	if err != nil {
		return nil, Info{}, err
	}
	all, err := readPairs(pairs)
	if err != nil {
		return nil, Info{}, err
	}

	info := Info{Warnings: warnings}
	if info.Channels, err = agreeOnChannels(all, pairs, o.Channels); err != nil {
		return nil, Info{}, err
	}
	every := make([]*mask, len(all))
	for i := range all {
		every[i] = all[i].mask
	}
	meaning, err := readMasks(every, o.Classes)
	if err != nil {
		return nil, Info{}, err
	}
	info.Classes = meaning.classes
	if meaning.warning != "" {
		info.Warnings = append(info.Warnings, meaning.warning)
	}
	examples := make([]Example, len(all))
	for i, l := range all {
		for j, v := range l.mask.pix {
			l.Labels[j] = meaning.label(v)
		}
		if l.constant {
			info.Warnings = append(info.Warnings, fmt.Sprintf("image %s has one value everywhere: nothing can be seen in it", l.Name))
		}
		examples[i] = l.Example
	}
	info.Series = looksLikeSeries(examples)
	return examples, info, nil
}

// LoadImage reads one image, standardised by itself, for a network with that
// many input channels (0: as many as the file has).
func LoadImage(path string, channels int) (*graph.Map, error) {
	l, err := readImage(path)
	if err != nil {
		return nil, err
	}
	one := []loaded{*l}
	if _, err := agreeOnChannels(one, []pair{{image: path}}, channels); err != nil {
		return nil, err
	}
	return one[0].Image, nil
}

// readPairs decodes in parallel; of several faults the first in name order is
// reported.
func readPairs(pairs []pair) ([]loaded, error) {
	all, faults := make([]loaded, len(pairs)), make([]error, len(pairs))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range pairs {
		g.Go(func() error {
			l, err := readPair(p)
			if err != nil {
				faults[i] = err
				return nil
			}
			all[i] = *l
			return nil
		})
	}
	_ = g.Wait() // faults holds the errors
	for _, err := range faults {
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

func readPair(p pair) (*loaded, error) {
	l, err := readImage(p.image)
	if err != nil {
		return nil, err
	}
	r, err := readRaster(p.mask)
	if err != nil {
		return nil, err
	}
	if size := r.Size(); size != l.Size() {
		remedy := "give the mask the image's size"
		if size == (graph.Size{H: l.W, W: l.H}) {
			remedy = "one of them is turned by 90°: turn it back"
		}
		return nil, &Error{p.mask, fmt.Sprintf("the mask is %v px, but its image %s is %v px", size, l.Name, l.Size()), remedy}
	}
	if l.mask, err = newMask(p.mask, r); err != nil {
		return nil, err
	}
	l.Labels = make([]uint8, l.H*l.W)
	return l, nil
}

func readImage(path string) (*loaded, error) {
	r, err := readPixels(path)
	if err != nil {
		return nil, err
	}
	l := &loaded{Example: Example{Name: filepath.Base(path), H: r.H, W: r.W}, grey: r.looksGrey()}
	l.Image, l.constant = standardise(r, Limit)
	return l, nil
}

// readPixels reads an image's samples, grey or RGB.
func readPixels(path string) (*raster, error) {
	r, err := readRaster(path)
	if err != nil {
		return nil, err
	}
	if min(r.H, r.W) < minSide {
		return nil, &Error{path, fmt.Sprintf("the image is %v px", r.Size()), fmt.Sprintf("give images of at least %d px a side", minSide)}
	}
	return r.colours(), nil
}

// agreeOnChannels makes all images grey or all RGB, or says which one does not
// fit; channels 0 lets the images decide.
func agreeOnChannels(all []loaded, pairs []pair, channels int) (int, error) {
	said := channels > 0
	if !said {
		channels = 1
		for i := range all {
			if !all[i].grey {
				channels = 3
			}
		}
	}
	for i := range all {
		m := all[i].Image
		switch {
		case channels == m.C:
		case channels == 1 && all[i].grey:
			all[i].Image = &graph.Map{Shape: graph.Shape{C: 1, H: m.H, W: m.W}, Pix: slices.Clone(m.Plane(0))}
		case said:
			return 0, &Error{pairs[i].image, fmt.Sprintf("the image has %d channels, the network %d", m.C, channels), "give images like those that it was trained on"}
		default:
			return 0, &Error{pairs[i].image, "the image is grey, others are RGB", "make all of them grey, or all RGB"}
		}
	}
	return channels, nil
}

// sameFolder sees through links and ways of writing a path.
func sameFolder(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errors.Join(errX, errY) == nil && os.SameFile(x, y)
}
