package engine_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"

	"unetbench/arch"
	"unetbench/graph"
	"unetbench/internal/engine"
)

// TestProfile: the parts account for the graph's arithmetic and for the time,
// and looking on changes no bit.
func TestProfile(t *testing.T) {
	forEachNet(t, 1, 2, func(t *testing.T, g *graph.Graph) {
		size := legal(t, g, 20)
		x := newFixture(t, g, size, 2)
		cost, err := g.TotalCost(size)
		if err != nil {
			t.Fatal(err)
		}
		for _, threads := range []int{1, 3} {
			n := x.net(t, engine.Options{Train: true, Threads: threads})
			for _, p := range n.Parts() {
				if p.Time != 0 {
					t.Fatalf("%+v: timed before Profile", p)
				}
			}
			n.Profile()
			began := time.Now()
			n.SetWeights(n.Weights())
			n.Forward()
			n.Backward(x.dout)
			wall := time.Since(began)
			macs := map[engine.Pass]int64{}
			var sum time.Duration
			seen := map[string]bool{}
			for _, p := range n.Parts() {
				key := fmt.Sprint(p.Name, p.Op, p.Pass)
				if p.Time <= 0 || p.Bytes <= 0 || p.Arithmetic > p.MACs || seen[key] {
					t.Errorf("%d threads: part %+v, seen %v", threads, p, seen[key])
				}
				seen[key] = true
				if conv := strings.HasPrefix(p.Op, "Conv"); conv != (p.MACs > 0) {
					t.Errorf("%s (%s) does %d MACs", p.Name, p.Op, p.MACs)
				}
				sum += p.Time
				macs[p.Pass] += p.MACs
			}
			if sum > wall {
				t.Errorf("%d threads: parts took %v of %v", threads, sum, wall)
			}
			want := 2 * cost.MACs
			if macs[engine.Forward] != want || macs[engine.WeightGrad] != want || macs[engine.InputGrad] >= want {
				t.Errorf("MACs %v, want %d forward and in the weight gradient, fewer in the input gradient", macs, want)
			}
		}
	})
	forEachNet(t, 1, 4, func(t *testing.T, g *graph.Graph) {
		x := newFixture(t, g, legal(t, g, 20), 1)
		n := x.net(t, engine.Options{Threads: 2})
		n.Profile()
		n.Forward()
		out := graph.NewMap(x.shape)
		n.Output(0, out)
		if want := trainStep(t, x, engine.Options{Threads: 2}); !sameBits([][]float32{out.Pix}, want) {
			t.Error("profiling changes the output")
		}
	})
}

// A prediction holds its weights once, packed.
func TestPredictionLetsWeightsGo(t *testing.T) {
	for _, norm := range []arch.NormKind{arch.NormNone, arch.NormBatch} {
		c := arch.Default()
		c.Norm = norm
		g, err := variants[0].Build(c)
		if err != nil {
			t.Fatal(err)
		}
		n, err := engine.New(g, legal(t, g, 90), 1, engine.Options{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		var kept []weak.Pointer[float32]
		w := g.InitWeights(1)
		for i := range w {
			kept = append(kept, weak.Make(&w[i][0]))
		}
		n.SetWeights(w)
		w = nil
		runtime.GC()
		n.Forward()
		for i, p := range kept {
			if len(g.Params[i].Shape) > 1 && p.Value() != nil { // not what tiny allocations share
				t.Errorf("norm %v: %s is still in memory", norm, g.Params[i].Name)
			}
		}
	}
}

func TestForwardWantsWeights(t *testing.T) {
	g, err := variants[0].Build(arch.Default())
	if err != nil {
		t.Fatal(err)
	}
	n, err := engine.New(g, legal(t, g, 90), 1, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if r := fmt.Sprint(recover()); !strings.Contains(r, "call SetWeights first") {
			t.Errorf("Forward without weights: %v", r)
		}
	}()
	n.Forward()
}
