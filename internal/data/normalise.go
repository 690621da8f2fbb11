package data

import (
	"fmt"
	"math"
	"slices"

	"unetbench/graph"
)

// Normalisation is what becomes of an image's samples before a network sees
// them. Nothing in an ONNX file says which one it was trained with.
type Normalisation uint8

const (
	Unit     Normalisation = iota // 0 … 1: divided by 255, or 65,535 (torchvision's ToTensor)
	ZScore                        // mean 0 and standard deviation 1, channel by channel
	ImageNet                      // 0 … 1, less ImageNet's means, by its deviations (torchvision's and smp's encoders)
	Samples                       // as they are in the file
	Clipped                       // as Load does: ZScore within ±Limit
	numNormalisations
)

var normalisationNames = [numNormalisations]string{"unit", "zscore", "imagenet", "none", "clipped"}

func (n Normalisation) String() string { return normalisationNames[n] }

// ParseNormalisation reads the name that String writes.
func ParseNormalisation(s string) (Normalisation, error) {
	if i := slices.Index(normalisationNames[:], s); i >= 0 {
		return Normalisation(i), nil
	}
	return 0, fmt.Errorf("unknown normalisation %q: want one of %v", s, normalisationNames)
}

// imageNetMean and imageNetStd are those of torchvision's models, for 0 … 1.
var (
	imageNetMean = [3]float64{.485, .456, .406}
	imageNetStd  = [3]float64{.229, .224, .225}
)

// ReadImage reads one image for a network with that many input channels (0: as
// many as the file has). Grey is repeated for a network that wants RGB, RGB
// becomes its luma for one that wants grey.
func ReadImage(path string, channels int, n Normalisation) (*graph.Map, error) {
	r, err := readPixels(path)
	if err != nil {
		return nil, err
	}
	if channels == 0 {
		channels = r.C
	}
	if r, err = r.as(channels); err != nil {
		return nil, &Error{path, err.Error(), "give images like those that it was trained on"}
	}
	if n == ImageNet && r.C != 3 {
		return nil, &Error{path, "normalisation imagenet is for RGB, and the network takes one channel", "choose unit or zscore"}
	}
	return n.apply(r), nil
}

// as is r in that many channels.
func (r *raster) as(channels int) (*raster, error) {
	switch {
	case channels == r.C:
		return r, nil
	case channels == 3:
		return &raster{Shape: graph.Shape{C: 3, H: r.H, W: r.W}, pix: slices.Concat(r.pix, r.pix, r.pix), white: r.white}, nil
	case channels == 1:
		grey := &raster{Shape: graph.Shape{C: 1, H: r.H, W: r.W}, pix: make([]uint16, r.H*r.W), white: r.white}
		red, green, blue := r.plane(0), r.plane(1), r.plane(2)
		for i := range grey.pix { // ITU-R BT.601
			grey.pix[i] = uint16((299*uint32(red[i]) + 587*uint32(green[i]) + 114*uint32(blue[i]) + 500) / 1000)
		}
		return grey, nil
	}
	return nil, fmt.Errorf("the image has %d channels, the network %d", r.C, channels)
}

func (n Normalisation) apply(r *raster) *graph.Map {
	if n == Clipped {
		m, _ := standardise(r, Limit)
		return m
	}
	if n == ZScore {
		m, _ := standardise(r, math.Inf(1))
		return m
	}
	m := graph.NewMap(r.Shape)
	for c := range r.C {
		shift, scale := 0.0, 1.0
		switch n {
		case Unit:
			scale = float64(r.white)
		case ImageNet:
			shift, scale = imageNetMean[c]*float64(r.white), imageNetStd[c]*float64(r.white)
		}
		dst := m.Plane(c)
		for i, v := range r.plane(c) {
			dst[i] = float32((float64(v) - shift) / scale)
		}
	}
	return m
}
