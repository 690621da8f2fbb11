package bench

import (
	"fmt"
	"image"

	"unetbench/graph"
	"unetbench/internal/tile"
)

// shiftConsistency moves a window of img (the whole image with any true context
// around it) by s px along both axes, predicts both, lays them over each other
// and returns the share of pixels with the same argmax, for each s of shifts: the
// measure of Zhang 2019 ("Making convolutional networks shift-invariant again"),
// per pixel. Only pixels inside inner, a rectangle of the output, are compared,
// in both windows, so that no window border plays a part.
func shiftConsistency(p tile.Predictor, img *graph.Map, window graph.Size, inner image.Rectangle, shifts []int) ([]float64, error) {
	base, err := predictWindow(p, img, 0, window)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(shifts))
	for i, s := range shifts {
		moved, err := predictWindow(p, img, s, window)
		if err != nil {
			return nil, err
		}
		// Pixel (y, x) of the moved output shows what the base shows at (y+s, x+s).
		area := inner.Intersect(inner.Sub(image.Pt(s, s)))
		if area.Empty() {
			return nil, fmt.Errorf("shift consistency: a shift of %d px leaves nothing of the %v px compared", s, inner.Size())
		}
		same := 0
		for y := area.Min.Y; y < area.Max.Y; y++ {
			for x := area.Min.X; x < area.Max.X; x++ {
				if moved.class[y*moved.w+x] == base.class[(y+s)*base.w+x+s] {
					same++
				}
			}
		}
		out[i] = float64(same) / float64(area.Dx()*area.Dy())
	}
	return out, nil
}

type classMap struct {
	class []uint8
	w     int
}

// predictWindow returns the argmax of p for the window of img that begins at (at, at).
func predictWindow(p tile.Predictor, img *graph.Map, at int, size graph.Size) (classMap, error) {
	if at < 0 || at+size.H > img.H || at+size.W > img.W {
		return classMap{}, fmt.Errorf("shift consistency: window %v moved by %d px leaves the image, %v", size, at, img.Size())
	}
	x := graph.NewMap(graph.Shape{C: img.C, H: size.H, W: size.W})
	for c := range img.C {
		src, dst := img.Plane(c), x.Plane(c)
		for row := range size.H {
			copy(dst[row*size.W:][:size.W], src[(at+row)*img.W+at:])
		}
	}
	y, err := p.Predict(x)
	if err != nil {
		return classMap{}, fmt.Errorf("shift consistency: %w", err)
	}
	return classMap{argmax(y), y.W}, nil
}

// DefaultShifts are those that ShiftConsistency takes for a network of that
// step: 1 … 4 px, the powers of 2, one and a half steps, and a step and 1 px, up
// to two steps. Few enough to predict them all.
func DefaultShifts(step int) []int {
	var out []int
	for s := 1; s <= 2*step; s++ {
		if s <= 4 || s&(s-1) == 0 || s == step+1 || s == 3*step/2 {
			out = append(out, s)
		}
	}
	return out
}
