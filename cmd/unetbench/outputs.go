package main

import (
	"fmt"
	"math"

	"unetbench/graph"
	"unetbench/internal/data"
)

// maxMask is how many classes a mask can tell apart.
const maxMask = 256

// outputs are the files that a prediction is written to, each if it is named.
type outputs struct{ mask, probability, raw string }

func (o outputs) write(y *graph.Map, probabilities bool) error {
	if o.raw != "" {
		if err := data.WriteArray(o.raw, y); err != nil {
			return err
		}
	}
	if y.C > maxMask {
		return fmt.Errorf("%s: the network has %d output channels, of which a mask tells %d apart: is this a segmentation?", o.mask, y.C, maxMask)
	}
	labels, classes := data.Classify(y), y.C
	if y.C == 1 {
		labels, classes = above(y, probabilities), 2
	}
	if err := data.WriteLabels(o.mask, labels, y.Size(), classes); err != nil {
		return err
	}
	if o.probability != "" {
		if err := data.WriteProbability(o.probability, foreground(y, probabilities), y.Size()); err != nil {
			return err
		}
	}
	return nil
}

// above is 1 where a single channel is more probable than not.
func above(y *graph.Map, probabilities bool) []uint8 {
	threshold := float32(0)
	if probabilities {
		threshold = .5
	}
	labels := make([]uint8, len(y.Pix))
	for i, v := range y.Pix {
		if v > threshold {
			labels[i] = 1
		}
	}
	return labels
}

// foreground is the probability that a pixel is not background, which is
// channel 0 of several.
func foreground(y *graph.Map, probabilities bool) []float32 {
	p := make([]float32, y.H*y.W)
	switch {
	case y.C == 1 && probabilities:
		copy(p, y.Pix)
	case y.C == 1:
		for i, v := range y.Pix {
			p[i] = float32(1 / (1 + math.Exp(-float64(v))))
		}
	case probabilities:
		for i, v := range y.Plane(0) {
			p[i] = 1 - v
		}
	default:
		for i, v := range data.Probability(y, 0) {
			p[i] = 1 - v
		}
	}
	return p
}
