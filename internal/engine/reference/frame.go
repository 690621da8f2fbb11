package reference

import (
	"fmt"

	"unetbench/graph"
)

// frame computes a Crop or Pad: what is cut off is cut off first, and what is
// then left is padded.
func frame(n *graph.Node, shapes []graph.Shape, x, y *Map) error {
	top, left, err := n.Window(shapes)
	if err != nil {
		return err
	}
	bottom, right := top+y.H, left+y.W
	if n.Op == graph.Crop && (top < 0 || left < 0 || bottom > x.H || right > x.W) {
		return fmt.Errorf("%s: rows %d … %d, columns %d … %d of %v", n.Name, top, bottom-1, left, right-1, x.Shape)
	}
	for c := range y.C {
		for r := range y.H {
			for s := range y.W {
				py, okY := outside(n.Padding, top+r, max(top, 0), min(bottom, x.H))
				px, okX := outside(n.Padding, left+s, max(left, 0), min(right, x.W))
				v := float64(n.Value)
				if okY && okX {
					v = x.At(c, py, px)
				}
				y.set(c, r, s, v)
			}
		}
	}
	return nil
}

// outside brings a padding's coordinate back to from … to−1; false for a
// constant.
func outside(p graph.Padding, i, from, to int) (int, bool) {
	n := to - from
	switch {
	case i >= from && i < to:
		return i, true
	case p == graph.PadReplicate:
		return min(max(i, from), to-1), true
	case p == graph.PadCircular:
		return from + ((i-from)%n+n)%n, true
	case p == graph.PadReflect && i < from:
		return 2*from - i, true
	case p == graph.PadReflect:
		return 2*(to-1) - i, true
	}
	return 0, false
}
