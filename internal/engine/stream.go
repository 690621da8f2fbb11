package engine

import "unetbench/graph"

// stream runs the network over the whole of x, a band of rows after the other.
func (n *Net) stream(x, y *graph.Map) {
	b := n.bands
	if b.used {
		clear(n.arena) // what is above the map is zero
	}
	b.used = true
	lag := b.lag[n.graph.Output().ID]
	rows, out := n.shapes[n.graph.Input().ID].H, n.OutShape().H
	for t := 0; t*out < y.H+lag; t++ {
		program := append(b.program[:0], b.shift, phase{1, func(int, *worker) {
			scatterRows(n.in.val(), 0, x, 0, t*rows)
		}})
		for i := range b.steps {
			program = b.steps[i].band(program, t)
		}
		b.program = append(program, phase{1, func(int, *worker) {
			collectRows(y, n.out.val(), 0, 0, t*out-lag)
		}})
		n.crew.run(b.program)
	}
}

// band appends the phases of band t: the unit's, if any of the rows lie in the
// map, and one that clears the others.
func (s *bandStep) band(program []phase, t int) []phase {
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
	return program
}

// busy is the bands in which s has rows of the map to compute.
func (b *bands) busy(s *bandStep) (from, to int) {
	return max(s.lag/s.out.h, 0), (s.h + s.lag + s.out.h - 1) / s.out.h
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

// Bytes is what New would plan for values and scratch of one map, found without
// allocating it.
func Bytes(g *graph.Graph, in graph.Size, o Options) (int64, error) {
	n, c, err := outline(g, in, o)
	if err != nil {
		return 0, err
	}
	_, floats := layout(c)
	return 4 * int64(floats+n.opts.Threads*n.scratch(c)), nil
}

// BandMACs is what a Predictor with o.Rows spends on a map: more than in one
// piece, since the last band of a node may stand out below the map.
func BandMACs(g *graph.Graph, in graph.Size, o Options) (int64, error) {
	n, _, err := outline(g, in, o)
	if err != nil {
		return 0, err
	}
	costs := g.Costs(n.shapes)
	total := int64(0)
	for _, s := range n.bands.steps {
		from, to := n.bands.busy(&s)
		total += int64(to-from) * costs[s.node.ID].MACs
	}
	return total, nil
}

// CheckBands says why a network cannot go through a map in bands of rows.
func CheckBands(g *graph.Graph) error {
	s, err := g.Sizes()
	if err != nil {
		return err
	}
	_, err = Bytes(g, graph.Size{H: s.H.Min, W: s.W.Min}, Options{Rows: s.H.Step})
	return err
}

// outline is a Net with its buffers planned and nothing allocated.
func outline(g *graph.Graph, in graph.Size, o Options) (*Net, *compiler, error) {
	n, err := newNet(g, in, 1, o)
	if err != nil {
		return nil, nil, err
	}
	c, err := n.lower()
	return n, c, err
}
