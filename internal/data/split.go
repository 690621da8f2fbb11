package data

import (
	"fmt"
	"slices"

	"unetbench/graph"
)

// minHalf is the least length, in px, of a half that Split makes.
const minHalf = 64

// Split divides examples, in name order, into those to train on and those to
// test: the last third, at least 2, is the test set. Under 4 images each one is
// cut across its longer side: the first half trains, the second tests, and
// guard px between them belong to neither, so that nothing that a prediction
// depends on was trained on. The halves' names say what they are.
func Split(examples []Example, guard int) (train, test []Example, err error) {
	examples = slices.Clone(examples)
	slices.SortStableFunc(examples, func(a, b Example) int { return compareNames(a.Name, b.Name) })
	if n := len(examples); n >= 4 {
		at := n - max(n/3, 2)
		return examples[:at:at], examples[at:], nil
	}
	for _, e := range examples {
		length := max(e.H, e.W)
		half := (length - guard) / 2
		if half < minHalf {
			return nil, nil, &Error{e.Name, fmt.Sprintf("%v px are too few for two halves %d px apart (fewer than 4 images are halved)", e.Size(), guard),
				"give 4 images or more, or --test-images and --test-masks"}
		}
		second := length - half
		if e.H > e.W {
			train = append(train, e.part("top", 0, 0, half, e.W))
			test = append(test, e.part("bottom", second, 0, half, e.W))
		} else {
			train = append(train, e.part("left", 0, 0, e.H, half))
			test = append(test, e.part("right", 0, second, e.H, half))
		}
	}
	return train, test, nil
}

// part copies a rectangle of the field of view, without margin.
func (e *Example) part(name string, top, left, h, w int) Example {
	out := Example{Name: e.Name + "[" + name + "]", H: h, W: w,
		Image: graph.NewMap(graph.Shape{C: e.Image.C, H: h, W: w}), Labels: make([]uint8, 0, h*w)}
	for c := range e.Image.C {
		src, dst := e.Image.Plane(c), out.Image.Plane(c)
		for y := range h {
			copy(dst[y*w:][:w], src[(top+y+e.Margin)*e.Image.W+left+e.Margin:])
		}
	}
	for y := range h {
		out.Labels = append(out.Labels, e.Labels[(top+y)*e.W+left:][:w]...)
	}
	return out
}
