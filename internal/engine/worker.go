package engine

import (
	"runtime"
	"sync"
	"sync/atomic"

	"unetbench/internal/kernel"
)

// A phase is work that can be done in any order: tasks 0 … tasks−1, fixed by
// the shapes. A phase begins when the one before is finished.
type phase struct {
	tasks int
	run   func(task int, w *worker)
}

// A worker is what one thread needs: the arguments of its kernel calls (here,
// so that no call allocates) and scratch.
type worker struct {
	mul     kernel.Product
	scratch []float32
	enter   func()
}

// A crew runs programs, lists of phases, on a number of workers.
type crew struct {
	workers []worker
	program []phase
	next    []atomic.Int32 // per phase: the next task
	barrier barrier
	done    sync.WaitGroup
}

func newCrew(threads, scratch, phases int) *crew {
	c := &crew{workers: make([]worker, threads), next: make([]atomic.Int32, phases)}
	c.barrier.size = int32(threads)
	for i := range c.workers {
		w := &c.workers[i]
		w.scratch = make([]float32, scratch)
		w.enter = func() { c.walk(w); c.done.Done() }
	}
	return c
}

// run runs the phases in order and returns when all is done.
func (c *crew) run(program []phase) {
	if len(c.workers) == 1 {
		w := &c.workers[0]
		for i := range program {
			p := &program[i]
			for t := range p.tasks {
				p.run(t, w)
			}
		}
		return
	}
	c.program = program
	for i := range program {
		c.next[i].Store(0)
	}
	c.done.Add(len(c.workers) - 1)
	for i := range c.workers[1:] {
		go c.workers[i+1].enter()
	}
	c.walk(&c.workers[0])
	c.done.Wait()
}

func (c *crew) walk(w *worker) {
	for i := range c.program {
		p, next := &c.program[i], &c.next[i]
		for {
			t := int(next.Add(1)) - 1
			if t >= p.tasks {
				break
			}
			p.run(t, w)
		}
		c.barrier.wait()
	}
}

// A barrier holds size goroutines until all have come. Phases are short, so
// waiting spins for a while before it gives the processor away.
type barrier struct {
	size    int32
	waiting atomic.Int32
	turn    atomic.Uint32
}

func (b *barrier) wait() {
	turn := b.turn.Load()
	if b.waiting.Add(1) == b.size {
		b.waiting.Store(0)
		b.turn.Add(1)
		return
	}
	for spins := 0; b.turn.Load() == turn; spins++ {
		if spins > 256 {
			runtime.Gosched()
		}
	}
}

// blockRows cuts h rows of a map into blocks of about a quarter million
// multiply-accumulates, so that tasks are worth handing out and a block stays
// in the cache. It depends on the shape alone.
func blockRows(h, workPerRow int) int {
	return min(h, max(1, (1<<18)/max(1, workPerRow)))
}

// rowPhase runs f over every row of n maps of h rows.
func rowPhase(n, h, workPerRow int, f func(i, y int, w *worker)) phase {
	rows := blockRows(h, workPerRow)
	blocks := (h + rows - 1) / rows
	return phase{n * blocks, func(task int, w *worker) {
		i, y0 := task/blocks, task%blocks*rows
		for y := y0; y < min(y0+rows, h); y++ {
			f(i, y, w)
		}
	}}
}
