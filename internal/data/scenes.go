package data

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"

	"golang.org/x/sync/errgroup"

	"unetbench/graph"
)

// SceneSet describes a set of synthetic membrane scenes. They resemble
// serial-section electron micrographs in membrane fraction, contrast and
// difficulty; see newTissue, addOrganelles, addArcs and image for how.
type SceneSet struct {
	Train, Test int    // scenes
	Side        int    // field of view, px
	Margin      int    // true context around it, px
	Seed        uint64 // of the first scene; each next one has the next seed
}

// DefaultScenes is the embedded default: scenes 1000 to 1011 to train on and
// 1012 to 1017 to test.
func DefaultScenes() SceneSet { return SceneSet{Train: 12, Test: 6, Side: 256, Margin: 48, Seed: 1000} }

// Scenes draws the set, standardised by its training images. A scene depends on
// its seed, its size and nothing else; the same bytes come from any number of
// threads.
func Scenes(set SceneSet) (train, test []Example) {
	whole := set.Side + 2*set.Margin
	raw := make([][]float64, set.Train+set.Test)
	all := make([]Example, len(raw))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range raw {
		g.Go(func() error {
			seed := set.Seed + uint64(i)
			pix, membrane := scene(seed, whole)
			raw[i] = pix
			all[i] = Example{
				Name: fmt.Sprintf("scene%d", seed), Labels: cut(membrane, whole, set.Margin, set.Side),
				H: set.Side, W: set.Side, Margin: set.Margin,
			}
			return nil
		})
	}
	_ = g.Wait() // no scene can fail

	mean, std := pooled(raw[:max(set.Train, min(1, len(raw)))])
	for i, pix := range raw {
		all[i].Image = graph.NewMap(graph.Shape{C: 1, H: whole, W: whole})
		for j, v := range pix {
			all[i].Image.Pix[j] = quantise((v - mean) / std)
		}
	}
	return all[:set.Train:set.Train], all[set.Train:]
}

// scene draws side×side raw intensities and their labels, 1 for membrane.
func scene(seed uint64, side int) (img []float64, membrane []uint8) {
	r := rand.New(rand.NewPCG(seed, 0x7363656e65)) // "scene"
	t := newTissue(r, seed, side)
	t.addOrganelles(r)
	t.addArcs(r)
	membrane = make([]uint8, side*side)
	for i := range membrane {
		if t.membrane(i) {
			membrane[i] = 1
		}
	}
	return t.image(r), membrane
}

// sceneSteps is the number of grey levels per standard deviation in a scene.
// Rounding to them makes a scene the same on every platform, although exp and
// log differ there in their last bits, and lets 16-bit PNG hold it without loss.
const sceneSteps = 8192

func quantise(x float64) float32 {
	x = min(max(x, -Limit), Limit)
	return float32(math.RoundToEven(x*sceneSteps) / sceneSteps)
}

// pooled is the mean and standard deviation over all images, added up image by
// image so that the order is fixed.
func pooled(images [][]float64) (mean, std float64) {
	if len(images) == 0 {
		return 0, 1
	}
	square := 0.0
	for _, img := range images {
		m, s := moments(img)
		mean += m
		square += s*s + m*m
	}
	n := float64(len(images))
	mean /= n
	return mean, math.Sqrt(square/n - mean*mean)
}

// cut takes the inner side×side of a whole×whole plane.
func cut(plane []uint8, whole, margin, side int) []uint8 {
	out := make([]uint8, 0, side*side)
	for y := range side {
		out = append(out, plane[(y+margin)*whole+margin:][:side]...)
	}
	return out
}
