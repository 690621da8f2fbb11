package train

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
)

// TestRunSameBitsOfVariants: 1, 2, 3 and 7 threads train the same network, with
// Winograd's convolutions and without; how it is convolved does change bits.
func TestRunSameBitsOfVariants(t *testing.T) {
	config := tiny()
	config.Pools, config.Width = 2, 8
	for _, c := range []struct {
		arch   arch.Arch
		window Window
	}{
		{valid.Arch, Window{In: 76, Out: 36}}, {valid.NoSkip, Window{In: 76, Out: 36}}, {padded.Arch, Window{In: 40, Out: 36}},
		{resized.Skip, Window{In: 76, Out: 36}}, {resized.Up, Window{In: 76, Out: 36}},
	} {
		var modes []*Result
		for _, exact := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/exact=%v", c.arch.Name(), exact), func(t *testing.T) {
				var first *Result
				for _, threads := range []int{1, 2, 3, 7} {
					job := unetJob(t, c.arch, config, c.window)
					job.Threads, job.Exact, job.Recipe.Steps, job.Recipe.Patch = threads, exact, 3, 36
					result, err := Run(context.Background(), job)
					if err != nil {
						t.Fatal(err)
					}
					if first == nil {
						first = result
						modes = append(modes, result)
					}
					if !sameBits(first, result) {
						t.Errorf("%d threads train another network than one", threads)
					}
				}
			})
		}
		if sameBits(modes[0], modes[1]) {
			t.Errorf("%s: Winograd's convolutions were not tried: exact mode has the same bits", c.arch.Name())
		}
	}
}

// sameBits is faster than reflection on so many floats.
func sameBits(a, b *Result) bool {
	return slices.Equal(a.Curve, b.Curve) && slices.EqualFunc(a.Weights, b.Weights, func(x, y []float32) bool { return slices.Equal(x, y) })
}
