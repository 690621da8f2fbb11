package engine

import (
	"fmt"

	"unetbench/graph"
)

// stream runs the network over the whole of x, a band of rows after the other.
func (n *Net) stream(x, y *graph.Map) {
	b := n.bands
	clear(n.arena)
	lag := b.lag[n.graph.Output().ID]
	rows, out := n.shapes[n.graph.Input().ID].H, n.OutShape().H
	for t := 0; t*out < y.H+lag; t++ {
		program := append(n.program[:0], n.shift)
		for i := range b.steps {
			s := &b.steps[i]
			// Which of the band's rows are rows of the map.
			first := t*s.out.h - s.lag
			from, to := max(-first, 0), min(s.h-first, s.out.h)
			if from < to {
				program = append(program, s.phases...)
			}
			if from > 0 || to < s.out.h {
				program = append(program, phase{1, func(int, *worker) {
					for r := range s.out.h {
						if r < from || r >= to {
							clear(s.out.span(0, r, 0, s.out.w))
						}
					}
				}})
			}
		}
		n.program = program
		n.crew.run(program[:1])
		scatterRows(n.in.val(), 0, x, 0, t*rows)
		n.crew.run(program[1:])
		collectRows(y, n.out.val(), 0, 0, t*out-lag)
	}
}

// shiftPhase moves the last rows of every buffer that has rows above its band
// there.
func (b *bands) shiftPhase() phase {
	const width = 4096 // floats of a row per task
	type task struct {
		b        *buffer
		from, to int
	}
	var tasks []task
	for _, s := range b.steps {
		if s.out.border[0] > 0 {
			for c := 0; c < s.out.pitch; c += width {
				tasks = append(tasks, task{s.out, c, min(c+width, s.out.pitch)})
			}
		}
	}
	return phase{len(tasks), func(i int, _ *worker) {
		b, from, to := tasks[i].b, tasks[i].from, tasks[i].to
		for r := range b.border[0] { // downwards: the rows may be their own source
			copy(b.mem[r*b.pitch+from:r*b.pitch+to], b.mem[(r+b.h)*b.pitch+from:])
		}
	}}
}

// Bytes is what New would plan for values and scratch, found without allocating
// it.
func Bytes(g *graph.Graph, in graph.Size, batch int, o Options) (int64, error) {
	n, err := newNet(g, in, batch, o)
	if err != nil {
		return 0, err
	}
	c, err := n.lower()
	if err != nil {
		return 0, err
	}
	_, floats := layout(c)
	return 4 * int64(floats+n.opts.Threads*n.scratch(c)), nil
}

// CheckBands says why a network cannot go through a map in bands of rows.
func CheckBands(g *graph.Graph) error {
	s, err := g.Sizes()
	if err != nil {
		return err
	}
	if _, err := Bytes(g, graph.Size{H: s.H.Min, W: s.W.Min}, 1, Options{Rows: s.H.Step}); err != nil {
		return fmt.Errorf("bands of rows: %w", err)
	}
	return nil
}
