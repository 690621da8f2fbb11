package engine

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"

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
	workers  []worker
	program  []phase
	progress []progress
	done     sync.WaitGroup
	began    time.Time
	ends     []atomic.Int64 // nanoseconds from then to the end of each phase of the program; nil unless profiled
}

// progress counts the tasks of a phase that are taken, and that are finished.
type progress struct{ taken, finished atomic.Int32 }

func newCrew(threads, scratch, phases int) *crew {
	c := &crew{workers: make([]worker, threads), progress: make([]progress, phases)}
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
			c.ended(i)
		}
		return
	}
	c.program = program
	for i := range program {
		c.progress[i].taken.Store(0)
		c.progress[i].finished.Store(0)
	}
	c.done.Add(len(c.workers) - 1)
	for i := range c.workers[1:] {
		go c.workers[i+1].enter()
	}
	c.walk(&c.workers[0])
	c.done.Wait()
}

// walk takes tasks, phase by phase. A phase is over when its tasks are, so a
// worker that the system has put aside holds up the others only by the task in
// its hands.
func (c *crew) walk(w *worker) {
	for i := range c.program {
		p, state := &c.program[i], &c.progress[i]
		for {
			t := int(state.taken.Add(1)) - 1
			if t >= p.tasks {
				break
			}
			p.run(t, w)
			c.ended(i)
			state.finished.Add(1)
		}
		for spins := 0; int(state.finished.Load()) < p.tasks; spins++ {
			if spins > 4096 {
				time.Sleep(20 * time.Microsecond)
			} else if spins > 256 {
				runtime.Gosched()
			}
		}
	}
}

// ended notes the time of the last task to end so far, where a profile wants it:
// before that task counts as finished, or the next phase could end before.
func (c *crew) ended(phase int) {
	if c.ends == nil {
		return
	}
	now := int64(time.Since(c.began))
	for {
		end := c.ends[phase].Load()
		if end >= now || c.ends[phase].CompareAndSwap(end, now) {
			return
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
