package bench

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync"

	"unetbench/arch"
	"unetbench/graph"
	"unetbench/internal/train"
)

// A store puts what the runs leave behind into results, in the order of the
// runs whatever the order they end in, and onto disk after each.
type store struct {
	mu       sync.Mutex
	o        *Options
	base     Results // what is known before the first run
	runs     []run
	twin     []int // see twins
	outcomes []*outcome
	alone    []Timing // of workloads in processes of their own
}

func newStore(o *Options, arms [][]Contestant, ev *evaluation, runs []run) (*store, error) {
	s := &store{o: o, runs: runs, twin: twins(runs), outcomes: make([]*outcome, len(runs))}
	s.base = Results{Schema: Schema, Setup: setup(o), Metrics: Metrics, Warnings: o.Warnings}
	for i, regime := range o.Regimes {
		for _, c := range arms[i] {
			v := ev.arms[coverageKey(regime, c.Name)]
			a, err := describe(c, regime, v)
			if err != nil {
				return nil, err
			}
			s.base.Arms = append(s.base.Arms, a)
			exact, err := exactSamples(c, regime, v, ev)
			if err != nil {
				return nil, err
			}
			s.base.Samples = append(s.base.Samples, exact...)
			if i == 0 && !c.Control {
				n, err := NetworkOf(c.Graph, graph.Square(c.Window.In))
				if err != nil {
					return nil, err
				}
				n.Arm = c.Name
				s.base.Networks = append(s.base.Networks, n)
			}
		}
	}
	return s, nil
}

func setup(o *Options) Setup {
	s := Setup{
		Kernel: o.kernels().Name, Exact: o.Exact, Data: o.DataName, Classes: o.Net.Classes, Channels: o.Net.In,
		Pools: o.Net.Pools, Width: o.Net.Width, Up: o.Net.Up.String(), Norm: o.Net.Norm.String(),
		Padding: o.Net.Padding.String(), Interp: o.Net.Interp.String(), Dropout: o.Net.Dropout,
		Steps: o.Steps, Batch: train.DefaultRecipe().Batch, Loss: o.Loss, Cells: o.Cells, Augment: o.Augment,
		Regimes: o.Regimes, Margin: o.Margin,
	}
	for i := range o.Seeds {
		s.Seeds = append(s.Seeds, o.BaseSeed+uint64(i))
	}
	for _, e := range o.Train {
		s.Train = append(s.Train, e.Name)
	}
	for _, e := range o.Test {
		s.Test = append(s.Test, e.Name)
	}
	return s
}

// describe is the record of an arm.
func describe(c Contestant, regime string, v *coverage) (Arm, error) {
	in := graph.Square(c.Window.In)
	cost, err := c.Graph.TotalCost(in)
	if err != nil {
		return Arm{}, err
	}
	planned, err := plannedBytes(c)
	if err != nil {
		return Arm{}, err
	}
	return Arm{
		Name: c.Name, Regime: regime, Arch: c.Arch.Name(), Doc: c.Doc, Control: c.Control, Steps: c.Steps, TimeRatio: c.TimeRatio,
		In: c.Window.In, Out: c.Window.Out, Mirrored: c.Window.Mirror, Tile: v.tile, Overlap: v.overlap,
		Params: c.Graph.ParamCount(), MACsPerPx: float64(cost.MACs) / float64(c.Window.Out*c.Window.Out),
		PlannedMiB: float64(planned) / (1 << 20),
	}, nil
}

// exactSamples are the measurements that need no training: work, resampling,
// misregistration.
func exactSamples(c Contestant, regime string, v *coverage, ev *evaluation) ([]Sample, error) {
	var out []Sample
	for _, kind := range []string{TileWhole, TileTiled} {
		k := &Case{Key: Sample{Arm: c.Name, Regime: regime, Tile: kind}, Graph: c.Graph, Plan: v.plans[kind][0]}
		measures := []func(*Case) ([]Sample, error){OverlapWork}
		if kind == TileTiled {
			measures = append(measures, Resamplings, Misregistration)
		}
		for _, m := range measures {
			s, err := m(k)
			if err != nil {
				return nil, err
			}
			out = append(out, s...)
		}
	}
	curve, err := costSamples(c, regime, v)
	return append(out, curve...), err
}

// add keeps what run i and its twins have left and writes all results so far.
func (s *store) add(i int, out *outcome) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outcomes[i] = out
	for j, of := range s.twin {
		if of == i {
			s.outcomes[j] = out.under(s.runs[j].regime)
		}
	}
	return s.write()
}

// measured keeps the timings of workloads run alone.
func (s *store) measured(t []Timing) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.alone = t
	return s.write()
}

// finish returns the results as they stand.
func (s *store) finish() (*Results, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.results()
}

// results puts together what there is.
func (s *store) results() (*Results, error) {
	r := s.base
	r.Samples, r.Warnings = slices.Clone(r.Samples), slices.Clone(r.Warnings)
	r.Setup.Complete = true
	var errorsCounted []OracleCount
	for _, out := range s.outcomes {
		if out == nil {
			r.Setup.Complete = false
			continue
		}
		r.Samples = append(r.Samples, out.samples...)
		r.Curves = append(r.Curves, out.curve)
		r.Pictures = append(r.Pictures, out.pictures...)
		errorsCounted = append(errorsCounted, out.oracle...)
	}
	oracle, err := Oracle(errorsCounted, Reference)
	if err != nil {
		return nil, err
	}
	r.Samples = append(r.Samples, oracle...)
	r.Learning = learnings(&r)
	r.Warnings = append(r.Warnings, learningWarnings(&r)...)
	contrasts, warnings, err := Contrasts(&r)
	if err != nil {
		return nil, err
	}
	r.Contrasts, r.Warnings = contrasts, append(r.Warnings, warnings...)
	return &r, nil
}

// write puts results.txt, results.json and timings.txt on disk.
func (s *store) write() error {
	r, err := s.results()
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"results.txt", func(w io.Writer) error { return WriteText(w, r) }},
		{"results.json", func(w io.Writer) error { return WriteJSON(w, r) }},
		{"timings.txt", func(w io.Writer) error { return WriteTimings(w, s.timings()) }},
	} {
		if err := WriteFile(filepath.Join(s.o.Out, f.name), f.write); err != nil {
			return usage("--out %s: %w; name a folder that can be written", s.o.Out, err)
		}
	}
	return nil
}

func (s *store) timings() []Timing {
	var t []Timing
	for _, out := range s.outcomes {
		if out != nil {
			t = append(t, out.timings...)
		}
	}
	return append(t, s.alone...)
}

// meta is what a weights file says about the network in it.
func (r run) meta(o *Options) map[string]string {
	m := arch.Describe(o.Net)
	m["arch"] = r.arm.Arch.Name()
	m["arm"] = r.arm.Name
	m["seed"] = fmt.Sprint(r.seed)
	m["steps"] = fmt.Sprint(r.arm.Steps)
	m["window"] = r.arm.Window.String()
	return m
}
