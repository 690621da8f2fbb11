package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"unetbench/internal/engine"
	"unetbench/internal/train"
)

// A Progress is told how far a comparison has come, one call at a time.
type Progress interface {
	Begin(units int)              // total work, in units of about one training step of the reference
	Advance(units int)            // so much more is done
	Note(format string, a ...any) // something worth a line
}

// A turnstile lets the goroutines of a comparison through to its Progress one
// at a time.
type turnstile struct {
	mu sync.Mutex
	p  Progress
}

func (t *turnstile) Begin(units int) { t.p.Begin(units) } // before there are others

func (t *turnstile) Advance(units int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.p.Advance(units)
}

func (t *turnstile) Note(format string, a ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.p.Note(format, a...)
}

// A run is one network: an arm trained from one seed under one regime.
type run struct {
	regime string
	arm    Contestant
	seed   uint64
}

// An outcome is all that one run leaves behind.
type outcome struct {
	samples  []Sample
	curve    Curve
	timings  []Timing
	pictures []Picture
	oracle   []OracleCount
}

// Compare trains every arm from every seed, measures each network on every
// test image and decides. What is measured is written to o.Out after every
// run, so that a run cut short keeps it; once training has begun a cancelled ctx
// is not an error: the results come back with Setup.Complete false. Runs that
// regimes share are trained once.
//
// Runs are trained side by side, each on one thread: the results do not
// depend on how many there are.
func Compare(ctx context.Context, o Options, p Progress) (*Results, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	training, err := newTraining(&o)
	if err != nil {
		return nil, err
	}
	var arms [][]Contestant // per regime
	networks := 0
	for _, regime := range o.Regimes {
		cs, err := Contestants(o.Variants, o.Net, regime, OutputPatch, o.Controls)
		if err != nil {
			return nil, err
		}
		arms = append(arms, cs)
		networks += len(cs) * o.Seeds
	}
	threads := o.Threads
	if threads == 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	workers := min(threads, networks)
	perNet := max(1, threads/workers)

	p = &turnstile{p: p}
	var runs []run
	for j, regime := range o.Regimes {
		cs := arms[j]
		if regime == "time" {
			if len(o.TimeRatios) == 0 {
				p.Note("measuring the time of a training step of every arm")
			}
			if err := setTimeRatios(ctx, &o, training, perNet, cs); err != nil {
				return nil, err
			}
		}
		if err := budget(&o, regime, cs); err != nil {
			return nil, err
		}
		for i := range o.Seeds {
			for _, c := range cs {
				runs = append(runs, run{regime, c, o.BaseSeed + uint64(i)})
			}
		}
	}
	ev, err := newEvaluation(&o, o.Regimes, arms)
	if err != nil {
		return nil, err
	}
	st, err := newStore(&o, arms, ev, runs)
	if err != nil {
		return nil, err
	}
	if err := st.write(); err != nil { // fails now rather than after minutes of training
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(o.Out, "weights"), 0o777); err != nil {
		return nil, err
	}

	units := 0
	for i, r := range runs {
		if st.twin[i] < 0 {
			units += r.arm.Steps + ev.units()
		}
	}
	p.Begin(units)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for i := range next {
				out, err := runs[i].do(ctx, &o, training, ev, perNet, p)
				if err == nil {
					err = st.add(i, out)
				}
				if err != nil {
					cancel(fmt.Errorf("%s, seed %d: %w", runs[i].arm.Name, runs[i].seed, err))
					return
				}
			}
		})
	}
feed:
	for i := range runs {
		if st.twin[i] >= 0 {
			continue
		}
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	wg.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return nil, err
	}
	if ctx.Err() == nil {
		p.Note("measuring time and memory of tiled prediction")
		if err := st.measured(measureResources(ctx, &o, arms[0])); err != nil {
			return nil, err
		}
	}
	return st.finish()
}

// do trains one network, saves it and measures it.
func (r run) do(ctx context.Context, o *Options, t *training, ev *evaluation, threads int, p Progress) (*outcome, error) {
	start := time.Now()
	done := 0
	job := t.job(o, r.arm, r.seed, threads)
	job.Progress = func(step int, _ float64) {
		p.Advance(step - done)
		done = step
	}
	res, err := train.Run(ctx, job)
	if err != nil {
		return nil, err
	}
	out := &outcome{curve: Curve{Arm: r.arm.Name, Seed: r.seed, Regime: r.regime, Chance: res.Chance}}
	for _, pt := range res.Curve {
		out.curve.Steps = append(out.curve.Steps, pt.Step)
		out.curve.Loss = append(out.curve.Loss, pt.Loss)
	}
	out.time("train", r.arm.Name, "", "sec/op", time.Since(start).Seconds())
	file := filepath.Join(o.Out, "weights", fmt.Sprintf("%s-%s-seed%d.safetensors", r.regime, r.arm.Name, r.seed))
	if err := train.Save(file, r.arm.Graph, res.Weights, r.meta(o)); err != nil {
		return nil, err
	}
	if err := ev.measure(ctx, r, res.Weights, engine.Options{Threads: threads, Kernel: o.kernels(), Exact: true}, out); err != nil {
		return nil, err
	}
	p.Advance(ev.units())
	return out, nil
}

func (o *outcome) time(name, arm, tile, unit string, v float64) {
	o.timings = append(o.timings, Timing{name, arm, tile, unit, v})
}
