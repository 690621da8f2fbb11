package train

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"unetbench/arch"
	"unetbench/arch/padded"
	"unetbench/arch/resized"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/data"
	"unetbench/internal/kernel"
)

// blobs are images of bright discs under noise as strong as the contrast, so
// that a pixel alone does not tell its class but its neighbours do.
func blobs(classes int) []data.Example {
	rng := rand.New(rand.NewPCG(11, 0))
	var set []data.Example
	for range 4 {
		const side = 64
		ex := data.Example{Name: "blobs", H: side, W: side, Labels: make([]uint8, side*side),
			Image: graph.NewMap(graph.Shape{C: 1, H: side, W: side})}
		for disc := range 9 {
			y, x, r := rng.Float64()*side, rng.Float64()*side, 4+6*rng.Float64()
			for i := range ex.Labels {
				if math.Hypot(float64(i/side)-y, float64(i%side)-x) < r {
					ex.Labels[i] = uint8(1 + disc%(classes-1))
				}
			}
		}
		for i, l := range ex.Labels {
			ex.Image.Pix[i] = float32(2*float64(l) - 0.7 + rng.NormFloat64())
		}
		set = append(set, ex)
	}
	return set
}

func unetJob(t testing.TB, a arch.Arch, c arch.Config, w Window) Job {
	t.Helper()
	g, err := a.Build(c)
	if err != nil {
		t.Fatal(err)
	}
	r := DefaultRecipe()
	r.Steps, r.Patch, r.Rate, r.Warmup, r.Block = 60, 32, 1e-2, 5, 5
	return Job{Graph: g, Examples: blobs(c.Classes), Window: w, Recipe: r, Seed: 3, Threads: 1}
}

func tiny() arch.Config {
	c := arch.Default()
	c.Pools, c.Width = 1, 4
	return c
}

func TestRunLearns(t *testing.T) {
	three := tiny()
	three.Classes = 3
	dropout := tiny()
	dropout.Dropout, dropout.Norm = 0.3, arch.NormNone
	for _, c := range []struct {
		name   string
		arch   arch.Arch
		config arch.Config
		window Window
	}{
		{"valid", valid.Arch, tiny(), Window{In: 48, Out: 32}},
		{"valid mirrored", valid.Arch, tiny(), Window{In: 48, Out: 32, Mirror: true}},
		{"no-skip", valid.NoSkip, tiny(), Window{In: 48, Out: 32}},
		{"padded", padded.Arch, tiny(), Window{In: 32, Out: 32}},
		{"padded, output cropped", padded.Arch, tiny(), Window{In: 48, Out: 32}},
		{"resized-skip", resized.Skip, tiny(), Window{In: 48, Out: 32}},
		{"resized-up", resized.Up, tiny(), Window{In: 48, Out: 32}},
		{"three classes", valid.Arch, three, Window{In: 48, Out: 32}},
		{"dropout, no norm", valid.Arch, dropout, Window{In: 48, Out: 32}},
	} {
		t.Run(c.name, func(t *testing.T) {
			result, err := Run(context.Background(), unetJob(t, c.arch, c.config, c.window))
			if err != nil {
				t.Fatal(err)
			}
			if !Alive(result.Curve, result.Chance) {
				t.Errorf("did not learn: chance %v, curve %v", result.Chance, result.Curve)
			}
			for i, w := range result.Weights {
				for _, v := range w {
					if v-v != 0 {
						t.Fatalf("a weight is %v", v)
					}
				}
				if len(w) == 0 {
					t.Errorf("parameter %d is empty", i)
				}
			}
			if result.MACs <= 0 || result.Seconds <= 0 {
				t.Errorf("%d multiply-accumulates in %v s", result.MACs, result.Seconds)
			}
		})
	}
}

// TestRunSameBits: threads and repetition change nothing; another seed does.
func TestRunSameBits(t *testing.T) {
	run := func(threads int, seed uint64) *Result {
		config := tiny()
		config.Dropout = 0.2
		job := unetJob(t, valid.Arch, config, Window{In: 48, Out: 32})
		job.Threads, job.Seed, job.Recipe.Steps = threads, seed, 12
		result, err := Run(context.Background(), job)
		if err != nil {
			t.Fatal(err)
		}
		result.Seconds = 0
		return result
	}
	one := run(1, 3)
	for _, threads := range []int{1, 2, 3} {
		if d := cmp.Diff(one, run(threads, 3)); d != "" {
			t.Fatalf("%d threads: %s", threads, d)
		}
	}
	if cmp.Equal(one, run(1, 4)) {
		t.Error("another seed trained the same network")
	}
}

// TestRunKernels: every kernel set that the machine has learns the same, up to rounding.
func TestRunKernels(t *testing.T) {
	var first []Point
	for i, set := range kernel.Sets {
		job := unetJob(t, padded.Arch, tiny(), Window{In: 32, Out: 32})
		job.Kernel, job.Recipe.Steps = set, 15
		result, err := Run(context.Background(), job)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = result.Curve
		}
		for j, p := range result.Curve {
			if math.Abs(p.Loss-first[j].Loss) > 1e-3 {
				t.Errorf("%s: curve %v, with %s %v", set.Name, result.Curve, kernel.Sets[0].Name, first)
				break
			}
		}
	}
}

func TestRunDiverges(t *testing.T) {
	config := tiny()
	config.Norm = arch.NormNone
	job := unetJob(t, valid.Arch, config, Window{In: 48, Out: 32})
	job.Recipe.Rate = 1e20
	_, err := Run(context.Background(), job)
	var diverged *DivergedError
	if !errors.As(err, &diverged) || diverged.Step < 2 || !strings.Contains(err.Error(), "lower the rate") {
		t.Errorf("error %v, want one that names the step", err)
	}
}

func TestRunErrors(t *testing.T) {
	job := unetJob(t, valid.Arch, tiny(), Window{In: 8, Out: 2})
	if _, err := Run(context.Background(), job); err == nil {
		t.Error("ran on windows smaller than the network's context")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, unetJob(t, valid.Arch, tiny(), Window{In: 48, Out: 32})); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v after cancelling", err)
	}
}

// BenchmarkStep is one step of the default recipe, per arm.
func BenchmarkStep(b *testing.B) {
	train, _ := data.Scenes(data.SceneSet{Train: 2, Side: 256, Margin: 0, Seed: 1000})
	for _, c := range []struct {
		arch   arch.Arch
		window Window
	}{
		{valid.Arch, Window{In: 204, Out: 116}}, {valid.NoSkip, Window{In: 204, Out: 116}},
		{resized.Skip, Window{In: 204, Out: 116}}, {resized.Up, Window{In: 204, Out: 116}},
		{padded.Arch, Window{In: 120, Out: 116}}, {padded.Arch, Window{In: 208, Out: 208}},
	} {
		b.Run("arch="+c.arch.Name()+"/in="+c.window.String(), func(b *testing.B) {
			job := unetJob(b, c.arch, arch.Default(), c.window)
			job.Examples, job.Recipe, job.Threads = train, DefaultRecipe(), 0
			job.Recipe.Steps = b.N
			b.ReportAllocs()
			b.ResetTimer()
			result, err := Run(context.Background(), job)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(3*float64(result.MACs)*2/1e9/result.Seconds, "GFLOPS")
		})
	}
}
