package probe

import (
	"fmt"

	"unetbench/graph"
	"unetbench/internal/engine"
)

// A layout is how one axis is put to the test: a strip of the image, long along
// the axis and short across, and tiles cut from it along the axis. Lengths are
// input px.
type layout struct {
	axis    int
	step    int
	shrink  int
	reach   int // of the local part, or a guess where the wiring gives none
	tile    int
	whole   int
	across  int
	origins []int // of tiles, on the step
}

// times is how many reaches a tile is long: tiles of two have no centre that
// shows a plateau, tiles of four do.
const times = 4

// lay plans the test of one axis within the memory; where there is not enough,
// the tile is as long as there is.
func (p *prober) lay(axis int) (layout, error) {
	a, local, sides, other := p.result.Axes.H, p.local.H, p.sizes.H, p.sizes.W
	if axis == 1 {
		a, local, sides, other = p.result.Axes.W, p.local.W, p.sizes.W, p.sizes.H
	}
	l := layout{axis: axis, step: sides.Step, shrink: a.Shrink, reach: max(local.ReachUp, local.ReachDown)}
	if l.reach < 0 {
		l.reach = sides.Min + 4*sides.Step
	}
	l.across = other.Above(64)
	for n := times; n > 0; n-- {
		l.fit(sides, n*l.reach)
		bytes, err := engine.Bytes(p.Graph, size(axis, l.whole, l.across), engine.Options{Threads: p.opts.Threads, Exact: true})
		if err != nil {
			return l, err
		}
		if bytes <= p.opts.Memory {
			if n < times {
				p.note("along %s tiles of %d px, %d times the reach: %d bytes of memory allow no longer ones", axisNames[axis], l.tile, n, p.opts.Memory)
			}
			return l, nil
		}
	}
	return l, fmt.Errorf("not even a tile as long as the reach, %d px, fits in %d bytes of memory: give more", l.reach, p.opts.Memory)
}

var axisNames = [2]string{"height", "width"}

// fit makes the tile's output at least out px long, and the whole so much longer
// that either end of a tile has the whole reach beside it. The origins are a
// reach and half as much again from the start.
func (l *layout) fit(sides graph.Sides, out int) {
	l.tile = sides.Above(max(out, 8*l.step) + l.shrink)
	margin := up(max(l.reach, 2*l.step), l.step)
	more := up(margin/2, l.step)
	l.whole = l.tile + 2*margin + more
	l.origins = []int{margin, margin + more}
}

// up is the smallest multiple of m from n on.
func up(n, m int) int { return (n + m - 1) / m * m }
