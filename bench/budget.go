package bench

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"unetbench/graph"
	"unetbench/internal/train"
)

// budget sets how many steps each contestant of a regime is trained for:
//
//	output, input:  o.Steps
//	macs:           until it has spent the reference's multiply-accumulates,
//	                forward, at o.Steps
//	time:           likewise its time, by TimeRatio, which must be set
//
// rounded to whole steps, at least one. So the reference takes o.Steps under
// every regime.
func budget(o *Options, regime string, cs []Contestant) error {
	spent := make([]float64, len(cs)) // per step
	for i, c := range cs {
		switch spent[i] = 1; regime {
		case "macs":
			cost, err := c.Graph.TotalCost(graph.Square(c.Window.In))
			if err != nil {
				return err
			}
			spent[i] = float64(cost.MACs)
		case "time":
			spent[i] = c.TimeRatio
		}
	}
	for i := range cs {
		cs[i].Steps = max(1, int(math.Round(float64(o.Steps)*spent[0]/spent[i])))
	}
	return nil
}

// Time ratios that a person may give.
const leastTimeRatio, mostTimeRatio = 0.01, 100.

// checkTimeRatios refuses ratios that no arm could be trained by.
func (o *Options) checkTimeRatios() error {
	if len(o.TimeRatios) == 0 {
		return nil
	}
	if !slices.Contains(o.Regimes, "time") {
		return fmt.Errorf("--time-ratios: no regime uses them: add --regime time, or leave them out")
	}
	var want []string
	for _, v := range o.Variants {
		if v.Name() != Reference {
			want = append(want, v.Name())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.TimeRatios)) {
		if !slices.Contains(want, name) {
			return fmt.Errorf("--time-ratios: %s is not compared with %s here: want %s", name, Reference, strings.Join(want, ", "))
		}
		if r := o.TimeRatios[name]; !(r >= leastTimeRatio && r <= mostTimeRatio) {
			return fmt.Errorf("--time-ratios %s=%g: want the time of its step over that of %s's, from %g to %g", name, r, Reference, leastTimeRatio, mostTimeRatio)
		}
	}
	for _, name := range want {
		if _, ok := o.TimeRatios[name]; !ok {
			return fmt.Errorf("--time-ratios: %s is missing: give all of %s, or none to have them measured", name, strings.Join(want, ", "))
		}
	}
	return nil
}

// Steps are timed in so many rounds, in each of which every arm takes so many,
// one arm after another, after one that is not timed.
const (
	timedRounds = 5
	timedSteps  = 2
)

// setTimeRatios fills in how long a contestant's step takes, over the
// reference's: as o.TimeRatios says or, if it says nothing, the median over
// interleaved rounds, rounded to three decimals so that what is recorded is what
// was used. It is the one thing in a comparison that depends on the machine.
func setTimeRatios(ctx context.Context, o *Options, t *training, threads int, cs []Contestant) error {
	if len(o.TimeRatios) > 0 {
		for i, c := range cs {
			cs[i].TimeRatio = 1
			if c.Name != Reference {
				cs[i].TimeRatio = o.TimeRatios[c.Name]
			}
		}
		return nil
	}
	ratios := make([][]float64, len(cs))
	for range timedRounds {
		var reference float64
		for i, c := range cs {
			sec, err := stepSeconds(ctx, t.job(o, c, o.BaseSeed, threads))
			if err != nil {
				return fmt.Errorf("%s: timing its steps: %w", c.Name, err)
			}
			if i == 0 {
				reference = sec
			}
			ratios[i] = append(ratios[i], sec/reference)
		}
	}
	for i, r := range ratios {
		slices.Sort(r)
		cs[i].TimeRatio = min(max(math.Round(1000*r[len(r)/2])/1000, leastTimeRatio), mostTimeRatio)
	}
	return nil
}

// stepSeconds is the time that job takes per step, once it runs.
func stepSeconds(ctx context.Context, job train.Job) (float64, error) {
	var at []time.Time
	job.Recipe.Steps = 1 + timedSteps
	job.Progress = func(int, float64) { at = append(at, time.Now()) }
	if _, err := train.Run(ctx, job); err != nil {
		return 0, err
	}
	return at[timedSteps].Sub(at[0]).Seconds() / timedSteps, nil
}
