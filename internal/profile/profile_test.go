package profile

import (
	"bytes"
	"flag"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"unetbench/arch"
	"unetbench/arch/valid"
	"unetbench/graph"
	"unetbench/internal/kernel"
)

var update = flag.Bool("update", false, "write the golden files anew")

func small(t testing.TB) *graph.Graph {
	t.Helper()
	c := arch.Default()
	c.Pools, c.Width, c.Norm = 1, 3, arch.NormNone
	g, err := valid.Arch.Build(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestRun: the layers of a run add up to its work and its time.
func TestRun(t *testing.T) {
	const size, batch = 44, 2
	g := small(t)
	cost, err := g.TotalCost(graph.Square(size))
	if err != nil {
		t.Fatal(err)
	}
	first := cost // of the first convolution, which has no input gradient
	if shapes, err := g.Infer(graph.Square(size)); err == nil {
		first = g.Costs(shapes)[1]
	}
	for _, c := range []struct {
		train bool
		macs  int64
		ends  []string // passes of the first and the last layers
	}{
		{false, cost.MACs, []string{"forward", "other"}},
		{true, 3*cost.MACs - first.MACs, []string{"pack", "other"}},
	} {
		r, err := Run(g, Options{Size: size, Batch: batch, Threads: 2, Runs: 1, Train: c.train, Seed: 1, Kernel: kernel.Generic})
		if err != nil {
			t.Fatal(err)
		}
		if want := float64(batch*c.macs) / 1e9; math.Abs(r.GMAC-want) > 1e-12 {
			t.Errorf("training %v: %v GMAC, want %v", c.train, r.GMAC, want)
		}
		if r.Min != r.Runs[0] || r.Max != r.Runs[0] || r.Median != r.Runs[0] || r.Kernel != "generic" || r.Threads != 2 {
			t.Errorf("training %v: %+v", c.train, r)
		}
		if r.Planned <= 0 || r.PeakRSS < 0 || r.Roofs.GFLOPS <= 0 || r.Roofs.GBs <= 0 {
			t.Errorf("training %v: %+v", c.train, r)
		}
		sum := 0.0
		passes := map[string]int{}
		for _, l := range r.Layers {
			sum += l.Seconds
			passes[l.Pass]++
			name, seconds := r.Roofs.Limit(l.Arithmetic, float64(l.Bytes)/1e9)
			if l.Limit != name || l.LimitS != seconds || math.Abs(l.Percent*l.Seconds-100*seconds) > 1e-9 {
				t.Errorf("limit of %+v is %s, %v s", l, name, seconds)
			}
			if l.Bytes <= 0 || l.Seconds <= 0 {
				t.Errorf("training %v: %+v", c.train, l)
			}
		}
		if math.Abs(sum-r.Median) > 1e-9 {
			t.Errorf("training %v: layers take %v s of %v", c.train, sum, r.Median)
		}
		ends := []string{r.Layers[0].Pass, r.Layers[len(r.Layers)-1].Pass}
		if !cmp.Equal(ends, c.ends) || c.train != (passes["loss"] == 1 && passes["update"] == 1) {
			t.Errorf("training %v: from %v, passes %v", c.train, ends, passes)
		}
	}
}

func TestRunErrors(t *testing.T) {
	if _, err := Run(small(t), Options{Size: 10, Batch: 1, Runs: 1}); err == nil || !strings.Contains(err.Error(), "nearest legal") {
		t.Errorf("10 px: %v", err)
	}
	for want, o := range map[string]Options{
		"--size 0":   {Batch: 1, Runs: 1},
		"--batch -1": {Size: 44, Batch: -1, Runs: 1},
		"--runs 0":   {Size: 44, Batch: 1},
	} {
		if err := o.Check(); err == nil || !strings.Contains(err.Error(), want+": want a positive number") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestLimit(t *testing.T) {
	r := Roofs{GFLOPS: 200, GBs: 50}
	for _, c := range []struct {
		gmac, gb float64
		name     string
		seconds  float64
	}{{1, 0.4, "arithmetic", 0.01}, {1, 0.6, "memory", 0.012}, {0, 1, "memory", 0.02}} {
		if name, seconds := r.Limit(c.gmac, c.gb); name != c.name || math.Abs(seconds-c.seconds) > 1e-12 {
			t.Errorf("%v GMAC, %v GB: %s, %v s", c.gmac, c.gb, name, seconds)
		}
	}
}

func TestMedian(t *testing.T) {
	for want, x := range map[float64][]float64{3: {3}, 2: {3, 1, 2}, 2.5: {4, 1, 3, 2}} {
		if got := median(x); got != want {
			t.Errorf("median of %v is %v", x, got)
		}
	}
}

func TestWriteText(t *testing.T) {
	r := &Result{Arch: "valid", Net: map[string]string{"width": "64", "pools": "4", "norm": "none"}, Size: 572, Batch: 1,
		Train: true, Exact: true, Kernel: "avx2", Threads: 2, Runs: []float64{2, 1.5, 3}, Median: 2, Min: 1.5, Max: 3,
		GMAC: 150.4, GFLOPS: 150.4, Planned: 167e6, PeakRSS: 312.6, Roofs: Roofs{200, 50}}
	for _, l := range []Layer{
		{Name: "enc0.conv1", Op: "Conv+ReLU", Pass: "forward", Algorithm: "direct", GMAC: 12, Arithmetic: 12, Bytes: 166e6, Seconds: 0.15},
		{Name: "enc1.pool", Op: "MaxPool", Pass: "forward", Bytes: 103e6, Seconds: 0.002},
		{Name: "enc0.conv1", Op: "Conv+ReLU", Pass: "input gradient", Algorithm: "F(4×4)", GMAC: 12, Arithmetic: 3, Bytes: 166e6, Seconds: 0.04},
	} {
		l.under(r.Roofs)
		r.Layers = append(r.Layers, l)
	}
	var b bytes.Buffer
	if err := WriteText(&b, r); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/text.golden"
	if *update {
		if err := os.WriteFile(golden, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v; go test ./internal/profile -update writes it", err)
	}
	if d := cmp.Diff(string(want), b.String()); d != "" {
		t.Errorf("(-want +got); go test ./internal/profile -update accepts it:\n%s", d)
	}
}
