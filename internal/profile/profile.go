// Package profile times a network part by part, and sets every part against
// what the machine could do at best.
package profile

import (
	"fmt"
	"runtime"
	"slices"
	"time"

	"unetbench/graph"
	"unetbench/internal/kernel"
	"unetbench/internal/resource"
)

// Options say what is run, and how often.
type Options struct {
	Size, Batch int // of the input: side in px, maps
	Threads     int // 0: one per processor
	Runs        int // timed, after one that is not
	Kernel      *kernel.Set
	Train       bool // whole training steps instead of predictions
	Exact       bool // direct convolution only
	Seed        uint64
}

// Check says what is wrong with o, in the words of the command line's flags.
func (o Options) Check() error {
	for _, f := range []struct {
		flag  string
		value int
	}{{"size", o.Size}, {"batch", o.Batch}, {"runs", o.Runs}} {
		if f.value < 1 {
			return fmt.Errorf("--%s %d: want a positive number", f.flag, f.value)
		}
	}
	return nil
}

// A Result is a profile. Its fields are described in docs/profile.md.
type Result struct {
	Arch    string            `json:"arch"`
	Net     map[string]string `json:"net"`
	Size    int               `json:"size"`
	Batch   int               `json:"batch"`
	Train   bool              `json:"train"`
	Exact   bool              `json:"exact"`
	Kernel  string            `json:"kernel"`
	Threads int               `json:"threads"`
	Seed    uint64            `json:"seed"`

	Runs    []float64 `json:"runs_s"`
	Median  float64   `json:"median_s"`
	Min     float64   `json:"min_s"`
	Max     float64   `json:"max_s"`
	GMAC    float64   `json:"gmac"`
	GFLOPS  float64   `json:"gflops"`
	Planned int64     `json:"planned_bytes"`
	PeakRSS float64   `json:"peak_rss_mb"`
	Roofs   Roofs     `json:"roofs"`
	Layers  []Layer   `json:"layers"`
}

// Run profiles g with random weights on random inputs.
func Run(g *graph.Graph, o Options) (*Result, error) {
	if o.Threads < 1 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.Kernel == nil {
		o.Kernel = kernel.Best()
	}
	r := &Result{Arch: g.Name, Size: o.Size, Batch: o.Batch, Train: o.Train, Exact: o.Exact,
		Kernel: o.Kernel.Name, Threads: o.Threads, Seed: o.Seed}
	r.Roofs.GFLOPS = arithmetic(o.Kernel, o.Threads)
	s, err := newSubject(g, o)
	if err != nil {
		return nil, err
	}
	var layers [][]Layer // by run
	for i := range 1 + o.Runs {
		began := time.Now()
		if err := s.pass(); err != nil {
			return nil, err
		}
		took := time.Since(began).Seconds()
		if i > 0 {
			r.Runs = append(r.Runs, took)
			layers = append(layers, s.layers(took))
			r.Roofs.GFLOPS = max(r.Roofs.GFLOPS, arithmetic(o.Kernel, o.Threads))
		}
	}
	r.Planned, r.PeakRSS = s.net.Bytes(), float64(resource.Peak())/1e6
	r.Roofs.GBs = bandwidth(o.Kernel, o.Threads)

	r.Median, r.Min, r.Max = median(r.Runs), slices.Min(r.Runs), slices.Max(r.Runs)
	for i, l := range layers[0] {
		var seconds []float64
		for _, run := range layers {
			seconds = append(seconds, run[i].Seconds)
		}
		l.Seconds = median(seconds)
		l.under(r.Roofs)
		r.Layers = append(r.Layers, l)
		r.GMAC += l.GMAC
	}
	r.GFLOPS = ratio(2*r.GMAC, r.Median)
	return r, nil
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}

// ratio is 0 where nothing is divided by nothing.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}
