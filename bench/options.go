package bench

import (
	"fmt"
	"slices"
	"strings"

	"unetbench/arch"
	"unetbench/internal/data"
	"unetbench/internal/kernel"
)

// Options is what a comparison can be asked for. The zero value is not useful;
// start from Defaults.
type Options struct {
	Net      arch.Config
	Variants []arch.Arch
	Seeds    int    // networks trained per arm
	BaseSeed uint64 // first seed; run i uses BaseSeed+i
	Steps    int    // optimiser steps of the reference, and of every arm where the regime does not say otherwise
	Regimes  []string
	Controls bool
	Loss     string // one of Losses
	Augment  string // one of Augments
	Cells    string // one of CellSets: between what borders lie, for the border-weighted loss

	TimeRatios map[string]float64 // regime time: seconds of an arm's step over the reference's; none: measured

	Tile    int         // side of the evaluation tile's input in px; 0: each arm's training window
	Overlap int         // px by which neighbouring tiles' outputs overlap at least; -1: the arm's default
	Margin  float64     // Dice points within which two arms are equivalent
	Threads int         // 0: all cores
	Out     string      // folder for results, weights and pictures
	Kernel  *kernel.Set // nil: the best that the machine runs
	Exact   bool        // train by direct convolution only, without Winograd's
	Self    string      // program that answers to MeasureCommand, to measure memory in; "" to leave that out

	DataName    string
	Train, Test []data.Example
	Warnings    []Warning // found while loading the images
}

// Regimes that Options.Regimes may name.
var Regimes = []string{"output", "input", "macs", "time"}

// Defaults is `unetbench compare` without arguments, less the images.
func Defaults() Options {
	return Options{
		Net: arch.Default(), Variants: Variants, Seeds: 6, BaseSeed: 1, Steps: 400,
		Regimes: []string{"output"}, Loss: Losses[0], Augment: Augments[0], Cells: CellSets[0], Overlap: -1, Margin: 0.5,
	}
}

// kernels are the inner loops to use.
func (o *Options) kernels() *kernel.Set {
	if o.Kernel == nil {
		return kernel.Best()
	}
	return o.Kernel
}

// Validate refuses what cannot be run, naming the flag.
func (o *Options) Validate() error {
	if err := o.Net.Validate(); err != nil {
		return err
	}
	switch {
	case o.Seeds < 1:
		return fmt.Errorf("--seeds %d: at least 1 network per arm must be trained; 6 or more give useful intervals", o.Seeds)
	case o.Steps < 1:
		return fmt.Errorf("--steps %d: want a positive number of training steps, such as 400", o.Steps)
	case o.Margin <= 0:
		return fmt.Errorf("--margin %g: want a positive number of Dice points, such as 0.5", o.Margin)
	case o.Threads < 0:
		return fmt.Errorf("--threads %d: want 0 (all cores) or a positive number", o.Threads)
	case o.Tile < 0:
		return fmt.Errorf("--tile %d: want a positive side in px, or leave it out for each arm's training window", o.Tile)
	case o.Overlap < -1:
		return fmt.Errorf("--overlap %d: want 0 or more px", o.Overlap)
	case len(o.Regimes) == 0:
		return fmt.Errorf("--regime: name at least one of %s", strings.Join(Regimes, ", "))
	}
	for i, r := range o.Regimes {
		if slices.Contains(o.Regimes[:i], r) {
			return fmt.Errorf("--regime %s: named twice", r)
		}
		if err := oneOf("regime", r, Regimes); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		flag, value string
		want        []string
	}{{"loss", o.Loss, Losses}, {"augment", o.Augment, Augments}, {"cells", o.Cells, CellSets}} {
		if err := oneOf(f.flag, f.value, f.want); err != nil {
			return err
		}
	}
	if o.Cells != CellSets[0] && o.Loss == Losses[0] {
		return fmt.Errorf("--cells %s: the %s loss knows no cells: add --loss %s, or leave it out", o.Cells, o.Loss, Losses[1])
	}
	return o.checkTimeRatios()
}

func oneOf(flag, value string, want []string) error {
	if !slices.Contains(want, value) {
		return fmt.Errorf("--%s %s: want one of %s", flag, value, strings.Join(want, ", "))
	}
	return nil
}
